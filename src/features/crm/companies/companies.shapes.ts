import { Id, Instant, Int, JsonObject, ListOf, ListOfShape, Nested, Text } from '../../../platform/http/shapes/fields.js';
import { mergePatchOf, type MergePatch } from '../../../platform/http/shapes/builders.js';
import { Phone } from '../leads/phone.js';
import { Attributes, DomainList } from '../records/record-fields.js';
import type { AttributeValues } from '../records/record-content.js';
import { RecordListQuery } from '../records/record-lists.shapes.js';

const NAME = { max: 200, example: 'Duarte & Filhos' } as const;
const INDUSTRY = { max: 100, example: 'Cork' } as const;
const EMPLOYEES = { min: 0, max: 10_000_000, description: 'How many people work there.', example: 120 } as const;
const NOTES = { max: 10_000, example: 'Family business, third generation.' } as const;
const TAGS = { max: 50, maxLength: 60, example: ['priority'] } as const;
const LINE = { max: 200, optional: true } as const;

export class PostalAddress {
  @Text({ ...LINE, example: 'Rua das Flores 12' }) street?: string;
  @Text({ ...LINE, max: 20, example: '1200-195' }) postalCode?: string;
  @Text({ ...LINE, example: 'Lisboa' }) city?: string;
  @Text({ ...LINE, example: 'Lisboa' }) region?: string;
  @Text({ max: 2, optional: true, pattern: /^[A-Z]{2}$/, expected: 'an ISO 3166 code, like PT', example: 'PT' }) country?: string;
}

export class CompanyView {
  @Id() id: string;
  @Text(NAME) name: string;
  @DomainList({ description: 'No two companies share one.' }) domains: string[];
  @Nested(() => PostalAddress, { nullable: true }) address: PostalAddress | null;
  @Text({ max: 60, nullable: true, example: '+351 21 000 0000' }) phone: string | null;
  @Text({ ...INDUSTRY, nullable: true }) industry: string | null;
  @Int({ ...EMPLOYEES, nullable: true }) employees: number | null;
  @Id({ nullable: true, description: 'Member who looks after the company.' }) ownerId: string | null;
  @ListOf('text', TAGS) tags: string[];
  @Text({ ...NOTES, nullable: true }) notes: string | null;
  @Attributes() attributes: AttributeValues;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @Instant({ nullable: true, example: null }) deletedAt: string | null;
}

export class CreateCompany {
  @Text({ ...NAME, min: 1 }) name: string;
  @DomainList({ optional: true, description: 'Addresses of pages and mailboxes are cut down to their domains.' }) domains?: string[];
  @Nested(() => PostalAddress, { optional: true }) address?: PostalAddress;
  @Phone({ optional: true }) phone?: string;
  @Text({ ...INDUSTRY, optional: true }) industry?: string;
  @Int({ ...EMPLOYEES, optional: true }) employees?: number;
  @Id({ optional: true, description: 'Member who looks after the company.' }) ownerId?: string;
  @ListOf('text', { ...TAGS, unique: true, optional: true }) tags?: string[];
  @Text({ ...NOTES, optional: true }) notes?: string;
  @Attributes({ optional: true }) attributes?: AttributeValues;
}

const NOT_PATCHED = ['attributes'] as const;
const PatchedCompany: new () => Omit<MergePatch<CreateCompany>, (typeof NOT_PATCHED)[number]> = mergePatchOf(CreateCompany, NOT_PATCHED);

/** A merge patch: what is left out stays, null clears. An address is given as a whole. */
export class UpdateCompany extends PatchedCompany {
  @JsonObject({
    optional: true,
    nullable: true,
    description: 'Custom fields to set; a field given as null is removed.',
    example: { customer_number: null },
  })
  attributes?: Record<string, unknown> | null;
}

export class ListCompaniesQuery extends RecordListQuery {
  @Text({ ...INDUSTRY, optional: true }) industry?: string;
  @Text({ max: 300, optional: true, description: 'Has this domain.', example: 'example.com' }) domain?: string;
  @Int({ ...EMPLOYEES, optional: true, description: 'At least so many people work there.' }) employeesMin?: number;
  @Int({ ...EMPLOYEES, optional: true, description: 'At most so many people work there.' }) employeesMax?: number;
}

export class CompanySearchResult {
  @ListOfShape(() => CompanyView, { description: 'Best first.' }) items: CompanyView[];
}

export class LinkCompany {
  @Id() companyId: string;
}
