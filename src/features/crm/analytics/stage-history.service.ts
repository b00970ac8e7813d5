import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../../shared/ids.js';
import { Database } from '../../../platform/database/database.js';
import { type Scope, systemScope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { schedule } from '../../../platform/messaging/definitions.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { historyAfter } from './stage-history.js';
import { StageHistoryRepository, type StageName, type VisitRow } from './stage-history.repository.js';

/** Often enough that whoever looks finds little to catch up with, which they do themselves. */
const FollowTrails = schedule({ name: 'crm.follow-trails', every: 30, timeoutMs: 600_000 });

const ORGANIZATIONS_AT_ONCE = 500;
const EVENTS_AT_ONCE = 2_000;
const LEADS_AT_ONCE = 2_000;
/** Whoever waits for a report waits no longer than this for its history; the schedule does the rest. */
const LONGEST_CATCH_UP_MS = 5_000;

/**
 * The history of leads through their stages, derived from the sealed audit trail: moves, imports, merges and whatever else changes a
 * lead pay nothing for it, and none can forget it. It is as fresh as the last sealing, about a second.
 */
@Injectable()
export class StageHistory {
  constructor(
    private readonly db: Database,
    private readonly history: StageHistoryRepository,
  ) {}

  /** Takes in everything sealed so far; false when it gave up after some seconds, having kept what it did. */
  async catchUp(scope: Scope, signal: AbortSignal = AbortSignal.timeout(LONGEST_CATCH_UP_MS)): Promise<boolean> {
    let isMore = await this.db.read(scope, (tx) => this.history.isBehind(tx));
    // An If-Match or Idempotency-Key of the request is not about this.
    const own = { ...scope, idempotency: undefined, ifMatch: undefined };
    while (isMore && !signal.aborted) isMore = await this.db.write(own, (tx) => this.step(tx));
    return !isMore;
  }

  @Handles(FollowTrails)
  async follow({ scope, signal }: JobContext): Promise<{ organizations: number }> {
    let [after, organizations]: [string, number] = [NIL_ID, 0];
    const failures: Error[] = [];
    for (let size = ORGANIZATIONS_AT_ONCE; size === ORGANIZATIONS_AT_ONCE && !signal.aborted;) {
      const from = after;
      const behind = await this.db.asSystem('find leads whose history has gone on', scope, (tx) =>
        this.history.behind(tx, from, ORGANIZATIONS_AT_ONCE),
      );
      for (const id of behind) {
        // What is wrong with one organization must not keep the others from being followed.
        await this.catchUp(systemScope('lead-history', id), signal).catch((error: Error) => failures.push(error));
      }
      after = behind.at(-1) ?? after;
      size = behind.length;
      organizations += size;
    }
    if (failures[0]) throw failures[0];
    return { organizations };
  }

  /** Visits of a lead, in order. */
  async ofLead(scope: Scope, id: string): Promise<VisitRow[]> {
    await this.catchUp(scope);
    return this.db.read(scope, async (tx) => {
      const visits = await this.history.ofLead(tx, id);
      if (visits.length === 0 && !(await this.history.isLead(tx, id))) throw LeadNotFound();
      return visits;
    });
  }

  /** One batch; false when there was nothing left to do. */
  private async step(tx: Tx): Promise<boolean> {
    const { seq, isFilled, filledTo } = await this.history.lock(tx);
    const last = await this.history.lastOf(tx, seq, EVENTS_AT_ONCE);
    if (last === undefined) return !isFilled && this.history.fill(tx, filledTo, LEADS_AT_ONCE);
    const facts = await this.history.facts(tx, seq, last);
    const leadIds = [...new Set(facts.map(({ leadId }) => leadId))];
    if (leadIds.length > 0) {
      const visits = await this.history.lastVisits(tx, leadIds);
      const journeys = await this.history.journeys(tx, leadIds);
      const begun = new Set([...visits, ...facts.filter(({ pipelineId }) => pipelineId !== null)].map(({ leadId }) => leadId));
      const pipelinesNow = await this.history.pipelinesNow(
        tx,
        leadIds.filter((id) => !begun.has(id)),
      );
      const nameAt = namesOver(await this.history.names(tx));
      await this.history.write(tx, historyAfter({ visits, journeys, pipelinesNow, nameAt }, facts));
    }
    await this.history.advance(tx, last);
    return true;
  }
}

/** What a stage was called at a moment; its key when nothing is known of it. */
function namesOver(names: readonly StageName[]): (pipelineId: string, stage: string, at: number) => string {
  const byStage = new Map<string, StageName[]>();
  for (const name of names) {
    const key = `${name.pipelineId} ${name.key}`;
    byStage.set(key, [...(byStage.get(key) ?? []), name]);
  }
  return (pipelineId, stage, at) => byStage.get(`${pipelineId} ${stage}`)?.find(({ until }) => until === null || at < until)?.name ?? stage;
}
