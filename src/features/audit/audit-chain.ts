import { createHmac, timingSafeEqual, type Hmac } from 'node:crypto';

/** What one audit row says; texts are exactly as Postgres prints them, so that a check needs no second serializer. */
export interface AuditFacts {
  readonly id: string;
  readonly organizationId: string;
  readonly occurredAt: string;
  readonly actorType: string;
  readonly actorId: string;
  readonly onBehalfOf: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  /** `jsonb::text` of what was before and after; both null once erased. */
  readonly beforeText: string | null;
  readonly afterText: string | null;
  /** When the details were erased on request; the row stays verifiable through its digest. */
  readonly erasedAt: string | null;
}

/** What the sealer adds to a row. */
export interface AuditSeal {
  readonly seq: number;
  readonly detailsDigest: Buffer;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
}

export type SealedAuditRow = AuditFacts & AuditSeal;

/** The end of an organization's chain: the number and hash of its last sealed row. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Buffer;
}

/** A signed statement, kept off the machine, that the chain once reached this row. */
export interface AuditCheckpoint {
  readonly organizationId: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly signature: string;
}

/** Where a chain begins. */
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: Buffer.alloc(32) };

/**
 * Numbers and links rows in the given order. Returns the seals in that order and the new head.
 * Everything is keyed: somebody who can write to the database but lacks the key cannot make a chain that verifies.
 */
export function sealBatch(
  key: Buffer,
  head: ChainHead,
  rows: readonly AuditFacts[],
): { sealed: ({ readonly id: string } & AuditSeal)[]; head: ChainHead } {
  let { seq, hash } = head;
  const sealed = rows.map((row) => {
    const seal = { seq: (seq += 1), prevHash: hash, detailsDigest: detailsDigest(key, row) };
    hash = rowHash(key, { ...row, ...seal });
    return { id: row.id, ...seal, hash };
  });
  return { sealed, head: { seq, hash } };
}

/**
 * The keyed digest of before and after. Keyed, because a plain digest of a phone number can be guessed after erasure; and with the
 * row's id, because equal details in two rows must not be recognizable once one of them is erased.
 */
export function detailsDigest(key: Buffer, row: Pick<AuditFacts, 'organizationId' | 'id' | 'beforeText' | 'afterText'>): Buffer {
  return mac(key, 'audit-details/v1', [row.organizationId, row.id, row.beforeText, row.afterText]);
}

/** The hash of one row over all its facts but the details, which it takes in by their digest. */
export function rowHash(key: Buffer, row: Omit<SealedAuditRow, 'hash'>): Buffer {
  return mac(key, 'audit-row/v1', [
    row.organizationId,
    String(row.seq),
    row.prevHash,
    row.id,
    row.occurredAt,
    row.actorType,
    row.actorId,
    row.onBehalfOf,
    row.action,
    row.resourceType,
    row.resourceId,
    row.requestId,
    row.address,
    row.detailsDigest,
  ]);
}

/** Proves that the sealer wrote this head. An old head with its old proof can still be put back: that is what checkpoints are for. */
export function chainHeadMac(key: Buffer, organizationId: string, seq: number, hash: Buffer): Buffer {
  return mac(key, 'audit-head/v1', [organizationId, String(seq), hash]);
}

/** Signs a checkpoint; the key is derived for checkpoints alone. */
export function signCheckpoint(
  key: Buffer,
  reached: { readonly organizationId: string; readonly seq: number; readonly hash: Buffer; readonly at: string },
): AuditCheckpoint {
  const hash = reached.hash.toString('hex');
  const stated = { organizationId: reached.organizationId, seq: reached.seq, hash, at: reached.at };
  return { ...stated, signature: checkpointMac(key, stated).toString('hex') };
}

/** True when the checkpoint was signed with this key and not touched since. */
export function verifyCheckpoint(key: Buffer, checkpoint: AuditCheckpoint): boolean {
  // Compared as text: reading hex would forgive letters behind the signature.
  return sameBytes(Buffer.from(checkpointMac(key, checkpoint).toString('hex')), Buffer.from(checkpoint.signature));
}

/** Compares two digests in constant time; digests of different length are different. */
export function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

function checkpointMac(key: Buffer, stated: Omit<AuditCheckpoint, 'signature'>): Buffer {
  return mac(key, 'audit-checkpoint/v1', [stated.organizationId, String(stated.seq), stated.hash, stated.at]);
}

/** HMAC over length-prefixed fields: without the lengths, ("ab", "c") and ("a", "bc") would be the same row. */
function mac(key: Buffer, domain: string, fields: readonly (string | Buffer | null)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const field of [domain, ...fields]) addField(hmac, field);
  return hmac.digest();
}

function addField(hmac: Hmac, field: string | Buffer | null): void {
  // One byte tells absent from present, so null differs from the empty text.
  if (field === null) {
    hmac.update(Buffer.of(0));
    return;
  }
  const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
  const prefix = Buffer.alloc(5);
  prefix[0] = 1;
  prefix.writeUInt32BE(bytes.length, 1);
  hmac.update(prefix).update(bytes);
}
