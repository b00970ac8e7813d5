import type { Tx } from '../../../platform/database/tx.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import type { Matcher } from '../duplicates/matcher.js';
import type { StoredModel } from '../duplicates/stored-model.js';
import type { JobContext } from '../../../platform/messaging/handles.js';

export const SCAN_STATES = ['queued', 'running', 'finished', 'cancelled', 'failed'] as const;
export type ScanState = (typeof SCAN_STATES)[number];

/** The steps of a scan, in order. */
export const SCAN_PHASES = ['keys', 'model', 'pairs', 'clusters', 'done'] as const;
export type ScanPhase = (typeof SCAN_PHASES)[number];

/** A scan as its job needs it. */
export interface DuplicateScan {
  readonly id: string;
  readonly phase: ScanPhase;
  readonly threshold: number;
  /** Every lead up to this one is done in the phase; null at its beginning. */
  readonly reached: string | null;
  readonly leadCount: number;
  readonly doneCount: number;
  readonly blockLimit: number | null;
  readonly model: StoredModel | null;
}

/** Where the records to be compared come from, by id. */
export interface RecordSource {
  /** The records behind one, in the order of their ids. */
  batch(tx: Tx, after: string | null, limit: number): Promise<MatchRecord[]>;
  byIds(tx: Tx, ids: readonly string[]): Promise<MatchRecord[]>;
  /** Every `step`-th record, drawn by its id, so always the same ones. */
  drawn(tx: Tx, step: number, limit: number): Promise<MatchRecord[]>;
}

/** What one batch of a phase did. */
export interface Step {
  readonly from: string | null;
  readonly reached: string;
  readonly done: number;
  readonly compared: number;
}

/** A search for duplicates under way, whoever asked for it. */
export interface DuplicateRun {
  readonly runId: string;
  readonly scope: JobContext['scope'];
  readonly signal: AbortSignal;
  readonly source: RecordSource;
  readonly matcher: Matcher;
  /** Moves the watermark on in the transaction of the batch; throws when another worker has moved it. */
  advance(tx: Tx, step: Step): Promise<void>;
}

/** Thrown when another worker has moved the scan on: what this one did is rolled back. */
export class ScanTakenOver extends Error {}
