import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../../platform/http/shapes/schema.js';
import { KeysetLists } from '../../records/keyset-list.js';
import { RecordStore } from '../../records/record-store.js';
import { AUTHOR } from '../entry-rules.js';
import { type EntryPageQuery, NoteView } from './notes.shapes.js';

export const NOTE_LIST = sqlSelectList(NoteView, {
  id: 'r.id',
  leadId: 'r.lead_id',
  body: 'r.body',
  authorId: AUTHOR,
  version: 'r.version',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
});

/** Questions about notes. */
@Injectable()
export class NotesRepository extends RecordStore<NoteView> {
  constructor(private readonly lists: KeysetLists) {
    super({ table: 'lead_notes', view: NOTE_LIST, resource: 'note', columns: ['body'], ofLead: true });
  }

  /** Newest first. */
  ofLead(tx: Tx, leadId: string, { cursor, limit }: EntryPageQuery): Promise<PageOf<NoteView>> {
    return this.lists.page<NoteView>(tx, {
      view: NOTE_LIST,
      from: 'lead_notes r',
      conditions: ['r.lead_id = $2', 'r.deleted_at is null'],
      values: [tx.scope.organizationId, leadId],
      order: { column: 'r.created_at', type: 'timestamptz', direction: 'desc' },
      context: ['notes', leadId],
      cursor,
      limit,
    });
  }
}
