import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Wording } from '../answers/wording.js';
import type { ChatTurn } from '../engines/engine.js';
import { PlansRepository } from '../plans/plans.repository.js';
import { OrganizationFactsReader } from './organization-facts.js';
import { TurnJournal } from './turn-journal.js';
import { type OpenTurn, TurnsRepository } from './turns.repository.js';

/** Gathers what a message is answered with. */
@Injectable()
export class TurnBeginnings {
  constructor(
    private readonly db: Database,
    private readonly turns: TurnsRepository,
    private readonly plans: PlansRepository,
    private readonly organization: OrganizationFactsReader,
  ) {}

  async turnOf(scope: Scope, { turnId, open, signal }: { turnId: string; open: OpenTurn; signal: AbortSignal }): Promise<ChatTurn> {
    const { conversationId, message, history, dialogue } = open;
    const [facts, pending] = await Promise.all([
      this.organization.read(scope),
      this.db.read(scope, (tx) => this.plans.pending(tx, conversationId)),
    ]);
    const journal = new TurnJournal(this.turns, turnId, open);
    const words = new Wording(facts);
    return { scope, turnId, conversationId, facts, words, journal, message, history, dialogue, pending, signal };
  }
}
