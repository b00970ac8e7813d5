import { fieldDecorator, type FieldOptions } from '../../../platform/http/shapes/field.js';
import { textComplaint } from '../../../platform/http/shapes/text-rules.js';
import { phoneMatchKey } from '../../../shared/text.js';

const LONGEST = 60;
const PHONE = /^[+\d][\d\s()./-]*(?:(?:;|,|#|\bext\.?|x)\s*\d{1,8})?$|^\([\d\s()./-]+$/i;

/** True for a phone number as people write it, with or without an extension. */
export function isPhone(text: string): boolean {
  return PHONE.test(text) && phoneMatchKey(text) !== undefined;
}

/** A phone number as a field of a request; blank is none. */
export function Phone(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: '+351 21 000 0000', ...options },
    {
      schema: { type: 'string', maxLength: LONGEST },
      check: (value) => {
        const complaint = textComplaint({ max: LONGEST }, value);
        if (complaint) return complaint;
        const text = (value as string).trim();
        return text === '' || isPhone(text) ? undefined : { code: 'phone', message: 'must be a phone number, like +351 21 000 0000' };
      },
      fromText: (text) => text,
    },
  );
}
