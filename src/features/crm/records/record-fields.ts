import { emailDomain, isFreeMailDomain, normalizeEmail } from '../../../shared/text.js';
import { type Complaint, fieldDecorator, type FieldOptions, isPlainObject } from '../../../platform/http/shapes/field.js';
import { emailComplaint, textComplaint, wrongType } from '../../../platform/http/shapes/text-rules.js';
import { isPhone } from '../leads/phone.js';

const MOST_KEYS = 50;
const LONGEST_TEXT = 1000;
const LONGEST_LIST = 50;
const MOST_BYTES = 16_384;
const KEY = /^[a-z][a-z0-9_]{0,63}$/;

/** What is wrong with one value of a custom field: it is a text, a number, true or false, or a list of those. */
function valueComplaint(value: unknown): Complaint | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return undefined;
  if (typeof value === 'string') return textComplaint({ max: LONGEST_TEXT }, value);
  if (!Array.isArray(value)) return wrongType('a text, a number, true, false, or a list of those');
  if (value.length > LONGEST_LIST) return { code: 'count', message: `must have at most ${LONGEST_LIST} items` };
  return value.some(Array.isArray) ? wrongType('a list of plain values') : value.map(valueComplaint).find((one) => one !== undefined);
}

/** What is wrong with the custom fields of a record, before its schema is asked. */
export function attributesComplaint(value: unknown): Complaint | undefined {
  if (!isPlainObject(value)) return wrongType('an object');
  const entries = Object.entries(value);
  if (entries.length > MOST_KEYS) return { code: 'too-many', message: `must have at most ${MOST_KEYS} keys` };
  for (const [key, one] of entries) {
    if (!KEY.test(key))
      return { code: 'key', message: `key "${key.slice(0, 64)}" must be lower case letters, digits and _, beginning with a letter` };
    const complaint = valueComplaint(one);
    if (complaint) return { ...complaint, message: `"${key}" ${complaint.message}` };
  }
  return JSON.stringify(value).length > MOST_BYTES
    ? { code: 'too-long', message: `must be at most ${MOST_BYTES} bytes as JSON` }
    : undefined;
}

/** Custom fields: plain values by key; GET /crm/custom-fields/{type} says which there are. */
export function Attributes(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { description: 'Custom fields.', example: { customer_number: 'K-1024' }, ...options },
    { schema: { type: 'object', maxProperties: MOST_KEYS, additionalProperties: true }, check: attributesComplaint },
  );
}

/** A list of texts of one kind, without repeats. */
function textList(
  options: FieldOptions,
  { max, length, item, complaint }: { max: number; length: number; item: object; complaint: (text: string) => Complaint | undefined },
): PropertyDecorator {
  return fieldDecorator(options, {
    schema: { type: 'array', items: { type: 'string', maxLength: length, ...item }, maxItems: max },
    check: (value) => {
      if (!Array.isArray(value)) return wrongType('a list');
      if (value.length > max) return { code: 'count', message: `must have at most ${max} items` };
      for (const [index, one] of value.entries()) {
        const wrong = textComplaint({ min: 1, max: length }, one) ?? complaint(one as string);
        if (wrong) return { ...wrong, message: `item ${index + 1} ${wrong.message}` };
      }
      return undefined;
    },
  });
}

export function EmailList(options: FieldOptions = {}): PropertyDecorator {
  return textList(
    { example: ['ana@example.com'], ...options },
    { max: 10, length: 254, item: { format: 'email' }, complaint: emailComplaint },
  );
}

export function PhoneList(options: FieldOptions = {}): PropertyDecorator {
  const complaint = (text: string): Complaint | undefined =>
    isPhone(text.trim()) ? undefined : { code: 'phone', message: 'must be a phone number, like +351 21 000 0000' };
  return textList({ example: ['+351 21 000 0000'], ...options }, { max: 10, length: 60, item: {}, complaint });
}

const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

/** A domain as people paste it: an address of a page or a mailbox gives its domain. Undefined when there is none in it. */
export function domainOf(text: string): string | undefined {
  const plain = normalizeEmail(text)
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/?#:].*$/s, '');
  const domain = (emailDomain(plain) ?? plain).replace(/^www\./, '').replace(/\.$/, '');
  return DOMAIN.test(domain) && domain.length <= 253 ? domain : undefined;
}

export function DomainList(options: FieldOptions = {}): PropertyDecorator {
  const complaint = (text: string): Complaint | undefined => {
    const domain = domainOf(text);
    if (domain === undefined) return { code: 'domain', message: 'must be a domain, like example.com' };
    return isFreeMailDomain(domain) ? { code: 'domain', message: `is of a mail provider, so it says nothing of a company` } : undefined;
  };
  return textList({ example: ['example.com'], ...options }, { max: 20, length: 300, item: {}, complaint });
}
