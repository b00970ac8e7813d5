import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import type { Limits } from './budget-rules.js';

export interface BudgetRow {
  readonly softMicros: string | null;
  readonly hardMicros: string | null;
  readonly version: number | null;
  readonly updatedAt: string | null;
  readonly spentMicros: string;
  readonly reservedMicros: string;
}

const NOW = `select b.soft_limit_micros as "softMicros", b.hard_limit_micros as "hardMicros", b.version, b.updated_at as "updatedAt",
    coalesce(s.spent_micros, 0) as "spentMicros", coalesce(s.reserved_micros, 0) as "reservedMicros"
  from (select $1::uuid as organization_id) o
  left join ai_budgets b on b.organization_id = o.organization_id
  left join ai_spending s on s.organization_id = o.organization_id and s.month = $2::date`;

const facts = (row: string): string =>
  `jsonb_build_object('softLimitMicros', ${row}.soft_limit_micros::text, 'hardLimitMicros', ${row}.hard_limit_micros::text)`;

// `$6` is the version the caller knows; 0 stands for limits nobody has chosen yet.
const PUT = `with before as (select soft_limit_micros, hard_limit_micros from ai_budgets where organization_id = $1),
  written as (
    insert into ai_budgets as b (organization_id, soft_limit_micros, hard_limit_micros, updated_at, updated_by)
    select $1::uuid, $2::bigint, $3::bigint, $4::timestamptz, $5::uuid where $6::integer is null or $6::integer = 0 or exists (select 1 from before)
    on conflict (organization_id) do update set soft_limit_micros = excluded.soft_limit_micros, hard_limit_micros = excluded.hard_limit_micros,
      updated_at = excluded.updated_at, updated_by = excluded.updated_by, version = b.version + 1
      where $6::integer is null or b.version = $6::integer
    returning soft_limit_micros, hard_limit_micros),
  told as (${auditCte({
    from: 'written',
    first: 7,
    action: `'ai-budget.changed'`,
    resourceType: `'ai-budget'`,
    resourceId: '$1',
    before: `(select ${facts('before')} from before)`,
    after: facts('written'),
  })})
  select 1 as written from written`;

/** Limits of organizations and what they have spent against them. */
@Injectable()
export class BudgetRepository {
  /** Limits and spending of a month, in one row even when there is neither. */
  async now(tx: Tx, month: string): Promise<BudgetRow> {
    const row = await tx.first<BudgetRow>(NOW, [tx.scope.organizationId, month]);
    return row ?? { softMicros: null, hardMicros: null, version: null, updatedAt: null, spentMicros: '0', reservedMicros: '0' };
  }

  /** False when the limits are at another version than the caller knows. */
  async put(tx: Tx, { softMicros, hardMicros }: Limits, at: Date): Promise<boolean> {
    const { scope } = tx;
    const row = await tx.first(PUT, [
      scope.organizationId,
      softMicros.toString(),
      hardMicros.toString(),
      at.toISOString(),
      scope.actor.userId,
      scope.ifMatch ?? null,
      ...auditParameters(scope),
    ]);
    return row !== undefined;
  }
}
