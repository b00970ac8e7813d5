import { createHash } from 'node:crypto';
import type { LeadContent } from '../leads/lead.js';
import type { LeadView } from '../leads/leads.shapes.js';
import type { ColumnMapping, LeadMapping, LeadTarget, NaturalKey } from './mapping.js';

export const IMPORT_OUTCOMES = ['created', 'updated', 'unchanged', 'duplicate', 'failed'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

/** What people see; `cancelled`, `failed` and `undo-failed` may follow from the job alone. */
export const IMPORT_STATES = [
  'queued',
  'running',
  'finished',
  'stopped',
  'cancelled',
  'failed',
  'undoing',
  'undone',
  'undo-failed',
] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** What to do with a row whose natural key a lead has already. */
export const ON_DUPLICATE = ['update', 'skip', 'import'] as const;
export type OnDuplicate = (typeof ON_DUPLICATE)[number];

export const ON_ERROR = ['skip', 'stop'] as const;
export type OnError = (typeof ON_ERROR)[number];

/** A mapping as it comes, is kept and is answered. */
export interface GivenMapping {
  readonly columns: ColumnMapping[];
  readonly defaults?: { to: string; value: string }[];
}

/** An import as its job needs it. */
export interface LeadImport {
  readonly id: string;
  readonly fileId: string;
  readonly pipelineId: string;
  readonly isDryRun: boolean;
  readonly mapping: GivenMapping;
  readonly naturalKey: NaturalKey | null;
  readonly onDuplicate: OnDuplicate;
  readonly onError: OnError;
  readonly state: string;
  readonly phase: 'rows' | 'duplicates' | 'done';
  readonly lastLine: number;
  readonly readCount: number;
}

/** The mapping in the form that rows are read by. */
export function leadMapping({ columns, defaults = [] }: GivenMapping, naturalKey: NaturalKey | null): LeadMapping {
  const given = Object.fromEntries(defaults.map(({ to, value }) => [to, value])) as Partial<Record<LeadTarget, string>>;
  return { columns, ...(naturalKey !== null && { naturalKey }), ...(defaults.length > 0 && { defaults: given }) };
}

/** A lead as an import sees it. */
export interface LeadState {
  readonly id: string;
  readonly version: number;
  readonly pipelineId: string;
  readonly status: string;
  readonly content: LeadContent;
}

/** A lead as it is stored, seen so. */
export function stateOf({ id, version, pipelineId, status, ...view }: LeadView): LeadState {
  const { name, company, email, phone, value, notes, source, tags, attributes, ownerId } = view;
  return { id, version, pipelineId, status, content: { name, company, email, phone, value, notes, source, tags, attributes, ownerId } };
}

/** What is kept of a natural key: always short enough for an index. */
export function keyDigest(naturalKey: string): string {
  return createHash('sha256').update(naturalKey).digest('hex');
}
