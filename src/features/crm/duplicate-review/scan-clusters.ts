import { Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import { Database } from '../../../platform/database/database.js';
import type { StoredModel } from '../duplicates/stored-model.js';
import { DuplicateClustersRepository, type NewCluster } from './duplicate-clusters.repository.js';
import { DuplicatePairsRepository, type PairLink } from './duplicate-pairs.repository.js';
import type { DuplicateRun } from './duplicate-scan.js';
import { type LinkedLeads, LeadWebs } from './linked-leads.js';

/** More pairs than this nobody reviews; they come from a value that very many leads share. */
const MOST_PAIRS = 100_000;
const PAIRS_AT_ONCE = 5_000;
/** Leads that are grouped at once. */
const LOT_LEADS = 1_000;
const WRITTEN_AT_ONCE = 500;

/** The last step of a scan: pairs become groups for review. */
@Injectable()
export class ScanClusters {
  constructor(
    private readonly db: Database,
    private readonly pairs: DuplicatePairsRepository,
    private readonly clusters: DuplicateClustersRepository,
  ) {}

  /** Groups the pairs of a run; writes nothing. */
  async group(run: DuplicateRun, model: StoredModel): Promise<{ clusters: NewCluster[]; isTruncated: boolean }> {
    const webs = new LeadWebs();
    let [after, read]: [PairLink | undefined, number] = [undefined, 0];
    for (let size = PAIRS_AT_ONCE; size === PAIRS_AT_ONCE && read < MOST_PAIRS; read += size) {
      const place: PairLink | undefined = after;
      const some: PairLink[] = await this.db.read(run.scope, (tx) => this.pairs.strongest(tx, run.runId, place, PAIRS_AT_ONCE));
      for (const link of some) webs.add(link);
      after = some.at(-1);
      size = some.length;
    }
    const clusters: NewCluster[] = [];
    for (const lot of webs.lots(LOT_LEADS)) {
      run.signal.throwIfAborted();
      clusters.push(...(await this.groupLot(run, model, lot)));
    }
    return { clusters, isTruncated: read >= MOST_PAIRS };
  }

  /** Puts the groups in the place of those of the scan before that nobody has decided on. */
  async write(tx: Parameters<DuplicateClustersRepository['dropOpen']>[0], scanId: string, clusters: readonly NewCluster[]): Promise<void> {
    await this.clusters.dropOpen(tx);
    for (let at = 0; at < clusters.length; at += WRITTEN_AT_ONCE) {
      await this.clusters.insert(tx, scanId, clusters.slice(at, at + WRITTEN_AT_ONCE));
    }
  }

  private async groupLot(run: DuplicateRun, model: StoredModel, lot: readonly LinkedLeads[]): Promise<NewCluster[]> {
    const ids = lot.flatMap((web) => web.ids);
    const records = await this.db.read(run.scope, (tx) => run.source.byIds(tx, ids));
    const said = await this.db.read(run.scope, (tx) => this.pairs.apart(tx, ids));
    const placeOf = new Map(records.map(({ id }, place) => [id, place]));
    const placed = (pair: { leftId: string; rightId: string }): [number, number] | undefined => {
      const [left, right] = [placeOf.get(pair.leftId), placeOf.get(pair.rightId)];
      return left === undefined || right === undefined ? undefined : [left, right];
    };
    // A lead that was deleted during the scan is no longer there.
    const links = lot.flatMap((web) =>
      web.links.flatMap((link) => {
        const places = placed(link);
        return places ? [{ left: places[0], right: places[1], weight: link.weight }] : [];
      }),
    );
    const apart = said.flatMap((pair) => placed(pair) ?? []);
    const groups = await run.matcher.ask({ ask: 'group', model, records, links, apart });
    return groups.map(({ places, weight }) => ({
      id: newId(),
      leadIds: places.map((place) => records[place]?.id ?? ''),
      weight,
      score: 1 / (1 + 2 ** -weight),
    }));
  }
}
