import { createHash } from 'node:crypto';

/** A stage a lead entered at a moment (milliseconds since 1970). */
export interface StageEntryFact {
  readonly stage: string;
  readonly at: number;
}

/** Everything scoring knows of a lead. Moments are milliseconds since 1970. */
export interface LeadRecord {
  readonly id: string;
  readonly name: string;
  readonly company: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly source: string | null;
  readonly notes: string | null;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly ownerId: string | null;
  readonly valueMinor: string | null;
  readonly currency: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: string;
  readonly statusName: string;
  readonly kind: 'open' | 'won' | 'lost';
  /** Stages it entered, oldest first; empty while its history is not known. */
  readonly entries: readonly StageEntryFact[];
  /** When something was noted, done or met about it; oldest first. */
  readonly activityAt: readonly number[];
}

/** A lead as it was at a moment: what may be known of it then. */
export interface LeadFacts {
  readonly lead: LeadRecord;
  readonly stage: string | null;
  readonly ageDays: number;
  readonly daysInStage: number | null;
  readonly activityCount: number;
  readonly daysSinceActivity: number | null;
}

const DAY_MS = 86_400_000;
const days = (ms: number): number => Math.max(0, ms / DAY_MS);

/** The lead as it was at a moment; nothing that came later is in it, as far as moments are known. */
export function factsAt(lead: LeadRecord, at: number): LeadFacts {
  const entry = lead.entries.findLast((one) => one.at <= at);
  const before = lead.activityAt.filter((one) => one <= at);
  const last = before.at(-1);
  return {
    lead,
    stage: entry?.stage ?? null,
    ageDays: days(at - lead.createdAt),
    daysInStage: entry ? days(at - entry.at) : null,
    activityCount: before.length,
    daysSinceActivity: last === undefined ? null : days(at - last),
  };
}

/** The lead as it is now. */
export function factsNow(lead: LeadRecord, now: number): LeadFacts {
  const facts = factsAt(lead, now);
  return { ...facts, stage: lead.status };
}

/** When a closed lead was closed; its last change when its history is not known. */
export function closedAt({ entries, status, updatedAt }: LeadRecord): number {
  const last = entries.at(-1);
  return last?.stage === status ? last.at : updatedAt;
}

/** A share of [0, 1) that belongs to an id for ever. */
export function shareOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
}

/**
 * A closed lead as it was at some moment of its life before it was closed, always the same one. Open leads are scored in the middle of their
 * lives, so the model must learn from leads in the middle of theirs, or a lead's age and stage would give the end away.
 */
export function factsBeforeClosing(lead: LeadRecord): LeadFacts {
  const end = closedAt(lead);
  const at = lead.createdAt + shareOf(lead.id) * Math.max(0, end - lead.createdAt);
  // At the moment of closing itself it has left its last open stage.
  return factsAt(lead, Math.min(at, end - 1));
}
