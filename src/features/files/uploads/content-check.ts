import { Injectable } from '@nestjs/common';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DETECTION_BYTES, detectType } from '../../../platform/storage/detect-type.js';
import { DigestingStream } from '../../../platform/storage/digesting-stream.js';
import { ObjectStorage } from '../../../platform/storage/object-storage.js';
import { ObjectMissingError, ObjectTooLargeError } from '../../../platform/storage/storage-errors.js';
import { FileNotUploaded, UploadDiffers } from '../files.errors.js';
import type { Measured } from '../files.repository.js';
import type { StoredFile } from '../stored-file.entity.js';
import { refusalOf } from './content-failures.js';
import { uploadKey } from './upload-key.js';

/** Looks at what a presigned URL has brought in. */
@Injectable()
export class ContentCheck {
  constructor(private readonly storage: ObjectStorage) {}

  /** Fails when nothing was uploaded yet, or when it has not the announced length. */
  async assertUploaded(file: StoredFile): Promise<void> {
    const head = await this.storage.head(uploadKey(file));
    if (!head) throw notUploaded();
    if (head.size !== file.sizeBytes) throw differs('/sizeBytes', `${file.sizeBytes} bytes were announced, ${head.size} were uploaded`);
  }

  /** Moves the content to its own place, where no URL writes, and measures it there. */
  async measure(file: StoredFile, signal?: AbortSignal): Promise<Measured> {
    await this.assertUploaded(file);
    try {
      await this.storage.copy(uploadKey(file), file.storageKey);
      const head = await this.storage.getRange(file.storageKey, 0, DETECTION_BYTES - 1);
      const type = await detectType(head, file.name);
      const sha256 = await this.digest(file, signal);
      if (file.sha256 !== null && file.sha256 !== sha256) throw differs('/sha256', `the digest of what was uploaded is ${sha256}`);
      return { sizeBytes: file.sizeBytes, sha256, mediaType: type.mime, extension: type.extension };
    } catch (error) {
      if (error instanceof ObjectMissingError) throw notUploaded();
      throw refusalOf(error);
    }
  }

  private async digest({ storageKey, sizeBytes }: StoredFile, signal?: AbortSignal): Promise<string> {
    const digest = new DigestingStream(sizeBytes);
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    try {
      await pipeline(await this.storage.getStream(storageKey), digest, nowhere, signal ? { signal } : {});
    } catch (error) {
      throw error instanceof ObjectTooLargeError ? differs('/sizeBytes', 'more was uploaded than announced') : error;
    }
    if (digest.byteCount !== sizeBytes) throw differs('/sizeBytes', `${sizeBytes} bytes were announced, ${digest.byteCount} were uploaded`);
    return digest.sha256();
  }
}

function notUploaded(): Error {
  return FileNotUploaded({ detail: 'PUT the content to the address you were given, with exactly its headers, then confirm.' });
}

function differs(pointer: string, message: string): Error {
  return UploadDiffers({ detail: 'Start a new upload.', errors: [{ pointer, code: 'upload-differs', message }] });
}
