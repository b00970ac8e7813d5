import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { EditConflict, NotFound } from '../../../platform/http/problems/core-problems.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { personOf } from '../sessions/person.js';
import { SessionPlaces } from '../sessions/session-places.js';
import type { ProfileView, UpdateProfile } from './profile.shapes.js';
import { type User, UsersRepository } from './users.repository.js';

/** The account of whoever asks. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly places: SessionPlaces,
    private readonly audit: AuditTrail,
  ) {}

  async me(scope: Scope): Promise<ProfileView> {
    const user = await this.database.read(scope, (tx) => this.users.byId(tx, scope.actor.userId));
    if (!user) throw NotFound();
    return this.view(scope, user);
  }

  async update(scope: Scope, patch: UpdateProfile): Promise<ProfileView> {
    const { userId } = personOf(scope);
    const user = await this.database.write(scope, async (tx) => {
      const before = await this.users.byIdToChange(tx, userId);
      if (!before) throw NotFound();
      if (scope.ifMatch !== undefined && scope.ifMatch !== before.version)
        throw EditConflict({ extra: { currentVersion: before.version } });
      const changed = await this.users.setProfile(tx, { id: userId, ...merged(before, patch) });
      if (!changed) throw NotFound();
      await this.audit.record(tx, {
        action: 'user.profile-updated',
        resourceType: 'user',
        resourceId: userId,
        before: profileOf(before),
        after: profileOf(changed),
      });
      return changed;
    });
    return this.view(scope, user);
  }

  private async view(scope: Scope, user: User): Promise<ProfileView> {
    const place = await this.places.of(scope, user.id, scope.organizationId === NIL_ID ? null : scope.organizationId);
    return { ...user, ...place };
  }
}

function merged(before: User, patch: UpdateProfile): Pick<User, 'name' | 'timeZone' | 'locale'> {
  return {
    name: patch.name?.trim() ?? before.name,
    timeZone: patch.timeZone === undefined ? before.timeZone : patch.timeZone,
    locale: patch.locale === undefined ? before.locale : patch.locale,
  };
}

function profileOf({ name, timeZone, locale }: User): object {
  return { name, timeZone, locale };
}
