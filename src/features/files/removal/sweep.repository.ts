import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { FILE_COLUMNS } from '../files.repository.js';
import type { StoredFile } from '../stored-file.entity.js';

const LEASE = `
  update files f set checking_until = $2, version = f.version + 1
  from (
    select organization_id, id from files
    where state in ('pending', 'refused') and created_at < $1 and (checking_until is null or checking_until < $3)
    order by created_at limit $4 for update skip locked
  ) old
  where f.organization_id = old.organization_id and f.id = old.id
  returning ${FILE_COLUMNS}`;
const DROP = `
  delete from files f using unnest($1::uuid[], $2::uuid[], $3::integer[]) as t (organization_id, id, version)
  where f.organization_id = t.organization_id and f.id = t.id and f.version = t.version and f.state in ('pending', 'refused')
  returning f.id`;

/** Unfinished uploads of all organizations; for the sweep alone, which runs as the system role. */
@Injectable()
export class SweepRepository {
  lease(tx: Tx, { before, until, now, limit }: { before: string; until: string; now: string; limit: number }): Promise<StoredFile[]> {
    return tx.query<StoredFile>(LEASE, [before, until, now, limit]);
  }

  /** Gives the ids of those that were still ours to drop. */
  async drop(tx: Tx, files: readonly StoredFile[]): Promise<string[]> {
    const columns = [files.map((file) => file.organizationId), files.map((file) => file.id), files.map((file) => file.version)];
    return (await tx.query<{ id: string }>(DROP, columns)).map((row) => row.id);
  }
}
