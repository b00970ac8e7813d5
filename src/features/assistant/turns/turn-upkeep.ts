import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { schedule } from '../../../platform/messaging/definitions.js';
import { Handles, type JobContext } from '../../../platform/messaging/handles.js';

export const ForgetTurnEvents = schedule({ name: 'assistant.forget-events', every: 3600, timeoutMs: 600_000 });

const BATCH = 2_000;
const OLD = `
  delete from assistant_turn_events where ctid = any(array(
    select ctid from assistant_turn_events where created_at < now() - interval '7 days' limit ${BATCH})) returning 1`;

/** Takes away what was told to followers a week ago: the answers themselves stand in the turns. */
@Injectable()
export class TurnUpkeep {
  constructor(private readonly db: Database) {}

  @Handles(ForgetTurnEvents)
  async forget({ scope, signal }: JobContext): Promise<{ removed: number }> {
    let removed = 0;
    for (let count = BATCH; count === BATCH && !signal.aborted; removed += count) {
      count = (await this.db.asSystem('forget events of turns', scope, (tx) => tx.query(OLD))).length;
    }
    return { removed };
  }
}
