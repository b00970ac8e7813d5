import { Injectable } from '@nestjs/common';
import { SYSTEM_ROLES } from '../../../platform/access/permissions.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { NotFound, PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { assertOrganizationChosen } from '../callers.js';
import { Refusals } from '../refusals.js';
import { explainAccess } from './access-explanation.js';
import { accessFactsOf } from './access.repository.js';
import type { AccessExplanation, ExplainAccess, OwnAccess } from './access.shapes.js';
import { permissionsOf } from './role-rules.js';
import { customRoles } from './roles.repository.js';

/** Tells people what they may do and why. */
@Injectable()
export class AccessService {
  constructor(
    private readonly db: Database,
    private readonly refusals: Refusals,
  ) {}

  async own(scope: Scope): Promise<OwnAccess> {
    assertOrganizationChosen(scope);
    const { organizationId, actor, permissions } = scope;
    const facts = await this.db.read(scope, (tx) => accessFactsOf(tx, actor.userId));
    return { organizationId, userId: actor.userId, actorType: actor.type, role: facts?.role ?? null, permissions: [...permissions].sort() };
  }

  async explain(scope: Scope, query: ExplainAccess): Promise<AccessExplanation> {
    assertOrganizationChosen(scope);
    const userId = query.userId ?? scope.actor.userId;
    if (userId === scope.actor.userId) return this.explained(scope, userId, query);
    return this.refusals.recorded(scope, { resourceType: 'member', resourceId: userId }, async () => {
      if (!scope.permissions.has('members:manage'))
        throw PermissionDenied({ detail: 'Asking about others needs members:manage.', extra: { permission: 'members:manage' } });
      return this.explained(scope, userId, query);
    });
  }

  private async explained(scope: Scope, userId: string, { permission }: ExplainAccess): Promise<AccessExplanation> {
    const [facts, custom] = await this.db.read(scope, (tx) => Promise.all([accessFactsOf(tx, userId), customRoles(tx)]));
    if (!facts) throw NotFound();
    const own = userId === scope.actor.userId;
    const credential = own ? { isApiKey: scope.actor.type === 'api-key', permissions: scope.permissions } : undefined;
    const rolesThatAllow = [
      ...SYSTEM_ROLES.filter((role) => permissionsOf({ role, customPermissions: null }).includes(permission)),
      ...custom.filter((role) => role.permissions.includes(permission)).map((role) => role.key),
    ];
    return {
      permission,
      userId,
      role: facts.role,
      rolesThatAllow,
      ...explainAccess({ ...facts, permission, rolePermissions: permissionsOf(facts), credential }),
    };
  }
}
