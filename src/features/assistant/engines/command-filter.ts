import { addDays, type LocalDate, localDateIn } from '../../../shared/dates.js';
import type { LeadSelection, UpdateLead } from '../../crm/index.js';
import type { DayRange, FieldChange, LeadFilter, StatusChoice } from '../understanding/command.js';

const HOUR_MS = 3_600_000;
/** No time zone is further from UTC than this. */
const FURTHEST_HOURS = 16;

type EmptyField = NonNullable<LeadSelection['missing']>[number];

const CAN_BE_EMPTY: ReadonlySet<string> = new Set(['company', 'email', 'phone', 'value', 'notes', 'source', 'owner', 'tags']);

/** The first moment of a day in a time zone, also on days that begin later than midnight. */
export function startOfDay(day: LocalDate, timeZone: string): Date {
  const around = Date.parse(`${day}T00:00:00Z`);
  let [before, within] = [around - FURTHEST_HOURS * HOUR_MS, around + FURTHEST_HOURS * HOUR_MS];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (localDateIn(new Date(middle), timeZone) < day) before = middle;
    else within = middle;
  }
  return new Date(within);
}

/** What a message says of leads as the selection that the tools take. */
export function selectionOf(filter: LeadFilter, timeZone: string): LeadSelection {
  const { status, owner, value, source, tag, company } = filter;
  const missing = [...(filter.missing ?? []), ...(owner?.kind === 'nobody' ? ['owner'] : [])];
  const empty = missing.filter((field): field is EmptyField => CAN_BE_EMPTY.has(field));
  const custom = missing.filter((field) => field.startsWith('custom:')).map((field) => field.slice('custom:'.length));
  const currency = (value?.min ?? value?.max)?.currency;
  return {
    ...(status ? { stages: stagesOf(status) } : {}),
    ...(owner?.kind === 'member' ? { ownerId: owner.id } : {}),
    ...(source ? { source } : {}),
    ...(tag ? { tag } : {}),
    ...(company ? { company } : {}),
    ...(empty.length > 0 ? { missing: empty } : {}),
    ...(custom.length > 0 ? { missingCustom: custom } : {}),
    ...(currency ? { currency } : {}),
    ...(value?.min ? { valueMin: value.min.amountMinor } : {}),
    ...(value?.max ? { valueMax: value.max.amountMinor } : {}),
    ...(value?.isStrict ? { valueIsStrict: true } : {}),
    ...borders('created', filter.created, timeZone),
    ...borders('updated', filter.updated, timeZone),
  };
}

function stagesOf({ stages }: StatusChoice): NonNullable<LeadSelection['stages']> {
  return stages.map(({ pipelineId, key }) => ({ pipelineId, status: key }));
}

function borders(what: 'created' | 'updated', range: DayRange | undefined, timeZone: string): LeadSelection {
  const from = range?.from && startOfDay(range.from, timeZone).toISOString();
  const to = range?.to && startOfDay(addDays(range.to, 1), timeZone).toISOString();
  return { ...(from ? { [`${what}From`]: from } : {}), ...(to ? { [`${what}To`]: to } : {}) };
}

/** Changes of fields as the tools take them: a merge patch, and tags that come or go. */
export interface FieldPatch {
  readonly changes: UpdateLead;
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
}

export function patchOf(changes: readonly FieldChange[]): FieldPatch {
  const patch: Record<string, unknown> = {};
  const custom: Record<string, string | null> = {};
  const tags: { addTags?: readonly string[]; removeTags?: readonly string[] } = {};
  for (const change of changes) {
    if (change.field === 'custom') custom[change.key] = change.value;
    else if (change.field === 'owner') patch['ownerId'] = change.value.kind === 'member' ? change.value.id : null;
    else if (change.field !== 'tags') patch[change.field] = change.value;
    else if (change.mode === 'replace') patch['tags'] = change.value;
    else if (change.mode === 'add') tags.addTags = change.value;
    else tags.removeTags = change.value;
  }
  return { changes: { ...patch, ...(Object.keys(custom).length > 0 ? { attributes: custom } : {}) }, ...tags };
}
