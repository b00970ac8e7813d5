import type { FoundLead, LeadGroup, LeadView } from '../../crm/index.js';
import type { ToolOutcome } from '../tools/tool-outcome.js';
import type { OfferedChange } from '../changes/change-ledger.js';
import type { PlannedLine } from '../plans/plan-content.js';

/** What tools give back, as the engine that made the call knows it. Outcomes are stored as JSON, so they are read and not kept. */
interface Results {
  readonly search_leads: { readonly items: readonly FoundLead[]; readonly weaker: readonly FoundLead[] };
  readonly get_lead: { readonly lead: LeadView };
  readonly list_leads: { readonly items: readonly LeadView[]; readonly total: number };
  readonly count_leads: { readonly total: number; readonly groups: readonly LeadGroup[] };
  readonly create_lead: Changed & { readonly lead: LeadView & { readonly duplicates?: readonly { readonly name: string }[] } };
  readonly update_lead_status: Changed;
  readonly update_lead_field: Changed;
  readonly add_note: Changed;
  readonly add_task: Changed;
  readonly delete_leads: Planned;
  readonly bulk_move: Planned;
  readonly bulk_update: Planned;
  readonly undo: {
    readonly undone: string;
    readonly leads: readonly { readonly id: string; readonly name: string; readonly op: string }[];
  };
}

interface Changed {
  readonly lead: LeadView;
  readonly changed: boolean;
  readonly change?: OfferedChange;
  readonly before?: object;
  readonly after?: object;
}

interface Planned {
  readonly title: string;
  readonly leadCount: number;
  readonly lines: readonly PlannedLine[];
}

export type ToolName = keyof Results;

/** An outcome with the result its tool has. */
export type OutcomeOf<N extends ToolName> = (ToolOutcome & { ok: true } & { readonly result: Results[N] }) | (ToolOutcome & { ok: false });
