import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { newId } from '../../../shared/ids.js';
import { foldText } from '../../../shared/text.js';
import { CustomFields } from '../custom-fields/custom-fields.js';
import type { LinkedLead } from '../records/linked-lead.js';
import { changeRecord, isSame, removeRecord } from '../records/record-change.js';
import type { RecordSearchQuery } from '../records/record-lists.shapes.js';
import { RecordOwners } from '../records/record-owners.js';
import { CompaniesRepository } from './companies.repository.js';
import { CompanyDomainTaken, CompanyNotDeleted, CompanyNotFound } from './companies.errors.js';
import type { CompanySearchResult, CompanyView, CreateCompany, ListCompaniesQuery, UpdateCompany } from './companies.shapes.js';
import { companyContent, companyValues, patchedCompany } from './company.js';

const USUAL_HITS = 10;

/** Companies: made, found, changed, put away and brought back. */
@Injectable()
export class CompaniesService {
  constructor(
    private readonly db: Database,
    private readonly companies: CompaniesRepository,
    private readonly owners: RecordOwners,
    private readonly customFields: CustomFields,
  ) {}

  list(scope: Scope, query: ListCompaniesQuery): Promise<PageOf<CompanyView>> {
    return this.db.read(scope, (tx) => this.companies.list(tx, query));
  }

  async search(scope: Scope, { q, limit = USUAL_HITS }: RecordSearchQuery): Promise<CompanySearchResult> {
    const folded = foldText(q);
    return { items: folded === '' ? [] : await this.db.read(scope, (tx) => this.companies.alike(tx, folded, limit)) };
  }

  async create(scope: Scope, input: CreateCompany): Promise<CompanyView> {
    const content = companyContent(input);
    await this.customFields.check(scope, 'company', content.attributes);
    const made = await this.orExisting(
      scope,
      () => Promise.resolve(content.domains),
      () =>
        this.db.write(scope, async (tx) => {
          await this.owners.know(tx, content.ownerId);
          return this.companies.insert(tx, { id: newId(), values: companyValues(content) });
        }),
    );
    if (!made) throw new Error('an insert gives the row it made');
    return made;
  }

  async get(scope: Scope, id: string): Promise<CompanyView> {
    const found = await this.db.read(scope, (tx) => this.companies.find(tx, id));
    if (!found) throw CompanyNotFound();
    return found;
  }

  update(scope: Scope, id: string, patch: UpdateCompany): Promise<CompanyView> {
    const domains = (): Promise<string[]> => Promise.resolve(companyContent({ name: '', domains: patch.domains ?? [] }).domains);
    const values = async (tx: Tx, current: CompanyView): Promise<unknown[] | undefined> => {
      const after = patchedCompany(current, patch);
      await this.owners.know(tx, after.ownerId, current.ownerId);
      if (patch.attributes !== undefined) await this.customFields.checkIn(tx, 'company', after.attributes);
      const wanted = companyValues(after);
      return isSame(wanted, companyValues(current)) ? undefined : wanted;
    };
    return this.orExisting(scope, domains, () =>
      this.db.write(scope, (tx) => {
        const change = { id, patch, ifMatch: scope.ifMatch, missing: CompanyNotFound };
        return changeRecord(tx, this.companies, { ...change, values: (current) => values(tx, current) });
      }),
    );
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.db.writeOne(scope, (tx) => removeRecord(tx, this.companies, { id, ifMatch: scope.ifMatch, missing: CompanyNotFound }));
  }

  /** Brings a deleted company back, unless another has taken one of its domains since. */
  async restore(scope: Scope, id: string): Promise<CompanyView> {
    const state = () => this.db.read(scope, (tx) => this.companies.state(tx, id));
    const domains = async (): Promise<string[]> => (await state())?.domains ?? [];
    const restored = await this.orExisting(scope, domains, () => this.db.writeOne(scope, (tx) => this.companies.restore(tx, id)));
    if (restored) return restored;
    throw (await state()) ? CompanyNotDeleted() : CompanyNotFound();
  }

  leads(scope: Scope, id: string, query: { cursor?: string; limit?: number }): Promise<PageOf<LinkedLead>> {
    return this.db.read(scope, async (tx) => {
      if ((await this.companies.state(tx, id))?.deleted !== false) throw CompanyNotFound();
      return this.companies.leads(tx, id, query);
    });
  }

  /** The database judges whose a domain is; who has it is asked afterwards, for the answer. */
  private async orExisting<T>(scope: Scope, domains: () => Promise<readonly string[]>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.definition !== CompanyDomainTaken.definition) throw error;
      const wanted = await domains();
      const existing = await this.db.read(scope, (tx) => this.companies.byDomains(tx, wanted));
      throw CompanyDomainTaken({ ...error.details, cause: error, extra: { existing } });
    }
  }
}
