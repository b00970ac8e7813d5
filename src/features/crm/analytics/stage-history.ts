/** What an event of the audit trail says about where a lead stands. */
export interface StageFact {
  /** Number of the event in the chain of its organization; facts of a lead follow each other in this order. */
  readonly seq: number;
  readonly leadId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Key of the stage the lead stands in after the event; null when the event says nothing about it. */
  readonly stage: string | null;
  /** What the stage was called, where the event says so. */
  readonly stageName: string | null;
  /** Pipeline of the stage; null where the event does not say and the lead is still in the same one. */
  readonly pipelineId: string | null;
  readonly isGone: boolean;
  readonly actorType: string;
  readonly userId: string;
  readonly reason: string | null;
  readonly reasonNote: string | null;
}

export type LeftBy = 'move' | 'delete';

/** An interval: from `enteredAt` on, before `leftAt`, the lead stood in the stage. */
export interface Visit {
  readonly leadId: string;
  readonly seq: number;
  readonly pipelineId: string;
  readonly stage: string;
  readonly stageName: string;
  readonly enteredAt: number;
  readonly leftAt: number | null;
  readonly leftBy: LeftBy | null;
  readonly actorType: string;
  readonly userId: string;
  readonly reason: string | null;
  readonly reasonNote: string | null;
}

/** A lead's way through one pipeline: all it ever stood in, and where it stands; `stage` is null when it went away. */
export interface Journey {
  readonly leadId: string;
  readonly pipelineId: string;
  readonly startedAt: number;
  /** Keys in the order of the first visit. */
  readonly visited: readonly string[];
  readonly stage: string | null;
  /** When it came where it stands, or went to another pipeline; having been deleted for a while changes nothing of it. */
  readonly since: number;
  /** A lead that is deleted is gone by that from every pipeline it was in. */
  readonly goneBy: LeftBy | null;
  readonly reason: string | null;
}

export type LastVisit = Pick<Visit, 'leadId' | 'seq' | 'pipelineId' | 'stage' | 'enteredAt' | 'leftAt'>;

/** What is known of some leads before facts about them are looked at. */
export interface KnownHistory {
  /** The last visit of each lead, open or closed. */
  readonly visits: readonly LastVisit[];
  readonly journeys: readonly Journey[];
  /** Where leads are today: the best guess for those whose beginning is not known. */
  readonly pipelinesNow: ReadonlyMap<string, string>;
  readonly nameAt: (pipelineId: string, stage: string, at: number) => string;
}

export interface Closing {
  readonly leadId: string;
  readonly seq: number;
  readonly leftAt: number;
  readonly leftBy: LeftBy;
}

/** A reason that was given for a visit after it began. */
export type Explanation = Pick<Visit, 'leadId' | 'seq' | 'reason' | 'reasonNote'>;

/** What has to be written: new visits (perhaps closed already), what has changed of visits that were known, journeys in their new form. */
export interface HistoryChange {
  readonly visits: readonly Visit[];
  readonly explanations: readonly Explanation[];
  readonly closings: readonly Closing[];
  readonly journeys: readonly Journey[];
}

/**
 * The history after facts, in the order of their numbers. A fact that leaves a lead where it stands changes nothing, so facts may come
 * again. Times never run backwards within a lead, even when a clock did, so its visits never overlap.
 */
export function historyAfter(known: KnownHistory, facts: readonly StageFact[]): HistoryChange {
  const projection = new Projection(known);
  for (const fact of facts) projection.take(fact);
  return projection.change();
}

const isOpen = (visit: { readonly leftAt: number | null } | undefined): boolean => visit !== undefined && visit.leftAt === null;
const journeyKey = (leadId: string, pipelineId: string): string => `${leadId} ${pipelineId}`;

class Projection {
  private readonly last: Map<string, LastVisit | Visit>;
  private readonly journeys: Map<string, Journey>;
  /** The pipelines each lead has been in. */
  private readonly pipelines = new Map<string, Set<string>>();
  private readonly changed = new Map<string, Journey>();
  private readonly made = new Map<string, Visit>();
  private readonly closings: Closing[] = [];
  private readonly explanations: Explanation[] = [];

  constructor(private readonly known: KnownHistory) {
    this.last = new Map(known.visits.map((visit) => [visit.leadId, visit]));
    this.journeys = new Map(known.journeys.map((journey) => [journeyKey(journey.leadId, journey.pipelineId), journey]));
    for (const { leadId, pipelineId } of known.journeys) this.knowPipeline(leadId, pipelineId);
  }

  take(fact: StageFact): void {
    const last = this.last.get(fact.leadId);
    if (fact.isGone) {
      this.close(last, fact.at, 'delete');
      return this.goneElsewhere(fact.leadId, 'move', 'delete');
    }
    const pipelineId = fact.pipelineId ?? last?.pipelineId ?? this.known.pipelinesNow.get(fact.leadId);
    if (fact.stage === null || pipelineId === undefined) return;
    if (last && isOpen(last) && last.pipelineId === pipelineId && last.stage === fact.stage) return this.explain(last, fact);
    this.close(last, fact.at, 'move');
    this.enter(fact, pipelineId, fact.stage);
  }

  change(): HistoryChange {
    return {
      visits: [...this.made.values()],
      explanations: this.explanations,
      closings: this.closings,
      journeys: [...this.changed.values()],
    };
  }

  private enter(fact: StageFact, pipelineId: string, stage: string): void {
    const { leadId, seq, actorType, userId, reason, reasonNote } = fact;
    const before = this.last.get(leadId);
    const enteredAt = Math.max(fact.at, before?.leftAt ?? fact.at);
    const stageName = fact.stageName ?? this.known.nameAt(pipelineId, stage, fact.at);
    const visit = {
      leadId,
      seq,
      pipelineId,
      stage,
      stageName,
      enteredAt,
      leftAt: null,
      leftBy: null,
      actorType,
      userId,
      reason,
      reasonNote,
    };
    this.put(visit);
    this.made.set(`${leadId} ${seq}`, visit);
    this.goneElsewhere(leadId, 'delete', 'move', pipelineId);
    const journey = this.journeys.get(journeyKey(leadId, pipelineId));
    const visited = journey?.visited ?? [];
    // Brought back to where it stood when it was deleted: it did not come there again, and a won lead was not won again.
    const back = journey?.goneBy === 'delete' && before?.pipelineId === pipelineId && before.stage === stage ? journey : undefined;
    this.putJourney({
      ...{ leadId, pipelineId, stage, reason: reason ?? back?.reason ?? null, goneBy: null },
      startedAt: journey?.startedAt ?? enteredAt,
      since: back?.since ?? enteredAt,
      visited: visited.includes(stage) ? visited : [...visited, stage],
    });
  }

  private explain({ leadId, seq, pipelineId }: LastVisit, { reason, reasonNote }: StageFact): void {
    if (reason === null && reasonNote === null) return;
    const made = this.made.get(`${leadId} ${seq}`);
    if (made) this.made.set(`${leadId} ${seq}`, { ...made, reason, reasonNote });
    else this.explanations.push({ leadId, seq, reason, reasonNote });
    const journey = this.journeys.get(journeyKey(leadId, pipelineId));
    if (journey) this.putJourney({ ...journey, reason });
  }

  private close(visit: LastVisit | Visit | undefined, at: number, leftBy: LeftBy): void {
    if (!visit || !isOpen(visit)) return;
    const { leadId, seq, pipelineId, enteredAt } = visit;
    const leftAt = Math.max(at, enteredAt);
    const made = this.made.get(`${leadId} ${seq}`);
    if (made) this.made.set(`${leadId} ${seq}`, { ...made, leftAt, leftBy });
    else this.closings.push({ leadId, seq, leftAt, leftBy });
    this.put({ ...visit, leftAt });
    const journey = this.journeys.get(journeyKey(leadId, pipelineId));
    // When it only goes on to another stage of the pipeline, `enter` puts it there a moment later.
    if (journey) this.putJourney({ ...journey, stage: null, since: leftBy === 'delete' ? journey.since : leftAt, goneBy: leftBy });
  }

  /** What a deletion, or being brought back, means for the pipelines a lead had left before. */
  private goneElsewhere(leadId: string, from: LeftBy, to: LeftBy, except?: string): void {
    for (const pipelineId of this.pipelines.get(leadId) ?? []) {
      const journey = this.journeys.get(journeyKey(leadId, pipelineId));
      if (journey?.goneBy === from && pipelineId !== except) this.putJourney({ ...journey, goneBy: to });
    }
  }

  private knowPipeline(leadId: string, pipelineId: string): void {
    const known = this.pipelines.get(leadId);
    if (known) known.add(pipelineId);
    else this.pipelines.set(leadId, new Set([pipelineId]));
  }

  private put(visit: LastVisit | Visit): void {
    this.last.set(visit.leadId, visit);
  }

  private putJourney(journey: Journey): void {
    const key = journeyKey(journey.leadId, journey.pipelineId);
    this.journeys.set(key, journey);
    this.knowPipeline(journey.leadId, journey.pipelineId);
    this.changed.set(key, journey);
  }
}
