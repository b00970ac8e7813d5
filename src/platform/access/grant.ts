import type { Actor } from '../database/scope.js';
import type { Permission } from './permissions.js';

/** What the database said of a caller: the part of a `Scope` that is the same for all their requests. */
export interface Grant {
  readonly organizationId: string;
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
  readonly sessionId: string | null;
}

/** Claims of an access token; minimal, because what they say may be 15 minutes old. */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
  /** Organization the session works in. */
  readonly org?: string;
  readonly exp: number;
}

/** A refusal, for the audit trail. */
export interface Denial {
  readonly organizationId: string;
  readonly actor: Actor;
  readonly permission: Permission;
  readonly route: string;
  readonly requestId: string;
  readonly address: string | null;
}

/** Where the platform asks who somebody is; the auth feature answers. */
export abstract class AccessSource {
  /** The public key of a token's `kid`, as PEM; undefined when unknown. */
  abstract verificationKey(kid: string): Promise<string | undefined>;
  /** What a verified token grants now; undefined when its session or membership ended. */
  abstract grantOfSession(claims: AccessClaims): Promise<Grant | undefined>;
  /** What an API key grants now. */
  abstract grantOfApiKey(key: string): Promise<Grant | undefined>;
  /** Records a refusal. */
  abstract denied(denial: Denial): Promise<void>;
}
