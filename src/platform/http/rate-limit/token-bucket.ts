import type { RateDecision, RatePolicy } from './rate-limiter.js';

/**
 * A bucket is one number: how many milliseconds it needs to be full. Returns that number after the request, or undefined when the
 * bucket holds too little; `toFull` at or below zero means full.
 */
export function takeTokens(toFull: number, policy: RatePolicy, cost: number): number | undefined {
  const after = emptiness(toFull, policy) + millisecondsFor(charged(cost, policy), policy);
  // A thousandth of a millisecond forgives rounding, or the last token of a full bucket could be refused.
  return after <= millisecondsFor(policy.capacity, policy) + 0.001 ? after : undefined;
}

/** Describes a bucket to the caller; `toFull` is the state after the decision. */
export function decisionFor(allowed: boolean, toFull: number, policy: RatePolicy, cost: number): RateDecision {
  const empty = emptiness(toFull, policy);
  const whole = millisecondsFor(policy.capacity, policy);
  const wait = allowed ? 0 : empty + millisecondsFor(charged(cost, policy), policy) - whole;
  return {
    allowed,
    limit: policy.capacity,
    remaining: Math.max(0, Math.floor(((whole - empty) * policy.refillPerSecond) / 1000 + 1e-6)),
    resetSeconds: wholeSeconds(empty),
    retryAfterSeconds: allowed ? 0 : Math.max(1, wholeSeconds(wait)),
  };
}

// A clock that went back or a policy that shrank must not leave a bucket emptier than empty.
function emptiness(toFull: number, policy: RatePolicy): number {
  return Math.min(Math.max(toFull, 0), millisecondsFor(policy.capacity, policy));
}

function millisecondsFor(tokens: number, policy: RatePolicy): number {
  return (tokens * 1000) / policy.refillPerSecond;
}

function charged(cost: number, policy: RatePolicy): number {
  return Math.min(Math.max(cost, 0), policy.capacity);
}

function wholeSeconds(milliseconds: number): number {
  // The outer max turns the -0 of a full bucket into 0.
  return Math.max(0, Math.ceil(milliseconds / 1000 - 1e-6));
}
