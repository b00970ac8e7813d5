import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { EditConflict, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { AuditTrail } from '../../audit/index.js';
import { LeadFactsRepository } from './lead-facts.repository.js';
import { FEWEST_CLOSED } from './lead-model.js';
import { ScoringModelNotFound, TooFewClosedLeads } from './scoring.errors.js';
import { ScoreLeads, TrainLeadModel } from './scoring.jobs.js';
import { ruleFaults, type ScoringRules } from './scoring-rules.js';
import { ScoringRepository } from './scoring.repository.js';
import type { PutScoringRules, ScoringModelView } from './scoring.shapes.js';

/** What leads are scored by: rules that people write, and a model learned from closed leads. */
@Injectable()
export class ScoringService {
  constructor(
    private readonly db: Database,
    private readonly scoring: ScoringRepository,
    private readonly facts: LeadFactsRepository,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  rules(scope: Scope): Promise<ScoringRules> {
    return this.db.read(scope, (tx) => this.scoring.rules(tx));
  }

  /** Writes a new version of the rules and has all leads scored by it. */
  putRules(scope: Scope, input: PutScoringRules): Promise<ScoringRules> {
    const errors = ruleFaults(input.rules);
    if (errors.length > 0) throw ValidationFailed({ errors });
    return this.db.write(scope, async (tx) => {
      const before = await this.scoring.rules(tx);
      const after: ScoringRules = { version: before.version + 1, basePoints: input.basePoints, rules: input.rules };
      const isCurrent = scope.ifMatch === undefined || scope.ifMatch === before.version;
      if (!isCurrent || !(await this.scoring.insertRules(tx, after))) throw EditConflict({ extra: { current: before } });
      await this.audit.record(tx, { action: 'scoring-rules.updated', resourceType: 'scoring-rules', before, after });
      await this.jobs.enqueue(tx, ScoreLeads, {}, { visible: false });
      return after;
    });
  }

  async model(scope: Scope): Promise<ScoringModelView> {
    const found = await this.db.read(scope, (tx) => this.scoring.model(tx));
    if (!found) throw ScoringModelNotFound({ detail: 'Start POST /crm/scoring/training.' });
    const { version, trainedAt, model, report } = found;
    const features = model.features.map(({ feature, categories }) => ({ feature, categories: [...categories] }));
    return { version, trainedAt, won: model.won, lost: model.lost, features, calibration: { ...report, bins: [...report.bins] } };
  }

  /** Starts learning, when there is enough to learn from. */
  train(scope: Scope): Promise<{ jobId: string }> {
    return this.db.write(scope, async (tx) => {
      const { won, lost } = await this.facts.counts(tx);
      if (won < FEWEST_CLOSED || lost < FEWEST_CLOSED) throw tooFew(won, lost);
      const jobId = await this.jobs.enqueue(tx, TrainLeadModel, {});
      await this.audit.record(tx, { action: 'scoring-model.training-started', resourceType: 'scoring-model', after: { jobId, won, lost } });
      return { jobId };
    });
  }
}

/** The refusal, with what is missing. */
export function tooFew(won: number, lost: number): Error {
  const detail = `${FEWEST_CLOSED} won and ${FEWEST_CLOSED} lost leads are needed; there are ${won} won and ${lost} lost. Until then rules alone give the score.`;
  return TooFewClosedLeads({ detail, extra: { won, lost, needed: FEWEST_CLOSED } });
}
