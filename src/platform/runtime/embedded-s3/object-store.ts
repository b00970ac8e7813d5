import { createHash, randomUUID } from 'node:crypto';
import * as fsp from 'node:fs/promises';
import * as path from 'node:path';
import { S3Error } from './s3-error.js';

/** What is known of a stored object. Its bytes lie in a file of their own that never changes once it is named here. */
export interface StoredObject {
  key: string;
  size: number;
  etag: string;
  storedAt: number;
  headers: Record<string, string>;
  checksum?: { name: string; value: string } | undefined;
  file: string;
}

/** The same before the store has chosen a place for it. */
export type NewObject = Omit<StoredObject, 'file' | 'storedAt'>;

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const DESCRIPTION = '.json';

async function exists(file: string): Promise<boolean> {
  return fsp.access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Buckets and objects on the disk. A key never becomes a file name, its SHA-256 does. An object is its description: the bytes are written
 * first under a fresh name, then the description is renamed into place, so a reader sees the old object or the new one whole.
 */
export class ObjectStore {
  private readonly catalogues = new Map<string, Promise<Map<string, StoredObject>>>();
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(private readonly directory: string) {}

  async createBucket(bucket: string): Promise<void> {
    await fsp.mkdir(path.join(this.bucketPath(bucket), 'objects'), { recursive: true, mode: 0o700 });
    await fsp.mkdir(path.join(this.bucketPath(bucket), 'incoming'), { recursive: true, mode: 0o700 });
    await fsp.mkdir(path.join(this.bucketPath(bucket), 'uploads'), { recursive: true, mode: 0o700 });
  }

  async deleteBucket(bucket: string): Promise<void> {
    if ((await this.catalogue(bucket)).size > 0) throw new S3Error(409, 'BucketNotEmpty', 'The bucket still holds objects.');
    this.catalogues.delete(bucket);
    await fsp.rm(this.bucketPath(bucket), { recursive: true, force: true });
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return BUCKET_NAME.test(bucket) && exists(path.join(this.bucketPath(bucket), 'objects'));
  }

  async requireBucket(bucket: string): Promise<void> {
    if (!(await this.hasBucket(bucket))) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist.');
  }

  async buckets(): Promise<string[]> {
    const names = await fsp.readdir(this.directory);
    const found = await Promise.all(names.map(async (name) => ((await this.hasBucket(name)) ? [name] : [])));
    return found.flat().sort();
  }

  /** A place in the bucket for bytes that are still coming. */
  incomingFile(bucket: string): string {
    return path.join(this.bucketPath(bucket), 'incoming', randomUUID());
  }

  uploadPath(bucket: string, uploadId: string): string {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uploadId)) throw new S3Error(404, 'NoSuchUpload');
    return path.join(this.bucketPath(bucket), 'uploads', uploadId);
  }

  async find(bucket: string, key: string): Promise<StoredObject | undefined> {
    try {
      return JSON.parse(await fsp.readFile(this.place(bucket, key) + DESCRIPTION, 'utf8')) as StoredObject;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Opens the bytes; an open file stays readable while the object is replaced or deleted. */
  async open(bucket: string, key: string): Promise<{ object: StoredObject; file: fsp.FileHandle }> {
    for (let attempt = 1; ; attempt++) {
      const object = await this.find(bucket, key);
      if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
      try {
        return { object, file: await fsp.open(this.bytesPath(bucket, object), 'r') };
      } catch (error) {
        // Replaced between the two reads: the description names another file now.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error;
      }
    }
  }

  /** Makes received bytes an object. `check` sees what is there now and may refuse; nobody else writes the key in between. */
  async commit(bucket: string, incoming: string, next: NewObject, check: (current?: StoredObject) => void): Promise<StoredObject> {
    return this.alone(bucket, next.key, async () => {
      const current = await this.find(bucket, next.key);
      check(current);
      const place = this.place(bucket, next.key);
      const object: StoredObject = { ...next, storedAt: Date.now(), file: `${path.basename(place)}.${randomUUID()}` };
      await fsp.mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
      await fsp.rename(incoming, this.bytesPath(bucket, object));
      await fsp.writeFile(`${place}.new`, JSON.stringify(object), { mode: 0o600, flush: true });
      await fsp.rename(`${place}.new`, place + DESCRIPTION);
      (await this.catalogues.get(bucket))?.set(object.key, object);
      if (current) await fsp.rm(this.bytesPath(bucket, current), { force: true });
      return object;
    });
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.alone(bucket, key, async () => {
      const current = await this.find(bucket, key);
      if (!current) return;
      await fsp.rm(this.place(bucket, key) + DESCRIPTION, { force: true });
      (await this.catalogues.get(bucket))?.delete(key);
      await fsp.rm(this.bytesPath(bucket, current), { force: true });
    });
  }

  /** All objects of a bucket; read from the disk once, kept up to date after that. */
  async catalogue(bucket: string): Promise<ReadonlyMap<string, StoredObject>> {
    let known = this.catalogues.get(bucket);
    if (!known) {
      known = this.readCatalogue(bucket);
      this.catalogues.set(bucket, known);
      known.catch(() => this.catalogues.delete(bucket));
    }
    return known;
  }

  /** Clears away what uploads left that never came to their end; only for the start, when none is running. */
  async discardIncoming(): Promise<void> {
    for (const bucket of await this.buckets()) {
      const incoming = path.join(this.bucketPath(bucket), 'incoming');
      await fsp.rm(incoming, { recursive: true, force: true });
      await fsp.mkdir(incoming, { mode: 0o700 });
    }
  }

  private async readCatalogue(bucket: string): Promise<Map<string, StoredObject>> {
    const root = path.join(this.bucketPath(bucket), 'objects');
    const found = new Map<string, StoredObject>();
    for (const shelf of await fsp.readdir(root)) {
      for (const file of await fsp.readdir(path.join(root, shelf))) {
        if (!file.endsWith(DESCRIPTION)) continue;
        const text = await fsp.readFile(path.join(root, shelf, file), 'utf8').catch(() => undefined); // deleted meanwhile
        if (text === undefined) continue;
        const object = JSON.parse(text) as StoredObject;
        found.set(object.key, object);
      }
    }
    return found;
  }

  /** Changes of one key go one after the other. */
  private async alone<T>(bucket: string, key: string, work: () => Promise<T>): Promise<T> {
    const name = `${bucket}/${key}`;
    const turn = (this.queues.get(name) ?? Promise.resolve()).then(work, work);
    this.queues.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.queues.get(name) === turn) this.queues.delete(name);
    }
  }

  private bucketPath(bucket: string): string {
    if (!BUCKET_NAME.test(bucket) || bucket.includes('..')) throw new S3Error(400, 'InvalidBucketName', 'The bucket name is not valid.');
    return path.join(this.directory, bucket);
  }

  private place(bucket: string, key: string): string {
    const name = createHash('sha256').update(key).digest('hex');
    return path.join(this.bucketPath(bucket), 'objects', name.slice(0, 2), name);
  }

  private bytesPath(bucket: string, object: StoredObject): string {
    return path.join(path.dirname(this.place(bucket, object.key)), object.file);
  }
}
