import {
  chainHeadMac,
  detailsDigest,
  EMPTY_CHAIN,
  rowHash,
  sameBytes,
  verifyCheckpoint,
  type AuditCheckpoint,
  type ChainHead,
  type SealedAuditRow,
} from './audit-chain.js';

export type ChainFault =
  | 'changed'
  | 'missing'
  | 'reordered'
  | 'duplicate'
  | 'broken-link'
  | 'foreign-row'
  | 'never-sealed'
  | 'tail-cut'
  | 'head-missing'
  | 'head-forged'
  | 'head-behind'
  | 'checkpoint-forged'
  | 'checkpoint-mismatch';

/** The first place where a chain is not what was sealed. */
export interface FirstBadRow {
  readonly seq: number;
  readonly id?: string;
  readonly reason: ChainFault;
  readonly detail: string;
}

/** The answer of a check; `rows` counts what was read up to the first fault. */
export interface ChainVerdict {
  readonly ok: boolean;
  readonly rows: number;
  readonly erased: number;
  readonly firstBad?: FirstBadRow;
}

/** What a check needs before the first row; checkpoints come first because their rows are not kept once passed. */
export interface ChainToVerify {
  readonly organizationId: string;
  readonly chainKey: Buffer;
  readonly checkpointKey: Buffer;
  readonly checkpoints?: readonly AuditCheckpoint[];
  /** Where to begin when older rows were archived: the last row before the first one given. */
  readonly after?: ChainHead;
}

/** The stored head of a chain with its proof. */
export interface StoredHead extends ChainHead {
  readonly mac: Buffer;
}

// How far around its place a genuine row is looked for when it stands under a wrong number.
const SEARCH_DISTANCE = 1000;

/**
 * Checks a chain row by row in the order of `seq`, in batches of any size and constant memory. Read the rows and the head in one
 * snapshot, or rows sealed in between look like a forgery.
 */
export class ChainVerifier {
  private last: ChainHead;
  private rows = 0;
  private erased = 0;
  private firstBad: FirstBadRow | undefined;
  private readonly checkpoints: readonly AuditCheckpoint[];
  private readonly reached = new Map<number, AuditCheckpoint[]>();

  constructor(private readonly chain: ChainToVerify) {
    this.last = chain.after ?? EMPTY_CHAIN;
    this.checkpoints = chain.checkpoints ?? [];
    for (const checkpoint of this.checkpoints) {
      this.reached.set(checkpoint.seq, [...(this.reached.get(checkpoint.seq) ?? []), checkpoint]);
    }
  }

  /** Takes the next rows; returns false once a fault is found, so the reader can stop. */
  add(rows: readonly SealedAuditRow[]): boolean {
    for (const row of rows) {
      if (this.firstBad) break;
      this.firstBad = this.faultOf(row);
      if (this.firstBad) break;
      this.rows += 1;
      if (row.erasedAt !== null) this.erased += 1;
      this.last = { seq: row.seq, hash: row.hash };
    }
    return this.firstBad === undefined;
  }

  /** Compares the end of the rows with the stored head and the checkpoints, and gives the verdict. */
  finish({ head }: { readonly head: StoredHead | undefined }): ChainVerdict {
    const firstBad = this.firstBad ?? earliest([this.faultOfHead(head), ...this.checkpoints.map((point) => this.faultOfCheckpoint(point))]);
    const counted = { rows: this.rows, erased: this.erased };
    return firstBad ? { ok: false, ...counted, firstBad } : { ok: true, ...counted };
  }

  private faultOf(row: SealedAuditRow): FirstBadRow | undefined {
    const expected = this.last.seq + 1;
    const bad = (reason: ChainFault, detail: string): FirstBadRow => ({ seq: row.seq, id: row.id, reason, detail });
    if (row.organizationId !== this.chain.organizationId) return bad('foreign-row', 'This row belongs to another organization.');
    if (row.seq > expected) return this.gapBefore(row, expected);
    if (row.seq === this.last.seq) return bad('duplicate', `Two rows carry the number ${row.seq}.`);
    if (row.seq < expected) return bad('reordered', `Number ${row.seq} comes after number ${this.last.seq}.`);
    if (!sameBytes(row.hash, rowHash(this.chain.chainKey, row))) return this.alteredOrMoved(row);
    if (!sameBytes(row.prevHash, this.last.hash)) return bad('broken-link', `The row does not follow on number ${this.last.seq}.`);
    const details = this.faultOfDetails(row);
    if (details !== undefined) return bad('changed', details);
    const contradicted = this.reached.get(row.seq)?.find((point) => this.isContradicted(point, row.hash));
    return contradicted && bad('checkpoint-mismatch', `The checkpoint of ${contradicted.at} saw another row under this number.`);
  }

  private gapBefore(row: SealedAuditRow, expected: number): FirstBadRow {
    const gone = row.seq - 1 === expected ? `Number ${expected} is` : `Numbers ${expected} to ${row.seq - 1} are`;
    return { seq: expected, reason: 'missing', detail: `${gone} not there; the next row is number ${row.seq}.` };
  }

  private faultOfDetails(row: SealedAuditRow): string | undefined {
    if (row.erasedAt !== null) {
      return row.beforeText === null && row.afterText === null ? undefined : 'The row is marked as erased but still has details.';
    }
    if (sameBytes(row.detailsDigest, detailsDigest(this.chain.chainKey, row))) return undefined;
    return 'What stands before or after the change is not what was sealed.';
  }

  /** A row that is genuine under another number was moved, or rows before it were taken out and the rest renumbered. */
  private alteredOrMoved(row: SealedAuditRow): FirstBadRow {
    // A row that was moved still names its old neighbour, so one that names the right neighbour need not be looked for.
    const reach = sameBytes(row.prevHash, this.last.hash) ? 0 : SEARCH_DISTANCE;
    for (let distance = 1; distance <= reach; distance += 1) {
      for (const seq of [row.seq - distance, row.seq + distance]) {
        if (seq < 1 || !sameBytes(row.hash, rowHash(this.chain.chainKey, { ...row, seq }))) continue;
        return { seq: row.seq, id: row.id, reason: 'reordered', detail: `This row was sealed as number ${seq}.` };
      }
    }
    return { seq: row.seq, id: row.id, reason: 'changed', detail: 'The row was altered after it was sealed, or was never sealed.' };
  }

  private faultOfHead(head: StoredHead | undefined): FirstBadRow | undefined {
    const { seq: lastSeq, hash: lastHash } = this.last;
    if (!head) {
      return lastSeq === 0
        ? undefined
        : { seq: lastSeq, reason: 'head-missing', detail: 'There are sealed rows but no head of the chain.' };
    }
    const proof = chainHeadMac(this.chain.chainKey, this.chain.organizationId, head.seq, head.hash);
    if (!sameBytes(head.mac, proof)) return { seq: head.seq, reason: 'head-forged', detail: 'The sealer did not write this head.' };
    if (head.seq > lastSeq) {
      return { seq: lastSeq + 1, reason: 'tail-cut', detail: `The rows end at number ${lastSeq}, the chain at number ${head.seq}.` };
    }
    if (head.seq < lastSeq) {
      return { seq: head.seq + 1, reason: 'head-behind', detail: `The head was set back to number ${head.seq}; rows go to ${lastSeq}.` };
    }
    if (sameBytes(head.hash, lastHash)) return undefined;
    return { seq: head.seq, reason: 'head-forged', detail: 'The head names another row than the last one.' };
  }

  private faultOfCheckpoint(point: AuditCheckpoint): FirstBadRow | undefined {
    if (!verifyCheckpoint(this.chain.checkpointKey, point) || point.organizationId !== this.chain.organizationId) {
      return { seq: point.seq, reason: 'checkpoint-forged', detail: `The checkpoint of ${point.at} is not signed for this chain.` };
    }
    if (point.seq <= this.last.seq) return undefined;
    const detail = `The checkpoint of ${point.at} saw number ${point.seq}; the rows end at number ${this.last.seq}.`;
    return { seq: this.last.seq + 1, reason: 'tail-cut', detail };
  }

  // A checkpoint with a bad signature says nothing about rows; finish() reports it for itself.
  private isContradicted(point: AuditCheckpoint, hash: Buffer): boolean {
    return verifyCheckpoint(this.chain.checkpointKey, point) && point.hash !== hash.toString('hex');
  }
}

function earliest(faults: readonly (FirstBadRow | undefined)[]): FirstBadRow | undefined {
  return faults
    .filter((fault) => fault !== undefined)
    .reduce<FirstBadRow | undefined>((first, fault) => (first && first.seq <= fault.seq ? first : fault), undefined);
}
