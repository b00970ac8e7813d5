import { Injectable } from '@nestjs/common';
import type { LeadGroup, LeadView } from '../../crm/index.js';
import { joined, plural, type Wording } from '../answers/wording.js';
import type { Command, Grouping, LeadFilter } from '../understanding/command.js';
import { selectionOf } from './command-filter.js';
import { LeadsMeant } from './leads-meant.js';
import { faultText } from '../answers/fault-text.js';
import { classOf, type SearchClass } from '../tools/search-classes.js';
import type { Talk } from './talk.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

const USUAL_LIST = 10;
const LONGEST_LIST = 50;
const FOUND = 5;
const SEARCHED = 20;
const MOST_SUGGESTED = 3;
/** When the best is no more than this, it may be somebody else who was meant. */
const WEAK: ReadonlySet<SearchClass> = new Set<SearchClass>(['slip', 'part']);

/** Commands that look and change nothing. */
@Injectable()
export class ReadingCommands {
  constructor(private readonly leads: LeadsMeant) {}

  async find(talk: Talk, { text }: Of<'find'>): Promise<void> {
    const outcome = await this.leads.call(talk, 'search_leads', { q: text.slice(0, 200), limit: SEARCHED });
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { words } = talk.turn;
    const { items, weaker } = outcome.result;
    const [first] = items;
    if (!first) {
      talk.unfocus();
      return talk.fail(`I found no lead for “${text}”.`);
    }
    const shown = items.slice(0, FOUND);
    talk.list(shown);
    const kind = classOf(first);
    if (kind === 'near') {
      talk.unfocus();
      return talk.fail([`Nobody is called “${text}”. The nearest:`, ...numbered(shown, words)].join('\n'));
    }
    talk.focus(first);
    const rest = shown.length < items.length ? `; the first ${shown.length}` : '';
    const least = items.length < SEARCHED ? '' : 'at least ';
    const many = [`I found ${least}${plural(items.length, 'lead')} for “${text}”${rest}:`, ...numbered(shown, words)];
    talk.say(items.length === 1 ? `I found ${line(first, words)}.` : many.join('\n'));
    const less = WEAK.has(kind) ? weaker.slice(0, MOST_SUGGESTED).map((lead) => words.lead(lead)) : [];
    if (less.length > 0) talk.say(`Less alike: ${joined(less)}.`);
  }

  async show(talk: Talk, command: Of<'show'>, waiting: readonly Command[]): Promise<void> {
    const meant = await this.leads.one(talk, command.who, waiting);
    if (!meant) return;
    const outcome = await this.leads.call(talk, 'get_lead', { leadId: meant.id });
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { lead } = outcome.result;
    const { words } = talk.turn;
    if (command.field === null) return talk.say(card(lead, words));
    const field = command.field === 'owner' ? 'ownerId' : command.field;
    const value = field.startsWith('custom:') ? lead.attributes[field.slice('custom:'.length)] : lead[field as keyof LeadView];
    const name = field.startsWith('custom:') ? field.slice('custom:'.length).replaceAll('_', ' ') : words.field(field);
    const isThere = value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
    if (!isThere) return talk.say(`${words.lead(lead)} has no ${name}.`);
    talk.say(`The ${name} of ${words.lead(lead)} ${words.isMany(field) ? 'are' : 'is'} ${words.value(field, value, lead.pipelineId)}.`);
  }

  async list(talk: Talk, { filter, sort, limit }: Of<'list'>): Promise<void> {
    const wanted = Math.min(LONGEST_LIST, Math.max(1, limit ?? USUAL_LIST));
    const outcome = await this.leads.call(talk, 'list_leads', { ...this.selection(talk, filter), sort, limit: wanted });
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { items, total } = outcome.result;
    talk.list(items);
    if (items.length === 0) return talk.say('No lead fits that.');
    if (items.length === 1 && items[0]) talk.focus(items[0]);
    const head = items.length < total ? `${plural(total, 'lead')} fit; the first ${items.length}:` : `${plural(total, 'lead')}:`;
    talk.say([head, ...numbered(items, talk.turn.words)].join('\n'));
  }

  async count(talk: Talk, { filter, groupBy }: Of<'count'>): Promise<void> {
    const outcome = await this.counted(talk, filter, groupBy);
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { total, groups } = outcome.result;
    if (groupBy === null) return talk.say(total === 0 ? 'No lead fits that.' : `${plural(total, 'lead')}.`);
    const lines = grouped(groups).map(({ name, count }) => `${name}: ${count.toLocaleString('en')}`);
    talk.say([`${plural(total, 'lead')} by ${groupBy}:`, ...lines].join('\n'));
  }

  async total(talk: Talk, { filter, groupBy }: Of<'total'>): Promise<void> {
    const outcome = await this.counted(talk, filter, groupBy);
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { total, groups } = outcome.result;
    const { words } = talk.turn;
    if (total === 0) return talk.say('No lead fits that.');
    const whole = sums(groups, words);
    if (groupBy === null) return talk.say(`${plural(total, 'lead')}, worth ${whole}.`);
    const lines = grouped(groups).map(({ name, count, parts }) => `${name}: ${sums(parts, words)} (${plural(count, 'lead')})`);
    talk.say([`By ${groupBy}, ${whole} in all:`, ...lines].join('\n'));
  }

  private counted(talk: Talk, filter: LeadFilter, groupBy: Grouping | null) {
    return this.leads.call(talk, 'count_leads', { ...this.selection(talk, filter), ...(groupBy ? { groupBy } : {}) });
  }

  private selection(talk: Talk, filter: LeadFilter): object {
    return selectionOf(filter, talk.turn.facts.timeZone);
  }
}

type Listed = Pick<LeadView, 'name' | 'company' | 'status' | 'pipelineId' | 'value'>;

function line(lead: Listed, words: Wording): string {
  const facts = [words.stage(lead.status, lead.pipelineId), ...(lead.value ? [words.money(lead.value)] : [])];
  return `${words.lead(lead)}: ${facts.join(', ')}`;
}

function numbered(leads: readonly Listed[], words: Wording): string[] {
  return leads.map((lead, at) => `${at + 1}. ${line(lead, words)}`);
}

function card(lead: LeadView, words: Wording): string {
  const facts: readonly (readonly [string, unknown])[] = [
    ['status', lead.status],
    ['value', lead.value],
    ['email', lead.email],
    ['phone', lead.phone],
    ['ownerId', lead.ownerId],
    ['source', lead.source],
    ['tags', lead.tags],
    ['attributes', lead.attributes],
    ['notes', lead.notes],
  ];
  const shown = facts
    .map(([name, value]) => [words.field(name), words.value(name, value, lead.pipelineId)] as const)
    .filter(([, text]) => text !== 'none')
    .map(([name, text]) => `${name}: ${text}`);
  return [words.lead(lead), ...shown].join('\n');
}

interface Grouped {
  readonly name: string;
  readonly count: number;
  readonly parts: readonly LeadGroup[];
}

/** Groups by name, the currencies of each together. */
function grouped(groups: readonly LeadGroup[]): Grouped[] {
  const byKey = new Map<string, Grouped>();
  for (const group of groups) {
    const key = JSON.stringify([group.pipelineId, group.key]);
    const before = byKey.get(key);
    const name = group.name ?? group.key ?? 'none';
    byKey.set(key, { name, count: (before?.count ?? 0) + group.count, parts: [...(before?.parts ?? []), group] });
  }
  return [...byKey.values()];
}

/** "€1,200.00 and $300.00". */
function sums(groups: readonly LeadGroup[], words: Wording): string {
  const byCurrency = new Map<string, bigint>();
  for (const { currency, sum } of groups) {
    if (currency !== null && sum !== null) byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + BigInt(sum));
  }
  const parts = [...byCurrency].map(([currency, amount]) => words.money({ amountMinor: amount.toString(), currency }));
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}
