import { Injectable } from '@nestjs/common';
import type { Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { auditCte, auditParameters } from '../audit/index.js';
import { StoredFile } from './stored-file.entity.js';

/** Which files a list shows, and from where on. */
export interface FileQuestion {
  readonly state: string;
  readonly purpose: string | undefined;
  readonly mediaType: string | undefined;
  readonly uploadedBy: string | undefined;
  readonly search: string | undefined;
  readonly before: string | undefined;
  readonly limit: number;
}

/** What was found out about the content of a file. */
export interface Measured {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly mediaType: string;
  readonly extension: string;
}

/** The columns of a row that is called f, named as the entity names them. */
export const FILE_COLUMNS = `f.organization_id as "organizationId", f.id, f.name, f.media_type as "mediaType", f.extension, f.size_bytes::float8 as "sizeBytes",
  encode(f.sha256, 'hex') as sha256, f.storage_key as "storageKey", f.state, f.refusal, f.purpose, f.uploaded_by as "uploadedBy",
  f.created_at as "createdAt", f.confirmed_at as "confirmedAt", f.deleted_at as "deletedAt", f.upload_expires_at as "uploadExpiresAt",
  f.checking_until as "checkingUntil", f.version`;
const FACTS = `jsonb_build_object('name', d.name, 'mediaType', d.media_type, 'sizeBytes', d.size_bytes, 'sha256', encode(d.sha256, 'hex'),
  'state', d.state, 'purpose', d.purpose)`;
const OWN = `f.organization_id = $1 and f.id = $2`;

const FIND = `select ${FILE_COLUMNS} from files f where ${OWN}`;
const LOCK = `${FIND} for update`;
const FINISH = `
  update files f set state = 'ready', size_bytes = $3, sha256 = decode($4, 'hex'), media_type = $5, extension = $6, confirmed_at = $7,
    checking_until = null, version = f.version + 1
  where ${OWN} and f.state = 'pending' and f.version = $8
  returning ${FILE_COLUMNS}`;
const REFUSE = `
  update files f set state = 'refused', refusal = $3, checking_until = null, version = f.version + 1
  where ${OWN} and f.state = 'pending' and f.version = $4
  returning ${FILE_COLUMNS}`;
const LEASE = `
  update files f set checking_until = $3, version = f.version + 1
  where ${OWN} and f.state = 'pending' and (f.checking_until is null or f.checking_until < $4)
  returning ${FILE_COLUMNS}`;
const RELEASE = `update files f set checking_until = null where ${OWN} and f.state = 'pending' and f.version = $3`;
const DROP = `delete from files f where ${OWN} and f.state = 'refused' and f.version = $3`;
const RENAME = `update files f set name = $3, version = f.version + 1 where ${OWN} returning ${FILE_COLUMNS}`;
const DELETE = `
  update files f set state = 'deleted', deleted_at = $3, checking_until = null, version = f.version + 1 where ${OWN}
  returning ${FILE_COLUMNS}`;
const DOWNLOADED = `
  with d as (select f.id, f.name, f.media_type, f.size_bytes, f.sha256, f.state, f.purpose from files f where ${OWN} and f.state = 'ready'),
  a as (${auditCte({ from: 'd', first: 3, action: `'file.downloaded'`, resourceType: `'file'`, resourceId: 'd.id', before: 'null::jsonb', after: FACTS })})
  select ${FILE_COLUMNS} from files f where ${OWN}`;

const FILTERS: readonly (readonly [keyof FileQuestion, (parameter: string) => string])[] = [
  ['purpose', (parameter) => `f.purpose = ${parameter}`],
  ['mediaType', (parameter) => `f.media_type = ${parameter}`],
  ['uploadedBy', (parameter) => `f.uploaded_by = ${parameter}`],
  ['search', (parameter) => `lower(f.name) like ${parameter}`],
  ['before', (parameter) => `f.id < ${parameter}`],
];

/** Questions about files, and their changes of state; each change names the state and the version it starts from. */
@Injectable()
export class FilesRepository {
  async insert(tx: Tx, file: StoredFile): Promise<void> {
    await tx.repo(StoredFile).insert(file);
  }

  find(tx: Tx, id: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(FIND, [tx.scope.organizationId, id]);
  }

  lock(tx: Tx, id: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(LOCK, [tx.scope.organizationId, id]);
  }

  /** Newest first. */
  list(tx: Tx, question: FileQuestion): Promise<StoredFile[]> {
    const values: unknown[] = [tx.scope.organizationId, question.state, question.limit];
    const conditions = FILTERS.flatMap(([name, condition]) => {
      const value = question[name];
      return value === undefined ? [] : [condition(`$${values.push(name === 'search' ? containing(String(value)) : value)}`)];
    });
    const where = ['f.organization_id = $1', 'f.state = $2', ...conditions].join(' and ');
    return tx.query<StoredFile>(`select ${FILE_COLUMNS} from files f where ${where} order by f.id desc limit $3`, values);
  }

  /** Records a download and gives the file, in one statement; what is not ready is given but not recorded. */
  downloaded(tx: Tx, scope: Scope, id: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(DOWNLOADED, [scope.organizationId, id, ...auditParameters(scope)]);
  }

  finish(tx: Tx, { id, version }: StoredFile, found: Measured, now: string): Promise<StoredFile | undefined> {
    const { sizeBytes, sha256, mediaType, extension } = found;
    return tx.first<StoredFile>(FINISH, [tx.scope.organizationId, id, sizeBytes, sha256, mediaType, extension, now, version]);
  }

  refuse(tx: Tx, { id, version }: StoredFile, refusal: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(REFUSE, [tx.scope.organizationId, id, refusal, version]);
  }

  /** Takes the right to check an upload until some time; the row given back has the version that proves it. */
  lease(tx: Tx, id: string, until: string, now: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(LEASE, [tx.scope.organizationId, id, until, now]);
  }

  async release(tx: Tx, { id, version }: StoredFile): Promise<void> {
    await tx.query(RELEASE, [tx.scope.organizationId, id, version]);
  }

  /** Removes the row of a refused file, once its content is gone. */
  async drop(tx: Tx, { id, version }: StoredFile): Promise<void> {
    await tx.query(DROP, [tx.scope.organizationId, id, version]);
  }

  rename(tx: Tx, id: string, name: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(RENAME, [tx.scope.organizationId, id, name]);
  }

  delete(tx: Tx, id: string, now: string): Promise<StoredFile | undefined> {
    return tx.first<StoredFile>(DELETE, [tx.scope.organizationId, id, now]);
  }
}

function containing(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
