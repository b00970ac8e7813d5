import { NIL_ID } from '../../../shared/ids.js';
import type { SealedEvent } from '../../audit/index.js';
import { type EventType, resourceOf } from './event-type.js';

/** Who did it; null where there is nobody, as for the system itself. */
interface MessageActor {
  readonly type: string;
  readonly id: string | null;
  readonly userId: string | null;
}

/** What a receiver gets. */
export interface EventMessage {
  readonly type: string;
  readonly timestamp: string;
  readonly organizationId: string;
  /** Place in the order of the organization; null for a test. */
  readonly sequence: number | null;
  readonly actor: MessageActor | null;
  readonly resource: { readonly type: string; readonly id: string | null };
  readonly data: Readonly<Record<string, unknown>>;
  readonly previous: Readonly<Record<string, unknown>>;
}

/** The id of the message of an event: the same for every attempt and replay, so that a receiver can tell what it has seen. */
export function messageIdOf(organizationId: string, seq: number): string {
  return `evt_${organizationId.replaceAll('-', '')}_${seq}`;
}

/** The message of an event: the declared facts of what is now, and of what was before where it differed. */
export function messageOf(type: EventType, organizationId: string, event: SealedEvent): EventMessage {
  const data = factsOf(type, event.after);
  const before = factsOf(type, event.before);
  const previous = Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(data[name])),
  );
  return {
    type: type.type,
    timestamp: event.occurredAt,
    organizationId,
    sequence: event.seq,
    actor: { type: event.actorType, id: somebody(event.actorId), userId: somebody(event.userId) },
    resource: { type: event.resourceType, id: event.resourceId },
    data,
    previous,
  };
}

/** A message with the example of a type, for trying a receiver. */
export function exampleMessageOf(type: EventType, organizationId: string, at: string): EventMessage {
  return {
    type: type.type,
    timestamp: at,
    organizationId,
    sequence: null,
    actor: null,
    resource: { type: resourceOf(type.type), id: null },
    data: type.example,
    previous: type.previous ?? {},
  };
}

function factsOf({ facts }: EventType, image: SealedEvent['after']): Record<string, unknown> {
  if (!image) return {};
  return Object.fromEntries(facts.filter((name) => image[name] !== undefined).map((name) => [name, image[name]]));
}

function somebody(id: string): string | null {
  return id === NIL_ID ? null : id;
}
