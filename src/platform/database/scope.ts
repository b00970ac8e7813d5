import { NIL_ID } from '../../shared/ids.js';
import type { Permission } from '../access/permissions.js';

/** Who acts: a person, a key of theirs, the assistant on their behalf, a job, or the system itself. */
export interface Actor {
  readonly type: 'user' | 'api-key' | 'assistant' | 'job' | 'system' | 'anonymous';
  /** Id of the user, key, job; NIL for anonymous and system. */
  readonly id: string;
  /** The person behind it; NIL when there is none. */
  readonly userId: string;
}

/** What one request has cost in the database so far; the wide log line reports it. */
export interface DatabaseCost {
  statements: number;
  ms: number;
}

/** The claim a request makes with its `Idempotency-Key`; the first write of the request stores the answer under it. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly route: string;
  readonly bodyHash: Buffer;
  readonly status: number;
  /** Turns the result of the use case into the text that is answered, so that a replay is byte for byte the same. */
  readonly serialize: (result: unknown) => string;
  /** Set by the write that takes it; a request may store its answer once. */
  taken: boolean;
}

/** On whose behalf, in which organization and with which rights something happens. Every use of the database needs one. */
export interface Scope {
  /** NIL while the caller has not chosen an organization: then no tenant row is visible. */
  readonly organizationId: string;
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
  readonly requestId: string;
  /** W3C trace context of the request, for the jobs it starts. */
  readonly traceparent?: string | undefined;
  readonly address: string | null;
  readonly sessionId: string | null;
  /** Version the caller says it changes (If-Match); undefined when it says nothing. */
  readonly ifMatch?: number | undefined;
  readonly idempotency?: IdempotencyClaim | undefined;
  readonly cost: DatabaseCost;
}

/** The scope of a caller nobody knows: public routes run under it. */
export function anonymousScope(requestId: string, address: string | null): Scope {
  return {
    organizationId: NIL_ID,
    actor: { type: 'anonymous', id: NIL_ID, userId: NIL_ID },
    permissions: new Set(),
    requestId,
    address,
    sessionId: null,
    cost: { statements: 0, ms: 0 },
  };
}

/** The scope of the system acting in an organization, or in none: schedulers, sealers, the command line. */
export function systemScope(requestId: string, organizationId: string = NIL_ID): Scope {
  return {
    organizationId,
    actor: { type: 'system', id: NIL_ID, userId: NIL_ID },
    permissions: new Set(),
    requestId,
    address: null,
    sessionId: null,
    cost: { statements: 0, ms: 0 },
  };
}

/** The same caller, seen in another organization: used right after one was made or chosen. */
export function scopeIn(scope: Scope, organizationId: string): Scope {
  return { ...scope, organizationId };
}
