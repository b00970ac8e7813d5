import { Column, Entity, PrimaryColumn } from 'typeorm';

export const FILE_STATES = ['pending', 'ready', 'refused', 'deleted'] as const;

export type FileState = (typeof FILE_STATES)[number];

const bytesAsNumber = { to: (bytes: number) => bytes, from: (text: string) => Number(text) };
const hexAsBytes = {
  to: (hex: string | null) => (hex === null ? null : Buffer.from(hex, 'hex')),
  from: (bytes: Buffer | null) => bytes?.toString('hex') ?? null,
};

/** A file of an organization; its content lies in the object storage. */
@Entity({ name: 'files', synchronize: false })
export class StoredFile {
  @PrimaryColumn({ name: 'organization_id', type: 'uuid' }) organizationId: string;
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ name: 'media_type', type: 'text' }) mediaType: string;
  @Column({ type: 'text' }) extension: string;
  /** As announced until the file is ready, then as measured. */
  @Column({ name: 'size_bytes', type: 'bigint', transformer: bytesAsNumber }) sizeBytes: number;
  /** Lower-case hex; as announced until the file is ready, then as measured. */
  @Column({ type: 'bytea', transformer: hexAsBytes }) sha256: string | null;
  @Column({ name: 'storage_key', type: 'text' }) storageKey: string;
  @Column({ type: 'text' }) state: FileState;
  /** Code of the problem that made us refuse it. */
  @Column({ type: 'text' }) refusal: string | null;
  @Column({ type: 'text' }) purpose: string;
  @Column({ name: 'uploaded_by', type: 'uuid' }) uploadedBy: string;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: string;
  @Column({ name: 'confirmed_at', type: 'timestamptz' }) confirmedAt: string | null;
  @Column({ name: 'deleted_at', type: 'timestamptz' }) deletedAt: string | null;
  /** End of the presigned URL; null when the content came through us. */
  @Column({ name: 'upload_expires_at', type: 'timestamptz' }) uploadExpiresAt: string | null;
  @Column({ name: 'checking_until', type: 'timestamptz' }) checkingUntil: string | null;
  @Column({ type: 'integer' }) version: number;
}
