import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { CrmDesk } from '../../crm/index.js';
import { PlanExpired, PlanNotFound, PlanNotPending, PlanStale, PlanTokenWrong } from '../assistant.errors.js';
import { Wording } from '../answers/wording.js';
import { OrganizationFactsReader } from '../turns/organization-facts.js';
import { type Confirmation, PlanDesk } from './plan-desk.js';
import { type PlanRow, PlansRepository } from './plans.repository.js';
import type { PlanDone, PlanView } from './plans.shapes.js';

/** A person's yes and no by the routes. */
@Injectable()
export class PlansService {
  constructor(
    private readonly db: Database,
    private readonly plans: PlansRepository,
    private readonly desk: PlanDesk,
    private readonly crm: CrmDesk,
    private readonly organization: OrganizationFactsReader,
  ) {}

  async get(scope: Scope, id: string): Promise<PlanView> {
    const plan = await this.db.read(scope, (tx) => this.plans.get(tx, id));
    if (!plan) throw PlanNotFound();
    return this.viewOf(plan);
  }

  /** Does what a plan says; the token says that the person has seen exactly this. */
  async confirm(scope: Scope, id: string, token: string): Promise<PlanDone> {
    const facts = await this.organization.read(scope);
    const acting = (plan: PlanRow): Scope => ({
      ...scope,
      actor: { type: 'assistant', id: plan.conversationId, userId: scope.actor.userId },
    });
    const plan = await this.db.read(scope, (tx) => this.plans.get(tx, id));
    if (!plan) throw PlanNotFound();
    const outcome = await this.crm.change(acting(plan), async (leads) => {
      const locked = await this.plans.lock(leads.tx, id);
      if (!locked) throw PlanNotFound();
      if (!this.desk.isConfirmedBy(token, locked)) throw PlanTokenWrong({ detail: 'Send the token that came with the plan.' });
      return this.desk.confirm(leads, locked, new Wording(facts));
    });
    return doneOr(outcome);
  }

  async reject(scope: Scope, id: string): Promise<PlanView> {
    return this.db.write(scope, async (tx) => {
      const plan = await this.plans.lock(tx, id);
      if (!plan) throw PlanNotFound();
      if (!(await this.desk.reject(tx, plan))) throw notPending(plan);
      return this.viewOf({ ...plan, state: 'rejected' });
    });
  }

  private viewOf(plan: PlanRow): PlanView {
    const { id, conversationId, state, title, lines, steps, createdAt, expiresAt, changeId } = plan;
    const token = state === 'pending' ? this.desk.offerOf(plan).token : null;
    return { id, conversationId, state, title, leadCount: steps.length, lines: [...lines], token, createdAt, expiresAt, changeId };
  }
}

/** The answer to a yes that was carried out; otherwise the problem, with the plan as things are now. */
function doneOr(outcome: Confirmation): PlanDone {
  const { plan } = outcome;
  if (outcome.kind === 'executed') return { id: plan.id, state: 'executed', change: outcome.change };
  if (outcome.kind === 'decided') throw notPending(plan);
  const extra = { plan: outcome.offer ?? null };
  if (outcome.kind === 'expired') throw PlanExpired({ detail: 'It waited too long, so nothing was done. Look at the new plan.', extra });
  throw PlanStale({ detail: 'Nothing was done. Look at the plan as things are now.', extra });
}

function notPending({ state }: PlanRow): Error {
  return PlanNotPending({ detail: `It is ${state}, so nothing was done.`, extra: { state } });
}
