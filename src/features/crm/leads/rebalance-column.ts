import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';
import { shortenedRanks } from './column-order.js';
import { ColumnOrderRepository } from './column-order.repository.js';
import { RebalanceColumn, type RebalanceColumnPayload } from './leads.jobs.js';

/** Gives crowded places of a column short order keys, in the order the cards have. */
@Injectable()
export class RebalanceColumnHandler {
  constructor(
    private readonly db: Database,
    private readonly columns: ColumnOrderRepository,
  ) {}

  @Handles(RebalanceColumn)
  async run({ scope, payload }: JobContext<RebalanceColumnPayload>): Promise<{ changed: number }> {
    return this.db.write(scope, async (tx) => {
      // A second delivery finds the next epoch, so it does nothing.
      if ((await this.columns.close(tx, payload)) !== payload.epoch) return { changed: 0 };
      const cards = shortenedRanks(await this.columns.cards(tx, payload));
      if (cards.length > 0) await this.columns.write(tx, payload, cards);
      return { changed: cards.length };
    });
  }
}
