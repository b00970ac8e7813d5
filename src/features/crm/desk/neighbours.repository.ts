import type { Tx } from '../../../platform/database/tx.js';

/** The leads a lead stands between in its column. */
export interface Neighbours {
  readonly above: string | null;
  readonly below: string | null;
}

const beside = (side: '<' | '>', direction: 'asc' | 'desc'): string =>
  `(select n.id from leads n where n.organization_id = $1 and n.pipeline_id = l.pipeline_id and n.status = l.status and n.deleted_at is null
      and (n.rank, n.id) ${side} (l.rank, l.id) order by n.rank ${direction}, n.id ${direction} limit 1)`;
const NEIGHBOURS = `select ${beside('<', 'desc')} as above, ${beside('>', 'asc')} as below
  from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null`;

/** Where a lead stands on the board; undefined when there is no such lead. */
export function neighboursOf(tx: Tx, id: string): Promise<Neighbours | undefined> {
  return tx.first<Neighbours>(NEIGHBOURS, [tx.scope.organizationId, id]);
}
