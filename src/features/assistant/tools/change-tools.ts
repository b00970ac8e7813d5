import { Injectable } from '@nestjs/common';
import { CreateLead, type LeadChanges } from '../../crm/index.js';
import { ChangeLedger } from '../changes/change-ledger.js';
import { type ChangeStep, perform, type Wish } from '../changes/change-steps.js';
import { Effects } from './effects.js';
import { AddNote, AddTask, UndoChange, UpdateLeadField, UpdateLeadStatus } from './lead-tools.shapes.js';
import { patchFor } from './lead-patch.js';
import { shownLead } from './read-tools.js';
import { type Tool, tool, type ToolTurn } from './tool.js';
import { fault, type ToolCall, type ToolOutcome } from './tool-outcome.js';

/** Changes of single leads that one message may make by itself; for more there are plans. */
const MOST_DIRECT = 20;

const DIRECT: ReadonlySet<string> = new Set(['update_lead_status', 'update_lead_field']);

/** Tools that change one lead at once, and take a change back. */
@Injectable()
export class ChangeTools {
  constructor(
    private readonly effects: Effects,
    private readonly ledger: ChangeLedger,
  ) {}

  all(): Tool[] {
    return [this.create(), this.move(), this.update(), this.note(), this.task(), this.undo()];
  }

  private create(): Tool {
    return tool({
      name: 'create_lead',
      description: 'Makes a lead. It goes to the first stage of the default pipeline unless said otherwise.',
      permission: 'leads:create',
      input: CreateLead,
      run: (turn, input, call) => this.change(turn, call, { op: 'create', input }),
    });
  }

  private move(): Tool {
    return tool({
      name: 'update_lead_status',
      description: 'Moves one lead to another stage of its pipeline.',
      permission: 'leads:update',
      input: UpdateLeadStatus,
      run: (turn, { leadId, version, ...to }, call) => this.change(turn, call, { op: 'move', leadId, to, version }),
    });
  }

  private update(): Tool {
    return tool({
      name: 'update_lead_field',
      description: 'Changes fields of one lead. Amounts are whole minor units (cents) as text.',
      permission: 'leads:update',
      input: UpdateLeadField,
      run: (turn, { leadId, version, ...patch }, call) =>
        this.change(turn, call, async (leads) => {
          const lead = await leads.lock(leadId);
          // Without the lead the use case itself says that there is none.
          return { op: 'update', leadId, version, changes: lead ? patchFor(lead, patch) : patch.changes };
        }),
    });
  }

  private note(): Tool {
    return tool({
      name: 'add_note',
      description: 'Writes a note on a lead.',
      permission: 'activities:create',
      input: AddNote,
      run: (turn, { leadId, body }, call) => this.change(turn, call, { op: 'note', leadId, body }),
    });
  }

  private task(): Tool {
    return tool({
      name: 'add_task',
      description: 'Makes a task for a lead, for the person themselves unless somebody else is named.',
      permission: 'activities:create',
      input: AddTask,
      run: (turn, { leadId, ...task }, call) => this.change(turn, call, { op: 'task', leadId, task }),
    });
  }

  private undo(): Tool {
    return tool({
      name: 'undo',
      description: 'Takes back the last change of this conversation, or one by its id, if nobody has changed the leads since.',
      permission: 'leads:read',
      input: UndoChange,
      run: (turn, { changeId }, call) =>
        this.effects.make(turn, call, async (leads) => {
          const id = changeId ?? (await this.ledger.latest(leads.tx, turn.conversationId));
          if (id === undefined) return fault({ code: 'nothing-to-undo', message: 'There is nothing to undo in this conversation.' });
          const { summary, steps } = await this.ledger.undo(leads, id);
          return { ok: true, result: { undone: summary, leads: steps.map(({ leadId, name, op }) => ({ id: leadId, name, op })) } };
        }),
    });
  }

  private async change(turn: ToolTurn, call: ToolCall, wanted: Wish | ((leads: LeadChanges) => Promise<Wish>)): Promise<ToolOutcome> {
    if (
      DIRECT.has(call.tool) &&
      turn.journal.made.filter(({ tool: name, outcome }) => DIRECT.has(name) && outcome.ok).length >= MOST_DIRECT
    ) {
      const message = `One message changes at most ${MOST_DIRECT} leads one by one. Use bulk_move or bulk_update, which ask before they act.`;
      return fault({ code: 'too-many-changes', message });
    }
    return this.effects.make(turn, call, async (leads) => {
      const { lead, step } = await perform(leads, typeof wanted === 'function' ? await wanted(leads) : wanted);
      const shown = shownLead(turn, lead);
      if (!step) return { ok: true, result: { lead: shown, changed: false } };
      const { conversationId, turnId } = turn;
      const change = await this.ledger.record(leads.tx, {
        conversationId,
        turnId,
        tool: call.tool,
        summary: summaryOf(turn, step, lead.pipelineId),
        steps: [step],
      });
      return { ok: true, changeId: change.id, result: { lead: shown, changed: true, change, ...stepFacts(step) } };
    });
  }
}

function stepFacts(step: ChangeStep): object {
  return step.op === 'update' || step.op === 'move' ? { before: step.before, after: step.after } : {};
}

function summaryOf({ words }: ToolTurn, step: ChangeStep, pipelineId: string): string {
  const { name } = step;
  if (step.op === 'create') return `Created ${words.lead({ name, company: step.after.company })}`;
  if (step.op === 'delete') return `Deleted ${name}`;
  if (step.op === 'note') return `Added a note to ${name}`;
  if (step.op === 'task') return `Added a task to ${name}`;
  if (step.op === 'update') return `Changed ${name}: ${words.changes(step.before, step.after, pipelineId)}`;
  return `Moved ${name} from ${words.stage(step.before.status ?? '', pipelineId)} to ${words.stage(step.after.status ?? '', pipelineId)}`;
}
