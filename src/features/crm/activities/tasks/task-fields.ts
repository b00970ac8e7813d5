import { isId } from '../../../../shared/ids.js';
import { fieldDecorator, type FieldOptions } from '../../../../platform/http/shapes/field.js';

const MOST = 5;
const LONGEST_MINUTES = 43_200;

/** Minutes before a task is due at which its assignee is reminded. */
export function ReminderOffsets(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    {
      example: [60],
      description: 'Minutes before it is due, 30 days at most; of a task that is due on a day, before 9:00 of that day.',
      ...options,
    },
    {
      schema: {
        type: 'array',
        items: { type: 'integer', minimum: 0, maximum: LONGEST_MINUTES },
        maxItems: MOST,
        uniqueItems: true,
      },
      check: (value) => {
        if (!Array.isArray(value)) return { code: 'type', message: 'must be a list of minutes' };
        if (value.length > MOST) return { code: 'count', message: `must have at most ${MOST} items` };
        if (new Set(value).size !== value.length) return { code: 'unique', message: 'must not repeat an item' };
        const isRight = (one: unknown): boolean => Number.isInteger(one) && (one as number) >= 0 && (one as number) <= LONGEST_MINUTES;
        return value.every(isRight)
          ? undefined
          : { code: 'range', message: `must hold whole minutes between 0 and ${LONGEST_MINUTES} (30 days)` };
      },
    },
  );
}

/** Whose tasks: `me`, `none`, or the id of a member. */
export function Assignee(options: FieldOptions = {}): PropertyDecorator {
  return fieldDecorator(
    { example: 'me', ...options },
    {
      schema: { type: 'string', maxLength: 36 },
      check: (value) =>
        value === 'me' || value === 'none' || (typeof value === 'string' && isId(value))
          ? undefined
          : { code: 'assignee', message: 'must be me, none, or the id of a member' },
      fromText: (text) => text,
    },
  );
}
