import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { normalizeEmail } from '../../../shared/text.js';
import { KeysetLists } from '../records/keyset-list.js';
import { LinkedLead, linkedLeadList, LIVING_LEAD } from '../records/linked-lead.js';
import { listContext, RECORD_ORDERS, recordConditions } from '../records/record-lists.shapes.js';
import { RecordStore } from '../records/record-store.js';
import { ContactView, type ListContactsQuery } from './contacts.shapes.js';

export const CONTACT_COLUMNS = {
  id: 'r.id',
  name: 'r.name',
  emails: 'r.emails',
  phones: 'r.phones',
  position: 'r."position"',
  companyId: 'r.company_id',
  ownerId: 'r.owner_id',
  tags: 'r.tags',
  notes: 'r.notes',
  attributes: 'r.attributes',
  version: 'r.version',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
  deletedAt: 'r.deleted_at',
} as const;
const CONTACT_LIST = sqlSelectList(ContactView, CONTACT_COLUMNS);

const COLUMNS = [
  'name',
  'emails',
  'phones',
  '"position"',
  'company_id',
  'owner_id',
  'tags',
  'notes',
  'attributes',
  'name_key',
  'search_text',
] as const;

const SEARCH = `select ${CONTACT_LIST} from (select s.id, max(s.likeness) as likeness from concord_search_contacts($2, $3) s group by s.id) f
  join contacts r on r.organization_id = $1 and r.id = f.id and r.deleted_at is null
  order by f.likeness desc, r.name_key, r.id limit $3`;

const BY_EMAILS = `select r.id, r.name, k.email from contact_emails k
  join contacts r on r.organization_id = k.organization_id and r.id = k.contact_id
  where k.organization_id = $1 and k.email = any ($2::text[]) order by k.email`;

const ANY_STATE = `select r.deleted_at is not null as deleted, r.emails from contacts r where r.organization_id = $1 and r.id = $2`;

/** A contact that has one of the addresses asked for. */
export interface ContactOfEmail {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Questions about contacts. */
@Injectable()
export class ContactsRepository extends RecordStore<ContactView> {
  constructor(private readonly lists: KeysetLists) {
    super({
      table: 'contacts',
      view: CONTACT_LIST,
      resource: 'contact',
      columns: COLUMNS,
      ofLead: false,
      keys: { table: 'contact_emails', key: 'email', owner: 'contact_id', from: 'emails' },
    });
  }

  list(tx: Tx, query: ListContactsQuery): Promise<PageOf<ContactView>> {
    const values: unknown[] = [tx.scope.organizationId];
    const parameter = (value: unknown): string => `$${values.push(value)}`;
    const { companyId, email, sort = 'name', cursor, limit } = query;
    const conditions = recordConditions(query, parameter);
    if (companyId !== undefined) conditions.push(`r.company_id = ${parameter(companyId)}`);
    if (email !== undefined) {
      const address = parameter(normalizeEmail(email));
      conditions.push(`r.id = (select k.contact_id from contact_emails k where k.organization_id = $1 and k.email = ${address})`);
    }
    return this.lists.page<ContactView>(tx, {
      view: CONTACT_LIST,
      from: 'contacts r',
      conditions,
      values,
      order: RECORD_ORDERS[sort],
      context: listContext('contacts', query),
      cursor,
      limit,
    });
  }

  /** The contacts most like a folded text. */
  alike(tx: Tx, folded: string, limit: number): Promise<ContactView[]> {
    return tx.query<ContactView>(SEARCH, [tx.scope.organizationId, folded, limit]);
  }

  byEmails(tx: Tx, emails: readonly string[]): Promise<ContactOfEmail[]> {
    return tx.query<ContactOfEmail>(BY_EMAILS, [tx.scope.organizationId, emails]);
  }

  /** A contact, living or deleted. */
  state(tx: Tx, id: string): Promise<{ deleted: boolean; emails: string[] } | undefined> {
    return tx.first(ANY_STATE, [tx.scope.organizationId, id]);
  }

  /** Leads of a contact, the newest first. */
  leads(tx: Tx, contactId: string, { cursor, limit }: { cursor?: string; limit?: number }): Promise<PageOf<LinkedLead>> {
    return this.lists.page<LinkedLead>(tx, {
      view: linkedLeadList('r.role'),
      from: `lead_contacts r ${LIVING_LEAD}`,
      conditions: ['r.contact_id = $2'],
      values: [tx.scope.organizationId, contactId],
      order: { column: 'r.lead_id', type: 'uuid', direction: 'desc' },
      id: 'r.lead_id',
      context: ['leads of contact', contactId],
      cursor,
      limit,
    });
  }
}
