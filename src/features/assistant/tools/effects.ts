import { Injectable } from '@nestjs/common';
import { CrmDesk, type LeadChanges } from '../../crm/index.js';
import type { ToolTurn } from './tool.js';
import { faultOf, type ToolCall, type ToolOutcome } from './tool-outcome.js';

/** Makes effects: whatever a body changes is committed together with the call that asked for it, or not at all. */
@Injectable()
export class Effects {
  constructor(private readonly desk: CrmDesk) {}

  /** For tools, whose calls the tool box looks after. */
  make(turn: ToolTurn, call: ToolCall, body: (leads: LeadChanges) => Promise<ToolOutcome>): Promise<ToolOutcome> {
    return this.desk.change(turn.scope, async (leads) => {
      const outcome = await body(leads);
      await turn.journal.save(leads.tx, { effect: { call, outcome } });
      return outcome;
    });
  }

  /** For what only the person can ask for, and no model: once in a turn, whatever attempts it takes; refusals become faults. */
  async own(turn: ToolTurn, call: ToolCall, body: (leads: LeadChanges) => Promise<ToolOutcome>): Promise<ToolOutcome> {
    const before = turn.journal.again(call);
    if (before) return before;
    try {
      return await this.make(turn, call, body);
    } catch (error) {
      const known = faultOf(error);
      if (!known) throw error;
      turn.journal.add(call, known);
      return known;
    }
  }
}
