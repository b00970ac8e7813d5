import { Injectable } from '@nestjs/common';
import { AccessSource, type AccessClaims, type Denial, type Grant } from '../../../platform/access/grant.js';
import { Database } from '../../../platform/database/database.js';
import { anonymousScope, type Scope } from '../../../platform/database/scope.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { Memberships } from '../../organizations/index.js';
import { ApiKeyRecognition } from '../api-keys/api-key-recognition.js';
import { personActor } from '../sessions/person.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { KeyRing } from '../signing-keys/key-ring.js';

/** Answers the platform who a caller is, from the database as it is now. */
@Injectable()
export class AuthAccessSource extends AccessSource {
  constructor(
    private readonly database: Database,
    private readonly ring: KeyRing,
    private readonly sessions: SessionsRepository,
    private readonly memberships: Memberships,
    private readonly apiKeys: ApiKeyRecognition,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  override verificationKey(kid: string): Promise<string | undefined> {
    return this.ring.publicKey(kid);
  }

  override async grantOfSession(claims: AccessClaims): Promise<Grant | undefined> {
    const organizationId = claims.org ?? NIL_ID;
    const actor = personActor(claims.sub);
    const scope: Scope = { ...anonymousScope('access', null), organizationId, actor };
    const isLive = this.database.read(scope, (tx) => this.sessions.isLive(tx, claims.sid, claims.sub));
    const held = organizationId === NIL_ID ? Promise.resolve(undefined) : this.memberships.grantFor(scope);
    const [live, membership] = await Promise.all([isLive, held]);
    if (!live || (organizationId !== NIL_ID && !membership)) return undefined;
    return { organizationId, actor, permissions: new Set(membership?.permissions ?? []), sessionId: claims.sid };
  }

  override grantOfApiKey(key: string): Promise<Grant | undefined> {
    return this.apiKeys.grantOf(key);
  }

  override async denied(denial: Denial): Promise<void> {
    const { organizationId, actor, permission, route, requestId, address } = denial;
    const scope: Scope = { ...anonymousScope(requestId, address), organizationId, actor };
    const event = { action: 'access.denied', resourceType: 'route', resourceId: route, after: { permission } };
    await this.database.writeOne(scope, (tx) => this.audit.record(tx, event));
  }
}
