import { Injectable } from '@nestjs/common';
import { jobJoin } from '../../../platform/messaging/job-join.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { Understood } from '../understanding/command.js';
import type { MadeCall } from '../tools/tool-outcome.js';
import type { TurnResult } from './chat.shapes.js';
import type { Dialogue } from './dialogue.js';

/** One thing that was said. */
export interface Said {
  readonly author: 'user' | 'assistant';
  readonly content: string;
}

/** Everything a turn begins with, read in one statement. */
export interface OpenTurn {
  readonly conversationId: string;
  readonly userId: string;
  readonly seq: number;
  readonly message: string;
  readonly title: string;
  readonly dialogue: Dialogue;
  /** What an attempt that died has understood. */
  readonly understood: Understood | null;
  readonly isFinished: boolean;
  /** Whether an earlier turn of the conversation is not finished yet. */
  readonly mustWait: boolean;
  /** The last things said before, oldest first. */
  readonly history: readonly Said[];
  readonly calls: readonly MadeCall[];
  readonly lastEvent: number;
}

export interface TurnEvent {
  readonly seq: number;
  readonly kind: string;
  readonly data: object;
}

/** What followers of a turn are told next. */
export interface TurnNews {
  readonly events: readonly TurnEvent[];
  readonly state: string;
  readonly task: object;
  readonly lastSeq: number;
}

/** Messages that a turn remembers. */
export const REMEMBERED = 10;

/** A job that may still come to something. */
const IS_LIVE = `j.state in ('PENDING', 'PROCESSING')`;

const START = `with c as (
    update assistant_conversations set last_seq = last_seq + 1, title = coalesce($5, title), version = version + case when $5 is null then 0 else 1 end, updated_at = now()
    where organization_id = $1 and id = $2 returning last_seq),
  t as (
    insert into assistant_turns (organization_id, id, conversation_id, user_id, seq) select $1, $3, $2, $6, last_seq from c)
  insert into assistant_messages (organization_id, conversation_id, seq, id, turn_id, author, content) select $1, $2, last_seq, $7, $3, 'user', $4 from c`;

const OPEN = `select count(*)::int as count from assistant_turns t ${jobJoin('t.organization_id', 't.id')}
  where t.organization_id = $1 and t.conversation_id = $2 and t.finished_at is null and ${IS_LIVE}`;

const BEGIN = `select t.conversation_id as "conversationId", t.user_id as "userId", t.seq, m.content as message, c.title, c.dialogue, t.understood,
    t.finished_at is not null as "isFinished",
    exists (select from assistant_turns e ${jobJoin('e.organization_id', 'e.id')}
      where e.organization_id = $1 and e.conversation_id = t.conversation_id and e.seq < t.seq and e.finished_at is null and ${IS_LIVE}) as "mustWait",
    coalesce((select json_agg(json_build_object('author', h.author, 'content', h.content) order by h.seq) from (
      select h.seq, h.author, h.content from assistant_messages h
      where h.organization_id = $1 and h.conversation_id = t.conversation_id and h.seq > c.context_after and h.turn_id <> t.id
        and not exists (select from assistant_turns l where l.organization_id = $1 and l.id = h.turn_id and l.seq > t.seq)
      order by h.seq desc limit ${REMEMBERED}) h), '[]') as history,
    coalesce((select json_agg(json_build_object('number', k.number, 'step', k.step, 'tool', k.tool, 'arguments', k.arguments, 'outcome', k.outcome) order by k.number)
      from assistant_tool_calls k where k.organization_id = $1 and k.turn_id = t.id), '[]') as calls,
    coalesce((select max(e.seq) from assistant_turn_events e where e.organization_id = $1 and e.turn_id = t.id), 0) as "lastEvent"
  from assistant_turns t
  join assistant_conversations c on c.organization_id = $1 and c.id = t.conversation_id
  join assistant_messages m on m.organization_id = $1 and m.conversation_id = t.conversation_id and m.seq = t.seq
  where t.organization_id = $1 and t.id = $2`;

// One statement for all that is new of a turn. A call number or event that is there already fails: two workers never both do one call.
const SAVE = `with u as (
    update assistant_turns set understood = $5::jsonb where organization_id = $1 and id = $2 and finished_at is null and $5::jsonb is not null),
  c as (
    insert into assistant_tool_calls (organization_id, turn_id, number, step, tool, arguments, outcome)
    select $1, $2, n.number, n.step, n.tool, n.arguments, n.outcome
    from jsonb_to_recordset($3::jsonb) as n (number integer, step integer, tool text, arguments jsonb, outcome jsonb))
  insert into assistant_turn_events (organization_id, turn_id, seq, kind, data)
  select $1, $2, n.seq, n.kind, n.data from jsonb_to_recordset($4::jsonb) as n (seq integer, kind text, data jsonb)`;

const FINISH = `with t as (
    update assistant_turns set result = $3::jsonb, finished_at = now() where organization_id = $1 and id = $2 and finished_at is null returning id, conversation_id),
  c as (
    update assistant_conversations set last_seq = last_seq + 1, dialogue = $5::jsonb, updated_at = now()
    from t where assistant_conversations.organization_id = $1 and assistant_conversations.id = t.conversation_id returning assistant_conversations.id, last_seq)
  insert into assistant_messages (organization_id, conversation_id, seq, id, turn_id, author, content)
  select $1, c.id, c.last_seq, $6, $2, 'assistant', $4 from c returning seq`;

const STATE = `case when t.finished_at is not null then 'SUCCESS' when j.id is null then 'FAILURE' else j.state end`;
const TASK = `json_build_object('id', t.id, 'conversationId', t.conversation_id, 'status', ${STATE}, 'result', t.result,
    'error', case when t.finished_at is null then case when j.id is null then '{"code":"lost","message":"This message was never answered. Send it again."}'::jsonb else j.error end end,
    'createdAt', to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'finishedAt', to_char(t.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
const OWN = `from assistant_turns t ${jobJoin('t.organization_id', 't.id')} where t.organization_id = $1 and t.id = $2 and t.user_id = $3`;
const TASK_TEXT = `select ${TASK}::text as json ${OWN}`;
const NEWS = `select ${STATE} as state, ${TASK} as task,
    coalesce((select max(e.seq) from assistant_turn_events e where e.organization_id = $1 and e.turn_id = t.id), 0) as "lastSeq",
    coalesce((select json_agg(json_build_object('seq', e.seq, 'kind', e.kind, 'data', e.data) order by e.seq) from (
      select e.seq, e.kind, e.data from assistant_turn_events e where e.organization_id = $1 and e.turn_id = t.id and e.seq > $4 order by e.seq limit 100) e), '[]') as events
  ${OWN}`;

/** Questions about turns: one message of a person and what came of it. */
@Injectable()
export class TurnsRepository {
  /** How many messages of a conversation are not answered yet. */
  async openCount(tx: Tx, conversationId: string): Promise<number> {
    return (await tx.first<{ count: number }>(OPEN, [tx.scope.organizationId, conversationId]))?.count ?? 0;
  }

  /** Writes down a message and its turn, at the end of the conversation; `title` replaces the one it has. */
  async start(
    tx: Tx,
    turn: { id: string; conversationId: string; message: string; messageId: string; title: string | null },
  ): Promise<void> {
    const { id, conversationId, message, messageId, title } = turn;
    await tx.query(START, [tx.scope.organizationId, conversationId, id, message, title, tx.scope.actor.userId, messageId]);
  }

  begin(tx: Tx, id: string): Promise<OpenTurn | undefined> {
    return tx.first<OpenTurn>(BEGIN, [tx.scope.organizationId, id]);
  }

  /** Writes down what is new of a turn; `understood` only when a later attempt must do the same. */
  async save(
    tx: Tx,
    id: string,
    news: { calls: readonly MadeCall[]; events: readonly TurnEvent[]; understood: Understood | null },
  ): Promise<void> {
    const { calls, events, understood } = news;
    const values = [JSON.stringify(calls), JSON.stringify(events), understood && JSON.stringify(understood)];
    await tx.query(SAVE, [tx.scope.organizationId, id, ...values]);
  }

  /** Settles a turn with its answer; false when it was settled before or its conversation is gone. */
  async finish(tx: Tx, turn: { id: string; result: TurnResult; dialogue: Dialogue; messageId: string }): Promise<boolean> {
    const { id, result, dialogue, messageId } = turn;
    const values = [tx.scope.organizationId, id, JSON.stringify(result), result.answer, JSON.stringify(dialogue), messageId];
    return (await tx.query(FINISH, values)).length > 0;
  }

  /** JSON text of one's own task. */
  async task(tx: Tx, id: string): Promise<string | undefined> {
    return (await tx.first<{ json: string }>(TASK_TEXT, [tx.scope.organizationId, id, tx.scope.actor.userId]))?.json;
  }

  /** What happened after an event. */
  news(tx: Tx, id: string, seq: number): Promise<TurnNews | undefined> {
    return tx.first<TurnNews>(NEWS, [tx.scope.organizationId, id, tx.scope.actor.userId, seq]);
  }
}
