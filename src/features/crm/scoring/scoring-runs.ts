import { Injectable } from '@nestjs/common';
import { setImmediate as breathe } from 'node:timers/promises';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { JobFailed } from '../../../platform/messaging/job-failed.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { AuditTrail } from '../../audit/index.js';
import { LeadFactsRepository } from './lead-facts.repository.js';
import { factsNow } from './lead-facts.js';
import { FEWEST_CLOSED, trainModel } from './lead-model.js';
import { scoreLead } from './lead-score.js';
import { LeadScoresRepository } from './lead-scores.repository.js';
import { ScoringTools } from './scoring-tools.js';
import { ScoreEveryNight, ScoreLeads, type ScoringPayload, TrainLeadModel } from './scoring.jobs.js';
import { ScoringRepository } from './scoring.repository.js';

/** Closed leads of each kind that are learned from, the newest: enough for every feature, and fitted in seconds. */
const MOST_CLOSED = 3_000;
const OPEN_LEADS = 1_000;
const SCORED_AT_ONCE = 500;

/** Learns from closed leads. */
@Injectable()
export class LeadModelTraining {
  constructor(
    private readonly db: Database,
    private readonly facts: LeadFactsRepository,
    private readonly scoring: ScoringRepository,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly tools: ScoringTools,
  ) {}

  @Handles(TrainLeadModel)
  async train(context: JobContext<ScoringPayload>): Promise<{ won: number; lost: number; version: number | null }> {
    const { scope, signal, jobId } = context;
    const now = this.tools.clock.now();
    const leads = await this.db.read(scope, async (tx) => [
      ...(await this.facts.latest(tx, 'won', MOST_CLOSED)),
      ...(await this.facts.latest(tx, 'lost', MOST_CLOSED)),
      ...(await this.facts.latest(tx, 'open', OPEN_LEADS)),
    ]);
    const [won, lost] = [leads.filter(({ kind }) => kind === 'won').length, leads.filter(({ kind }) => kind === 'lost').length];
    if (won < FEWEST_CLOSED || lost < FEWEST_CLOSED)
      throw new JobFailed(
        'too-few-closed-leads',
        `${FEWEST_CLOSED} won and ${FEWEST_CLOSED} lost leads are needed; there are ${won} and ${lost}.`,
      );
    const { model, report } = await trainModel(leads, now.getTime(), async () => {
      await breathe();
      signal.throwIfAborted();
    });
    const version = await this.db.write(scope, async (tx) => {
      if (!(await context.once(tx))) return null;
      const made = await this.scoring.insertModel(tx, jobId, { trainedAt: now.toISOString(), model, report });
      const { brier, auc } = report;
      await this.audit.record(tx, {
        action: 'scoring-model.trained',
        resourceType: 'scoring-model',
        after: { version: made, won, lost, brier, auc },
      });
      await this.jobs.enqueue(tx, ScoreLeads, {}, { visible: false });
      return made;
    });
    return { won, lost, version };
  }

  @Handles(ScoreEveryNight)
  async everyNight({ scope, signal }: JobContext): Promise<{ organizations: number }> {
    const all = await this.db.asSystem('find organizations whose leads are to be scored', scope, (tx) => this.scoring.organizations(tx));
    for (const { id, won, lost } of all) {
      signal.throwIfAborted();
      const definition = won < FEWEST_CLOSED || lost < FEWEST_CLOSED ? ScoreLeads : TrainLeadModel;
      await this.db.write(systemScope('lead-scoring', id), (tx) => this.jobs.enqueue(tx, definition, {}, { visible: false }));
    }
    return { organizations: all.length };
  }
}

/** Scores all leads, batch by batch. */
@Injectable()
export class LeadScoring {
  constructor(
    private readonly db: Database,
    private readonly facts: LeadFactsRepository,
    private readonly scoring: ScoringRepository,
    private readonly scores: LeadScoresRepository,
    private readonly tools: ScoringTools,
  ) {}

  @Handles(ScoreLeads)
  async run(context: JobContext<ScoringPayload>): Promise<{ leads: number }> {
    const { scope, signal } = context;
    const { rules, model } = await this.db.read(scope, (tx) => this.scoring.scoring(tx));
    const { total } = await this.db.read(scope, (tx) => this.facts.counts(tx));
    let { after, done } = context.state<{ after: string | null; done: number }>() ?? { after: null, done: 0 };
    for (;;) {
      signal.throwIfAborted();
      const from: string | null = after;
      const leads = await this.db.read(scope, (tx) => this.facts.batch(tx, from, SCORED_AT_ONCE));
      const last = leads.at(-1);
      if (!last) return { leads: done };
      const now = this.tools.clock.now();
      const scores = leads.map((lead) => ({ leadId: lead.id, ...scoreLead(factsNow(lead, now.getTime()), rules, model?.model) }));
      const kept = scores.map(({ leadId, score, probability, rulePoints }) => ({ leadId, score, probability, rulePoints }));
      [after, done] = [last.id, done + leads.length];
      const place = { after, done };
      await this.db.write(scope, async (tx) => {
        await this.scores.put(tx, kept, { model: model?.version ?? null, rules: rules.version, at: now.toISOString() });
        await context.saveState(tx, place);
      });
      context.progress(done, Math.max(total, done), `${done} leads`);
    }
  }
}
