import type { StoredFile } from './stored-file.entity.js';

/** What the audit trail keeps of a file. */
export function fileFacts({ name, mediaType, sizeBytes, sha256, state, purpose }: StoredFile): object {
  return { name, mediaType, sizeBytes, sha256, state, purpose };
}
