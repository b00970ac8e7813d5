import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { changedFields } from '../leads/lead.js';
import { LeadMovesRepository } from '../leads/lead-moves.repository.js';
import { LeadsRepository } from '../leads/leads.repository.js';
import { ColumnIsBusy, StageEntry } from '../pipelines/stage-entry.js';
import { LeadMergeNotFound, MergeAlreadyUndone, MergeNotUndoable } from './duplicate-review.errors.js';
import { LeadMergesRepository, type MergeRow, type WholeLead } from './lead-merges.repository.js';
import { UndoneRecords } from './undone-records.js';
import { contentOf } from './merge-plan.js';
import { unmergedContent } from './unmerge-fields.js';

/** Taking merges back, each once. */
@Injectable()
export class MergeUndoService {
  constructor(
    private readonly db: Database,
    private readonly merges: LeadMergesRepository,
    private readonly entry: StageEntry,
    private readonly moves: LeadMovesRepository,
    private readonly leads: LeadsRepository,
    private readonly records: UndoneRecords,
  ) {}

  undo(scope: Scope, id: string): Promise<JsonText> {
    return this.entry.enter(scope, () => this.db.write(scope, (tx) => this.undoIn(tx, id)));
  }

  private async undoIn(tx: Tx, id: string): Promise<JsonText> {
    const merge = await this.merges.lock(tx, id);
    if (!merge) throw LeadMergeNotFound();
    if (merge.undoneAt !== null) throw MergeAlreadyUndone({ extra: { undoneAt: merge.undoneAt } });
    const leads = await this.merges.leads(tx, [merge.survivorId, ...merge.absorbedIds], true);
    const survivor = await this.livingSurvivor(tx, merge, leads);
    const gone = merge.absorbedIds.filter((one) => leads.get(one)?.view.deletedAt !== null);
    await this.notMergedSince(tx, merge, gone);
    const keptFields = await this.restoreSurvivor(tx, merge, survivor);
    for (const one of gone) {
      const outcome = await this.moves.restore(tx, one);
      if (outcome.json === null) throw new ColumnIsBusy();
    }
    await this.merges.restorePlaces(tx, id, gone);
    const alreadyBackIds = merge.absorbedIds.filter((one) => !gone.includes(one));
    await this.records.moveBack(tx, merge, { restoredIds: gone, alreadyBackIds, keptFields });
    const found = await this.merges.find(tx, id);
    if (!found) throw LeadMergeNotFound();
    return new JsonText(found.json, { id });
  }

  private async livingSurvivor(tx: Tx, { survivorId }: MergeRow, leads: ReadonlyMap<string, WholeLead>): Promise<WholeLead> {
    const survivor = leads.get(survivorId);
    if (survivor?.view.deletedAt === null) return survivor;
    const went = await this.merges.whereTo(tx, survivorId);
    throw MergeNotUndoable(
      went
        ? { detail: 'The lead that stayed was itself merged into another one. Undo that merge first.', extra: went }
        : { detail: 'The lead that stayed was deleted. Bring it back first with POST /leads/{id}/restore.', extra: { leadId: survivorId } },
    );
  }

  /** A lead that was brought back and merged into another one belongs to that merge now. */
  private async notMergedSince(tx: Tx, { id }: MergeRow, gone: readonly string[]): Promise<void> {
    const later = await this.merges.laterOf(tx, id, gone);
    if (!later) return;
    throw MergeNotUndoable({
      detail: 'One of the leads was brought back and merged into another one since. Undo that merge first.',
      extra: { ...later },
    });
  }

  /** Gives the names of the fields that were edited since and stay. */
  private async restoreSurvivor(tx: Tx, { before, after }: MergeRow, { view }: WholeLead): Promise<string[]> {
    const now = contentOf(view);
    const { content, keptFields } = unmergedContent(contentOf(before), contentOf(after), now);
    if (changedFields(now, content).length > 0) {
      const changed = await this.leads.update(tx, { id: view.id, version: view.version, content });
      if (!changed) throw EditConflict();
    }
    return keptFields;
  }
}
