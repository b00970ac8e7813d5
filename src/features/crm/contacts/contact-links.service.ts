import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { knowLead } from '../activities/lead-entry-list.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { ContactLinksRepository, MOST_CONTACTS } from './contact-links.repository.js';
import { ContactNotFound, ContactNotLinked, TooManyContacts } from './contacts.errors.js';
import type { ContactOfLead, LinkContact } from './contacts.shapes.js';

/** Links leads to the people they are about. */
@Injectable()
export class ContactLinksService {
  constructor(
    private readonly db: Database,
    private readonly links: ContactLinksRepository,
  ) {}

  ofLead(scope: Scope, leadId: string, query: { cursor?: string; limit?: number }): Promise<PageOf<ContactOfLead>> {
    return this.db.read(scope, async (tx) => {
      const page = await this.links.ofLead(tx, leadId, query);
      if (page.items.length === 0) await knowLead(tx, leadId);
      return page;
    });
  }

  /** Links them, or gives a linked one another role. */
  link(scope: Scope, ids: { leadId: string; contactId: string }, { role }: LinkContact): Promise<ContactOfLead> {
    const { leadId, contactId } = ids;
    return this.db.write(scope, async (tx) => {
      const outcome = await this.links.link(tx, leadId, contactId, role?.trim() || null);
      if (!outcome?.lead) throw LeadNotFound();
      if (!outcome.contact) throw ContactNotFound();
      if (outcome.linked >= MOST_CONTACTS) throw TooManyContacts({ detail: `A lead may have ${MOST_CONTACTS}.` });
      const linked = await this.links.one(tx, leadId, contactId);
      if (!linked) throw ContactNotFound();
      return linked;
    });
  }

  async unlink(scope: Scope, { leadId, contactId }: { leadId: string; contactId: string }): Promise<void> {
    const outcome = await this.db.writeOne(scope, (tx) => this.links.unlink(tx, leadId, contactId));
    if (!outcome?.lead) throw LeadNotFound();
    if (!outcome.contact) throw ContactNotLinked();
  }
}
