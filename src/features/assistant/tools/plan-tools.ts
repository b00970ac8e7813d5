import { Injectable } from '@nestjs/common';
import { CrmDesk, type LeadSelection, type LeadView } from '../../crm/index.js';
import { plural } from '../answers/wording.js';
import type { PlanStep } from '../plans/plan-content.js';
import { PlanDesk } from '../plans/plan-desk.js';
import { isNoChange, patchFor } from './lead-patch.js';
import { Effects } from './effects.js';
import { BulkMove, BulkUpdate, DeleteLeads, MOST_PLANNED } from './lead-tools.shapes.js';
import { type Tool, tool, type ToolTurn } from './tool.js';
import { fault, type ToolCall, type ToolOutcome } from './tool-outcome.js';

const ASKS = 'Nothing is done until the person says yes; you cannot say it for them.';

/** Tools whose effect is a plan: what deletes, or touches many leads. */
@Injectable()
export class PlanTools {
  constructor(
    private readonly desk: CrmDesk,
    private readonly effects: Effects,
    private readonly plans: PlanDesk,
  ) {}

  all(): Tool[] {
    return [this.remove(), this.move(), this.update()];
  }

  private remove(): Tool {
    return tool({
      name: 'delete_leads',
      description: `Plans to delete leads. ${ASKS}`,
      permission: 'leads:delete',
      input: DeleteLeads,
      run: async (turn, { leadIds }, call) => {
        const found = await this.desk.list(turn.scope, { ids: leadIds }, { sort: 'created', limit: leadIds.length });
        const missing = leadIds.filter((id) => !found.some((lead) => lead.id === id));
        if (missing.length > 0)
          return fault({
            code: 'lead-not-found',
            message: `There is no lead ${missing.slice(0, 3).join(', ')}. Find ids with search_leads.`,
          });
        return this.plan(
          turn,
          call,
          found.map(({ id, version }) => ({ op: 'delete', leadId: id, version })),
        );
      },
    });
  }

  private move(): Tool {
    return tool({
      name: 'bulk_move',
      description: `Plans to move all leads that fit to another stage. ${ASKS}`,
      permission: 'leads:update',
      input: BulkMove,
      run: async (turn, { which, status }, call) => {
        const found = await this.chosen(turn, which);
        if ('ok' in found) return found;
        const wanted = found.leads.map((lead) => ({ lead, stage: stageOf(turn, lead, status) }));
        const lost = wanted.find(({ stage }) => stage === undefined);
        if (lost) {
          const validOptions = turn.facts.stages.filter(({ pipelineId }) => pipelineId === lost.lead.pipelineId).map(({ name }) => name);
          return fault({ code: 'stage-unknown', message: `The pipeline of ${lost.lead.name} has no stage “${status}”.`, validOptions });
        }
        const moving = wanted.filter(({ lead, stage }) => stage !== lead.status);
        if (moving.length === 0) return fault({ code: 'nothing-to-do', message: `All of them are in “${status}” already.` });
        return this.plan(
          turn,
          call,
          moving.map(({ lead: { id, version }, stage = '' }) => ({ op: 'move', leadId: id, version, to: { status: stage } })),
        );
      },
    });
  }

  private update(): Tool {
    return tool({
      name: 'bulk_update',
      description: `Plans to change fields of all leads that fit. ${ASKS}`,
      permission: 'leads:update',
      input: BulkUpdate,
      run: async (turn, { which, ...patch }, call) => {
        const found = await this.chosen(turn, which);
        if ('ok' in found) return found;
        const steps = found.leads.flatMap((lead): PlanStep[] => {
          const changes = patchFor(lead, patch);
          return isNoChange(lead, changes) ? [] : [{ op: 'update', leadId: lead.id, version: lead.version, changes }];
        });
        if (steps.length === 0) return fault({ code: 'nothing-to-do', message: 'All of them are like that already.' });
        return this.plan(turn, call, steps);
      },
    });
  }

  private async chosen({ scope }: ToolTurn, which: LeadSelection): Promise<{ leads: LeadView[] } | (ToolOutcome & { ok: false })> {
    const leads = await this.desk.list(scope, which, { sort: '-created', limit: MOST_PLANNED + 1 });
    if (leads.length === 0) return { ok: false, error: { code: 'nothing-to-do', message: 'No lead fits that.' } };
    if (leads.length <= MOST_PLANNED) return { leads };
    const message = `That would touch more than ${plural(MOST_PLANNED, 'lead')}. Narrow it down, for example by status or owner.`;
    return { ok: false, error: { code: 'too-many-leads', message } };
  }

  private plan(turn: ToolTurn, call: ToolCall, steps: readonly PlanStep[]): Promise<ToolOutcome> {
    const { conversationId, turnId, words } = turn;
    return this.effects.make(turn, call, async (leads) => {
      const offer = await this.plans.make(leads, { conversationId, turnId, tool: call.tool, steps }, words);
      if (!offer) return fault({ code: 'nothing-to-do', message: 'None of these leads is there any more.' });
      const { id, title, leadCount, lines, expiresAt } = offer;
      return { ok: true, planId: id, result: { planned: true, title, leadCount, lines, expiresAt, note: ASKS } };
    });
  }
}

function stageOf({ facts }: ToolTurn, { pipelineId }: LeadView, status: string): string | undefined {
  const own = facts.stages.filter((stage) => stage.pipelineId === pipelineId);
  return (own.find(({ key }) => key === status) ?? own.find(({ name }) => name.toLowerCase() === status.toLowerCase()))?.key;
}
