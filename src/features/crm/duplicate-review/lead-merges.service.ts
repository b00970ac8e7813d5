import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { LeadMergeNotFound } from './duplicate-review.errors.js';
import { LeadMergesRepository } from './lead-merges.repository.js';
import type { LeadMergePreview, LeadMergesQuery, MergedLead, MergeLeads } from './lead-merges.shapes.js';
import { LeadRelationsRepository } from './lead-relations.repository.js';
import { ListCursors } from './list-cursors.js';
import { mergePlan } from './merge-plan.js';
import { MergeWrites } from './merge-writes.js';

const DEFAULT_LIMIT = 50;

/** Merging leads. */
@Injectable()
export class LeadMergesService {
  constructor(
    private readonly db: Database,
    private readonly merges: LeadMergesRepository,
    private readonly relations: LeadRelationsRepository,
    private readonly writes: MergeWrites,
    private readonly cursors: ListCursors,
  ) {}

  /** What a merge would do; it takes no lock and writes nothing. */
  preview(scope: Scope, id: string, input: MergeLeads): Promise<LeadMergePreview> {
    return this.db.read(scope, async (tx) => {
      const leads = await this.merges.leads(tx, [id, ...input.absorb], false);
      const { survivor, absorbed, content, fields, fingerprint } = mergePlan(id, input, leads, undefined);
      const absorbedIds = absorbed.map(({ view }) => view.id);
      const moved = await this.relations.count(tx, survivor.view.id, absorbedIds);
      const lead = { ...survivor.view, ...content, tags: [...content.tags], attributes: { ...content.attributes } };
      return { lead, absorbedIds, fields, moved, fingerprint };
    });
  }

  merge(scope: Scope, id: string, input: MergeLeads): Promise<MergedLead> {
    return this.db.write(scope, async (tx) => {
      const leads = await this.merges.leads(tx, [id, ...input.absorb], true);
      return this.writes.write(tx, mergePlan(id, input, leads, scope.ifMatch));
    });
  }

  async get(scope: Scope, id: string): Promise<JsonText> {
    const found = await this.db.read(scope, (tx) => this.merges.find(tx, id));
    if (!found) throw LeadMergeNotFound();
    return new JsonText(found.json, { id });
  }

  async list(scope: Scope, { cursor, survivorId, limit = DEFAULT_LIMIT }: LeadMergesQuery): Promise<JsonText> {
    const list = ['lead-merges', scope.organizationId, survivorId ?? null];
    const [place] = this.cursors.read(cursor, list) ?? [];
    const before = place === undefined ? undefined : String(place);
    const found = await this.db.read(scope, (tx) => this.merges.page(tx, { before, survivorId }, limit + 1));
    return this.cursors.page(
      found.map(({ json, id }) => ({ json, place: [id] })),
      limit,
      list,
    );
  }
}
