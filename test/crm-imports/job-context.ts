import type { LeadImportPayload } from '../../src/features/crm/imports/lead-imports.jobs.js';
import { anonymousScope, type Scope } from '../../src/platform/database/scope.js';
import type { JobContext } from '../../src/platform/messaging/handles.js';
import { newId } from '../../src/shared/ids.js';
import type { TestActor } from '../harness/actors.js';

export function scopeOf({ userId, organizationId }: TestActor): Scope {
  return { ...anonymousScope('test', null), organizationId, actor: { type: 'job', id: newId(), userId } };
}

/** What a worker would give the handler, for being two workers at once, or one that is stopped. */
export function contextOf(actor: TestActor, importId: string, signal = new AbortController().signal): JobContext<LeadImportPayload> {
  return {
    jobId: newId(),
    attempt: 1,
    scope: scopeOf(actor),
    payload: { importId },
    signal,
    progress: () => undefined,
    once: () => Promise.resolve(true),
    state: () => undefined,
    saveState: () => Promise.resolve(),
  };
}
