import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { type FieldError, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import type { FileFacts } from '../../files/index.js';
import { PipelineUnknown } from '../pipelines/pipelines.errors.js';
import { PipelinesRepository } from '../pipelines/pipelines.repository.js';
import { StageEntry } from '../pipelines/stage-entry.js';
import { CsvTableError } from './csv-table.js';
import { ImportFiles } from './import-file.js';
import { type GivenMapping, leadMapping, type LeadImport, type OnDuplicate } from './lead-import.js';
import { ImportFileNotFound, ImportFileUnreadable, ImportMappingWrong } from './lead-imports.errors.js';
import { checkMapping, isLeadTarget, type NaturalKey } from './mapping.js';
import type { StartLeadImport } from './mapping.shapes.js';
import { suggestMapping } from './suggest-mapping.js';

/** What an import will do, checked against its file. */
export type ImportPlan = Pick<LeadImport, 'fileId' | 'pipelineId' | 'isDryRun' | 'mapping' | 'naturalKey' | 'onDuplicate' | 'onError'> & {
  readonly fileName: string;
};

/** The beginning of a file and the mapping it suggests. */
export interface Suggestion {
  readonly headers: string[];
  readonly sample: { line: number; cells: string[] }[];
  readonly mapping: GivenMapping;
  readonly naturalKey: NaturalKey | null;
}

/** Checks what is asked of an import before anything is written. */
@Injectable()
export class ImportPlans {
  constructor(
    private readonly db: Database,
    private readonly files: ImportFiles,
    private readonly pipelines: PipelinesRepository,
    private readonly entry: StageEntry,
  ) {}

  async suggest(scope: Scope, fileId: string): Promise<Suggestion> {
    const { headers, rows } = await this.sample(scope, fileId);
    const { columns, naturalKey = null } = suggestMapping(
      headers,
      rows.map(({ cells }) => cells),
    );
    return { headers, sample: rows, mapping: { columns }, naturalKey };
  }

  async check(scope: Scope, input: StartLeadImport): Promise<ImportPlan> {
    const { file, headers, rows } = await this.sample(scope, input.fileId);
    const suggested = input.mapping
      ? undefined
      : suggestMapping(
          headers,
          rows.map(({ cells }) => cells),
        );
    const mapping: GivenMapping = input.mapping ?? { columns: suggested?.columns ?? [] };
    const naturalKey = input.naturalKey === undefined ? (suggested?.naturalKey ?? null) : (input.naturalKey as NaturalKey | null);
    const errors = mappingErrors(mapping, naturalKey, headers);
    if (errors.length > 0) throw ImportMappingWrong({ errors });
    const onDuplicate = duplicateRule(input.onDuplicate, naturalKey);
    const pipelineId = await this.pipelineOf(scope, input.pipelineId);
    const { dryRun: isDryRun, onError = 'skip' } = input;
    return { fileId: file.id, fileName: file.name, pipelineId, isDryRun, mapping, naturalKey, onDuplicate, onError };
  }

  private async sample(
    scope: Scope,
    fileId: string,
  ): Promise<{ file: FileFacts; headers: string[]; rows: { line: number; cells: string[] }[] }> {
    try {
      const found = await this.files.sample(scope, fileId);
      if (found.file.mediaType.startsWith('text/')) return found;
    } catch (cause) {
      if (cause instanceof CsvTableError) throw unreadable(cause.code, cause.message, cause);
      if (!(cause instanceof Problem) || cause.definition.status >= 500) throw cause;
      throw ImportFileNotFound({
        cause,
        detail: cause.message,
        errors: [{ pointer: '/fileId', code: cause.definition.code, message: cause.definition.title }],
      });
    }
    throw unreadable('not-a-table', 'Upload a text file with a heading and rows, such as .csv.');
  }

  private async pipelineOf(scope: Scope, wanted: string | undefined): Promise<string> {
    if (wanted === undefined) return (await this.defaultPipeline(scope)) ?? (await this.madeDefaultPipeline(scope));
    const found = await this.db.read(scope, (tx) => this.pipelines.get(tx, wanted));
    if (!found)
      throw PipelineUnknown({
        errors: [{ pointer: '/pipelineId', code: 'pipeline-unknown', message: 'is not a pipeline of this organization' }],
      });
    return found.id;
  }

  private async defaultPipeline(scope: Scope): Promise<string | undefined> {
    const all = await this.db.read(scope, (tx) => this.pipelines.list(tx));
    return all.find(({ isDefault }) => isDefault)?.id;
  }

  private async madeDefaultPipeline(scope: Scope): Promise<string> {
    await this.entry.ensureDefault(scope);
    const made = await this.defaultPipeline(scope);
    if (made === undefined) throw new Error('the default pipeline was just made');
    return made;
  }
}

function unreadable(code: string, message: string, cause?: unknown): Problem {
  return ImportFileUnreadable({ detail: message, cause, errors: [{ pointer: '/fileId', code, message }] });
}

function mappingErrors(mapping: GivenMapping, naturalKey: NaturalKey | null, headers: readonly string[]): FieldError[] {
  const faults = checkMapping(leadMapping(mapping, naturalKey), headers).map(({ path, ...fault }) => ({
    ...fault,
    pointer: path === '/naturalKey' ? path : `/mapping${path}`,
  }));
  const odd = (mapping.defaults ?? []).flatMap(({ to }, at) =>
    isLeadTarget(to) ? [] : [{ pointer: `/mapping/defaults/${at}/to`, code: 'unknown-field', message: `A lead has no field "${to}".` }],
  );
  return [...faults, ...odd];
}

/** Without a natural key every row is a new lead. */
function duplicateRule(wanted: OnDuplicate | undefined, naturalKey: NaturalKey | null): OnDuplicate {
  if (naturalKey !== null) return wanted ?? 'update';
  if (wanted === undefined || wanted === 'import') return 'import';
  const message = `is needed for onDuplicate "${wanted}": it tells which lead a row means`;
  throw ValidationFailed({ errors: [{ pointer: '/naturalKey', code: 'required', message }] });
}
