import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { auditCte, auditParameters } from '../../audit/index.js';

/** What linking found: the lead, the company, and the link that was there. */
export interface LinkOutcome {
  readonly lead: boolean;
  readonly company: boolean;
}

// Held until the commit, so that no link is made to a lead that is being absorbed or deleted.
const LEAD = `l as (select l.id from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null for share)`;
const FACTS = (from: string): string =>
  `(select jsonb_build_object('companyId', c.id, 'companyName', c.name) from companies c where c.organization_id = $1 and c.id = ${from}.company_id)`;

// Linking anew the company that is linked already changes and records nothing.
const LINK = `with ${LEAD},
  c as (select c.id from companies c where c.organization_id = $1 and c.id = $3 and c.deleted_at is null),
  b as (select k.lead_id, k.company_id from lead_companies k where k.organization_id = $1 and k.lead_id = $2),
  r as (
    insert into lead_companies as k (organization_id, lead_id, company_id) select $1, l.id, c.id from l, c
    on conflict (organization_id, lead_id) do update set company_id = excluded.company_id, linked_at = now()
      where k.company_id <> excluded.company_id
    returning k.lead_id, k.company_id),
  a as (${auditCte({
    from: 'r left join b on b.lead_id = r.lead_id',
    first: 4,
    action: `'lead.company-linked'`,
    resourceType: `'lead'`,
    resourceId: 'r.lead_id',
    before: FACTS('b'),
    after: FACTS('r'),
  })})
  select exists (select from l) as lead, exists (select from c) as company`;

const UNLINK = `with ${LEAD},
  r as (delete from lead_companies k using l where k.organization_id = $1 and k.lead_id = l.id returning k.lead_id, k.company_id),
  a as (${auditCte({
    from: 'r',
    first: 3,
    action: `'lead.company-unlinked'`,
    resourceType: `'lead'`,
    resourceId: 'r.lead_id',
    before: FACTS('r'),
    after: `'{"companyId": null, "companyName": null}'::jsonb`,
  })})
  select exists (select from l) as lead, exists (select from r) as company`;

const OF_LEAD = `select exists (select from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null) as lead,
  (select k.company_id from lead_companies k where k.organization_id = $1 and k.lead_id = $2) as "companyId"`;

/** Which company a lead belongs to; the free text of the lead stays what it is. */
@Injectable()
export class CompanyLinksRepository {
  link(tx: Tx, leadId: string, companyId: string): Promise<LinkOutcome | undefined> {
    return tx.first<LinkOutcome>(LINK, [tx.scope.organizationId, leadId, companyId, ...auditParameters(tx.scope)]);
  }

  unlink(tx: Tx, leadId: string): Promise<LinkOutcome | undefined> {
    return tx.first<LinkOutcome>(UNLINK, [tx.scope.organizationId, leadId, ...auditParameters(tx.scope)]);
  }

  companyOf(tx: Tx, leadId: string): Promise<{ lead: boolean; companyId: string | null } | undefined> {
    return tx.first(OF_LEAD, [tx.scope.organizationId, leadId]);
  }
}
