import { Id, Instant, Int, JsonObject, ListOf, ListOfShape, Text } from '../../../platform/http/shapes/fields.js';
import { mergePatchOf, type MergePatch } from '../../../platform/http/shapes/builders.js';
import type { AttributeValues } from '../records/record-content.js';
import { Attributes, EmailList, PhoneList } from '../records/record-fields.js';
import { RecordListQuery } from '../records/record-lists.shapes.js';

const NAME = { max: 200, example: 'Ana Duarte' } as const;
const POSITION = { max: 100, example: 'Head of purchasing' } as const;
const NOTES = { max: 10_000, example: 'Prefers to be called in the morning.' } as const;
const TAGS = { max: 50, maxLength: 60, example: ['priority'] } as const;
const ROLE = { max: 60, description: 'What the contact is in this deal.', example: 'decision maker' } as const;

export class ContactView {
  @Id() id: string;
  @Text(NAME) name: string;
  @EmailList({ description: 'In lower case, the first one first. No two contacts share one.' }) emails: string[];
  @PhoneList() phones: string[];
  @Text({ ...POSITION, nullable: true }) position: string | null;
  @Id({ nullable: true, description: 'Company they work for.' }) companyId: string | null;
  @Id({ nullable: true, description: 'Member who looks after the contact.' }) ownerId: string | null;
  @ListOf('text', TAGS) tags: string[];
  @Text({ ...NOTES, nullable: true }) notes: string | null;
  @Attributes() attributes: AttributeValues;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @Instant({ nullable: true, example: null }) deletedAt: string | null;
}

export class CreateContact {
  @Text({ ...NAME, min: 1 }) name: string;
  @EmailList({ optional: true }) emails?: string[];
  @PhoneList({ optional: true }) phones?: string[];
  @Text({ ...POSITION, optional: true }) position?: string;
  @Id({ optional: true, description: 'Company they work for.' }) companyId?: string;
  @Id({ optional: true, description: 'Member who looks after the contact.' }) ownerId?: string;
  @ListOf('text', { ...TAGS, unique: true, optional: true }) tags?: string[];
  @Text({ ...NOTES, optional: true }) notes?: string;
  @Attributes({ optional: true }) attributes?: AttributeValues;
}

const NOT_PATCHED = ['attributes'] as const;
const PatchedContact: new () => Omit<MergePatch<CreateContact>, (typeof NOT_PATCHED)[number]> = mergePatchOf(CreateContact, NOT_PATCHED);

/** A merge patch: what is left out stays, null clears. */
export class UpdateContact extends PatchedContact {
  @JsonObject({
    optional: true,
    nullable: true,
    description: 'Custom fields to set; a field given as null is removed.',
    example: { customer_number: null },
  })
  attributes?: Record<string, unknown> | null;
}

export class ListContactsQuery extends RecordListQuery {
  @Id({ optional: true, description: 'Only those who work for this company.' }) companyId?: string;
  @Text({ max: 254, optional: true, description: 'Has exactly this address.', example: 'ana@example.com' }) email?: string;
}

export class ContactSearchResult {
  @ListOfShape(() => ContactView, { description: 'Best first.' }) items: ContactView[];
}

export class LinkContact {
  @Text({ ...ROLE, optional: true }) role?: string;
}

/** A contact as one of a lead. */
export class ContactOfLead extends ContactView {
  @Text({ ...ROLE, nullable: true }) role: string | null;
  @Instant() linkedAt: string;
}
