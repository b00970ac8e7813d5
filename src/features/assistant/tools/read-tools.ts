import { Injectable } from '@nestjs/common';
import { CrmDesk, type LeadView, SearchQuery } from '../../crm/index.js';
import { CountLeads, GetLead, ListLeads } from './lead-tools.shapes.js';
import { sortedHits } from './search-classes.js';
import { type Tool, tool, type ToolTurn } from './tool.js';
import { fault, type ToolOutcome } from './tool-outcome.js';

const USUAL_LIMIT = 10;

/** A lead for whoever reads outcomes: with the names that stand behind its keys and ids. */
export function shownLead(turn: ToolTurn, lead: Pick<LeadView, 'status' | 'pipelineId' | 'value'> & { ownerId?: string | null }): object {
  const { words } = turn;
  return {
    ...lead,
    statusName: words.stage(lead.status, lead.pipelineId),
    ...(lead.value ? { valueText: words.money(lead.value) } : {}),
    ...(lead.ownerId ? { ownerName: words.member(lead.ownerId) } : {}),
  };
}

/** Tools that look and change nothing. */
@Injectable()
export class ReadTools {
  constructor(private readonly desk: CrmDesk) {}

  all(): Tool[] {
    return [this.search(), this.get(), this.list(), this.count()];
  }

  private search(): Tool {
    return tool({
      name: 'search_leads',
      description:
        'Finds leads by name, company or e-mail; typing errors are forgiven. `items` are those that fit best, `weaker` fit less well and are only to be suggested. `score` is 1 for the very name.',
      permission: 'leads:read',
      input: SearchQuery,
      run: async (turn, query) => {
        const found = await this.desk.search(turn.scope, query);
        const { items, weaker } = sortedHits(found);
        const shown = (leads: typeof items): object[] => leads.map((lead) => shownLead(turn, lead));
        return { ok: true, result: { items: shown(items), weaker: shown(weaker) } };
      },
    });
  }

  private get(): Tool {
    return tool({
      name: 'get_lead',
      description: 'Everything about one lead.',
      permission: 'leads:read',
      input: GetLead,
      run: async (turn, { leadId }): Promise<ToolOutcome> => {
        const lead = await this.desk.get(turn.scope, leadId);
        if (!lead) return fault({ code: 'lead-not-found', message: 'There is no such lead. Find its id with search_leads.' });
        return { ok: true, result: { lead: shownLead(turn, lead) } };
      },
    });
  }

  private list(): Tool {
    return tool({
      name: 'list_leads',
      description: 'Leads by status, owner, value, source, tag, company or dates, and how many there are.',
      permission: 'leads:read',
      input: ListLeads,
      run: async (turn, { sort = '-created', limit = USUAL_LIMIT, ...selection }) => {
        const [items, total] = await Promise.all([
          this.desk.list(turn.scope, selection, { sort, limit }),
          this.desk.count(turn.scope, selection),
        ]);
        return { ok: true, result: { total, items: items.map((lead) => shownLead(turn, lead)) } };
      },
    });
  }

  private count(): Tool {
    return tool({
      name: 'count_leads',
      description: 'How many leads there are and what they are worth, by currency, and by status, owner or source if wanted.',
      permission: 'leads:read',
      input: CountLeads,
      run: async (turn, { groupBy, ...selection }) => {
        const groups = await this.desk.groups(turn.scope, selection, groupBy);
        const named = groups.map((group) => ({ ...group, name: groupBy === 'owner' ? turn.words.member(group.key) : group.name }));
        return { ok: true, result: { total: groups.reduce((sum, { count }) => sum + count, 0), groups: named } };
      },
    });
  }
}
