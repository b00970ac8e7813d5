import { isId } from '../../../shared/ids.js';
import { hashToken, newToken } from '../../../platform/crypto/tokens.js';

const TOKEN = /^inv_([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** A new invitation token. It names its organization, so that it is looked up under that organization's row-level security like any row. */
export function newInvitationToken(organizationId: string, key: Buffer): { text: string; hash: Buffer } {
  const address = Buffer.from(organizationId.replaceAll('-', ''), 'hex').toString('base64url');
  const text = newToken(`inv_${address}.`);
  return { text, hash: hashToken(text, key) };
}

/** The organization a token names and the hash that proves it; undefined when the text cannot be a token. */
export function readInvitationToken(text: string, key: Buffer): { organizationId: string; hash: Buffer } | undefined {
  const [, address] = TOKEN.exec(text) ?? [];
  if (address === undefined) return undefined;
  const hex = Buffer.from(address, 'base64url').toString('hex');
  const organizationId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isId(organizationId) ? { organizationId, hash: hashToken(text, key) } : undefined;
}
