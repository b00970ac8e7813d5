import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { ClusterLead, type ClusterState, DuplicateClusterView } from './duplicate-clusters.shapes.js';

/** Leads that are likely one person, with the log2 odds of the weakest link among them. */
export interface NewCluster {
  readonly id: string;
  readonly leadIds: readonly string[];
  readonly weight: number;
  readonly score: number;
}

/** A group of duplicates as it is decided on. */
export interface ClusterRow {
  readonly id: string;
  readonly scanId: string;
  readonly state: ClusterState;
  readonly leadIds: string[];
}

const MEMBERS = `(select coalesce(json_agg(m), '[]') from (
    select ${sqlSelectList(ClusterLead, {
      id: 'l.id',
      name: 'l.name',
      company: 'l.company',
      email: 'l.email',
      phone: 'l.phone',
      status: 'l.status',
      version: 'l.version',
      createdAt: 'l.created_at',
      updatedAt: 'l.updated_at',
      isDeleted: 'l.deleted_at is not null',
    })}
    from lead_duplicate_members d join leads l on l.organization_id = $1 and l.id = d.lead_id
    where d.organization_id = $1 and d.cluster_id = c.id order by l.id) m)`;
const VIEW = sqlSelectList(DuplicateClusterView, {
  id: 'c.id',
  scanId: 'c.scan_id',
  state: 'c.state',
  score: 'c.score',
  leads: MEMBERS,
  mergeId: 'c.merge_id',
  decidedBy: 'c.decided_by',
  decidedAt: 'c.decided_at',
  createdAt: 'c.created_at',
});
// Leads may have been deleted since the scan; a group needs two.
const LIVING = `(select count(*) from lead_duplicate_members d join leads l on l.organization_id = $1 and l.id = d.lead_id and l.deleted_at is null
    where d.organization_id = $1 and d.cluster_id = c.id) > 1`;
const PAGE = `select row_to_json(v)::text as json, v.id, c.weight
  from (
    select c.id, c.weight from lead_duplicate_clusters c
    where c.organization_id = $1 and c.state = $2 and ($3::double precision is null or (c.weight, c.id) < ($3, $4::uuid))
      and ($6::double precision is null or c.score >= $6) and (c.state <> 'open' or ${LIVING})
    order by c.weight desc, c.id desc limit $5) p
  join lead_duplicate_clusters c on c.organization_id = $1 and c.id = p.id
  cross join lateral (select ${VIEW}) v
  order by c.weight desc, c.id desc`;
const FIND = `select row_to_json(v)::text as json, c.scan_id as "scanId" from lead_duplicate_clusters c cross join lateral (select ${VIEW}) v
  where c.organization_id = $1 and c.id = $2`;
const LOCK = `select c.id, c.scan_id as "scanId", c.state,
    (select array_agg(d.lead_id order by d.lead_id) from lead_duplicate_members d where d.organization_id = $1 and d.cluster_id = c.id) as "leadIds"
  from lead_duplicate_clusters c where c.organization_id = $1 and c.id = $2 for update`;
const INSERT = `
  with given as (select * from jsonb_to_recordset($3::jsonb) as g (id uuid, "leadIds" uuid[], weight double precision, score double precision)),
  made as (
    insert into lead_duplicate_clusters (organization_id, id, scan_id, weight, score, lead_count)
    select $1, g.id, $2, g.weight, g.score, cardinality(g."leadIds") from given g returning id)
  insert into lead_duplicate_members (organization_id, cluster_id, lead_id)
  select $1, g.id, m.lead_id from given g cross join lateral unnest(g."leadIds") as m (lead_id)`;
const DROP_OPEN = `
  with gone as (delete from lead_duplicate_clusters where organization_id = $1 and state = 'open' returning id)
  delete from lead_duplicate_members d using gone where d.organization_id = $1 and d.cluster_id = gone.id`;
const DISMISS = `update lead_duplicate_clusters set state = 'dismissed', decided_by = $3, decided_at = now() where organization_id = $1 and id = $2`;
// Every open group of which at most one lead is left by the merge.
const MERGED = `
  update lead_duplicate_clusters c set state = 'merged', merge_id = $2, decided_by = $4, decided_at = now()
  where c.organization_id = $1 and c.state = 'open'
    and c.id in (select d.cluster_id from lead_duplicate_members d where d.organization_id = $1 and d.lead_id = any ($3::uuid[]))
    and not (select count(*) from lead_duplicate_members d join leads l on l.organization_id = $1 and l.id = d.lead_id and l.deleted_at is null
      where d.organization_id = $1 and d.cluster_id = c.id) > 1`;
const REOPEN = `
  update lead_duplicate_clusters set state = 'open', merge_id = null, decided_by = null, decided_at = null where organization_id = $1 and merge_id = $2`;

/** Groups of leads for review. */
@Injectable()
export class DuplicateClustersRepository {
  /** Surest first, behind a place. */
  page(
    tx: Tx,
    { state, minScore }: { state: ClusterState; minScore: number | undefined },
    after: { weight: number; id: string } | undefined,
    limit: number,
  ): Promise<{ json: string; id: string; weight: number }[]> {
    return tx.query(PAGE, [tx.scope.organizationId, state, after?.weight ?? null, after?.id ?? null, limit, minScore ?? null]);
  }

  find(tx: Tx, id: string): Promise<{ json: string; scanId: string } | undefined> {
    return tx.first(FIND, [tx.scope.organizationId, id]);
  }

  lock(tx: Tx, id: string): Promise<ClusterRow | undefined> {
    return tx.first<ClusterRow>(LOCK, [tx.scope.organizationId, id]);
  }

  async insert(tx: Tx, scanId: string, clusters: readonly NewCluster[]): Promise<void> {
    await tx.query(INSERT, [tx.scope.organizationId, scanId, JSON.stringify(clusters)]);
  }

  /** Removes what nobody has decided on. */
  async dropOpen(tx: Tx): Promise<void> {
    await tx.query(DROP_OPEN, [tx.scope.organizationId]);
  }

  async dismiss(tx: Tx, id: string): Promise<void> {
    await tx.query(DISMISS, [tx.scope.organizationId, id, tx.scope.actor.userId]);
  }

  /** Closes the groups that a merge has settled; the absorbed leads are deleted by then. */
  async settle(tx: Tx, mergeId: string, leadIds: readonly string[]): Promise<void> {
    await tx.query(MERGED, [tx.scope.organizationId, mergeId, leadIds, tx.scope.actor.userId]);
  }

  /** Puts the groups a merge had settled up for review again. */
  async unsettle(tx: Tx, mergeId: string): Promise<void> {
    await tx.query(REOPEN, [tx.scope.organizationId, mergeId]);
  }
}
