import { setTimeout as wait } from 'node:timers/promises';
import { EXAMPLES } from '../../../src/features/assistant/answers/help.js';
import { leadContent, leadKeys } from '../../../src/features/crm/leads/lead.js';
import { newId } from '../../../src/shared/ids.js';
import { joinOrganization, makeOrganization, makePerson, tokenFor } from '../../harness/actors.js';
import type { TestApp } from '../../harness/test-app.js';
import { type Said, type Talker, talkerOf } from '../chatting.js';
import { LEADS, type LeadKey, type MemberKey, MEMBERS, type UtteranceCase } from './format.js';
import { type LeadState, type Observed, same, type World } from './observed.js';

const ZONES = { dot: 'Europe/London', comma: 'Europe/Berlin' } as const;
const FIRST_LOOK_MS = 25;
const RANKS = 'abcdefghijkl';

interface LeadRow {
  readonly id: string;
  readonly name: string;
  readonly raw: string;
  readonly state: LeadState;
}

/** An organization with the dozen leads, in which one case after the other is played by the real routes. */
export class PlayedChat {
  private keys = new Map<string, LeadKey>();

  private constructor(
    private readonly app: TestApp,
    private readonly where: 'dot' | 'comma',
    private readonly home: { organizationId: string; token: string; pipelineId: string; members: ReadonlyMap<string, MemberKey> },
  ) {}

  static async open(app: TestApp, where: 'dot' | 'comma'): Promise<PlayedChat> {
    const place = where === 'dot' ? { country: 'GB', baseCurrency: 'GBP' } : { country: 'DE', baseCurrency: 'EUR' };
    // Somebody else founds the organization, because "me" has a name of its own; the founder belongs to nobody's story.
    const { organizationId, token: founder } = await makeOrganization(app, { ...place, timeZone: ZONES[where] });
    const members = new Map<string, MemberKey>();
    let token = founder;
    for (const [key, name] of Object.entries(MEMBERS) as [MemberKey, string][]) {
      const person = await makePerson(app, { name });
      await joinOrganization(app, { organizationId }, person, 'admin');
      members.set(person.userId, key);
      if (key === 'me') token = (await tokenFor(app, person.userId, organizationId)).token;
    }
    const board = await app.call('GET', '/api/v1/leads/board', { token });
    const chat = new PlayedChat(app, where, { organizationId, token, pipelineId: board.json.pipelineId, members });
    await chat.reset();
    return chat;
  }

  /** The same dozen leads as at first, whatever was done to the ones before. */
  private async reset(): Promise<void> {
    const { organizationId, pipelineId, members } = this.home;
    const owner = this.app.database.owner;
    await owner.query('update leads set deleted_at = now() where organization_id = $1 and deleted_at is null', [organizationId]);
    this.keys = new Map();
    const rows = Object.entries(LEADS).map(([key, lead], at) => {
      const { status, owner: ownedBy, ...given } = { attributes: {}, ...lead };
      const content = leadContent({ ...given, ownerId: [...members].find(([, member]) => member === ownedBy)?.[0] ?? null });
      const id = newId();
      this.keys.set(id, key as LeadKey);
      return { id, status, rank: RANKS[at], ...content, ...leadKeys(content), minutes: RANKS.length - at };
    });
    await owner.query(
      `insert into leads (organization_id, id, pipeline_id, status, rank, name, company, email, phone, value_minor, value_currency, notes, source, tags,
         attributes, owner_id, name_key, email_key, phone_key, search_text, created_at, updated_at)
       select $1, r.id, $2, r.status, r.rank, r.name, r.company, r.email, r.phone, (r.value->>'amountMinor')::bigint, r.value->>'currency', r.notes, r.source,
         r.tags, r.attributes, r."ownerId", r."nameKey", r."emailKey", r."phoneKey", r."searchText", now() - r.minutes * interval '1 minute', now() - r.minutes * interval '1 minute'
       from jsonb_to_recordset($3::jsonb) as r(id uuid, status text, rank text, name text, company text, email text, phone text, value jsonb, notes text, source text,
         tags text[], attributes jsonb, "ownerId" uuid, "nameKey" text, "emailKey" text, "phoneKey" text, "searchText" text, minutes integer)`,
      [organizationId, pipelineId, JSON.stringify(rows)],
    );
  }

  async play(one: UtteranceCase): Promise<Observed> {
    const me = this.talker();
    for (const text of one.before ?? []) await me.say(text);
    const before = await this.world();
    const said = await me.say(one.say);
    const after = await this.world();
    const isPlanned = Boolean(said.result?.plan);
    if (isPlanned) await me.say('yes');
    const confirmed = isPlanned ? await this.world() : null;
    const today = new Date().toLocaleDateString('en-CA', { timeZone: ZONES[this.where] });
    const heard = this.heard(said, before);
    if (!same([before, before], [after, confirmed ?? after]) || one.before) await this.reset();
    return { ...heard, before, after, confirmed, today };
  }

  /** As others talk in tests, but looking at the task less often: a dozen conversations go on at once. */
  private talker(): Pick<Talker, 'say'> {
    const talker = talkerOf(this.app, this.home.token);
    const say = async (message: string): Promise<Said> => {
      const { taskId } = await talker.send(message);
      await wait(FIRST_LOOK_MS);
      return talker.done(taskId);
    };
    return { say };
  }

  private async world(): Promise<World> {
    const { organizationId } = this.home;
    const { rows } = await this.app.database.owner.query<{ leads: RawLead[] | null; notes: RawNote[] | null; tasks: RawTask[] | null }>(
      `select
        (select jsonb_agg(to_jsonb(l) order by l.id) from leads l where organization_id = $1 and deleted_at is null) as leads,
        (select jsonb_agg(to_jsonb(n) order by n.id) from lead_notes n where organization_id = $1 and deleted_at is null) as notes,
        (select jsonb_agg(to_jsonb(t) || jsonb_build_object('day', coalesce(t.due_on::text, (t.due_at at time zone $2)::date::text),
           'hour', case when t.due_on is null then to_char(t.due_at at time zone $2, 'HH24:MI') end) order by t.id)
         from lead_tasks t where organization_id = $1 and deleted_at is null) as tasks`,
      [organizationId, ZONES[this.where]],
    );
    const [{ leads, notes, tasks }] = rows;
    const all = (leads ?? []).map((lead) => this.row(lead));
    const known = all.filter(({ id }) => this.keys.has(id));
    const keyOf = (id: string): LeadKey | 'created' => this.keys.get(id) ?? 'created';
    const key = ({ id }: LeadRow): LeadKey => keyOf(id) as LeadKey;
    return {
      leads: Object.fromEntries(known.map((row) => [key(row), row.state])),
      rows: Object.fromEntries(known.map((row) => [key(row), row.raw])),
      created: all.filter(({ id }) => !this.keys.has(id)).map(({ state }) => state),
      notes: (notes ?? []).map(({ lead_id, body }) => ({ lead: keyOf(lead_id), text: body })),
      tasks: (tasks ?? []).map(({ lead_id, title, day, hour }) => ({
        lead: keyOf(lead_id),
        text: title,
        due: day === null ? null : { on: day, time: hour },
      })),
    };
  }

  private row(raw: RawLead): LeadRow {
    const { id, name, company, email, phone, notes, source, tags, attributes, status, owner_id } = raw;
    const value = raw.value_minor === null ? null : { amountMinor: String(raw.value_minor), currency: raw.value_currency ?? '' };
    const owner = owner_id === null ? null : (this.home.members.get(owner_id) ?? null);
    const state = { name, company, email, phone, value, notes, source, tags, attributes, owner, status: status as LeadState['status'] };
    return { id, name, raw: JSON.stringify(raw), state };
  }

  /** What kind of answer it was, from the tools that were called and, where no tool says it, from the words. */
  private heard({ result, answer }: Said, before: World): Pick<Observed, 'answer' | 'leads' | 'count' | 'sums' | 'groups'> {
    const nothing = { leads: [], count: null, sums: [], groups: {} };
    if (result === null) return { ...nothing, answer: 'refused' };
    if (result.plan !== null) return { ...nothing, answer: 'planned' };
    if (answer.includes(EXAMPLES[0]) && answer.includes('I find, create')) return { ...nothing, answer: 'helped' };
    if (/do you mean\?|^Which one/m.test(answer)) return { ...nothing, answer: 'asked', leads: this.named(answer, before) };
    if (result.changes.length > 0) return { ...nothing, answer: 'done' };
    const calls: Call[] = result.toolCalls.filter(({ outcome }: Call) => outcome.ok);
    const counted = calls.findLast(({ tool }) => tool === 'count_leads')?.outcome.result;
    if (counted) return { ...countsOf(counted), leads: [], answer: 'counted' };
    const last = calls.at(-1);
    const found = /^I (?:found|know) no|not there any more|nothing was changed/m.test(answer) ? undefined : last;
    const ids = found ? calls.filter(({ tool }) => tool === found.tool).flatMap(({ outcome }) => idsOf(outcome.result)) : [];
    const leads = ids.map((id) => this.keys.get(id)).filter((key) => key !== undefined);
    if (found && ['get_lead', 'list_leads', 'search_leads'].includes(found.tool))
      return { ...nothing, answer: 'shown', leads: [...new Set(leads)] };
    return { ...nothing, answer: 'refused' };
  }

  private named(answer: string, { leads }: World): LeadKey[] {
    return (Object.keys(leads) as LeadKey[]).filter((key) => answer.includes(leads[key]?.name ?? key));
  }
}

interface RawLead {
  readonly id: string;
  readonly name: string;
  readonly company: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly value_minor: number | null;
  readonly value_currency: string | null;
  readonly notes: string | null;
  readonly source: string | null;
  readonly tags: string[];
  readonly attributes: Record<string, string>;
  readonly status: string;
  readonly owner_id: string | null;
}

interface RawNote {
  readonly lead_id: string;
  readonly body: string;
}

interface RawTask {
  readonly lead_id: string;
  readonly title: string;
  readonly day: string | null;
  readonly hour: string | null;
}

interface Call {
  readonly tool: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly outcome: { readonly ok: boolean; readonly result: any };
}

function idsOf(result: { lead?: { id: string }; items?: { id: string }[] }): string[] {
  return result.lead ? [result.lead.id] : (result.items ?? []).map(({ id }) => id);
}

interface Counted {
  readonly total: number;
  readonly groups: readonly { key: string | null; count: number; currency: string | null; sum: string | null }[];
}

function countsOf({ total, groups }: Counted): Pick<Observed, 'count' | 'sums' | 'groups'> {
  const sums = new Map<string, bigint>();
  const counts: Record<string, number> = {};
  for (const { key, count, currency, sum } of groups) {
    if (currency !== null && sum !== null) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(sum));
    const name = key ?? 'none';
    counts[name] = (counts[name] ?? 0) + count;
  }
  return { count: total, sums: [...sums].map(([currency, sum]) => ({ currency, amountMinor: String(sum) })), groups: counts };
}
