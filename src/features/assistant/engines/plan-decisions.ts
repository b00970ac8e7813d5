import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { faultText } from '../answers/fault-text.js';
import { planText } from '../plans/plan-text.js';
import { PlanDesk, type Confirmation } from '../plans/plan-desk.js';
import { type PlanRow, PlansRepository } from '../plans/plans.repository.js';
import { Effects } from '../tools/effects.js';
import { fault, type ToolOutcome } from '../tools/tool-outcome.js';

import type { Talk } from './talk.js';

interface Decided {
  readonly kind: 'executed' | 'stale' | 'expired' | 'rejected';
  readonly title: string;
  readonly summary?: string;
  readonly deleted?: readonly string[];
  readonly offer?: { readonly title: string; readonly leadCount: number; readonly lines: readonly [] };
}

/** A person's yes and no to the plan of their conversation. No tool, so no model can say it. */
@Injectable()
export class PlanDecisions {
  constructor(
    private readonly db: Database,
    private readonly plans: PlansRepository,
    private readonly desk: PlanDesk,
    private readonly effects: Effects,
  ) {}

  async confirm(talk: Talk): Promise<void> {
    const { turn } = talk;
    const call = { tool: 'confirm_plan', arguments: {} };
    const outcome = await this.effects.own(turn, call, async (leads) => {
      const plan = await this.plans.lockPending(leads.tx, turn.conversationId);
      if (!plan) return nothingWaits();
      return confirmed(plan, await this.desk.confirm(leads, plan, turn.words));
    });
    if (!outcome.ok && outcome.error.code === 'nothing-pending') return talk.say(await this.whyNothing(talk));
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    this.sayConfirmed(talk, outcome.result as unknown as Decided);
  }

  async decline(talk: Talk): Promise<void> {
    const { turn } = talk;
    const call = { tool: 'reject_plan', arguments: {} };
    const outcome = await this.effects.own(turn, call, async ({ tx }) => {
      const plan = await this.plans.lockPending(tx, turn.conversationId);
      if (!plan || !(await this.desk.reject(tx, plan))) return nothingWaits();
      return { ok: true, result: { kind: 'rejected', title: plan.title } };
    });
    if (!outcome.ok) return talk.say('There was nothing waiting for an answer. Nothing was changed.');
    talk.say(`All right, I dropped the plan “${(outcome.result as unknown as Decided).title}”. Nothing was changed.`);
  }

  private sayConfirmed(talk: Talk, { kind, title, summary = title, deleted = [], offer }: Decided): void {
    if (kind === 'executed') {
      for (const id of deleted) talk.forget(id);
      talk.say(`${summary}. You can undo it for 24 hours.`);
      talk.suggest('undo');
      return;
    }
    const why = kind === 'expired' ? 'That took too long, so the plan has expired' : 'The leads have changed since I asked';
    talk.fail(`${why}; nothing was done.`);
    if (!offer) return talk.say('None of them is there any more.');
    talk.say(`As things are now:\n${planText(offer)}`);
    talk.suggest('yes', 'no');
  }

  private async whyNothing({ turn }: Talk): Promise<string> {
    const latest = await this.db.read(turn.scope, (tx) => this.plans.latest(tx, turn.conversationId));
    const said = 'There is nothing waiting for a yes, so nothing was changed.';
    return latest?.state === 'executed' ? `${said} You have confirmed the last plan, “${latest.title}”, already.` : said;
  }
}

function nothingWaits(): ToolOutcome {
  return fault({ code: 'nothing-pending', message: 'There is nothing waiting for an answer.' });
}

function confirmed(plan: PlanRow, outcome: Confirmation): ToolOutcome {
  const { title, id, steps } = plan;
  if (outcome.kind === 'decided') return nothingWaits();
  if (outcome.kind === 'executed') {
    const { change } = outcome;
    const deleted = steps.filter(({ op }) => op === 'delete').map(({ leadId }) => leadId);
    return { ok: true, changeId: change.id, result: { kind: outcome.kind, planId: id, title, summary: change.summary, change, deleted } };
  }
  const { offer } = outcome;
  if (!offer) return { ok: true, result: { kind: outcome.kind, planId: id, title } };
  const { token, ...shown } = offer;
  return { ok: true, ...(token ? { planId: offer.id } : {}), result: { kind: outcome.kind, planId: id, title, offer: shown } };
}
