import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../../platform/http/shapes/schema.js';
import { KeysetLists } from '../../records/keyset-list.js';
import { RecordStore } from '../../records/record-store.js';
import { AUTHOR } from '../entry-rules.js';
import type { EntryPageQuery } from '../notes/notes.shapes.js';
import { ActivityView } from './logged.shapes.js';

export const ACTIVITY_LIST = sqlSelectList(ActivityView, {
  id: 'r.id',
  leadId: 'r.lead_id',
  kind: 'r.kind',
  direction: 'r.direction',
  subject: 'r.subject',
  details: 'r.details',
  outcome: 'r.outcome',
  occurredAt: 'r.occurred_at',
  durationMinutes: 'r.duration_minutes',
  authorId: AUTHOR,
  version: 'r.version',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
});

const COLUMNS = ['kind', 'direction', 'subject', 'details', 'outcome', 'occurred_at', 'duration_minutes'] as const;

/** Questions about calls, meetings and e-mails. */
@Injectable()
export class LoggedRepository extends RecordStore<ActivityView> {
  constructor(private readonly lists: KeysetLists) {
    super({ table: 'lead_activities', view: ACTIVITY_LIST, resource: 'activity', columns: COLUMNS, ofLead: true });
  }

  /** Last one first. */
  ofLead(tx: Tx, leadId: string, { cursor, limit }: EntryPageQuery): Promise<PageOf<ActivityView>> {
    return this.lists.page<ActivityView>(tx, {
      view: ACTIVITY_LIST,
      from: 'lead_activities r',
      conditions: ['r.lead_id = $2', 'r.deleted_at is null'],
      values: [tx.scope.organizationId, leadId],
      order: { column: 'r.occurred_at', type: 'timestamptz', direction: 'desc' },
      context: ['activities', leadId],
      cursor,
      limit,
    });
  }
}
