import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../../shared/ids.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { assertPerson } from '../callers.js';
import { PAGE_SIZE, type PageQuery } from '../organizations.shapes.js';
import { PageCursors } from '../page-cursors.js';
import { type MyOrganizationRow, organizationsOfPerson } from './organizations.repository.js';
import { Organizations } from './organizations.js';
import type { CreateOrganization, OrganizationCreated } from './organizations.shapes.js';

/** The organizations of a person: making one and listing them. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly db: Database,
    private readonly organizations: Organizations,
    private readonly cursors: PageCursors,
  ) {}

  async create(scope: Scope, input: CreateOrganization): Promise<OrganizationCreated> {
    assertPerson(scope);
    return this.db.write(scope, async (tx) => {
      const made = await this.organizations.create(tx, scope, input);
      return { ...made, role: 'owner', nextStep: `Call POST /api/v1/auth/switch with organization ${made.id} to work in it.` };
    });
  }

  async mine(scope: Scope, query: PageQuery): Promise<PageOf<MyOrganizationRow>> {
    const { userId } = scope.actor;
    const [limit, list] = [query.limit ?? PAGE_SIZE, ['my-organizations', userId]];
    const [after = NIL_ID] = this.cursors.read(query.cursor, list) ?? [];
    const rows = await this.db.read(scope, (tx) => organizationsOfPerson(tx, userId, { after, limit: limit + 1 }));
    return this.cursors.page(rows, limit, list, (row) => [row.id]);
  }
}
