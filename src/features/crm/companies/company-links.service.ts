import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { CompaniesRepository } from './companies.repository.js';
import { CompanyUnknown, LeadHasNoCompany } from './companies.errors.js';
import type { CompanyView } from './companies.shapes.js';
import { CompanyLinksRepository } from './company-links.repository.js';

/** Links a lead to its company. */
@Injectable()
export class CompanyLinksService {
  constructor(
    private readonly db: Database,
    private readonly links: CompanyLinksRepository,
    private readonly companies: CompaniesRepository,
  ) {}

  companyOf(scope: Scope, leadId: string): Promise<CompanyView> {
    return this.db.read(scope, async (tx) => {
      const found = await this.links.companyOf(tx, leadId);
      if (!found?.lead) throw LeadNotFound();
      const company = found.companyId === null ? undefined : await this.companies.find(tx, found.companyId);
      if (!company) throw LeadHasNoCompany();
      return company;
    });
  }

  /** Takes the place of the company that was linked before. */
  link(scope: Scope, leadId: string, companyId: string): Promise<CompanyView> {
    return this.db.write(scope, async (tx) => {
      const outcome = await this.links.link(tx, leadId, companyId);
      if (!outcome?.lead) throw LeadNotFound();
      const company = outcome.company ? await this.companies.find(tx, companyId) : undefined;
      if (company) return company;
      const message = 'is not a company of this organization; GET /companies lists them';
      throw CompanyUnknown({ errors: [{ pointer: '/companyId', code: 'company-unknown', message }] });
    });
  }

  async unlink(scope: Scope, leadId: string): Promise<void> {
    const outcome = await this.db.writeOne(scope, (tx) => this.links.unlink(tx, leadId));
    if (!outcome?.lead) throw LeadNotFound();
    if (!outcome.company) throw LeadHasNoCompany();
  }
}
