import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database.js';
import type { Scope } from '../../../../platform/database/scope.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { KeysetLists, USUAL_LIMIT } from '../../records/keyset-list.js';
import { placeAfter, type Source, timelineItem, type TimelinePlace } from './timeline-item.js';
import { TimelineRepository } from './timeline.repository.js';
import type { TimelineItem, TimelineQuery } from './timeline.shapes.js';

/** Everything that happened with a lead, newest first. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly db: Database,
    private readonly timeline: TimelineRepository,
    private readonly lists: KeysetLists,
  ) {}

  async page(scope: Scope, leadId: string, { cursor, limit = USUAL_LIMIT, types }: TimelineQuery): Promise<PageOf<TimelineItem>> {
    const context = `timeline ${scope.organizationId} ${leadId} ${[...(types ?? ['all'])].sort().join()}`;
    const after = this.placeOf(cursor, context);
    const { found, items } = await this.db.read(scope, (tx) => this.timeline.page(tx, { leadId, types, after, limit }));
    if (!found) throw LeadNotFound();
    const shown = items.slice(0, limit);
    const place = items.length > limit ? placeAfter(shown, after) : undefined;
    const nextCursor = place ? this.lists.cursor([place.at, place.source, place.id, place.eventsBefore], context) : null;
    return { items: shown.map(timelineItem), nextCursor };
  }

  private placeOf(cursor: string | undefined, context: string): TimelinePlace | undefined {
    const values = this.lists.read(cursor, context, 4);
    if (!values) return undefined;
    const [at, source, id, eventsBefore] = values.map(String) as [string, Source, string, string];
    return { at, source, id, eventsBefore };
  }
}
