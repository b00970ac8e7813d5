import { Id, Instant, Int, Text } from '../../../../platform/http/shapes/fields.js';
import { mergePatchOf } from '../../../../platform/http/shapes/builders.js';

const CAPTION = { max: 500, example: 'The signed offer' } as const;

/** A file of a lead. */
export class AttachmentView {
  @Id() id: string;
  @Id() leadId: string;
  @Id({ description: 'Download it with GET /files/{id}/download, as long as nobody has deleted it.' }) fileId: string;
  @Text({ max: 255, description: 'As it was called when it was attached.', example: 'offer-2026.pdf' }) fileName: string;
  @Text({ max: 120, example: 'application/pdf' }) mediaType: string;
  @Int({ min: 0, example: 48213 }) sizeBytes: number;
  @Text({ ...CAPTION, nullable: true }) caption: string | null;
  @Id({ nullable: true, description: 'Who attached it; null when the system did.' }) authorId: string | null;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class AttachFile {
  @Id({ description: 'A file that was uploaded by POST /files or confirmed.' }) fileId: string;
  @Text({ ...CAPTION, optional: true }) caption?: string;
}

/** A merge patch: null takes the caption away. */
export class UpdateAttachment extends mergePatchOf(AttachFile, ['fileId']) {}
