import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { CrmSettings } from '../settings/crm-settings.service.js';
import type { DuplicatePolicy } from '../settings/crm-settings.shapes.js';
import { LeadMerged } from './duplicate-review.errors.js';
import { LeadMergesRepository } from './lead-merges.repository.js';

/** What duplicates mean for making and finding a single lead. */
@Injectable()
export class LeadDuplicates {
  constructor(
    private readonly db: Database,
    private readonly merges: LeadMergesRepository,
    private readonly settings: CrmSettings,
  ) {}

  /** What to do about a likely duplicate: what the request says, else what the organization has chosen. From memory. */
  async policy(scope: Scope, wanted: DuplicatePolicy | undefined): Promise<DuplicatePolicy> {
    return wanted ?? (await this.settings.current(scope)).onDuplicate;
  }

  /** What the organization has chosen to do about a likely duplicate, in a transaction that is open. */
  async policyIn(tx: Tx): Promise<DuplicatePolicy> {
    return (await this.settings.currentIn(tx)).onDuplicate;
  }

  /** Why a lead is not there. Asked only then, so that finding one costs nothing more. */
  async absence(scope: Scope, id: string): Promise<Error> {
    const went = await this.db.read(scope, (tx) => this.merges.whereTo(tx, id));
    return went ? LeadMerged({ detail: 'Look at the lead named in mergedInto.', extra: { ...went } }) : LeadNotFound();
  }
}
