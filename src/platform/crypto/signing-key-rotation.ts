const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;

/** How often keys change, and how long old and new ones stand side by side. */
export interface RotationPolicy {
  readonly rotateEveryDays: number;
  /** The life of the longest token plus clock skew and the time every process needs to notice a new signer. */
  readonly keepForSeconds: number;
  /** How long a key is published before it signs, so that verifiers that cache the JWKS know it in time. One hour unless said. */
  readonly publishAheadSeconds?: number;
}

/** What to do with the keys at one moment. */
export interface RotationPlan {
  readonly create: boolean;
  /** Undefined only when there is no key at all; create one and plan again. */
  readonly signWith: string | undefined;
  readonly publish: string[];
  readonly retire: string[];
}

/** Plans key rotation from the creation times alone, so every process comes to the same answer without talking to the others. */
export function planRotation(
  keys: readonly { readonly kid: string; readonly createdAt: Date }[],
  now: Date,
  policy: RotationPolicy,
): RotationPlan {
  const aheadMs = (policy.publishAheadSeconds ?? HOUR_SECONDS) * 1000;
  const rotateMs = policy.rotateEveryDays * DAY_MS;
  if (!(aheadMs >= 0 && policy.keepForSeconds >= 0 && rotateMs >= aheadMs)) {
    throw new RangeError('Keys must live longer than they are published ahead, and no time may be negative.');
  }
  const at = now.getTime();
  // The kid decides between keys made in the same millisecond, so that all processes agree.
  const byAge = [...keys].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.kid < b.kid ? -1 : 1));
  const readyAt = (key: { readonly createdAt: Date }): number => key.createdAt.getTime() + aheadMs;
  const newest = byAge.at(-1);
  // Without a key that is ready (the very first one) the oldest signs: nobody can have cached a set without it.
  const signer = byAge.findLast((key) => readyAt(key) <= at) ?? byAge[0];
  const isOver = (index: number): boolean => {
    const successor = byAge[index + 1];
    return successor !== undefined && readyAt(successor) + policy.keepForSeconds * 1000 <= at;
  };
  return {
    create: newest === undefined || at >= newest.createdAt.getTime() + rotateMs,
    signWith: signer?.kid,
    publish: byAge.filter((_, index) => !isOver(index)).map((key) => key.kid),
    retire: byAge.filter((_, index) => isOver(index)).map((key) => key.kid),
  };
}
