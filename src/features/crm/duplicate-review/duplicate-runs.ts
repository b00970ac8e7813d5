import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { largestBlock } from '../duplicates/candidate-pairs.js';
import type { MatchRecord } from '../duplicates/match-record.js';
import type { StoredModel } from '../duplicates/stored-model.js';
import { DuplicateKeysRepository } from './duplicate-keys.repository.js';
import { DuplicatePairsRepository, type FoundPair } from './duplicate-pairs.repository.js';
import type { DuplicateRun } from './duplicate-scan.js';

/** Records of which keys are made at once. */
const KEYED_AT_ONCE = 1_000;
/** Records whose partners are looked for and judged at once; each has at most some tens. */
const JUDGED_AT_ONCE = 400;
/** Up to this many records the model is fitted to all of them, more are sampled. */
const STUDIED_RECORDS = 20_000;
const SEEDS = 4_000;
/** Of a record that seems to be everybody, the strongest pairs are enough. */
const PAIRS_PER_RECORD = 20;
const KEYS_DROPPED_AT_ONCE = 50_000;

/** How records are judged: the model, and the size of a block that still says something. */
export interface JudgeBy {
  readonly model: StoredModel;
  readonly blockLimit: number;
  readonly threshold: number;
  /** Which pairs matter; all when left out. */
  readonly isWanted?: (leftId: string, rightId: string) => boolean;
}

/**
 * The steps of a search over any number of records: never more than some thousand of them are in memory. Every batch is committed with
 * its watermark, so a worker that dies costs at most the batch it was at.
 */
@Injectable()
export class DuplicateRuns {
  constructor(
    private readonly db: Database,
    private readonly keys: DuplicateKeysRepository,
    private readonly pairs: DuplicatePairsRepository,
  ) {}

  /** Writes the keys of every record behind `reached`. */
  async writeKeys(run: DuplicateRun, reached: string | null): Promise<void> {
    for (let from = reached; ;) {
      run.signal.throwIfAborted();
      const after = from;
      const records = await this.db.read(run.scope, (tx) => run.source.batch(tx, after, KEYED_AT_ONCE));
      const last = records.at(-1);
      if (!last) return;
      const keys = await run.matcher.ask({ ask: 'keys', records });
      const ids = records.flatMap(({ id }, at) => (keys[at] ?? []).map(() => id));
      await this.db.write(run.scope, async (tx) => {
        await this.keys.insert(tx, run.runId, keys.flat(), ids);
        await run.advance(tx, { from: after, reached: last.id, done: records.length, compared: 0 });
      });
      from = last.id;
    }
  }

  /** Learns from the records how duplicates and strangers agree, and which keys still tell something. */
  async study(run: DuplicateRun, total: number): Promise<Pick<JudgeBy, 'model' | 'blockLimit'>> {
    const sizes = await this.db.read(run.scope, (tx) => this.keys.pairsBySize(tx, run.runId));
    const blockLimit = largestBlock(sizes, total).limit;
    if (total <= STUDIED_RECORDS) {
      const records = await this.db.read(run.scope, (tx) => run.source.batch(tx, null, STUDIED_RECORDS));
      return { blockLimit, model: await run.matcher.ask({ ask: 'fit', records, sample: { total, seeds: records.length } }) };
    }
    const seeds = await this.db.read(run.scope, (tx) => run.source.drawn(tx, Math.ceil(total / SEEDS), SEEDS));
    const { records, used } = await this.withPartners(run, seeds, blockLimit);
    return { blockLimit, model: await run.matcher.ask({ ask: 'fit', records, sample: { total, seeds: used } }) };
  }

  /** Compares every record behind `reached` with those behind it that share a key, and keeps the pairs that are likely enough. */
  async writePairs(run: DuplicateRun, reached: string | null, by: JudgeBy): Promise<void> {
    for (let from = reached; ;) {
      run.signal.throwIfAborted();
      const after = from;
      const records = await this.db.read(run.scope, (tx) => run.source.batch(tx, after, JUDGED_AT_ONCE));
      const last = records.at(-1);
      if (!last) return;
      const { found, compared } = await this.judged(run, records, by);
      await this.db.write(run.scope, async (tx) => {
        await this.pairs.insert(tx, run.runId, found);
        await run.advance(tx, { from: after, reached: last.id, done: records.length, compared });
      });
      from = last.id;
    }
  }

  /** Removes the keys, in parts: no statement takes long. */
  async dropKeys({ scope, runId }: Pick<DuplicateRun, 'scope' | 'runId'>): Promise<void> {
    for (let dropped = KEYS_DROPPED_AT_ONCE; dropped === KEYS_DROPPED_AT_ONCE;) {
      dropped = await this.db.writeOne(scope, (tx) => this.keys.drop(tx, runId, KEYS_DROPPED_AT_ONCE));
    }
  }

  private async withPartners(
    run: DuplicateRun,
    seeds: readonly MatchRecord[],
    limit: number,
  ): Promise<{ records: MatchRecord[]; used: number }> {
    const chosen = new Set<string>();
    let used = 0;
    for (; used < seeds.length && chosen.size < STUDIED_RECORDS; used += JUDGED_AT_ONCE) {
      const some = seeds.slice(used, used + JUDGED_AT_ONCE);
      const partners = await this.partners(run, some, limit);
      for (const { id } of some) chosen.add(id);
      for (const ids of partners.values()) for (const id of ids) chosen.add(id);
    }
    const ids = [...chosen].sort();
    const records: MatchRecord[] = [];
    for (let at = 0; at < ids.length; at += KEYED_AT_ONCE) {
      records.push(...(await this.db.read(run.scope, (tx) => run.source.byIds(tx, ids.slice(at, at + KEYED_AT_ONCE)))));
    }
    return { records, used: Math.min(used, seeds.length) };
  }

  /** For each record the others that share a key with it. */
  private async partners(run: DuplicateRun, records: readonly MatchRecord[], limit: number): Promise<Map<string, Set<string>>> {
    const keys = await run.matcher.ask({ ask: 'keys', records });
    const hashes = [...new Set(keys.flat())];
    const blocks = await this.db.read(run.scope, (tx) => this.keys.blocks(tx, run.runId, hashes, limit));
    return new Map(
      records.map(({ id }, at) => {
        const others = new Set((keys[at] ?? []).flatMap((key) => blocks.get(key) ?? []));
        others.delete(id);
        return [id, others];
      }),
    );
  }

  private async judged(
    run: DuplicateRun,
    records: readonly MatchRecord[],
    { model, blockLimit, threshold, isWanted }: JudgeBy,
  ): Promise<{ found: FoundPair[]; compared: number }> {
    const partners = await this.partners(run, records, blockLimit);
    const idPairs = [...partners].flatMap(([id, others]) =>
      [...others].filter((other) => other > id && (isWanted?.(id, other) ?? true)).map((other) => [id, other] as const),
    );
    const known = new Set(partners.keys());
    const missing = [...new Set(idPairs.map(([, other]) => other).filter((id) => !known.has(id)))];
    const fetched = missing.length > 0 ? await this.db.read(run.scope, (tx) => run.source.byIds(tx, missing)) : [];
    const all = [...records, ...fetched];
    const placeOf = new Map(all.map(({ id }, place) => [id, place]));
    // A partner that was deleted since its key was written is no longer there.
    const pairs = idPairs.flatMap(([id, other]) => {
      const [left, right] = [placeOf.get(id), placeOf.get(other)];
      return left === undefined || right === undefined ? [] : [left, right];
    });
    const likely = await run.matcher.ask({ ask: 'judge', model, records: all, pairs, threshold });
    const found = likely.map(({ left, right, ...rest }) => ({ leftId: all[left]?.id ?? '', rightId: all[right]?.id ?? '', ...rest }));
    return { found: strongestOfEach(found), compared: pairs.length / 2 };
  }
}

/** At most some pairs for each record on the left, the strongest. */
function strongestOfEach(pairs: readonly FoundPair[]): FoundPair[] {
  const held = new Map<string, number>();
  return pairs
    .toSorted((a, b) => b.weight - a.weight || (a.rightId < b.rightId ? -1 : 1))
    .filter(({ leftId }) => {
      const count = held.get(leftId) ?? 0;
      held.set(leftId, count + 1);
      return count < PAIRS_PER_RECORD;
    });
}
