import { normalizeEmail } from '../../../shared/text.js';
import { mergedAttributes, nameKey, searchText, trimmed } from '../records/record-content.js';
import type { ContactView, CreateContact, UpdateContact } from './contacts.shapes.js';

/** What people say of a contact. */
export type ContactContent = Omit<ContactView, 'id' | 'version' | 'createdAt' | 'updatedAt' | 'deletedAt'>;

/** Content with every field, texts without surrounding blanks, addresses in their one form. */
export function contactContent(given: CreateContact): ContactContent {
  return {
    name: given.name.trim(),
    emails: emailsOf(given.emails),
    phones: phonesOf(given.phones),
    position: trimmed(given.position),
    companyId: given.companyId ?? null,
    ownerId: given.ownerId ?? null,
    tags: given.tags ?? [],
    notes: trimmed(given.notes),
    attributes: given.attributes ?? {},
  };
}

/** Content after a merge patch. */
export function patchedContact(current: ContactContent, patch: UpdateContact): ContactContent {
  const { name, emails, phones, position, companyId, ownerId, tags, notes, attributes } = patch;
  return {
    name: name?.trim() ?? current.name,
    emails: emails === undefined ? current.emails : emailsOf(emails),
    phones: phones === undefined ? current.phones : phonesOf(phones),
    position: position === undefined ? current.position : trimmed(position),
    companyId: companyId === undefined ? current.companyId : companyId,
    ownerId: ownerId === undefined ? current.ownerId : ownerId,
    tags: tags === undefined ? current.tags : (tags ?? []),
    notes: notes === undefined ? current.notes : trimmed(notes),
    attributes: mergedAttributes(current.attributes, attributes),
  };
}

/** The values of a contact's columns, in their order. */
export function contactValues(content: ContactContent): unknown[] {
  const { name, emails, phones, position, companyId, ownerId, tags, notes, attributes } = content;
  const keys = [nameKey(name), searchText(name, ...emails)];
  return [name, emails, phones, position, companyId, ownerId, tags, notes, JSON.stringify(attributes), ...keys];
}

const emailsOf = (given: readonly string[] | null | undefined): string[] => [...new Set((given ?? []).map(normalizeEmail))];

const phonesOf = (given: readonly string[] | null | undefined): string[] => [...new Set((given ?? []).map((phone) => phone.trim()))];
