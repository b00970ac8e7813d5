import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { DuplicateClustersRepository } from './duplicate-clusters.repository.js';
import type { DuplicateClustersQuery } from './duplicate-clusters.shapes.js';
import { DuplicatePairsRepository } from './duplicate-pairs.repository.js';
import { DuplicateClusterDecided, DuplicateClusterNotFound } from './duplicate-review.errors.js';
import { ListCursors } from './list-cursors.js';

const DEFAULT_LIMIT = 50;

/** Reviewing groups of duplicates. */
@Injectable()
export class DuplicateClustersService {
  constructor(
    private readonly db: Database,
    private readonly clusters: DuplicateClustersRepository,
    private readonly pairs: DuplicatePairsRepository,
    private readonly audit: AuditTrail,
    private readonly cursors: ListCursors,
  ) {}

  async list(scope: Scope, { state = 'open', minScore, cursor, limit = DEFAULT_LIMIT }: DuplicateClustersQuery): Promise<JsonText> {
    const list = ['lead-duplicate-clusters', scope.organizationId, state, minScore ?? null];
    const after = placeOf(this.cursors.read(cursor, list));
    const found = await this.db.read(scope, (tx) => this.clusters.page(tx, { state, minScore }, after, limit + 1));
    return this.cursors.page(
      found.map(({ json, weight, id }) => ({ json, place: [weight, id] })),
      limit,
      list,
    );
  }

  get(scope: Scope, id: string): Promise<JsonText> {
    return this.db.read(scope, (tx) => this.found(tx, id));
  }

  /** Says that these leads are different people; no scan shows any two of them again. */
  dismiss(scope: Scope, id: string): Promise<JsonText> {
    return this.db.write(scope, async (tx) => {
      const cluster = await this.clusters.lock(tx, id);
      if (!cluster) throw DuplicateClusterNotFound();
      if (cluster.state !== 'open') throw DuplicateClusterDecided({ detail: `It is ${cluster.state}.`, extra: { state: cluster.state } });
      await this.pairs.setApart(tx, cluster.leadIds);
      await this.clusters.dismiss(tx, id);
      await this.audit.record(tx, {
        action: 'lead-duplicate-cluster.dismissed',
        resourceType: 'lead-duplicate-cluster',
        resourceId: id,
        after: { leadIds: cluster.leadIds },
      });
      return this.found(tx, id);
    });
  }

  private async found(tx: Tx, id: string): Promise<JsonText> {
    const cluster = await this.clusters.find(tx, id);
    if (!cluster) throw DuplicateClusterNotFound();
    const leadIds = (JSON.parse(cluster.json) as { leads: { id: string }[] }).leads.map((lead) => lead.id);
    const pairs = await this.pairs.among(tx, cluster.scanId, leadIds);
    return new JsonText(`${cluster.json.slice(0, -1)},"pairs":${JSON.stringify(pairs)}}`, { id });
  }
}

function placeOf(place: readonly unknown[] | undefined): { weight: number; id: string } | undefined {
  if (!place) return undefined;
  const [weight, id] = place;
  if (typeof weight !== 'number' || typeof id !== 'string') throw InvalidCursor();
  return { weight, id };
}
