import { normalizeEmail } from '../../../shared/text.js';
import { leadContent, type LeadContent, leadKeys } from '../leads/lead.js';
import type { AttributesCheck } from '../custom-fields/field-schema.js';
import type { CsvRow } from './csv-table.js';
import { type ImportOutcome, keyDigest, type LeadState, type OnDuplicate, type OnError } from './lead-import.js';
import type { LeadMapping } from './mapping.js';
import { refusalCode, refusalText } from '../pipelines/stage-refusals.js';
import { judgeEntry, type PipelineRules } from '../pipelines/stage-rules.js';
import { type ImportedLead, naturalKeyOf, readLeadRow, type RowContext } from './row.js';

/** What is wrong with a row; for the row as a whole there is no column. */
export interface ReportedError {
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly value?: string;
  readonly didYouMean?: string;
}

/** One line of the report, with what undoing and looking again need. */
export interface PlannedRow {
  readonly line: number;
  readonly outcome: ImportOutcome;
  readonly leadId: string | null;
  readonly errors: readonly ReportedError[];
  readonly naturalKey: string | null;
  readonly before: LeadState | null;
  readonly after: LeadState | null;
}

/** A row as it was read, before anything is known of the leads there are. */
export type ReadRow = { readonly line: number; readonly key: string | null } & (
  { readonly lead: ImportedLead; readonly isNamed: boolean } | { readonly errors: readonly ReportedError[] }
);

export interface BatchRules {
  readonly pipelineId: string;
  readonly firstStage: string;
  readonly onDuplicate: OnDuplicate;
  readonly onError: OnError;
  /** Rules of the pipeline; left out when no stage has any. */
  readonly stageRules?: PipelineRules | undefined;
  /** The schema of the custom fields of leads; left out when there is none. */
  readonly attributesCheck?: AttributesCheck | undefined;
}

/** What a batch does. `inserts` and `updates` hold every lead once, in its last form, in the order of the file. */
export interface BatchPlan {
  readonly rows: readonly PlannedRow[];
  readonly inserts: readonly LeadState[];
  readonly updates: readonly LeadState[];
  readonly isStopped: boolean;
}

const FAULTS: Readonly<Record<string, string>> = {
  'unclosed-quote': 'A quoted cell is never closed.',
  'text-after-quote': 'There is text after the closing quote of a cell.',
  'row-too-long': 'The row is too long.',
  'field-too-long': 'A cell is too long.',
  'too-many-cells': 'The row has more cells than there are columns.',
};

/** Reads and checks the rows of a batch; `key` is the digest of the natural key. */
export function readRows(rows: readonly CsvRow[], mapping: LeadMapping, context: RowContext): ReadRow[] {
  return rows.map((row) => {
    const { line } = row;
    if ('fault' in row) return { line, key: null, errors: [{ column: null, code: row.fault, message: FAULTS[row.fault] ?? row.fault }] };
    const found = readLeadRow(row.cells, mapping, context);
    if (!found.ok) return { line, key: null, errors: found.errors };
    const natural = naturalKeyOf(found.lead, mapping);
    return { line, key: natural === undefined ? null : keyDigest(natural), lead: found.lead, isNamed: found.isNamed };
  });
}

/** The natural key a lead that exists has, as a digest. */
export function keyOfState({ content }: LeadState, mapping: LeadMapping): string | null {
  const email = content.email === null ? null : normalizeEmail(content.email);
  const lead = { ...content, email, status: null, tags: [...content.tags], attributes: { ...content.attributes } };
  const natural = naturalKeyOf(lead, mapping);
  return natural === undefined ? null : keyDigest(natural);
}

/** What must be asked for to find the leads these rows may mean: digests, and folded keys where a column of `leads` holds them. */
export interface Lookups {
  readonly digests: readonly string[];
  readonly folded: readonly string[];
}

export function lookupsOf(rows: readonly ReadRow[], { naturalKey }: LeadMapping): Lookups {
  const keyed = rows.filter((row) => row.key !== null);
  const folded = keyed.flatMap((row) => {
    if (!('lead' in row)) return [];
    const { nameKey, emailKey, phoneKey } = leadKeys(row.lead);
    const key = naturalKey === 'email' ? emailKey : naturalKey === 'phone' ? phoneKey : naturalKey === 'name+company' ? nameKey : null;
    return key ?? [];
  });
  return { digests: [...new Set(keyed.flatMap((row) => row.key ?? []))], folded: [...new Set(folded)] };
}

const plain = (text: string | null): string => (text ?? '').normalize('NFC').trim();

/** A given text, unless it says what is known already but for blanks. */
function chosen(given: string | null, known: string | null, same: (text: string) => string = (text) => text): string | null {
  return given === null || same(plain(known)) === given ? known : given;
}

const oneSpaced = (text: string): string => text.replace(/\s+/g, ' ');

function mergedAttributes(given: Readonly<Record<string, string>>, known: Readonly<Record<string, string>>): Record<string, string> {
  const changed = Object.entries(given).filter(([key, value]) => plain(known[key] ?? null) !== value);
  return { ...known, ...Object.fromEntries(changed) };
}

/** What is known of a lead, with what a row says put over it; a row never clears anything. */
export function mergedContent(known: LeadContent, lead: ImportedLead, isNamed: boolean): LeadContent {
  const isSameValue =
    lead.value === null || (known.value?.amountMinor === lead.value.amountMinor && known.value.currency === lead.value.currency);
  const knownTags = known.tags.map((tag) => tag.trim());
  const isSameTags = lead.tags.length === 0 || JSON.stringify(knownTags) === JSON.stringify(lead.tags);
  return {
    name: (isNamed ? chosen(lead.name, known.name, oneSpaced) : null) ?? known.name,
    company: chosen(lead.company, known.company),
    email: chosen(lead.email, known.email, normalizeEmail),
    phone: chosen(lead.phone, known.phone),
    value: isSameValue ? known.value : lead.value,
    notes: chosen(lead.notes, known.notes),
    source: chosen(lead.source, known.source),
    tags: isSameTags ? known.tags : lead.tags,
    attributes: mergedAttributes(lead.attributes, known.attributes),
    ownerId: lead.ownerId ?? known.ownerId,
  };
}

/** True when two states of a lead say the same and stand in the same column. */
export const isSameState = (one: LeadState, other: LeadState): boolean =>
  one.status === other.status && canonical(one.content) === canonical(other.content);
const canonical = ({ attributes, ...content }: LeadContent): string =>
  JSON.stringify([content.name, content.company, content.email, content.phone, content.value?.amountMinor, content.value?.currency]) +
  JSON.stringify([content.notes, content.source, content.tags, content.ownerId, Object.entries(attributes).sort()]);

/**
 * Decides what every row does, one after the other as if each were applied before the next is looked at. It reads nothing and writes
 * nothing: a dry run and a real one call it with the same and keep what it says, which is why their reports agree.
 */
export function planBatch(
  rows: readonly ReadRow[],
  known: readonly (readonly [key: string, lead: LeadState])[],
  rules: BatchRules & { newId: () => string },
): BatchPlan {
  const planner = new BatchPlanner(known, rules);
  const planned: PlannedRow[] = [];
  for (const row of rows) {
    const next = planner.plan(row);
    planned.push(next);
    if (next.outcome === 'failed' && rules.onError === 'stop') return planner.result(planned, true);
  }
  return planner.result(planned, false);
}

class BatchPlanner {
  private readonly byKey = new Map<string, string[]>();
  private readonly leads = new Map<string, LeadState>();
  private readonly made = new Set<string>();
  private readonly changed = new Set<string>();

  constructor(
    known: readonly (readonly [key: string, lead: LeadState])[],
    private readonly rules: BatchRules & { newId: () => string },
  ) {
    for (const [key, lead] of known) this.remember(key, lead);
  }

  plan(row: ReadRow): PlannedRow {
    const nothing = { line: row.line, leadId: null, errors: [], naturalKey: row.key, before: null, after: null };
    if ('errors' in row) return { ...nothing, outcome: 'failed', errors: row.errors };
    const found = row.key === null || this.rules.onDuplicate === 'import' ? [] : (this.byKey.get(row.key) ?? []);
    const lead = this.leads.get(found[0] ?? '');
    if (!lead) return this.create(row);
    if (this.rules.onDuplicate === 'skip') return { ...nothing, outcome: 'duplicate', leadId: lead.id };
    if (found.length > 1) {
      const message = `${found.length} leads have this natural key, so it does not tell which one to update.`;
      return { ...nothing, outcome: 'failed', errors: [{ column: null, code: 'natural-key-ambiguous', message }] };
    }
    return this.update(row, lead);
  }

  /** Versions grow once per batch, however many rows speak of a lead. */
  result(planned: readonly PlannedRow[], isStopped: boolean): BatchPlan {
    const last = (id: string): LeadState | undefined => this.leads.get(id);
    const versioned = (state: LeadState | null): LeadState | null =>
      state && { ...state, version: last(state.id)?.version ?? state.version };
    return {
      rows: planned.map((row) => ({ ...row, after: versioned(row.after) })),
      inserts: [...this.made].flatMap((id) => last(id) ?? []),
      updates: [...this.changed].flatMap((id) => last(id) ?? []),
      isStopped,
    };
  }

  private create(row: Extract<ReadRow, { lead: ImportedLead }>): PlannedRow {
    const { status, ...given } = row.lead;
    const { pipelineId, firstStage, newId } = this.rules;
    const lead: LeadState = { id: newId(), version: 1, pipelineId, status: status ?? firstStage, content: leadContent(given) };
    const refused = this.refusalOf(lead, null) ?? this.misfitOf(lead);
    if (refused)
      return { line: row.line, outcome: 'failed', leadId: null, errors: [refused], naturalKey: row.key, before: null, after: null };
    this.made.add(lead.id);
    if (row.key === null) this.leads.set(lead.id, lead);
    else this.remember(row.key, lead);
    return { line: row.line, outcome: 'created', leadId: lead.id, errors: [], naturalKey: row.key, before: null, after: lead };
  }

  private update(row: Extract<ReadRow, { lead: ImportedLead }>, before: LeadState): PlannedRow {
    const content = mergedContent(before.content, row.lead, row.isNamed);
    // A stage of this pipeline says nothing about the place of a lead on another board.
    const status = before.pipelineId === this.rules.pipelineId ? (row.lead.status ?? before.status) : before.status;
    const reported = { line: row.line, leadId: before.id, errors: [], naturalKey: row.key };
    const wanted = { ...before, status, content };
    if (isSameState(before, wanted)) return { ...reported, outcome: 'unchanged', before: null, after: null };
    const refused = (status === before.status ? undefined : this.refusalOf(wanted, before.status)) ?? this.misfitOf(wanted, before);
    if (refused) return { ...reported, outcome: 'failed', errors: [refused], before: null, after: null };
    const isFirst = !this.made.has(before.id) && !this.changed.has(before.id);
    const after = isFirst ? { ...wanted, version: before.version + 1 } : wanted;
    if (isFirst) this.changed.add(before.id);
    this.leads.set(before.id, after);
    return { ...reported, outcome: 'updated', before, after };
  }

  /** Why a row may not put its lead where it wants it. A file has no reasons, so a stage that insists on one takes only new leads from it. */
  private refusalOf({ status, content }: LeadState, from: string | null): ReportedError | undefined {
    const { stageRules } = this.rules;
    if (!stageRules) return undefined;
    const verdict = judgeEntry(stageRules, { lead: content, from, to: status, reason: null, reasonNote: null, isNew: from === null });
    if (!('refusal' in verdict)) return undefined;
    return { column: null, code: refusalCode(verdict.refusal), message: refusalText(verdict.refusal), value: status };
  }

  /** What is wrong with the custom fields a row gives; those that were stored before there was a schema stay as they are. */
  private misfitOf({ content: { attributes } }: LeadState, before?: LeadState): ReportedError | undefined {
    const known = before?.content.attributes ?? {};
    if (Object.entries(attributes).every(([key, text]) => known[key] === text) && before) return undefined;
    const [fault] = this.rules.attributesCheck?.(attributes) ?? [];
    if (!fault) return undefined;
    const key = (fault.pointer ?? '').slice('/attributes/'.length);
    const value = attributes[key];
    return {
      column: null,
      code: fault.code,
      message: `The custom field "${key}" ${fault.message}.`,
      ...(value === undefined ? {} : { value }),
    };
  }

  private remember(key: string, lead: LeadState): void {
    this.leads.set(lead.id, lead);
    const ids = this.byKey.get(key);
    if (!ids) this.byKey.set(key, [lead.id]);
    else if (!ids.includes(lead.id)) ids.push(lead.id);
  }
}
