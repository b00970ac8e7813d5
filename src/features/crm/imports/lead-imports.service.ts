import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { jsonPage, JsonText } from '../../../platform/http/json-text.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { ImportPlans, type Suggestion } from './import-plans.js';
import { ImportReports } from './import-reports.js';
import type { ReportedPair } from './import-pairs.repository.js';
import type { ReportedRow } from './import-rows.repository.js';
import { type AcceptedImport, ImportWrites } from './import-writes.js';
import { LeadImportNotFound } from './lead-imports.errors.js';
import { LeadImportsRepository } from './lead-imports.repository.js';
import type { LeadImportRowsQuery, LeadImportsQuery, StartLeadImport } from './mapping.shapes.js';

const DEFAULT_LIMIT = 50;

/** Starting imports, following them and taking them back. */
@Injectable()
export class LeadImportsService {
  private readonly key: Buffer;

  constructor(
    private readonly db: Database,
    private readonly imports: LeadImportsRepository,
    private readonly plans: ImportPlans,
    private readonly reports: ImportReports,
    private readonly writes: ImportWrites,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  suggest(scope: Scope, fileId: string): Promise<Suggestion> {
    return this.plans.suggest(scope, fileId);
  }

  /** The file is looked at before the transaction: storage must not be waited for inside one. */
  async start(scope: Scope, input: StartLeadImport): Promise<AcceptedImport> {
    return this.writes.start(scope, await this.plans.check(scope, input));
  }

  undo(scope: Scope, id: string): Promise<AcceptedImport> {
    return this.writes.undo(scope, id);
  }

  async get(scope: Scope, id: string): Promise<JsonText> {
    const found = await this.db.read(scope, (tx) => this.imports.find(tx, id));
    if (!found) throw LeadImportNotFound();
    return new JsonText(found.json, { id });
  }

  async list(scope: Scope, { cursor, limit = DEFAULT_LIMIT }: LeadImportsQuery): Promise<JsonText> {
    const context = `lead-imports ${scope.organizationId}`;
    const before = this.placeOf(cursor, context, 'string');
    const found = await this.db.read(scope, (tx) => this.imports.page(tx, before, limit + 1));
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = last && found.length > limit ? encodeCursor([last.id], context, this.key) : null;
    return jsonPage(`[${shown.map(({ json }) => json).join(',')}]`, next);
  }

  async rows(scope: Scope, id: string, { cursor, outcome, limit = DEFAULT_LIMIT }: LeadImportRowsQuery): Promise<PageOf<ReportedRow>> {
    const context = `lead-import-rows ${scope.organizationId} ${id} ${outcome ?? ''}`;
    const after = this.placeOf(cursor, context, 'number') ?? 0;
    const found = await this.reports.rows(scope, id, { after, outcome, limit: limit + 1 });
    return this.page(found, { limit, context, placeOf: ({ line }) => line });
  }

  async duplicates(scope: Scope, id: string, { cursor, limit = DEFAULT_LIMIT }: LeadImportsQuery): Promise<PageOf<ReportedPair>> {
    const context = `lead-import-duplicates ${scope.organizationId} ${id}`;
    const after = this.placeOf(cursor, context, 'number') ?? 0;
    const found = await this.reports.pairs(scope, id, after, limit + 1);
    return this.page(found, { limit, context, placeOf: ({ place }) => place });
  }

  private page<T>(
    found: readonly T[],
    { limit, context, placeOf }: { limit: number; context: string; placeOf: (item: T) => number },
  ): PageOf<T> {
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const isMore = found.length > limit && last !== undefined;
    return { items, nextCursor: isMore ? encodeCursor([placeOf(last)], context, this.key) : null };
  }

  private placeOf(cursor: string | undefined, context: string, type: 'string'): string | undefined;
  private placeOf(cursor: string | undefined, context: string, type: 'number'): number | undefined;
  private placeOf(cursor: string | undefined, context: string, type: 'string' | 'number'): string | number | undefined {
    if (cursor === undefined) return undefined;
    const place = decodeCursor(cursor, context, this.key)?.[0];
    if (typeof place !== type)
      throw InvalidCursor({ detail: 'Use the cursor with the same filters it was given for, or begin again without it.' });
    return place as string | number;
  }
}
