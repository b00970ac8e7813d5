import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { RankedCard } from './column-order.js';

export interface Column {
  readonly pipelineId: string;
  readonly status: string;
}

// Conflicts with the lock every move and insert takes on its stage: it waits for those under way, and later ones start over.
const CLOSE = `select rank_epoch as epoch from pipeline_stages where organization_id = $1 and pipeline_id = $2 and key = $3 for update`;
const CARDS = `select id, rank from leads where organization_id = $1 and pipeline_id = $2 and status = $3 and deleted_at is null order by rank, id`;
const WRITE = `update leads l set rank = n.rank from unnest($2::uuid[], $3::text[]) as n(id, rank) where l.organization_id = $1 and l.id = n.id`;
const NEXT_EPOCH = `update pipeline_stages set rank_epoch = rank_epoch + 1 where organization_id = $1 and pipeline_id = $2 and key = $3`;

/** Puts the order keys of a column in order. */
@Injectable()
export class ColumnOrderRepository {
  /** Closes the column until the transaction ends, and gives its epoch. */
  async close(tx: Tx, { pipelineId, status }: Column): Promise<number | undefined> {
    return (await tx.first<{ epoch: number }>(CLOSE, [tx.scope.organizationId, pipelineId, status]))?.epoch;
  }

  cards(tx: Tx, { pipelineId, status }: Column): Promise<RankedCard[]> {
    return tx.query(CARDS, [tx.scope.organizationId, pipelineId, status]);
  }

  /** Neither version nor time of change grow: nothing a caller can see changes. */
  async write(tx: Tx, column: Column, cards: readonly RankedCard[]): Promise<void> {
    const { organizationId } = tx.scope;
    await tx.query(WRITE, [organizationId, cards.map(({ id }) => id), cards.map(({ rank }) => rank)]);
    await tx.query(NEXT_EPOCH, [organizationId, column.pipelineId, column.status]);
  }
}
