import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { ConversationView, MessageView } from './conversations.shapes.js';

/** JSON text of a conversation, with what its headers and the next page need. */
export interface ConversationText {
  readonly json: string;
  readonly id: string;
  readonly version: number;
  readonly updatedAt: string;
}

/** A conversation, locked. */
export interface ConversationRow {
  readonly title: string;
  readonly version: number;
}

const VIEW = sqlSelectList(ConversationView, {
  id: 'c.id',
  title: 'c.title',
  messageCount: 'c.last_seq',
  version: 'c.version',
  createdAt: 'c.created_at',
  updatedAt: 'c.updated_at',
});
const MESSAGE = sqlSelectList(MessageView, {
  id: 'm.id',
  author: 'm.author',
  content: 'm.content',
  taskId: 'm.turn_id',
  result: `case when m.author = 'assistant' then t.result end`,
  createdAt: 'm.created_at',
});

const OWN = 'c.organization_id = $1 and c.user_id = $2';
const text = (from: string): string =>
  `select row_to_json(v)::text as json, v.id, v.version, v."updatedAt" from (select ${VIEW} ${from}) v`;
const AUDITED = { resourceType: `'conversation'`, resourceId: 'c.id' } as const;

const INSERT = `with c as (
    insert into assistant_conversations (organization_id, id, user_id, title) values ($1, $3, $2, $4)
    returning id, title, last_seq, version, created_at, updated_at),
  a as (${auditCte({ ...AUDITED, from: 'c', first: 5, action: `'conversation.created'`, before: 'null::jsonb', after: `jsonb_build_object('title', c.title)` })})
  ${text('from c')}`;
const GET = text(`from assistant_conversations c where ${OWN} and c.id = $3`);
const PAGE = text(`from assistant_conversations c where ${OWN} order by c.updated_at desc, c.id desc limit $3`);
const PAGE_AFTER = text(
  `from assistant_conversations c where ${OWN} and (c.updated_at, c.id) < ($4::timestamptz, $5::uuid) order by c.updated_at desc, c.id desc limit $3`,
);
const LOCK = `select c.title, c.version from assistant_conversations c where ${OWN} and c.id = $3 for update`;
const RENAME = `with b as (select title from assistant_conversations c where ${OWN} and c.id = $3),
  c as (
    update assistant_conversations c set title = $4, version = version + 1 where ${OWN} and c.id = $3
    returning id, title, last_seq, version, created_at, updated_at),
  a as (${auditCte({
    ...AUDITED,
    from: 'c, b',
    first: 5,
    action: `'conversation.renamed'`,
    before: `jsonb_build_object('title', b.title)`,
    after: `jsonb_build_object('title', c.title)`,
  })})
  ${text('from c')}`;
const REMOVE = `with c as (delete from assistant_conversations c where ${OWN} and c.id = $3 returning id, title),
  a as (${auditCte({ ...AUDITED, from: 'c', first: 4, action: `'conversation.deleted'`, before: `jsonb_build_object('title', c.title)`, after: 'null::jsonb' })})
  select id from c`;
const CLEAR = `with c as (
    update assistant_conversations c set context_after = last_seq, dialogue = '{}' where ${OWN} and c.id = $3
    returning id, title, last_seq, version, created_at, updated_at),
  a as (${auditCte({ ...AUDITED, from: 'c', first: 4, action: `'conversation.cleared'`, before: 'null::jsonb', after: `jsonb_build_object('messages', c.last_seq)` })})
  ${text('from c')}`;
const OPEN_TURNS = `select t.id from assistant_turns t where t.organization_id = $1 and t.conversation_id = $2 and t.finished_at is null`;
const MESSAGES = `select (select row_to_json(v)::text from (select ${MESSAGE}) v) as json, m.seq from assistant_messages m
    left join assistant_turns t on t.organization_id = m.organization_id and t.id = m.turn_id
    where m.organization_id = $1 and m.conversation_id = $2 and m.seq > $3 order by m.seq limit $4`;

/** Questions about conversations; all of them about one's own. */
@Injectable()
export class ConversationsRepository {
  async insert(tx: Tx, id: string, title: string): Promise<ConversationText> {
    const { organizationId, actor } = tx.scope;
    const made = await tx.first<ConversationText>(INSERT, [organizationId, actor.userId, id, title, ...auditParameters(tx.scope)]);
    if (!made) throw new Error('an insert gives its row');
    return made;
  }

  get(tx: Tx, id: string): Promise<ConversationText | undefined> {
    return tx.first<ConversationText>(GET, [tx.scope.organizationId, tx.scope.actor.userId, id]);
  }

  /** Newest first. */
  page(tx: Tx, limit: number, after: { updatedAt: string; id: string } | undefined): Promise<ConversationText[]> {
    const values = [tx.scope.organizationId, tx.scope.actor.userId, limit];
    return after ? tx.query(PAGE_AFTER, [...values, after.updatedAt, after.id]) : tx.query(PAGE, values);
  }

  lock(tx: Tx, id: string): Promise<ConversationRow | undefined> {
    return tx.first<ConversationRow>(LOCK, [tx.scope.organizationId, tx.scope.actor.userId, id]);
  }

  rename(tx: Tx, id: string, title: string): Promise<ConversationText | undefined> {
    return tx.first(RENAME, [tx.scope.organizationId, tx.scope.actor.userId, id, title, ...auditParameters(tx.scope)]);
  }

  async remove(tx: Tx, id: string): Promise<boolean> {
    return (await tx.query(REMOVE, [tx.scope.organizationId, tx.scope.actor.userId, id, ...auditParameters(tx.scope)])).length > 0;
  }

  /** Forgets what was spoken of; the messages stay. */
  clear(tx: Tx, id: string): Promise<ConversationText | undefined> {
    return tx.first(CLEAR, [tx.scope.organizationId, tx.scope.actor.userId, id, ...auditParameters(tx.scope)]);
  }

  /** Ids of turns without an answer. */
  async openTurns(tx: Tx, id: string): Promise<string[]> {
    return (await tx.query<{ id: string }>(OPEN_TURNS, [tx.scope.organizationId, id])).map((turn) => turn.id);
  }

  /** Messages in the order in which they were said. */
  messages(tx: Tx, id: string, after: number, limit: number): Promise<{ json: string; seq: number }[]> {
    return tx.query(MESSAGES, [tx.scope.organizationId, id, after, limit]);
  }
}
