import type { Money } from '../../../src/shared/money.js';
import { phoneMatchKey } from '../../../src/shared/text.js';
import type { DueExpected, Effect, LeadFields, LeadKey, StatusKey, UtteranceCase } from './format.js';

/** A lead with all of its fields, as it stands. */
export interface LeadState extends Required<Omit<LeadFields, 'attributes' | 'status' | 'tags'>> {
  readonly status: StatusKey;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Written {
  readonly lead: LeadKey | 'created' | null;
  readonly text: string;
  /** UTC instant and local day of a task that is due. */
  readonly due?: { readonly on: string; readonly time: string | null } | null;
}

/** Everything that an instruction could have changed. */
export interface World {
  /** Without those that were deleted. */
  readonly leads: Readonly<Partial<Record<LeadKey, LeadState>>>;
  /** The rows as the database has them, bookkeeping too. */
  readonly rows?: Readonly<Partial<Record<LeadKey, string>>>;
  readonly created: readonly LeadState[];
  readonly notes: readonly Written[];
  readonly tasks: readonly Written[];
}

/** What the assistant did and said. */
export interface Observed {
  readonly answer: 'done' | 'planned' | 'asked' | 'refused' | 'shown' | 'counted' | 'helped' | 'talk';
  readonly leads: readonly LeadKey[];
  readonly count: number | null;
  readonly sums: readonly Money[];
  readonly groups: Readonly<Record<string, number>>;
  readonly before: World;
  readonly after: World;
  /** After "yes" to a plan. */
  readonly confirmed: World | null;
  /** The day it was, in the time zone of the organization. */
  readonly today: string;
}

/** `asked` and `refused` did no harm but not what was wanted. */
export type Grade = 'right' | 'asked' | 'refused' | 'wrong';

export interface Graded {
  readonly id: string;
  readonly grade: Grade;
  readonly why: string;
  /** Leads that changed although the case does not name them. */
  readonly wrongLeads: readonly string[];
}

/** Compares what was to happen with what happened. */
export function graded(wanted: UtteranceCase, seen: Observed): Graded {
  const { expect } = wanted;
  const effects = expect.kind === 'changes' || expect.kind === 'plans' ? expect.effects : [];
  const named = new Set(effects.flatMap((effect) => ('lead' in effect && effect.lead ? [effect.lead] : [])));
  const last = seen.confirmed ?? seen.after;
  const keys = Object.keys(seen.before.leads) as LeadKey[];
  const content = (world: World, key: LeadKey): unknown => world.rows?.[key] ?? world.leads[key];
  const wrongLeads = keys.filter((key) => !named.has(key) && !same(content(seen.before, key), content(last, key)));
  const fault = faultOf(wanted, seen);
  if (fault === undefined && wrongLeads.length === 0) return { id: wanted.id, grade: 'right', why: '', wrongLeads };
  const isUnchanged = same(seen.before, seen.after);
  const isMild =
    isUnchanged && wrongLeads.length === 0 && (seen.confirmed === null || same(seen.before, seen.confirmed) || seen.answer === 'planned');
  const mild =
    seen.answer === 'asked' || seen.answer === 'planned'
      ? 'asked'
      : seen.answer === 'refused' || seen.answer === 'talk'
        ? 'refused'
        : 'wrong';
  return { id: wanted.id, grade: isMild ? mild : 'wrong', why: fault ?? `changed ${wrongLeads.join(', ')}`, wrongLeads };
}

function faultOf({ expect }: UtteranceCase, seen: Observed): string | undefined {
  const isUnchanged = same(seen.before, seen.after);
  if (expect.kind === 'changes') return seen.answer === 'planned' ? 'asked to confirm' : effectFault(expect.effects, seen, seen.after);
  if (!isUnchanged) return 'changed something';
  switch (expect.kind) {
    case 'plans':
      return seen.confirmed ? effectFault(expect.effects, seen, seen.confirmed) : `no plan but ${seen.answer}`;
    case 'shows':
      return seen.answer === 'shown' ? listFault(expect.leads, seen.leads, expect.ordered ?? false) : `no list but ${seen.answer}`;
    case 'asks':
      return seen.answer === 'asked' ? listFault(expect.among, seen.leads, false) : `did not ask but ${seen.answer}`;
    case 'counts':
      return seen.answer === 'counted' && seen.count === expect.count ? undefined : `${seen.answer} ${seen.count}`;
    case 'totals':
      return seen.answer === 'counted' && same(sorted(expect.sums), sorted(seen.sums))
        ? undefined
        : `${seen.answer} ${JSON.stringify(seen.sums)}`;
    case 'groups':
      return seen.answer === 'counted' && same(entries(expect.counts), entries(seen.groups))
        ? undefined
        : `${seen.answer} ${JSON.stringify(seen.groups)}`;
    case 'refuses':
      return seen.answer === 'refused' || seen.answer === 'asked' ? undefined : `did not refuse but ${seen.answer}`;
    case 'nothing':
      return seen.answer === 'planned' ? 'planned something' : undefined;
    case 'helps':
      return seen.answer === 'helped' ? undefined : `no help but ${seen.answer}`;
  }
}

function listFault(wanted: readonly LeadKey[], seen: readonly LeadKey[], isOrdered: boolean): string | undefined {
  const [left, right] = isOrdered ? [wanted, seen] : [[...wanted].sort(), [...seen].sort()];
  return same(left, right) ? undefined : `showed ${seen.join(', ') || 'nobody'}`;
}

/** The world as it should be after the effects, compared with the one that is. */
function effectFault(effects: readonly Effect[], { before, today }: Observed, after: World): string | undefined {
  const leads: Partial<Record<LeadKey, LeadState>> = { ...before.leads };
  for (const effect of effects) {
    if (effect.effect === 'deleted') delete leads[effect.lead];
    const state = 'lead' in effect && effect.lead ? leads[effect.lead] : undefined;
    if (effect.effect === 'moved' && state) leads[effect.lead] = { ...state, status: effect.status };
    if (effect.effect === 'set' && state) leads[effect.lead] = { ...state, ...effect.fields };
  }
  for (const key of Object.keys(before.leads) as LeadKey[]) {
    if (!same(comparable(leads[key]), comparable(after.leads[key]))) return `${key} is ${JSON.stringify(after.leads[key] ?? 'deleted')}`;
  }
  const created = effects.filter((effect) => effect.effect === 'created').map(({ fields }) => fields);
  const made = after.created.slice(before.created.length);
  const isMade = made.length === created.length && created.every((fields, at) => fits(fields, made[at]));
  if (!isMade) return `created ${JSON.stringify(made)}`;
  const notes = effects.filter((effect) => effect.effect === 'noted');
  const noted = after.notes.slice(before.notes.length);
  const isNoted =
    noted.length === notes.length &&
    notes.every(({ lead, text }) => noted.some((one) => one.lead === lead && loose(one.text) === loose(text)));
  if (!isNoted) return `noted ${JSON.stringify(noted)}`;
  return taskFault(effects, after.tasks.slice(before.tasks.length), today);
}

function taskFault(effects: readonly Effect[], tasks: readonly Written[], today: string): string | undefined {
  const wanted = effects.filter((effect) => effect.effect === 'task');
  const isThere = wanted.every(({ lead, title, due }) =>
    tasks.some(
      (one) => one.lead === lead && loose(one.text).includes(loose(title)) && (due === undefined || isDue(due, one.due ?? null, today)),
    ),
  );
  return isThere && tasks.length === wanted.length ? undefined : `tasks ${JSON.stringify(tasks)}`;
}

function isDue(wanted: DueExpected, due: { on: string; time: string | null } | null, today: string): boolean {
  if (due === null) return false;
  const start = Date.parse(`${today}T00:00:00Z`);
  const ahead = 'days' in wanted ? wanted.days : (wanted.weekday - new Date(start).getUTCDay() + 7) % 7 || 7;
  const day = new Date(start + ahead * 86_400_000).toISOString().slice(0, 10);
  return due.on === day && (wanted.time === undefined || due.time === wanted.time);
}

function fits(fields: LeadFields, state: LeadState): boolean {
  return (Object.keys(fields) as (keyof LeadFields)[]).every((key) => {
    if (key === 'attributes') return Object.entries(fields.attributes ?? {}).every(([name, value]) => state.attributes[name] === value);
    return same(comparable({ [key]: fields[key] }), comparable({ [key]: state[key] }));
  });
}

/** Phones by their digits, tags in any order, free texts in any case and without a full stop. */
function comparable(state: Partial<LeadFields> | undefined): unknown {
  if (!state) return undefined;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => {
      if (key === 'phone' && typeof value === 'string') return [key, phoneMatchKey(value)];
      if (key === 'tags' && Array.isArray(value)) return [key, [...value].sort()];
      if ((key === 'notes' || key === 'source') && typeof value === 'string') return [key, loose(value)];
      return [key, key === 'attributes' ? entries(value as Record<string, string>) : value];
    }),
  );
}

const loose = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[.\s]+$/, '')
    .trim();
const entries = (record: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(record)
    .filter(([, value]) => value !== 0)
    .sort(([a], [b]) => a.localeCompare(b));
const sorted = (sums: readonly Money[]): string[] => sums.map(({ amountMinor, currency }) => `${currency} ${amountMinor}`).sort();

export function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

/** JSON with the keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
      : part,
  );
}

/** How many of each grade. */
export function totals(title: string, results: readonly Graded[]): string {
  const count = (grade: Grade): number => results.filter((one) => one.grade === grade).length;
  const share = ((100 * count('right')) / Math.max(1, results.length)).toFixed(1);
  const wrongLeads = results.reduce((sum, one) => sum + one.wrongLeads.length, 0);
  return `${title}: ${results.length} utterances, right ${count('right')} (${share} %), asked back ${count('asked')}, refused ${count('refused')}, wrong ${count('wrong')}; wrong leads changed: ${wrongLeads}`;
}

/** The table of a run: the totals, and what was not right. */
export function table(title: string, results: readonly Graded[]): string {
  const lines = results
    .filter(({ grade }) => grade !== 'right')
    .map(({ id, grade, why }) => `  ${grade.padEnd(8)}${id}: ${why.slice(0, 220)}`);
  return [totals(title, results), ...lines].join('\n');
}

export function rightRate(results: readonly Graded[]): number {
  return results.filter(({ grade }) => grade === 'right').length / Math.max(1, results.length);
}
