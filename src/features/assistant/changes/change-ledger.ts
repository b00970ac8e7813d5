import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../platform/access/permissions.js';
import { Clock } from '../../../platform/clock/clock.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import type { LeadChanges } from '../../crm/index.js';
import { ChangeNotFound, ChangeOverwritten, ChangeTooOld, ChangeUndone } from '../assistant.errors.js';
import { undoableUntil, undoOf } from './change-states.js';
import { type ChangeStep, type Difference, differences, takeBack } from './change-steps.js';
import { type ChangeRow, ChangesRepository } from './changes.repository.js';

/** What was done, to be written down with it. */
export interface Deed {
  readonly conversationId: string;
  readonly turnId: string | null;
  readonly tool: string;
  /** In the past tense, without a full stop: "Moved John Smith to Closed win". */
  readonly summary: string;
  readonly steps: readonly ChangeStep[];
}

/** What can be taken back, as it is offered. */
export interface OfferedChange {
  readonly id: string;
  readonly summary: string;
  readonly undoableUntil: string;
}

const LONGEST_SUMMARY = 500;

/** To take something back needs what doing it needed. */
const NEEDED: Readonly<Record<ChangeStep['op'], Permission>> = {
  create: 'leads:create',
  update: 'leads:update',
  move: 'leads:update',
  delete: 'leads:delete',
  note: 'activities:create',
  task: 'activities:create',
};

/** Writes down what the assistant did, and takes it back, in transactions of those who call. */
@Injectable()
export class ChangeLedger {
  constructor(
    private readonly changes: ChangesRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async record(tx: Tx, deed: Deed): Promise<OfferedChange> {
    const now = this.clock.now();
    const change = {
      ...deed,
      id: newId(),
      summary: deed.summary.slice(0, LONGEST_SUMMARY),
      createdAt: now.toISOString(),
      undoableUntil: undoableUntil(now).toISOString(),
    };
    await this.changes.insert(tx, change);
    return { id: change.id, summary: change.summary, undoableUntil: change.undoableUntil };
  }

  latest(tx: Tx, conversationId: string): Promise<string | undefined> {
    return this.changes.latest(tx, conversationId);
  }

  /** Takes back one's own change, all of it or nothing; two attempts at once take it back once. */
  async undo(leads: LeadChanges, id: string): Promise<ChangeRow> {
    const { tx } = leads;
    const change = await this.changes.lock(tx, id);
    if (!change) throw ChangeNotFound();
    const now = this.clock.now();
    const outcome = undoOf({ state: change.state, undoableUntil: new Date(change.undoableUntil) }, now);
    if (outcome === 'undone-already') throw ChangeUndone({ detail: `“${change.summary}” was undone already.` });
    if (outcome === 'too-late') throw ChangeTooOld({ detail: `“${change.summary}” could be undone until ${change.undoableUntil}.` });
    mayTakeBack(tx.scope, change.steps);
    await this.refuseOverwritten(leads, change);
    for (const step of [...change.steps].reverse()) await takeBack(leads, step);
    await this.changes.markUndone(tx, id, now.toISOString());
    await this.audit.record(tx, {
      action: 'change.undone',
      resourceType: 'assistant-change',
      resourceId: id,
      before: { summary: change.summary, leads: change.steps.length },
    });
    return { ...change, state: 'undone', undoneAt: now.toISOString() };
  }

  private async refuseOverwritten(leads: LeadChanges, change: ChangeRow): Promise<void> {
    const current = await leads.lockAll(change.steps.map(({ leadId }) => leadId));
    const found = lastSteps(change.steps).flatMap((step) => differences(step, current.get(step.leadId)));
    if (found.length === 0) return;
    throw ChangeOverwritten({ detail: overwritten(change.summary, found), extra: { differences: found.slice(0, 20) } });
  }
}

function mayTakeBack({ permissions }: Scope, steps: readonly ChangeStep[]): void {
  const missing = steps.map(({ op }) => NEEDED[op]).find((permission) => !permissions.has(permission));
  if (missing) throw PermissionDenied({ detail: `Undoing this needs the permission ${missing}.`, extra: { permission: missing } });
}

/** How several steps with one lead left it: what a later one did counts. */
function lastSteps(steps: readonly ChangeStep[]): ChangeStep[] {
  const last = new Map<string, ChangeStep>();
  for (const step of steps) {
    const before = last.get(step.leadId);
    const isMerged = before && 'after' in before && 'after' in step;
    last.set(step.leadId, isMerged ? { ...before, after: { ...before.after, ...step.after } } : step);
  }
  return [...last.values()];
}

function overwritten(summary: string, found: readonly Difference[]): string {
  const names = [...new Set(found.map(({ name }) => name))];
  const [first] = found;
  const what =
    first?.field === 'deleted'
      ? first.current === true
        ? 'it was deleted since'
        : 'it was brought back since'
      : `its ${first?.field ?? ''} was changed since`;
  const more = names.length > 1 ? ` and ${names.length - 1} more` : '';
  return `“${summary}” cannot be undone: ${first?.name ?? ''}${more} is not as it was left, ${what}.`;
}
