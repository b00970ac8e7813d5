import { Bool, Id, Instant, Int, Nested, OneOf, Text } from '../../platform/http/shapes/fields.js';
import { ACCEPTED_TYPES } from '../../platform/storage/accepted-types.js';

const SHOWN_STATES = ['ready', 'pending', 'refused'] as const;
const MEDIA_TYPES = ACCEPTED_TYPES.map((type) => type.mime);
const SHA256 = /^[0-9a-f]{64}$/;
const DIGEST = {
  max: 64,
  pattern: SHA256,
  expected: 'a SHA-256 digest as 64 lower-case hex digits',
  example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

/** A file as it is answered. */
export class FileView {
  @Id() id: string;
  @Text({ max: 255, example: 'offer-2026.pdf' }) name: string;
  @Text({ max: 120, example: 'application/pdf', description: 'Found out from the content, not from what was claimed.' }) mediaType: string;
  @Text({ max: 12, example: 'pdf' }) extension: string;
  @Int({ min: 0, example: 48213, description: 'As announced while the file is pending, then as measured.' }) sizeBytes: number;
  @Text({ ...DIGEST, nullable: true, description: 'SHA-256 of the content.' }) sha256: string | null;
  @OneOf(SHOWN_STATES, { description: 'pending: not confirmed yet; refused: the content could not be accepted.' })
  state: string;
  @Text({ max: 60, nullable: true, example: null, description: 'Code of the problem for which it was refused.' }) refusal: string | null;
  @Text({ max: 40, example: 'upload', description: 'What it was made for: upload, export, ...' }) purpose: string;
  @Id({ description: 'Who uploaded it.' }) uploadedBy: string;
  @Instant() createdAt: string;
  @Instant({ nullable: true, description: 'When the content was found to be right.' }) confirmedAt: string | null;
  @Int({ min: 1, example: 2 }) version: number;
}

/** Which files to list; newest first. */
export class FileListQuery {
  @Text({ max: 1000, optional: true, description: 'From `nextCursor` of the page before.', example: null }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, example: 50 }) limit?: number;
  @OneOf(SHOWN_STATES, { optional: true, description: 'Default: ready.' }) state?: string;
  @OneOf(MEDIA_TYPES, { optional: true }) mediaType?: string;
  @Text({ max: 40, pattern: /^[a-z][a-z0-9-]*$/, expected: 'a purpose such as upload', optional: true, example: 'upload' })
  purpose?: string;
  @Id({ optional: true, description: 'Only files of this person.' }) uploadedBy?: string;
  @Text({ min: 2, max: 100, optional: true, example: 'offer', description: 'Part of the name, in any case.' }) search?: string;
}

/** How to download. */
export class DownloadQuery {
  @Bool({ optional: true, example: false, description: 'Answer 302 to the address instead of naming it.' }) redirect?: boolean;
  @Bool({ optional: true, example: false, description: 'Show it in the browser; only types that cannot run anything are.' })
  inline?: boolean;
}

/** Where to download from, for a while. */
export class DownloadView {
  @Text({ max: 4000, format: 'uri', example: 'https://files.example.com/concord/org/...?X-Amz-Signature=...' }) url: string;
  @Instant() expiresAt: string;
}

/** A new name for a file. */
export class RenameFile {
  @Text({ min: 1, max: 255, example: 'offer-2026-final.pdf', description: 'Must keep an ending of the same type.' }) name: string;
}

/** An upload that goes straight to the storage. */
export class StartUpload {
  @Text({ min: 1, max: 255, example: 'offer-2026.pdf' }) name: string;
  @Int({ min: 1, example: 48213, description: 'Exact length of the content.' }) sizeBytes: number;
  @Text({ min: 3, max: 120, example: 'application/pdf', description: 'Must be the type its ending stands for.' }) mediaType: string;
  @Text({ ...DIGEST, optional: true, description: 'Checked against the content when you confirm.' }) sha256?: string;
}

/** The headers the PUT must carry, exactly. */
export class UploadHeaders {
  @Text({ max: 120, example: 'application/pdf' }) 'content-type': string;
  @Text({ max: 20, example: '48213' }) 'content-length': string;
}

/** Where to put the content: PUT it there with exactly these headers, then confirm. */
export class UploadTicket {
  @Id({ description: 'The file; confirm it with POST /files/{id}/confirm.' }) id: string;
  @OneOf(['PUT']) method: 'PUT';
  @Text({ max: 4000, format: 'uri', example: 'https://files.example.com/concord/org/...?X-Amz-Signature=...' }) url: string;
  @Nested(() => UploadHeaders) headers: UploadHeaders;
  @Instant({ description: 'The address works until then.' }) expiresAt: string;
}
