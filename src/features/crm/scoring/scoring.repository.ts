import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { CalibrationReport } from './calibration.js';
import type { LeadModel } from './lead-model.js';
import { DEFAULT_RULES, type ScoringRules } from './scoring-rules.js';

/** A model as it is stored. */
export interface StoredLeadModel {
  readonly version: number;
  readonly trainedAt: string;
  readonly model: LeadModel;
  readonly report: CalibrationReport;
}

/** What leads are scored by. */
export interface Scoring {
  readonly rules: ScoringRules;
  readonly model: StoredLeadModel | undefined;
}

const RULES = `select r.version, r.base_points as "basePoints", r.rules from lead_scoring_rules r where r.organization_id = $1 order by r.version desc limit 1`;
const MODEL = `select m.version, m.trained_at as "trainedAt", m.model, m.report from lead_scoring_models m where m.organization_id = $1 order by m.version desc limit 1`;
const INSERT_RULES = `
  insert into lead_scoring_rules (organization_id, version, base_points, rules, created_by) values ($1, $2, $3, $4, $5)
  on conflict do nothing returning version`;
const INSERT_MODEL = `
  insert into lead_scoring_models (organization_id, version, job_id, trained_at, won_count, lost_count, model, report)
  select $1, coalesce(max(m.version), 0) + 1, $2::uuid, $3::timestamptz, $4::int, $5::int, $6::jsonb, $7::jsonb from lead_scoring_models m where m.organization_id = $1
  returning version`;
const ORGANIZATIONS = `
  select l.organization_id as id, count(*) filter (where s.kind = 'won')::int as won, count(*) filter (where s.kind = 'lost')::int as lost from leads l
  join pipeline_stages s on s.organization_id = l.organization_id and s.pipeline_id = l.pipeline_id and s.key = l.status
  where l.deleted_at is null group by l.organization_id order by l.organization_id`;

/** Rules and models of an organization; old versions stay. */
@Injectable()
export class ScoringRepository {
  async rules(tx: Tx): Promise<ScoringRules> {
    return (await tx.first<ScoringRules>(RULES, [tx.scope.organizationId])) ?? DEFAULT_RULES;
  }

  model(tx: Tx): Promise<StoredLeadModel | undefined> {
    return tx.first<StoredLeadModel>(MODEL, [tx.scope.organizationId]);
  }

  async scoring(tx: Tx): Promise<Scoring> {
    return { rules: await this.rules(tx), model: await this.model(tx) };
  }

  /** False when somebody else has written this version. */
  async insertRules(tx: Tx, { version, basePoints, rules }: ScoringRules): Promise<boolean> {
    const values = [tx.scope.organizationId, version, basePoints, JSON.stringify(rules), tx.scope.actor.userId];
    return (await tx.query(INSERT_RULES, values)).length > 0;
  }

  /** Gives the version it became. */
  async insertModel(tx: Tx, jobId: string, { trainedAt, model, report }: Omit<StoredLeadModel, 'version'>): Promise<number> {
    const values = [tx.scope.organizationId, jobId, trainedAt, model.won, model.lost, JSON.stringify(model), JSON.stringify(report)];
    return (await tx.first<{ version: number }>(INSERT_MODEL, values))?.version ?? 1;
  }

  /** Every organization that has leads; for the system role alone. */
  organizations(tx: Tx): Promise<{ id: string; won: number; lost: number }[]> {
    return tx.query(ORGANIZATIONS);
  }
}
