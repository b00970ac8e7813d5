import { mergedAttributes, nameKey, searchText, trimmed } from '../records/record-content.js';
import { domainOf } from '../records/record-fields.js';
import type { CompanyView, CreateCompany, PostalAddress, UpdateCompany } from './companies.shapes.js';

/** What people say of a company. */
export type CompanyContent = Omit<CompanyView, 'id' | 'version' | 'createdAt' | 'updatedAt' | 'deletedAt'>;

/** Content with every field, texts without surrounding blanks, domains in their one form. */
export function companyContent(given: CreateCompany): CompanyContent {
  return {
    name: given.name.trim(),
    domains: domainsOf(given.domains),
    address: addressOf(given.address),
    phone: trimmed(given.phone),
    industry: trimmed(given.industry),
    employees: given.employees ?? null,
    ownerId: given.ownerId ?? null,
    tags: given.tags ?? [],
    notes: trimmed(given.notes),
    attributes: given.attributes ?? {},
  };
}

/** Content after a merge patch. */
export function patchedCompany(current: CompanyContent, patch: UpdateCompany): CompanyContent {
  const { name, domains, address, phone, industry, employees, ownerId, tags, notes, attributes } = patch;
  return {
    name: name?.trim() ?? current.name,
    domains: domains === undefined ? current.domains : domainsOf(domains),
    address: address === undefined ? current.address : addressOf(address),
    phone: phone === undefined ? current.phone : trimmed(phone),
    industry: industry === undefined ? current.industry : trimmed(industry),
    employees: employees === undefined ? current.employees : employees,
    ownerId: ownerId === undefined ? current.ownerId : ownerId,
    tags: tags === undefined ? current.tags : (tags ?? []),
    notes: notes === undefined ? current.notes : trimmed(notes),
    attributes: mergedAttributes(current.attributes, attributes),
  };
}

/** The values of a company's columns, in their order. */
export function companyValues(content: CompanyContent): unknown[] {
  const { name, domains, address, phone, industry, employees, ownerId, tags, notes, attributes } = content;
  return [
    name,
    domains,
    address === null ? null : JSON.stringify(address),
    phone,
    industry,
    employees,
    ownerId,
    tags,
    notes,
    JSON.stringify(attributes),
    nameKey(name),
    searchText(name, ...domains),
  ];
}

function domainsOf(given: readonly string[] | null | undefined): string[] {
  return [...new Set((given ?? []).map(domainOf).filter((domain) => domain !== undefined))];
}

/** Without blank lines; null when nothing is left. */
function addressOf(given: PostalAddress | null | undefined): PostalAddress | null {
  const lines = Object.entries(given ?? {}).flatMap(([name, text]) => {
    const line = trimmed(text as string);
    return line === null ? [] : [[name, line] as const];
  });
  return lines.length === 0 ? null : Object.fromEntries(lines);
}
