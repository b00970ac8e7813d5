import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { KeysetLists } from '../records/keyset-list.js';
import { CONTACT_COLUMNS } from './contacts.repository.js';
import { ContactOfLead } from './contacts.shapes.js';

/** A lead has people, not a mailing list. */
export const MOST_CONTACTS = 100;

/** What linking found. */
export interface ContactLinkOutcome {
  readonly lead: boolean;
  readonly contact: boolean;
  readonly linked: number;
}

// Held until the commit, so that no link is made to a lead that is being absorbed or deleted.
const LEAD = `l as (select l.id from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null for share)`;
const ROLE_LIST = sqlSelectList(ContactOfLead, { ...CONTACT_COLUMNS, role: 'k.role', linkedAt: 'k.linked_at' });
const FACTS = (from: string): string =>
  `(select jsonb_build_object('contactId', c.id, 'contactName', c.name, 'contactRole', ${from}.role) from contacts c where c.organization_id = $1 and c.id = ${from}.contact_id)`;
const AUDITED = { resourceType: `'lead'`, resourceId: 'r.lead_id' } as const;

// Linking anew with the same role changes and records nothing.
const LINK = `with ${LEAD},
  c as (select c.id from contacts c where c.organization_id = $1 and c.id = $3 and c.deleted_at is null),
  n as (select count(*)::int as linked from lead_contacts k where k.organization_id = $1 and k.lead_id = $2 and k.contact_id <> $3),
  b as (select k.lead_id, k.contact_id, k.role from lead_contacts k where k.organization_id = $1 and k.lead_id = $2 and k.contact_id = $3),
  r as (
    insert into lead_contacts as k (organization_id, lead_id, contact_id, role) select $1, l.id, c.id, $4 from l, c, n where n.linked < ${MOST_CONTACTS}
    on conflict (organization_id, lead_id, contact_id) do update set role = excluded.role where k.role is distinct from excluded.role
    returning k.lead_id, k.contact_id, k.role),
  a as (${auditCte({ ...AUDITED, from: 'r left join b on true', first: 5, action: `'lead.contact-linked'`, before: FACTS('b'), after: FACTS('r') })})
  select exists (select from l) as lead, exists (select from c) as contact, (select linked from n) as linked`;

const UNLINK = `with ${LEAD},
  r as (
    delete from lead_contacts k using l where k.organization_id = $1 and k.lead_id = l.id and k.contact_id = $3 returning k.lead_id, k.contact_id, k.role),
  a as (${auditCte({
    ...AUDITED,
    from: 'r',
    first: 4,
    action: `'lead.contact-unlinked'`,
    before: FACTS('r'),
    after: `'{"contactId": null, "contactName": null, "contactRole": null}'::jsonb`,
  })})
  select exists (select from l) as lead, exists (select from r) as contact, 0 as linked`;

const ONE = `select ${ROLE_LIST} from lead_contacts k join contacts r on r.organization_id = k.organization_id and r.id = k.contact_id and r.deleted_at is null
  where k.organization_id = $1 and k.lead_id = $2 and k.contact_id = $3`;

/** Which contacts a lead has, and what they are in it. */
@Injectable()
export class ContactLinksRepository {
  constructor(private readonly lists: KeysetLists) {}

  link(tx: Tx, leadId: string, contactId: string, role: string | null): Promise<ContactLinkOutcome | undefined> {
    return tx.first<ContactLinkOutcome>(LINK, [tx.scope.organizationId, leadId, contactId, role, ...auditParameters(tx.scope)]);
  }

  unlink(tx: Tx, leadId: string, contactId: string): Promise<ContactLinkOutcome | undefined> {
    return tx.first<ContactLinkOutcome>(UNLINK, [tx.scope.organizationId, leadId, contactId, ...auditParameters(tx.scope)]);
  }

  one(tx: Tx, leadId: string, contactId: string): Promise<ContactOfLead | undefined> {
    return tx.first<ContactOfLead>(ONE, [tx.scope.organizationId, leadId, contactId]);
  }

  /** In the order in which they were made. */
  ofLead(tx: Tx, leadId: string, { cursor, limit }: { cursor?: string; limit?: number }): Promise<PageOf<ContactOfLead>> {
    return this.lists.page<ContactOfLead>(tx, {
      view: ROLE_LIST,
      from: 'contacts r join lead_contacts k on k.organization_id = r.organization_id and k.contact_id = r.id',
      conditions: ['k.organization_id = $1', 'k.lead_id = $2', 'r.deleted_at is null'],
      values: [tx.scope.organizationId, leadId],
      order: { column: 'k.contact_id', type: 'uuid', direction: 'asc' },
      id: 'k.contact_id',
      context: ['contacts of lead', leadId],
      cursor,
      limit,
    });
  }
}
