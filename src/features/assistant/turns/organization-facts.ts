import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { CrmDesk, type DeskStage } from '../../crm/index.js';
import { type DirectoryEntry, MemberDirectory } from '../../organizations/index.js';

/** What understanding a message and speaking of leads need to know of an organization. */
export interface OrganizationFacts {
  readonly country: string;
  readonly baseCurrency: string;
  readonly timeZone: string;
  readonly stages: readonly DeskStage[];
  readonly members: readonly DirectoryEntry[];
  readonly customFields: readonly string[];
}

const NOWHERE = { country: 'US', baseCurrency: 'USD', timeZone: 'UTC' };

/** Reads the facts of an organization, all at once. */
@Injectable()
export class OrganizationFactsReader {
  constructor(
    private readonly db: Database,
    private readonly desk: CrmDesk,
    private readonly directory: MemberDirectory,
  ) {}

  async read(scope: Scope): Promise<OrganizationFacts> {
    const [place, members, stages, customFields] = await Promise.all([
      this.db.read(scope, (tx) => this.directory.place(tx)),
      this.db.read(scope, (tx) => this.directory.activeMembers(tx)),
      this.desk.stages(scope),
      this.desk.customFields(scope),
    ]);
    return { ...(place ?? NOWHERE), members, stages, customFields };
  }
}
