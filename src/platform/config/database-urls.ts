import { createHmac } from 'node:crypto';
import type { Settings } from './settings.js';

export type DatabaseRole = 'app' | 'system' | 'queue';

/** The addresses of the four database roles; `undefined` as a whole when the embedded server is wanted. */
export interface DatabaseUrls {
  owner: string;
  app: string;
  system: string;
  queue: string;
}

/** The password of a derived role: stable for one SECRET_KEY, so every process and the migration step agree on it. */
export function databaseRolePassword(secretKey: Settings['secretKey'], role: DatabaseRole): string {
  return createHmac('sha256', secretKey.reveal()).update(`database-role:${role}`).digest('base64url');
}

/** The owner's address with the name and password of another role in it. */
export function deriveDatabaseUrl(owner: string, role: DatabaseRole, secretKey: Settings['secretKey']): string {
  const url = new URL(owner);
  url.username = `concord_${role}`;
  url.password = databaseRolePassword(secretKey, role);
  return url.toString();
}

/** Where each database role connects: as set, or derived from DATABASE_URL. */
export function databaseUrls(settings: Settings): DatabaseUrls | undefined {
  const { databaseUrl: owner, secretKey } = settings;
  if (!owner) return undefined;
  return {
    owner,
    app: settings.databaseAppUrl ?? deriveDatabaseUrl(owner, 'app', secretKey),
    system: settings.databaseSystemUrl ?? deriveDatabaseUrl(owner, 'system', secretKey),
    queue: settings.databaseQueueUrl ?? deriveDatabaseUrl(owner, 'queue', secretKey),
  };
}
