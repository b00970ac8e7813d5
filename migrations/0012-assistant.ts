import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// dialogue is what the next message may lean on: leads spoken of, a question that waits for an answer. context_after is where the memory
// begins after it was cleared; the messages themselves stay.
const CONVERSATIONS = `
  create table assistant_conversations (
    organization_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    title text not null,
    dialogue jsonb not null default '{}',
    last_seq integer not null default 0,
    context_after integer not null default 0,
    version integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint assistant_conversations_pkey primary key (organization_id, id)
  );
  create index assistant_conversations_by_user on assistant_conversations (organization_id, user_id, updated_at, id);
  ${tenantTable('assistant_conversations')}

  create table assistant_messages (
    organization_id uuid not null,
    conversation_id uuid not null,
    seq integer not null,
    id uuid not null,
    turn_id uuid not null,
    author text not null,
    content text not null,
    created_at timestamptz(3) not null default now(),
    constraint assistant_messages_pkey primary key (organization_id, conversation_id, seq),
    constraint assistant_messages_conversation foreign key (organization_id, conversation_id)
      references assistant_conversations (organization_id, id) on delete cascade,
    constraint assistant_messages_author check (author in ('user', 'assistant'))
  );
  ${tenantTable('assistant_messages', ['select', 'insert'])}`;

// A turn has the id of its job. What is not settled here (waiting, running, given up, cancelled) is the state of the job.
const TURNS = `
  create table assistant_turns (
    organization_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    user_id uuid not null,
    seq integer not null,
    understood jsonb,
    result jsonb,
    created_at timestamptz(3) not null default now(),
    finished_at timestamptz(3),
    constraint assistant_turns_pkey primary key (organization_id, id),
    constraint assistant_turns_conversation foreign key (organization_id, conversation_id)
      references assistant_conversations (organization_id, id) on delete cascade,
    constraint assistant_turns_finished_with_result check ((finished_at is null) = (result is null))
  );
  create unique index assistant_turns_in_order on assistant_turns (organization_id, conversation_id, seq);
  create index assistant_turns_open on assistant_turns (organization_id, conversation_id, seq) where finished_at is null;
  ${tenantTable('assistant_turns', ['select', 'insert', 'update'])}

  create table assistant_tool_calls (
    organization_id uuid not null,
    turn_id uuid not null,
    number integer not null,
    step integer not null,
    tool text not null,
    arguments jsonb not null,
    outcome jsonb not null,
    created_at timestamptz(3) not null default now(),
    constraint assistant_tool_calls_pkey primary key (organization_id, turn_id, number),
    constraint assistant_tool_calls_turn foreign key (organization_id, turn_id)
      references assistant_turns (organization_id, id) on delete cascade
  );
  ${tenantTable('assistant_tool_calls', ['select', 'insert'])}

  create table assistant_turn_events (
    organization_id uuid not null,
    turn_id uuid not null,
    seq integer not null,
    kind text not null,
    data jsonb not null,
    created_at timestamptz(3) not null default now(),
    constraint assistant_turn_events_pkey primary key (organization_id, turn_id, seq),
    constraint assistant_turn_events_turn foreign key (organization_id, turn_id)
      references assistant_turns (organization_id, id) on delete cascade
  );
  create index assistant_turn_events_by_age on assistant_turn_events (created_at);
  ${tenantTable('assistant_turn_events', ['select', 'insert'])}`;

const PLANS = `
  create table assistant_plans (
    organization_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    user_id uuid not null,
    turn_id uuid not null,
    state text not null default 'pending',
    tool text not null,
    title text not null,
    lines jsonb not null,
    steps jsonb not null,
    content_hash text not null,
    change_id uuid,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    decided_at timestamptz(3),
    constraint assistant_plans_pkey primary key (organization_id, id),
    constraint assistant_plans_conversation foreign key (organization_id, conversation_id)
      references assistant_conversations (organization_id, id) on delete cascade,
    constraint assistant_plans_state check (state in ('pending', 'executed', 'rejected', 'expired', 'stale', 'replaced')),
    constraint assistant_plans_decided check ((decided_at is null) = (state = 'pending'))
  );
  create unique index assistant_plans_one_pending on assistant_plans (organization_id, conversation_id) where state = 'pending';
  create index assistant_plans_by_conversation on assistant_plans (organization_id, conversation_id, id);
  ${tenantTable('assistant_plans', ['select', 'insert', 'update'])}`;

// Without a foreign key: what was done can be undone also after its conversation was deleted.
const CHANGES = `
  create table assistant_changes (
    organization_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    user_id uuid not null,
    turn_id uuid,
    tool text not null,
    summary text not null,
    steps jsonb not null,
    state text not null default 'done',
    created_at timestamptz(3) not null,
    undoable_until timestamptz(3) not null,
    undone_at timestamptz(3),
    constraint assistant_changes_pkey primary key (organization_id, id),
    constraint assistant_changes_state check (state in ('done', 'undone')),
    constraint assistant_changes_undone check ((undone_at is null) = (state = 'done'))
  );
  create index assistant_changes_by_user on assistant_changes (organization_id, user_id, id);
  create index assistant_changes_undoable on assistant_changes (organization_id, conversation_id, id) where state = 'done';
  ${tenantTable('assistant_changes', ['select', 'insert', 'update'])}`;

/** Conversations with the assistant: what was said, what was done, what waits for a yes, what can be undone. */
export class Assistant1763700000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONVERSATIONS);
    await runner.query(TURNS);
    await runner.query(PLANS);
    await runner.query(CHANGES);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
