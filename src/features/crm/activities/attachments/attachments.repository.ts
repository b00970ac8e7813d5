import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../../platform/http/shapes/schema.js';
import { KeysetLists } from '../../records/keyset-list.js';
import { RecordStore } from '../../records/record-store.js';
import { AUTHOR } from '../entry-rules.js';
import type { EntryPageQuery } from '../notes/notes.shapes.js';
import { AttachmentView } from './attachments.shapes.js';

export const ATTACHMENT_LIST = sqlSelectList(AttachmentView, {
  id: 'r.id',
  leadId: 'r.lead_id',
  fileId: 'r.file_id',
  fileName: 'r.file_name',
  mediaType: 'r.media_type',
  // No file has more bytes than a double counts.
  sizeBytes: 'r.size_bytes::float8',
  caption: 'r.caption',
  authorId: AUTHOR,
  version: 'r.version',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
});

const COLUMNS = ['file_id', 'file_name', 'media_type', 'size_bytes', 'caption'] as const;

/** The values of an attachment's columns, in their order. */
export const attachmentValues = ({
  fileId,
  fileName,
  mediaType,
  sizeBytes,
  caption,
}: Pick<AttachmentView, 'fileId' | 'fileName' | 'mediaType' | 'sizeBytes' | 'caption'>): unknown[] => [
  fileId,
  fileName,
  mediaType,
  sizeBytes,
  caption,
];

/** Questions about attachments. */
@Injectable()
export class AttachmentsRepository extends RecordStore<AttachmentView> {
  constructor(private readonly lists: KeysetLists) {
    super({ table: 'lead_attachments', view: ATTACHMENT_LIST, resource: 'attachment', columns: COLUMNS, ofLead: true });
  }

  /** Newest first. */
  ofLead(tx: Tx, leadId: string, { cursor, limit }: EntryPageQuery): Promise<PageOf<AttachmentView>> {
    return this.lists.page<AttachmentView>(tx, {
      view: ATTACHMENT_LIST,
      from: 'lead_attachments r',
      conditions: ['r.lead_id = $2', 'r.deleted_at is null'],
      values: [tx.scope.organizationId, leadId],
      order: { column: 'r.created_at', type: 'timestamptz', direction: 'desc' },
      context: ['attachments', leadId],
      cursor,
      limit,
    });
  }
}
