// Every change of a visible job stores what its followers are told, in the same statement. $1 organization, $2 job, $3 token of the attempt.

const COUNT = `last_seq = last_seq + case when visible then 1 else 0 end`;
const OWNED = `where organization_id = $1 and id = $2 and run_token = $3 and state = 'PROCESSING'`;

/** The row `seq` of a job's story, told to whoever follows. */
function telling(change: string, kind: string, data: string): string {
  return `
    with j as (${change} returning *), e as (
      insert into job_events (organization_id, job_id, seq, kind, data) select organization_id, id, last_seq, ${kind}, ${data} from j where visible
    )`;
}

const STATE_DATA = `jsonb_build_object('state', state, 'attempt', attempts)`;
const DONE_DATA = `jsonb_build_object('state', state, 'attempt', attempts, 'result', result, 'error', error)`;
const STATE_OR_DONE = `case when finished_at is null then ${STATE_DATA} else ${DONE_DATA} end`;
const KIND = `case when finished_at is null then 'state' else 'done' end`;

// START and PROGRESS go down a lane that many share, so they never wait for a lock that a handler's own transaction may hold.
// A job found PROCESSING was left by a worker that died: that is a crash, not another attempt. $3 dispatch, $4 new token.
export const START = `${telling(
  `update jobs set state = 'PROCESSING', run_token = $4::uuid, started_at = coalesce(started_at, now()), ${COUNT},
      attempts = attempts + case when state = 'PENDING' then 1 else 0 end, crashes = crashes + case when state = 'PENDING' then 0 else 1 end
    where organization_id = $1 and id = (
      select id from jobs where organization_id = $1 and id = $2 and dispatch_id = $3 and state in ('PENDING', 'PROCESSING') for update nowait)`,
  `'state'`,
  STATE_DATA,
)}
  select id, name, queue, payload, checkpoint, attempts, crashes, visible, once_key, created_by_type, created_by_user_id, permissions,
    request_id, traceparent, run_at, cancel_requested_at from j`;

export const SUCCEED = `${telling(
  `update jobs set state = 'SUCCESS', result = $4::jsonb, error = null, run_token = null, checkpoint = null, finished_at = now(), ${COUNT} ${OWNED}`,
  `'done'`,
  DONE_DATA,
)}
  select visible from j`;

// $5 milliseconds until the next attempt, null for none. Who asked for a cancellation gets it, whatever the attempt came to.
export const FAIL = `${telling(
  `update jobs set
      state = case when cancel_requested_at is not null then 'CANCELLED' when $5::int is null then 'FAILURE' else 'PENDING' end,
      error = case when cancel_requested_at is null then $4::jsonb end, run_token = null,
      run_at = case when $5::int is null then run_at else now() + make_interval(secs => $5::int / 1000.0) end,
      finished_at = case when cancel_requested_at is not null or $5::int is null then now() end, ${COUNT} ${OWNED}`,
  KIND,
  STATE_OR_DONE,
)}
  select state, visible from j`;

export const PUT_BACK = `${telling(
  `update jobs set state = 'PENDING', run_token = null, attempts = attempts - 1, ${COUNT} ${OWNED} and cancel_requested_at is null`,
  `'state'`,
  STATE_DATA,
)}
  select visible from j`;

export const PROGRESS = `${telling(
  `update jobs set progress = $4::jsonb, ${COUNT} where organization_id = $1 and id = (select id from jobs ${OWNED} for update skip locked)`,
  `'progress'`,
  'progress',
)}
  select visible from j`;

export const REMOVE = `delete from jobs ${OWNED} returning visible`;

export const KEEP_STATE = `update jobs set checkpoint = $4::jsonb ${OWNED} returning id`;

export const MARK_DONE = `
  insert into processed_messages (organization_id, handler, message_id) values ($1, $2, $3) on conflict do nothing returning handler`;
