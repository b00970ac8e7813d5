import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import type { LeadChanges } from '../../crm/index.js';
import type { Wording } from '../answers/wording.js';
import { ChangeLedger, type OfferedChange } from '../changes/change-ledger.js';
import { type ChangeStep, perform } from '../changes/change-steps.js';
import type { PlanOffer } from '../turns/chat.shapes.js';
import { isOutdated, planContent, type PlanStep } from './plan-content.js';
import { planAfter, type PlanEvent } from './plan-states.js';
import { contentHash, isTokenOf, planToken } from './plan-token.js';
import { type PlanRow, PlansRepository } from './plans.repository.js';

/** How long a plan waits for a yes. */
export const PLAN_MINUTES = 15;

export interface WantedPlan {
  readonly conversationId: string;
  readonly turnId: string;
  readonly tool: string;
  readonly steps: readonly PlanStep[];
}

/** What became of a yes. */
export type Confirmation =
  | { readonly kind: 'executed'; readonly plan: PlanRow; readonly change: OfferedChange }
  /** The leads are not as they were, or it took too long: nothing was done; `offer` is the same again as things are now. */
  | { readonly kind: 'stale' | 'expired'; readonly plan: PlanRow; readonly offer: PlanOffer | undefined }
  | { readonly kind: 'decided'; readonly plan: PlanRow };

/** Plans that wait for a yes, in transactions of those who call. */
@Injectable()
export class PlanDesk {
  private readonly key: Buffer;

  constructor(
    private readonly plans: PlansRepository,
    private readonly ledger: ChangeLedger,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'assistant-plan');
  }

  /** Makes a plan in place of the one that waits; what the same message planned before is kept. Undefined when no lead is left. */
  async make(leads: LeadChanges, wanted: WantedPlan, words: Wording): Promise<PlanOffer | undefined> {
    const { tx } = leads;
    const waiting = await this.plans.lockPending(tx, wanted.conversationId);
    const kept = waiting?.turnId === wanted.turnId ? waiting.steps : [];
    const wishes = mergedSteps(kept, wanted.steps);
    const content = planContent(wishes, await leads.lockAll(wishes.map(({ leadId }) => leadId)), words);
    if (content.steps.length === 0) return undefined;
    if (waiting) await this.decide(tx, waiting, 'replace');
    const now = this.clock.now();
    const plan = {
      ...wanted,
      ...content,
      id: newId(),
      userId: tx.scope.actor.userId,
      contentHash: contentHash({ tool: wanted.tool, steps: content.steps }),
      createdAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + PLAN_MINUTES * 60_000).toISOString(),
    };
    await this.plans.insert(tx, plan);
    await this.record(tx, 'plan.made', plan);
    return this.offerOf(plan);
  }

  /** Does what a plan says, if it still waits, is not too old, and its leads are as they were. Whoever calls has locked the plan. */
  async confirm(leads: LeadChanges, plan: PlanRow, words: Wording): Promise<Confirmation> {
    if (plan.state !== 'pending') return { kind: 'decided', plan };
    mayCarryOut(leads.tx.scope, plan);
    const current = await leads.lockAll(plan.steps.map(({ leadId }) => leadId));
    if (this.clock.now().getTime() > new Date(plan.expiresAt).getTime()) return this.again(leads, plan, { event: 'expire', words });
    if (plan.steps.some((step) => isOutdated(step, current.get(step.leadId)))) return this.again(leads, plan, { event: 'outdate', words });
    const { conversationId, turnId, tool } = plan;
    const summary = planContent(plan.steps, current, words).done;
    const steps: ChangeStep[] = [];
    for (const wish of plan.steps) {
      // All leads are locked and looked at; two steps of one lead would not have the same version.
      const { step } = await perform(leads, { ...wish, version: undefined });
      if (step) steps.push(step);
    }
    const change = await this.ledger.record(leads.tx, { conversationId, turnId, tool, summary, steps });
    await this.decide(leads.tx, plan, 'confirm', change.id);
    await this.record(leads.tx, 'plan.confirmed', plan);
    return { kind: 'executed', plan, change };
  }

  /** Drops a plan; false when it was decided before. Whoever calls has locked it. */
  async reject(tx: Tx, plan: PlanRow): Promise<boolean> {
    if (!(await this.decide(tx, plan, 'reject'))) return false;
    await this.record(tx, 'plan.rejected', plan);
    return true;
  }

  offerOf(plan: Omit<PlanRow, 'state' | 'changeId'>): PlanOffer {
    const { id, title, lines, steps, expiresAt } = plan;
    return { id, title, leadCount: steps.length, lines: [...lines], token: planToken(plan, this.key), expiresAt };
  }

  /** Whether a token confirms exactly this plan; its steps are hashed anew, so that what is stored is what was shown. */
  isConfirmedBy(token: string, plan: PlanRow): boolean {
    const { tool, steps } = plan;
    return isTokenOf(token, { ...plan, contentHash: contentHash({ tool, steps }) }, this.key);
  }

  private async again(
    leads: LeadChanges,
    plan: PlanRow,
    { event, words }: { event: 'expire' | 'outdate'; words: Wording },
  ): Promise<Confirmation> {
    await this.decide(leads.tx, plan, event);
    const { conversationId, turnId, tool, steps } = plan;
    const offer = await this.make(leads, { conversationId, turnId, tool, steps }, words);
    return { kind: event === 'expire' ? 'expired' : 'stale', plan, offer };
  }

  private decide(tx: Tx, plan: PlanRow, event: PlanEvent, changeId?: string): Promise<boolean> {
    const state = planAfter(plan.state, event);
    if (state === undefined) return Promise.resolve(false);
    return this.plans.decide(tx, plan.id, { state, at: this.clock.now().toISOString(), ...(changeId ? { changeId } : {}) });
  }

  private record(tx: Tx, action: string, { id, title, steps }: Pick<PlanRow, 'id' | 'title' | 'steps'>): Promise<void> {
    const facts = { title, leads: steps.length };
    return this.audit.record(tx, { action, resourceType: 'assistant-plan', resourceId: id, after: facts });
  }
}

/** Steps of one plan: a lead is deleted once, and whatever else was planned for it before is dropped then. */
function mergedSteps(kept: readonly PlanStep[], added: readonly PlanStep[]): PlanStep[] {
  const deleted = new Set([...kept, ...added].filter(({ op }) => op === 'delete').map(({ leadId }) => leadId));
  const all = [...kept, ...added].filter(({ op, leadId }) => op === 'delete' || !deleted.has(leadId));
  const sameness = (step: PlanStep): string => `${step.leadId} ${step.op} ${step.op === 'update' ? JSON.stringify(step.changes) : ''}`;
  return [...new Map(all.map((step) => [sameness(step), step])).values()];
}

/** The right to do it is asked for when it is done, not only when it was planned. */
function mayCarryOut({ permissions }: Scope, { steps }: PlanRow): void {
  const needed = steps.map(({ op }) => (op === 'delete' ? ('leads:delete' as const) : ('leads:update' as const)));
  const missing = needed.find((permission) => !permissions.has(permission));
  if (missing) throw PermissionDenied({ detail: `This needs the permission ${missing}.`, extra: { permission: missing } });
}
