import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { ObjectStorage } from '../../platform/storage/object-storage.js';
import { present, ready } from './files.service.js';
import { FilesRepository } from './files.repository.js';
import type { StoredFile } from './stored-file.entity.js';
import { UploadsService } from './uploads/uploads.service.js';

/** What other features may know of a file. */
export type FileFacts = Pick<
  StoredFile,
  'id' | 'name' | 'mediaType' | 'extension' | 'sizeBytes' | 'sha256' | 'state' | 'purpose' | 'createdAt' | 'version'
>;

/** Nothing that the application makes itself is larger. */
const LIMIT_BYTES = 5 * 1024 ** 3;

/** Files for other features: imports read one, exports write one. */
@Injectable()
export class Files {
  constructor(
    private readonly db: Database,
    private readonly files: FilesRepository,
    private readonly uploads: UploadsService,
    private readonly storage: ObjectStorage,
  ) {}

  /** A file of the organization, in any state but deleted; `file-not-found` otherwise. */
  async get(tx: Tx, fileId: string): Promise<FileFacts> {
    return present(await this.files.find(tx, fileId));
  }

  /** The content of a file that is ready. Destroy the stream when you do not read to the end; never open it inside a transaction. */
  async openStream(scope: Scope, fileId: string): Promise<{ stream: Readable; file: FileFacts }> {
    const file = ready(await this.db.read(scope, (tx) => this.files.find(tx, fileId)));
    return { stream: await this.storage.getStream(file.storageKey), file };
  }

  /** Stores a stream as a file that is ready; the name must end in an accepted type. Never inside a transaction. */
  createFromStream(scope: Scope, content: { name: string; stream: Readable; purpose: string }): Promise<FileFacts> {
    return this.uploads.store(scope, { ...content, limitBytes: LIMIT_BYTES });
  }
}
