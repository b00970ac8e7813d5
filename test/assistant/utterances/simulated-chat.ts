import { foldText, phoneMatchKey } from '../../../src/shared/text.js';
import {
  type Command,
  type DialogueContext,
  type FieldChange,
  type LeadFilter,
  needsConfirmation,
  type OwnerChoice,
  type Reference,
  type Selection,
  type StatusChoice,
} from '../../../src/features/assistant/understanding/command.js';
import { editDistance } from '../../../src/features/assistant/understanding/typing-errors.js';
import { understand } from '../../../src/features/assistant/understanding/understand.js';
import {
  CUSTOM_FIELDS,
  LEADS,
  type LeadFields,
  type LeadKey,
  type MemberKey,
  MEMBERS,
  type StatusKey,
  type UtteranceCase,
} from './format.js';
import type { LeadState, Observed, World, Written } from './observed.js';

const PIPELINE = 'sales';
const STAGES = [
  ['interest', 'Interest', 'open'],
  ['meeting-booked', 'Meeting booked', 'open'],
  ['proposal-sent', 'Proposal sent', 'open'],
  ['closed-win', 'Closed win', 'won'],
  ['closed-lost', 'Closed lost', 'lost'],
] as const;
/** A Wednesday. */
const NOW = new Date('2026-03-11T10:00:00Z');

type Id = LeadKey | `created-${number}`;
type Row = { -readonly [K in keyof LeadState]: LeadState[K] };
type Heard = Pick<Observed, 'answer' | 'leads' | 'count' | 'sums' | 'groups'>;

const NOTHING: Heard = { answer: 'talk', leads: [], count: null, sums: [], groups: {} };

/** The assistant without database and server: the same commands on a dozen leads in memory, and a small search of its own. */
export class SimulatedChat {
  private readonly rows = new Map<Id, Row>();
  private readonly notes: Written[] = [];
  private readonly tasks: Written[] = [];
  private focus: Id[] = [];
  private listed: Id[] = [];
  private asking: { candidates: Id[]; waiting: Command[] } | undefined;
  private plan: (() => void) | undefined;
  private planned: Id[] = [];
  private before: (() => void) | undefined;
  private made = 0;

  constructor(private readonly where: 'dot' | 'comma') {
    for (const [key, lead] of Object.entries(LEADS)) this.rows.set(key as LeadKey, stateOf(lead));
  }

  world(): World {
    const leads: Partial<Record<LeadKey, LeadState>> = {};
    const created: LeadState[] = [];
    for (const [id, row] of this.rows) {
      if (id.startsWith('created-')) created.push({ ...row });
      else leads[id as LeadKey] = { ...row };
    }
    return { leads, created, notes: [...this.notes], tasks: [...this.tasks] };
  }

  say(text: string): Heard {
    const { commands } = understand(text, this.context());
    const { asking } = this;
    this.asking = undefined;
    let heard = NOTHING;
    for (const [at, command] of commands.entries()) {
      const next = command.kind === 'choose' && asking ? this.choose(command, asking) : this.run(command, commands.slice(at));
      heard = next.answer === 'shown' && heard.answer === 'shown' ? { ...next, leads: [...heard.leads, ...next.leads] } : next;
      if (heard.answer === 'asked' || heard.answer === 'refused') break;
    }
    return heard;
  }

  private context(): DialogueContext {
    const nameOf = (id: Id) => ({ id, name: this.rows.get(id)?.name ?? '', company: this.rows.get(id)?.company ?? null });
    return {
      now: NOW,
      timeZone: this.where === 'dot' ? 'Europe/London' : 'Europe/Berlin',
      baseCurrency: this.where === 'dot' ? 'GBP' : 'EUR',
      decimalMark: this.where === 'dot' ? '.' : ',',
      country: this.where === 'dot' ? 'GB' : 'DE',
      stages: STAGES.map(([key, name, kind]) => ({ pipelineId: PIPELINE, key, name, kind })),
      members: Object.entries(MEMBERS).map(([id, name]) => ({ id, name, email: `${id}@example.com` })),
      me: { id: 'me', name: MEMBERS.me },
      focus: this.focus.map(nameOf),
      ...(this.asking ? { candidates: this.asking.candidates.map(nameOf) } : {}),
      hasPendingPlan: this.plan !== undefined,
      pendingNames: this.plan ? this.planned.map((id) => nameOf(id).name) : [],
      customFields: [...CUSTOM_FIELDS],
    };
  }

  private choose(
    { choice }: Extract<Command, { kind: 'choose' }>,
    { candidates, waiting }: { candidates: Id[]; waiting: Command[] },
  ): Heard {
    const chosen =
      choice.kind === 'index'
        ? [candidates.at(choice.index > 0 ? choice.index - 1 : choice.index)].filter((id) => id !== undefined)
        : candidates.filter((id) => this.scores(choice.text, id));
    if (chosen.length !== 1) return { ...NOTHING, answer: 'refused' };
    const [first, ...rest] = waiting;
    let heard = this.run({ ...first, who: { kind: 'id', id: chosen[0] } } as Command, []);
    for (const [at, command] of rest.entries()) heard = this.run(command, rest.slice(at));
    return heard;
  }

  private run(command: Command, waiting: readonly Command[]): Heard {
    switch (command.kind) {
      case 'confirm':
        return this.confirm();
      case 'decline':
      case 'undo':
        return this.takeBack(command.kind);
      case 'help':
        return { ...NOTHING, answer: 'helped' };
      case 'small-talk':
        return NOTHING;
      case 'unknown':
        return command.why === 'not-understood' || command.why === 'unclear' ? { ...NOTHING, answer: 'refused' } : NOTHING;
      case 'refused':
      case 'choose':
        return { ...NOTHING, answer: 'refused' };
      case 'find':
        return this.shown([...this.rows.keys()].filter((id) => this.scores(command.text, id)));
      case 'list':
        return this.list(command);
      case 'count':
      case 'total':
        return this.count(command.filter, command.groupBy);
      case 'create':
        return this.create(command.lead);
      case 'bulk-set':
      case 'bulk-move':
      case 'bulk-delete':
        return this.bulk(command, waiting);
      default:
        return this.one(command, waiting);
    }
  }

  private one(command: Extract<Command, { who: Reference | null }>, waiting: readonly Command[]): Heard {
    // A task belongs to a lead.
    if (command.who === null) return { ...NOTHING, answer: 'refused' };
    const found = this.resolve(command.who);
    if (found.length === 0) return { ...NOTHING, answer: command.who.kind === 'pronoun' ? 'talk' : 'refused' };
    if (found.length > 1) {
      this.asking = { candidates: found, waiting: [...waiting] };
      return { ...NOTHING, answer: 'asked', leads: found as LeadKey[] };
    }
    const [id] = found;
    this.focus = [id, ...this.focus.filter((other) => other !== id)];
    if (command.kind === 'show') return this.shown([id]);
    if (needsConfirmation(command)) return this.propose([id], () => this.rows.delete(id));
    this.remember();
    this.write(command, id);
    return { ...NOTHING, answer: 'done' };
  }

  private write(command: Command, id: Id | null): void {
    const row = id === null ? undefined : this.rows.get(id);
    const lead = id === null ? null : id.startsWith('created-') ? 'created' : (id as LeadKey);
    if (command.kind === 'move' && row) row.status = statusOf(command.status);
    if (command.kind === 'set' && row) command.changes.forEach((change) => apply(row, change));
    if (command.kind === 'add-note') this.notes.push({ lead, text: command.text });
    if (command.kind === 'add-task') {
      const zone = this.where === 'dot' ? 'Europe/London' : 'Europe/Berlin';
      const time =
        command.due && new Date(command.due.at).toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
      this.tasks.push({ lead, text: command.title, due: command.due && { on: command.due.on, time } });
    }
  }

  private create(lead: Extract<Command, { kind: 'create' }>['lead']): Heard {
    const { owner, status, custom, ...fields } = lead;
    const id: Id = `created-${++this.made}`;
    this.remember();
    this.rows.set(
      id,
      stateOf({
        ...fields,
        owner: owner ? ownerOf(owner) : null,
        status: status ? statusOf(status) : 'interest',
        attributes: custom ?? {},
      }),
    );
    this.focus = [id, ...this.focus];
    return { ...NOTHING, answer: 'done' };
  }

  private bulk(command: Extract<Command, { which: Selection }>, waiting: readonly Command[]): Heard {
    const ids = this.select(command.which);
    if (!Array.isArray(ids)) {
      if (ids.candidates.length > 1) this.asking = { candidates: ids.candidates, waiting: [...waiting] };
      return { ...NOTHING, answer: ids.candidates.length > 1 ? 'asked' : 'refused', leads: ids.candidates as LeadKey[] };
    }
    if (ids.length === 0) return { ...NOTHING, answer: 'refused' };
    return this.propose(ids, () => {
      for (const id of ids) {
        const row = this.rows.get(id);
        if (command.kind === 'bulk-delete') this.rows.delete(id);
        else if (row && command.kind === 'bulk-move') row.status = statusOf(command.status);
        else if (row && command.kind === 'bulk-set') command.changes.forEach((change) => apply(row, change));
      }
    });
  }

  private select(which: Selection): Id[] | { candidates: Id[] } {
    if (which.kind === 'listed') return this.listed;
    if (which.kind === 'filter') return this.filtered(which.filter);
    const found = which.who.map((who) => this.resolve(who));
    const unclear = found.find((ids) => ids.length !== 1);
    return unclear ? { candidates: unclear } : found.map(([id]) => id);
  }

  private propose(ids: readonly Id[], act: () => void): Heard {
    this.planned = [...ids];
    this.plan = act;
    return { ...NOTHING, answer: 'planned' };
  }

  private confirm(): Heard {
    if (!this.plan) return NOTHING;
    this.remember();
    this.plan();
    this.plan = undefined;
    return { ...NOTHING, answer: 'done' };
  }

  private takeBack(kind: 'decline' | 'undo'): Heard {
    if (kind === 'decline') {
      this.plan = undefined;
      return NOTHING;
    }
    this.before?.();
    return { ...NOTHING, answer: this.before ? 'done' : 'talk' };
  }

  private remember(): void {
    const rows = [...this.rows].map(([id, row]) => [id, { ...row }] as const);
    this.before = () => {
      this.rows.clear();
      for (const [id, row] of rows) this.rows.set(id, row);
    };
  }

  private shown(ids: readonly Id[]): Heard {
    this.listed = [...ids];
    if (ids.length > 0) this.focus = [ids[0], ...this.focus.filter((other) => other !== ids[0])];
    return { ...NOTHING, answer: ids.length > 0 ? 'shown' : 'refused', leads: ids as LeadKey[] };
  }

  private list({ filter, sort, limit }: Extract<Command, { kind: 'list' }>): Heard {
    const all = [...this.rows.keys()];
    const worth = (id: Id): bigint => BigInt(this.rows.get(id)?.value?.amountMinor ?? '-1');
    const order = (left: Id, right: Id): number => {
      if (sort === '-value') return Number(worth(right) - worth(left));
      if (sort === 'name') return (this.rows.get(left)?.name ?? '').localeCompare(this.rows.get(right)?.name ?? '');
      const age = all.indexOf(left) - all.indexOf(right);
      return sort.startsWith('-') ? -age : age;
    };
    const heard = this.shown(
      this.filtered(filter)
        .sort(order)
        .slice(0, limit ?? 50),
    );
    return heard.answer === 'refused' ? { ...heard, answer: 'shown' } : heard;
  }

  private count(filter: LeadFilter, groupBy: string | null): Heard {
    const ids = this.filtered(filter);
    const sums = new Map<string, bigint>();
    const groups: Record<string, number> = {};
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row?.value) sums.set(row.value.currency, (sums.get(row.value.currency) ?? 0n) + BigInt(row.value.amountMinor));
      const key = String(row?.[groupBy === 'owner' ? 'owner' : groupBy === 'source' ? 'source' : 'status'] ?? 'none');
      groups[key] = (groups[key] ?? 0) + 1;
    }
    return {
      ...NOTHING,
      answer: 'counted',
      count: ids.length,
      sums: [...sums].map(([currency, sum]) => ({ currency, amountMinor: String(sum) })),
      groups,
    };
  }

  private filtered(filter: LeadFilter): Id[] {
    return [...this.rows].filter(([, row]) => matches(row, filter)).map(([id]) => id);
  }

  private resolve(who: Reference): Id[] {
    const ids = [...this.rows.keys()];
    if (who.kind === 'pronoun') return this.focus.filter((id) => this.rows.has(id)).slice(0, 1);
    if (who.kind === 'id') return ids.filter((id) => id === who.id);
    const { text } = who;
    if (who.kind === 'email') return ids.filter((id) => this.rows.get(id)?.email === text.toLowerCase());
    if (who.kind === 'phone') return ids.filter((id) => phoneMatchKey(this.rows.get(id)?.phone ?? '') === phoneMatchKey(text));
    const companies = ids.filter((id) => within(text, this.rows.get(id)?.company ?? ''));
    if (who.kind === 'company') return companies.length > 0 ? companies : this.resolve({ kind: 'name', text });
    const named = this.named(text).filter((id) => who.company === undefined || within(who.company, this.rows.get(id)?.company ?? ''));
    return named.length > 0 || who.company !== undefined ? named : companies;
  }

  /** Exact names first, then whole words, then misspelt ones. */
  private named(text: string): Id[] {
    const ids = [...this.rows.keys()];
    const nameOf = (id: Id): string => foldText(this.rows.get(id)?.name ?? '');
    const exact = ids.filter((id) => nameOf(id) === foldText(text));
    if (exact.length > 0) return exact;
    const words = ids.filter((id) => wordsOf(text).every((word) => wordsOf(nameOf(id)).includes(word)));
    return words.length > 0
      ? words
      : ids.filter((id) => wordsOf(text).every((word) => wordsOf(nameOf(id)).some((other) => alike(word, other))));
  }

  private scores(text: string, id: Id): boolean {
    const row = this.rows.get(id);
    const known = `${row?.name} ${row?.company ?? ''} ${row?.email ?? ''}`;
    const all = wordsOf(known);
    const exact = [...this.rows.values()].some((other) =>
      wordsOf(text).every((word) => wordsOf(`${other.name} ${other.company ?? ''} ${other.email ?? ''}`).includes(word)),
    );
    if (text.includes('@')) return row?.email === text.toLowerCase();
    return wordsOf(text).every((word) => all.some((other) => (exact ? other === word : alike(word, other))));
  }
}

const wordsOf = (text: string): string[] =>
  foldText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
const alike = (given: string, word: string): boolean =>
  given === word ||
  (given.length > 3 && editDistance(given, word) <= (word.length > 6 ? 2 : 1)) ||
  (given.length === 3 && word.length === 4 && editDistance(given, word) === 1);
const within = (text: string, whole: string): boolean => wordsOf(text).every((word) => wordsOf(whole).includes(word));
const ownerOf = (owner: OwnerChoice): MemberKey | null => (owner.kind === 'member' ? (owner.id as MemberKey) : null);
const statusOf = ({ stages }: StatusChoice): StatusKey => stages[0].key as StatusKey;

function stateOf(fields: LeadFields & { name: string; status: StatusKey }): Row {
  return {
    company: null,
    email: null,
    phone: null,
    value: null,
    notes: null,
    source: null,
    tags: [],
    owner: null,
    attributes: {},
    ...fields,
  };
}

function apply(row: Row, change: FieldChange): void {
  if (change.field === 'owner') row.owner = ownerOf(change.value);
  else if (change.field === 'tags') {
    const { mode, value } = change;
    row.tags =
      mode === 'replace' ? value : mode === 'add' ? [...new Set([...row.tags, ...value])] : row.tags.filter((tag) => !value.includes(tag));
  } else if (change.field === 'custom') {
    const { [change.key]: _, ...rest } = row.attributes;
    row.attributes = change.value === null ? rest : { ...rest, [change.key]: change.value };
  } else Object.assign(row, { [change.field]: change.value });
}

function matches(row: Row, filter: LeadFilter): boolean {
  const { status, owner, value, source, tag, company, missing = [], created, updated } = filter;
  if (status && !status.stages.some(({ key }) => key === row.status)) return false;
  if (owner && row.owner !== ownerOf(owner)) return false;
  if (source && foldText(row.source ?? '') !== foldText(source)) return false;
  if (tag && !row.tags.includes(tag.toLowerCase())) return false;
  if (company && !within(company, row.company ?? '')) return false;
  if (created?.to || updated?.to) return false;
  const isEmpty = (field: string): boolean =>
    [null, undefined, ''].includes(field.startsWith('custom:') ? row.attributes[field.slice(7)] : row[field as 'phone']) ||
    (field === 'tags' && row.tags.length === 0);
  if (!missing.every(isEmpty)) return false;
  const bound = value?.min ?? value?.max;
  if (!value || !bound) return true;
  if (row.value?.currency !== bound.currency) return false;
  const amount = BigInt(row.value.amountMinor);
  const [min, max] = [value.min && BigInt(value.min.amountMinor), value.max && BigInt(value.max.amountMinor)];
  const isOver = min === undefined || (value.isStrict ? amount > min : amount >= min);
  return isOver && (max === undefined || (value.isStrict ? amount < max : amount <= max));
}

/** Plays a case in memory. */
export function simulated(one: UtteranceCase): Observed {
  const chat = new SimulatedChat(one.where ?? 'dot');
  one.before?.forEach((text) => chat.say(text));
  const before = chat.world();
  const heard = chat.say(one.say);
  const after = chat.world();
  const isPlanned = heard.answer === 'planned';
  if (isPlanned) chat.say('yes');
  return { ...heard, before, after, confirmed: isPlanned ? chat.world() : null, today: '2026-03-11' };
}
