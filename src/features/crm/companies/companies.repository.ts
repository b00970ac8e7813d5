import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { KeysetLists } from '../records/keyset-list.js';
import { LinkedLead, linkedLeadList, LIVING_LEAD } from '../records/linked-lead.js';
import { domainOf } from '../records/record-fields.js';
import { listContext, RECORD_ORDERS, recordConditions } from '../records/record-lists.shapes.js';
import { RecordStore } from '../records/record-store.js';
import { CompanyView, type ListCompaniesQuery } from './companies.shapes.js';

const COMPANY_LIST = sqlSelectList(CompanyView, {
  id: 'r.id',
  name: 'r.name',
  domains: 'r.domains',
  address: 'r.address',
  phone: 'r.phone',
  industry: 'r.industry',
  employees: 'r.employees',
  ownerId: 'r.owner_id',
  tags: 'r.tags',
  notes: 'r.notes',
  attributes: 'r.attributes',
  version: 'r.version',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
  deletedAt: 'r.deleted_at',
});

const COLUMNS = [
  'name',
  'domains',
  'address',
  'phone',
  'industry',
  'employees',
  'owner_id',
  'tags',
  'notes',
  'attributes',
  'name_key',
  'search_text',
] as const;

const SEARCH = `select ${COMPANY_LIST} from (select s.id, max(s.likeness) as likeness from concord_search_companies($2, $3) s group by s.id) f
  join companies r on r.organization_id = $1 and r.id = f.id and r.deleted_at is null
  order by f.likeness desc, r.name_key, r.id limit $3`;

const BY_DOMAINS = `select r.id, r.name, k.domain from company_domains k
  join companies r on r.organization_id = k.organization_id and r.id = k.company_id
  where k.organization_id = $1 and k.domain = any ($2::text[]) order by k.domain`;

const ANY_STATE = `select r.deleted_at is not null as deleted, r.domains from companies r where r.organization_id = $1 and r.id = $2`;

/** A company that has one of the domains asked for. */
export interface CompanyOfDomain {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

/** Questions about companies. */
@Injectable()
export class CompaniesRepository extends RecordStore<CompanyView> {
  constructor(private readonly lists: KeysetLists) {
    super({
      table: 'companies',
      view: COMPANY_LIST,
      resource: 'company',
      columns: COLUMNS,
      ofLead: false,
      keys: { table: 'company_domains', key: 'domain', owner: 'company_id', from: 'domains' },
    });
  }

  list(tx: Tx, query: ListCompaniesQuery): Promise<PageOf<CompanyView>> {
    const values: unknown[] = [tx.scope.organizationId];
    const parameter = (value: unknown): string => `$${values.push(value)}`;
    const { industry, domain, employeesMin, employeesMax, sort = 'name', cursor, limit } = query;
    const conditions = recordConditions(query, parameter);
    if (industry !== undefined) conditions.push(`r.industry = ${parameter(industry)}`);
    if (employeesMin !== undefined) conditions.push(`r.employees >= ${parameter(employeesMin)}`);
    if (employeesMax !== undefined) conditions.push(`r.employees <= ${parameter(employeesMax)}`);
    if (domain !== undefined) {
      const named = parameter(domainOf(domain) ?? domain);
      conditions.push(`r.id = (select k.company_id from company_domains k where k.organization_id = $1 and k.domain = ${named})`);
    }
    return this.lists.page<CompanyView>(tx, {
      view: COMPANY_LIST,
      from: 'companies r',
      conditions,
      values,
      order: RECORD_ORDERS[sort],
      context: listContext('companies', query),
      cursor,
      limit,
    });
  }

  /** The companies most like a folded text. */
  alike(tx: Tx, folded: string, limit: number): Promise<CompanyView[]> {
    return tx.query<CompanyView>(SEARCH, [tx.scope.organizationId, folded, limit]);
  }

  byDomains(tx: Tx, domains: readonly string[]): Promise<CompanyOfDomain[]> {
    return tx.query<CompanyOfDomain>(BY_DOMAINS, [tx.scope.organizationId, domains]);
  }

  /** A company, living or deleted. */
  state(tx: Tx, id: string): Promise<{ deleted: boolean; domains: string[] } | undefined> {
    return tx.first(ANY_STATE, [tx.scope.organizationId, id]);
  }

  /** Leads of a company, the newest first. */
  leads(tx: Tx, companyId: string, { cursor, limit }: { cursor?: string; limit?: number }): Promise<PageOf<LinkedLead>> {
    return this.lists.page<LinkedLead>(tx, {
      view: linkedLeadList('null::text'),
      from: `lead_companies r ${LIVING_LEAD}`,
      conditions: ['r.company_id = $2'],
      values: [tx.scope.organizationId, companyId],
      order: { column: 'r.lead_id', type: 'uuid', direction: 'desc' },
      id: 'r.lead_id',
      context: ['leads of company', companyId],
      cursor,
      limit,
    });
  }
}
