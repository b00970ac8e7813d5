import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ActivitiesService } from '../activities/activities.service.js';
import { LeadMovesService } from '../leads/lead-moves.service.js';
import { LeadsRepository } from '../leads/leads.repository.js';
import { LeadsService } from '../leads/leads.service.js';
import { StageEntry } from '../pipelines/stage-entry.js';
import { LeadChanges } from './lead-changes.js';

/** Opens transactions in which leads change. */
@Injectable()
export class DeskChanges {
  constructor(
    private readonly db: Database,
    private readonly leads: LeadsService,
    private readonly moves: LeadMovesService,
    private readonly rows: LeadsRepository,
    private readonly entry: StageEntry,
    private readonly activities: ActivitiesService,
  ) {}

  async run<T>(scope: Scope, body: (leads: LeadChanges, tx: Tx) => Promise<T>): Promise<T> {
    const { leads, moves, rows, activities } = this;
    const [result, outcomes] = await this.entry.enter(scope, () =>
      this.db.write(scope, async (tx) => {
        const changes = new LeadChanges(tx, { leads, moves, rows, activities });
        return [await body(changes, tx), changes.outcomes] as const;
      }),
    );
    await this.moves.askForOrder(scope, outcomes);
    return result;
  }
}
