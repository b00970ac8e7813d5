import { auditCte } from '../../audit/index.js';

/** The month's hard limit; `$1` is the organization, `ceiling` the parameter with the operator's own limit. */
const hardLimit = (ceiling: string): string =>
  `least(${ceiling}::bigint, coalesce((select hard_limit_micros from ai_budgets where organization_id = $1), ${ceiling}::bigint))`;

/** The limit from which spending is marked: the organization's, else `share` percent of the ceiling. */
const softLimit = (ceiling: string, share: number): string =>
  `coalesce((select least(soft_limit_micros, ${ceiling}::bigint) from ai_budgets where organization_id = $1), ${ceiling}::bigint * ${share} / 100)`;

/** Percent of the hard limit at which an organization that chose nothing is warned. */
export const DEFAULT_SOFT_SHARE = 80;

const CALLED = `jsonb_build_object('feature', feature, 'task', task, 'engine', engine, 'model', model, 'status', status, 'prompt', prompt_name,
    'promptVersion', prompt_version, 'unitsIn', tokens_in, 'unitsOut', tokens_out, 'audioMs', audio_ms, 'costMicros', cost_micros::text,
    'isEstimated', is_estimated, 'isFallback', is_fallback)`;

const FACTS = `feature, task, engine, model, status, prompt_name, prompt_version, tokens_in, tokens_out, audio_ms, cost_micros, is_estimated,
    is_fallback, reserved_micros, duration_ms`;

/**
 * Sets money aside and opens the call, or refuses it. The row of the month is locked by the upsert and its condition is judged on the row
 * as it is then, so calls that come together are counted one after the other.
 */
export const RESERVE = `
  with room as (
    insert into ai_spending as s (organization_id, month, reserved_micros)
    select $1::uuid, $2::date, $3::bigint where $3::bigint <= ${hardLimit('$4')}
    on conflict (organization_id, month) do update set reserved_micros = s.reserved_micros + excluded.reserved_micros
      where s.spent_micros + s.reserved_micros + excluded.reserved_micros <= ${hardLimit('$4')}
    returning 1),
  call as (
    insert into ai_calls (organization_id, month, reserved_micros, status, id, started_at, feature, task, prompt_name, prompt_version,
      actor_type, user_id, request_id)
    select $1, $2, case when exists (select 1 from room) then $3::bigint else 0 end,
      case when exists (select 1 from room) then 'running' else 'refused' end,
      $5::uuid, $6::timestamptz, $7, $8, $9, $10::integer, $11, $12::uuid, $13
    returning id, ${FACTS}),
  refused as (select id, ${FACTS} from call where status = 'refused'),
  told as (${auditCte({
    from: 'refused',
    first: 14,
    action: `'ai.refused'`,
    resourceType: `'ai-call'`,
    resourceId: 'id',
    before: 'null::jsonb',
    after: CALLED,
  })})
  select status from call`;

/**
 * Closes a call, or writes one that had nothing set aside: its row, the month's spending, the roll-up and the audit trail at once. A call
 * that is closed already changes nothing.
 */
export const SETTLE = `
  with call as (
    insert into ai_calls as c (organization_id, month, id, started_at, feature, task, prompt_name, prompt_version, actor_type, user_id,
      request_id, status, engine, model, tokens_in, tokens_out, audio_ms, cost_micros, prices, is_estimated, is_fallback, attempts,
      duration_ms, finished_at)
    values ($1, $2::date, $3::uuid, $4::timestamptz, $5, $6, $7, $8::integer, $9, $10::uuid, $11, $12, $13, $14, $15::bigint, $16::bigint,
      $17::bigint, $18::bigint, $19, $20::boolean, $21::boolean, $22::integer, $23::integer, $24::timestamptz)
    on conflict (organization_id, id) do update set status = excluded.status, engine = excluded.engine, model = excluded.model,
      tokens_in = excluded.tokens_in, tokens_out = excluded.tokens_out, audio_ms = excluded.audio_ms, cost_micros = excluded.cost_micros,
      prices = excluded.prices, is_estimated = excluded.is_estimated, is_fallback = excluded.is_fallback, attempts = excluded.attempts,
      duration_ms = excluded.duration_ms, finished_at = excluded.finished_at
      where c.status = 'running'
    returning id, ${FACTS}),
  spending as (
    insert into ai_spending as s (organization_id, month, spent_micros)
    select $1, $2::date, cost_micros from call where cost_micros > 0 or reserved_micros > 0
    on conflict (organization_id, month) do update set spent_micros = s.spent_micros + excluded.spent_micros,
      reserved_micros = s.reserved_micros - (select reserved_micros from call)
    returning s.spent_micros),
  rolled as (
    insert into ai_usage_months as u (organization_id, month, feature, task, engine, model, calls, failed, fallbacks, tokens_in, tokens_out,
      audio_ms, cost_micros, duration_ms)
    select $1, $2::date, feature, task, engine, model, 1, (status <> 'succeeded')::integer, is_fallback::integer, tokens_in, tokens_out,
      audio_ms, cost_micros, duration_ms from call
    on conflict (organization_id, month, feature, task, engine, model) do update set calls = u.calls + excluded.calls,
      failed = u.failed + excluded.failed, fallbacks = u.fallbacks + excluded.fallbacks, tokens_in = u.tokens_in + excluded.tokens_in,
      tokens_out = u.tokens_out + excluded.tokens_out, audio_ms = u.audio_ms + excluded.audio_ms,
      cost_micros = u.cost_micros + excluded.cost_micros, duration_ms = u.duration_ms + excluded.duration_ms),
  told as (${auditCte({
    from: 'call',
    first: 25,
    action: `'ai.called'`,
    resourceType: `'ai-call'`,
    resourceId: 'id',
    before: 'null::jsonb',
    after: CALLED,
  })}),
  state as (
    select coalesce((select spent_micros from spending), (select spent_micros from ai_spending where organization_id = $1 and month = $2::date), 0)
      as spent, ${softLimit('$31', DEFAULT_SOFT_SHARE)} as soft),
  passed as (select spent, soft from state, call where spent >= soft and spent - cost_micros < soft),
  warned as (${auditCte({
    from: 'passed',
    first: 25,
    action: `'ai-budget.soft-limit-passed'`,
    resourceType: `'ai-budget'`,
    resourceId: '$1',
    before: 'null::jsonb',
    after: `jsonb_build_object('month', $2::date, 'spentMicros', spent::text, 'softLimitMicros', soft::text)`,
  })})
  select case when spent >= soft then 'soft-limit-passed' else 'within' end as budget from state`;

/**
 * Closes calls whose process died. What they used nobody knows, so what was set aside for them counts as spent, and as used by nobody knows
 * whom: the lines of a month add up to its spending.
 */
export const ABANDON = `
  with open as (
    select organization_id, id from ai_calls where status = 'running' and started_at < $1::timestamptz
    order by started_at limit $2 for update skip locked),
  gone as (
    update ai_calls c set status = 'abandoned', cost_micros = c.reserved_micros, is_estimated = true, finished_at = $3::timestamptz
    from open where c.organization_id = open.organization_id and c.id = open.id
    returning c.organization_id, c.id, c.month, c.reserved_micros, c.feature, c.task),
  spending as (
    update ai_spending s set spent_micros = s.spent_micros + g.sum, reserved_micros = s.reserved_micros - g.sum
    from (select organization_id, month, sum(reserved_micros)::bigint as sum from gone group by organization_id, month) g
    where s.organization_id = g.organization_id and s.month = g.month),
  rolled as (
    insert into ai_usage_months as u (organization_id, month, feature, task, engine, model, calls, failed, cost_micros)
    select organization_id, month, feature, task, 'unknown', 'unknown', count(*), count(*), sum(reserved_micros)::bigint
    from gone group by organization_id, month, feature, task
    on conflict (organization_id, month, feature, task, engine, model) do update set calls = u.calls + excluded.calls,
      failed = u.failed + excluded.failed, cost_micros = u.cost_micros + excluded.cost_micros)
  select organization_id as "organizationId", id, feature, task, reserved_micros as "costMicros" from gone`;

export const FORGET = `
  delete from ai_calls where (organization_id, id) in (select organization_id, id from ai_calls where started_at < $1::timestamptz limit $2)
  returning 1`;
