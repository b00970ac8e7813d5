import { isIPv6 } from 'node:net';
import { lockoutDelaySeconds } from '../../../shared/backoff.js';

const LONGEST_LADDER = 32;

/** Seconds of lock after the first, second, ... failure: the ladder of `lockoutDelaySeconds`, until it stays the same. */
export const LOCK_SECONDS: readonly number[] = Array.from({ length: LONGEST_LADDER }, (_, index) => lockoutDelaySeconds(index + 1));

/** The failure that locks first; its owner is told of it and not of each one after it, or a guesser could fill the mailbox. */
export const FIRST_LOCKING_FAILURE = LOCK_SECONDS.findIndex((seconds) => seconds > 0) + 1;

/** How long failures count: an account's for a day; an address may be a whole office, so its failures are forgotten sooner. */
export const ACCOUNT_MEMORY_SECONDS = 86_400;
export const ADDRESS_MEMORY_SECONDS = 900;

/** What of an address is counted: all of an IPv4 address, the /64 of an IPv6 one, because a single customer has that many. */
export function countedAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head, tail] = address.replace(/%.*$/, '').split('::') as [string, string?];
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array.from({ length: missing }, () => '0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
