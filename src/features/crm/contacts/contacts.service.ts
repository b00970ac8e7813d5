import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { newId } from '../../../shared/ids.js';
import { foldText } from '../../../shared/text.js';
import { CompaniesRepository } from '../companies/companies.repository.js';
import { CompanyNotFound, CompanyUnknown } from '../companies/companies.errors.js';
import { CustomFields } from '../custom-fields/custom-fields.js';
import type { LinkedLead } from '../records/linked-lead.js';
import { changeRecord, isSame, removeRecord } from '../records/record-change.js';
import type { RecordSearchQuery } from '../records/record-lists.shapes.js';
import { RecordOwners } from '../records/record-owners.js';
import { contactContent, contactValues, patchedContact } from './contact.js';
import { ContactEmailTaken, ContactNotDeleted, ContactNotFound } from './contacts.errors.js';
import { ContactsRepository } from './contacts.repository.js';
import type { ContactSearchResult, ContactView, CreateContact, ListContactsQuery, UpdateContact } from './contacts.shapes.js';

const USUAL_HITS = 10;

/** Contacts: made, found, changed, put away and brought back. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly db: Database,
    private readonly contacts: ContactsRepository,
    private readonly companies: CompaniesRepository,
    private readonly owners: RecordOwners,
    private readonly customFields: CustomFields,
  ) {}

  list(scope: Scope, query: ListContactsQuery): Promise<PageOf<ContactView>> {
    return this.db.read(scope, (tx) => this.contacts.list(tx, query));
  }

  /** Those who work for a company. */
  ofCompany(scope: Scope, companyId: string, query: { cursor?: string; limit?: number }): Promise<PageOf<ContactView>> {
    return this.db.read(scope, async (tx) => {
      if ((await this.companies.state(tx, companyId))?.deleted !== false) throw CompanyNotFound();
      return this.contacts.list(tx, { ...query, companyId });
    });
  }

  async search(scope: Scope, { q, limit = USUAL_HITS }: RecordSearchQuery): Promise<ContactSearchResult> {
    const folded = foldText(q);
    return { items: folded === '' ? [] : await this.db.read(scope, (tx) => this.contacts.alike(tx, folded, limit)) };
  }

  async create(scope: Scope, input: CreateContact): Promise<ContactView> {
    const content = contactContent(input);
    await this.customFields.check(scope, 'contact', content.attributes);
    const made = await this.orExisting(
      scope,
      () => Promise.resolve(content.emails),
      () =>
        this.db.write(scope, async (tx) => {
          await this.owners.know(tx, content.ownerId);
          await this.knowCompany(tx, content.companyId);
          return this.contacts.insert(tx, { id: newId(), values: contactValues(content) });
        }),
    );
    if (!made) throw new Error('an insert gives the row it made');
    return made;
  }

  async get(scope: Scope, id: string): Promise<ContactView> {
    const found = await this.db.read(scope, (tx) => this.contacts.find(tx, id));
    if (!found) throw ContactNotFound();
    return found;
  }

  update(scope: Scope, id: string, patch: UpdateContact): Promise<ContactView> {
    const emails = (): Promise<string[]> => Promise.resolve(contactContent({ name: '', emails: patch.emails ?? [] }).emails);
    const values = async (tx: Tx, current: ContactView): Promise<unknown[] | undefined> => {
      const after = patchedContact(current, patch);
      await this.owners.know(tx, after.ownerId, current.ownerId);
      if (after.companyId !== current.companyId) await this.knowCompany(tx, after.companyId);
      if (patch.attributes !== undefined) await this.customFields.checkIn(tx, 'contact', after.attributes);
      const wanted = contactValues(after);
      return isSame(wanted, contactValues(current)) ? undefined : wanted;
    };
    return this.orExisting(scope, emails, () =>
      this.db.write(scope, (tx) => {
        const change = { id, patch, ifMatch: scope.ifMatch, missing: ContactNotFound };
        return changeRecord(tx, this.contacts, { ...change, values: (current) => values(tx, current) });
      }),
    );
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.db.writeOne(scope, (tx) => removeRecord(tx, this.contacts, { id, ifMatch: scope.ifMatch, missing: ContactNotFound }));
  }

  /** Brings a deleted contact back, unless another has taken one of the addresses since. */
  async restore(scope: Scope, id: string): Promise<ContactView> {
    const state = () => this.db.read(scope, (tx) => this.contacts.state(tx, id));
    const emails = async (): Promise<string[]> => (await state())?.emails ?? [];
    const restored = await this.orExisting(scope, emails, () => this.db.writeOne(scope, (tx) => this.contacts.restore(tx, id)));
    if (restored) return restored;
    throw (await state()) ? ContactNotDeleted() : ContactNotFound();
  }

  leads(scope: Scope, id: string, query: { cursor?: string; limit?: number }): Promise<PageOf<LinkedLead>> {
    return this.db.read(scope, async (tx) => {
      if ((await this.contacts.state(tx, id))?.deleted !== false) throw ContactNotFound();
      return this.contacts.leads(tx, id, query);
    });
  }

  private async knowCompany(tx: Tx, companyId: string | null): Promise<void> {
    if (companyId === null || (await this.companies.state(tx, companyId))?.deleted === false) return;
    const message = 'is not a company of this organization; GET /companies lists them';
    throw CompanyUnknown({ errors: [{ pointer: '/companyId', code: 'company-unknown', message }] });
  }

  /** The database judges whose an address is; who has it is asked afterwards, for the answer. */
  private async orExisting<T>(scope: Scope, emails: () => Promise<readonly string[]>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.definition !== ContactEmailTaken.definition) throw error;
      const wanted = await emails();
      const existing = await this.db.read(scope, (tx) => this.contacts.byEmails(tx, wanted));
      throw ContactEmailTaken({ ...error.details, cause: error, extra: { existing } });
    }
  }
}
