/** `pending` waits for a yes or no; every other state is final. */
export const PLAN_STATES = ['pending', 'executed', 'rejected', 'expired', 'stale', 'replaced'] as const;

export type PlanState = (typeof PLAN_STATES)[number];

export type PlanEvent = 'confirm' | 'reject' | 'expire' | 'outdate' | 'replace';

const AFTER: Readonly<Record<PlanEvent, PlanState>> = {
  confirm: 'executed',
  reject: 'rejected',
  expire: 'expired',
  outdate: 'stale',
  replace: 'replaced',
};

/** The state after an event; undefined when the plan was decided before, and then nothing may happen. */
export function planAfter(state: PlanState, event: PlanEvent): PlanState | undefined {
  return state === 'pending' ? AFTER[event] : undefined;
}
