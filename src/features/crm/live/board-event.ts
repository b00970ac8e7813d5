import { NIL_ID } from '../../../shared/ids.js';
import type { StreamedEvent } from '../../../platform/messaging/event-stream.js';
import type { SealedEvent } from '../../audit/index.js';

/** What a board shows of the trail: small facts, so that whoever wants more reads the lead. */
export interface BoardEvent {
  readonly leadId: string;
  readonly pipelineId: string | null;
  /** Key of the stage the lead stands in now; null when it is gone. */
  readonly status: string | null;
  /** Key of the stage it stood in before, where that is known. */
  readonly previousStatus: string | null;
  readonly version: number | null;
  readonly at: string;
  readonly actor: { readonly type: string; readonly userId: string | null };
}

const SHOWN: ReadonlySet<string> = new Set(['lead.created', 'lead.updated', 'lead.moved', 'lead.deleted', 'lead.restored', 'lead.merged']);

/** Whether an event changes what a board shows. */
export function isShown({ action, resourceId }: Pick<SealedEvent, 'action' | 'resourceId'>): boolean {
  return SHOWN.has(action) && resourceId !== null;
}

/** Pipelines an event names by itself; a move within one names none. */
export function pipelinesOf({ before, after }: Pick<SealedEvent, 'before' | 'after'>): string[] {
  return [textOf(before, 'pipelineId'), textOf(after, 'pipelineId')].filter((id) => id !== null);
}

/** The event as it is streamed; `pipelineId` is where its lead is now. */
export function streamed(event: SealedEvent, pipelineId: string | null): StreamedEvent {
  const { seq, action, resourceId, before, after, occurredAt, actorType, userId } = event;
  const version = after?.['version'];
  const shown: BoardEvent = {
    leadId: resourceId ?? NIL_ID,
    pipelineId,
    status: textOf(after, 'status'),
    previousStatus: textOf(before, 'status'),
    version: typeof version === 'number' ? version : null,
    at: occurredAt,
    actor: { type: actorType, userId: userId === NIL_ID ? null : userId },
  };
  return { id: seq, event: action, data: shown };
}

function textOf(image: SealedEvent['after'], name: string): string | null {
  const value = image?.[name];
  return typeof value === 'string' ? value : null;
}
