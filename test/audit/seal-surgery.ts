import type { AuditParts } from './audit-parts.js';

/** One event as it is sealed; the three hashes are 96 bytes. */
export interface SealedPlace {
  readonly seq: number;
  readonly id: string;
  readonly seal: Buffer;
  /** Of the event; null when that is gone. */
  readonly action: string | null;
}

type Tamper = Pick<AuditParts, 'tamper'>;

const ROWS = `select (s.first_seq + p.n - 1)::float8 as seq, p.id::text, substring(s.seals from p.n::int * 96 - 95 for 96) as seal, e.action
  from audit_seals s, unnest(s.ids) with ordinality as p(id, n) left join audit_events e on e.id = p.id
  where s.organization_id = $1 order by 1`;

/** What is sealed of an organization, in the order of its numbers. */
export async function sealedRows(audit: Tamper, organizationId: string): Promise<SealedPlace[]> {
  return (await audit.tamper(ROWS, [organizationId])) as unknown as SealedPlace[];
}

/** Writes the seals of an organization anew, as somebody who owns the database could: one block from `firstSeq` on. */
export async function rewriteSeals(
  audit: Tamper,
  organizationId: string,
  change: (rows: SealedPlace[]) => { rows: readonly SealedPlace[]; firstSeq?: number },
): Promise<void> {
  const { rows, firstSeq = 1 } = change(await sealedRows(audit, organizationId));
  await audit.tamper('delete from audit_seals where organization_id = $1', [organizationId]);
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.id);
  const seals = Buffer.concat(rows.map((row) => row.seal));
  const numbers = ids.map(Number);
  await audit.tamper('insert into audit_seals values ($1, $2, $3, $4, $5, $6, $7)', [
    organizationId,
    firstSeq,
    firstSeq + rows.length - 1,
    Math.min(...numbers),
    Math.max(...numbers),
    ids,
    seals,
  ]);
}
