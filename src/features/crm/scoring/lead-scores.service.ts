import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { LeadFactsRepository } from './lead-facts.repository.js';
import { factsNow } from './lead-facts.js';
import { type LeadScore, scoreLead } from './lead-score.js';
import { LeadScoresRepository } from './lead-scores.repository.js';
import { ScoringTools } from './scoring-tools.js';
import { type Scoring, ScoringRepository } from './scoring.repository.js';
import type { LeadScoresQuery, LeadScoreView, ScoreOverride } from './scoring.shapes.js';

const DEFAULT_LIMIT = 50;

/** Scores of single leads, computed when they are asked for, and the list of those that were kept. */
@Injectable()
export class LeadScoresService {
  constructor(
    private readonly db: Database,
    private readonly facts: LeadFactsRepository,
    private readonly scoring: ScoringRepository,
    private readonly scores: LeadScoresRepository,
    private readonly audit: AuditTrail,
    private readonly tools: ScoringTools,
  ) {}

  get(scope: Scope, leadId: string): Promise<LeadScoreView> {
    return this.db.read(scope, (tx) => this.view(tx, leadId));
  }

  async list(scope: Scope, query: LeadScoresQuery): Promise<JsonText> {
    const { minScore, ownerId, pipelineId, cursor, limit = DEFAULT_LIMIT } = query;
    const list = ['lead-scores', scope.organizationId, minScore ?? null, ownerId ?? null, pipelineId ?? null];
    const after = placeOf(this.tools.cursors.read(cursor, list));
    const found = await this.db.read(scope, (tx) => this.scores.page(tx, query, after, limit + 1));
    return this.tools.cursors.page(
      found.map(({ json, score, leadId }) => ({ json, place: [score, leadId] })),
      limit,
      list,
    );
  }

  /** Sets a score by hand; what the reasons come to is still computed beside it. */
  override(scope: Scope, leadId: string, { score, reason }: ScoreOverride): Promise<LeadScoreView> {
    return this.db.write(scope, async (tx) => {
      const before = await this.view(tx, leadId);
      const at = this.tools.clock.now().toISOString();
      const kept = { leadId, score: before.computedScore, probability: before.probability, rulePoints: rulePointsOf(before) };
      await this.scores.put(tx, [kept], { model: before.modelVersion, rules: before.rulesVersion, at });
      await this.scores.setOverride(tx, leadId, { score, reason: reason.trim(), by: scope.actor.userId, at });
      await this.record(tx, leadId, 'lead.score-overridden', { before: { score: before.score }, after: { score, reason: reason.trim() } });
      return this.view(tx, leadId);
    });
  }

  clearOverride(scope: Scope, leadId: string): Promise<LeadScoreView> {
    return this.db.write(scope, async (tx) => {
      const before = await this.view(tx, leadId);
      if (!(await this.scores.clearOverride(tx, leadId))) return before;
      const after = await this.view(tx, leadId);
      await this.record(tx, leadId, 'lead.score-override-removed', { before: before.override, after: { score: after.score } });
      return after;
    });
  }

  private async view(tx: Tx, leadId: string): Promise<LeadScoreView> {
    const lead = await this.facts.one(tx, leadId);
    if (!lead) throw LeadNotFound();
    const by = await this.scoring.scoring(tx);
    const override = (await this.scores.override(tx, lead.id)) ?? null;
    const score = scoreLead(factsNow(lead, this.tools.clock.now().getTime()), by.rules, by.model?.model);
    return viewOf(lead.id, { score, by, override });
  }

  private record(tx: Tx, leadId: string, action: string, { before, after }: { before: object | null; after: object }): Promise<void> {
    return this.audit.record(tx, { action, resourceType: 'lead', resourceId: leadId, before, after });
  }
}

function viewOf(
  leadId: string,
  { score, by, override }: { score: LeadScore; by: Scoring; override: LeadScoreView['override'] },
): LeadScoreView {
  const { score: computedScore, rulePoints: _, factors, ...rest } = score;
  return {
    leadId,
    score: override?.score ?? computedScore,
    computedScore,
    ...rest,
    factors: [...factors],
    override,
    modelVersion: by.model?.version ?? null,
    rulesVersion: by.rules.version,
  };
}

function rulePointsOf({ factors }: LeadScoreView): number {
  return factors.reduce((sum, { kind, points }) => (kind === 'rule' ? sum + points : sum), 0);
}

function placeOf(place: readonly unknown[] | undefined): { score: number; leadId: string } | undefined {
  if (!place) return undefined;
  const [score, leadId] = place;
  if (typeof score !== 'number' || typeof leadId !== 'string') throw InvalidCursor();
  return { score, leadId };
}
