import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/settings.js';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import { acceptedType } from '../../platform/storage/accepted-types.js';
import { ObjectStorage } from '../../platform/storage/object-storage.js';
import { ready } from './files.service.js';
import { FilesRepository } from './files.repository.js';
import type { DownloadView } from './files.shapes.js';

/** Gives out addresses to read files from; every one is recorded. */
@Injectable()
export class DownloadsService {
  constructor(
    private readonly db: Database,
    private readonly files: FilesRepository,
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async download(scope: Scope, id: string, wantsInline = false): Promise<DownloadView> {
    const file = ready(await this.db.writeOne(scope, (tx) => this.files.downloaded(tx, scope, id)));
    const expiresSeconds = this.settings.presignTtlSeconds;
    const expiresAt = new Date(this.clock.now().getTime() + expiresSeconds * 1000).toISOString();
    const inline = wantsInline && acceptedType(file.extension)?.inlineSafe === true;
    const options = { filename: file.name, contentType: file.mediaType, inline, expiresSeconds };
    return { url: await this.storage.presignGet(file.storageKey, options), expiresAt };
  }
}
