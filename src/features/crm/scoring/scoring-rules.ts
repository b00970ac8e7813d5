import { foldText } from '../../../shared/text.js';
import { isCurrency } from '../../../shared/money.js';
import type { FieldError } from '../../../platform/http/problems/core-problems.js';
import type { LeadFacts } from './lead-facts.js';

export const TEXT_FIELDS = ['name', 'company', 'email', 'phone', 'source', 'status', 'notes', 'ownerId'] as const;
export const NUMBER_FIELDS = ['ageDays', 'daysInStage', 'activityCount', 'daysSinceActivity'] as const;
/** What a condition may look at; custom fields as `attributes.name`. */
export const RULE_FIELDS = [...TEXT_FIELDS, 'tags', 'value', ...NUMBER_FIELDS] as const;

export const RULE_OPERATORS = ['is', 'is-not', 'contains', 'exists', 'missing', 'at-least', 'at-most'] as const;
export type RuleOperator = (typeof RULE_OPERATORS)[number];

export interface RuleCondition {
  readonly field: string;
  readonly is: RuleOperator;
  readonly than?: string | undefined;
  readonly currency?: string | undefined;
}

/** Points for a lead of which all conditions hold. */
export interface ScoringRule {
  readonly name: string;
  readonly points: number;
  readonly when: readonly RuleCondition[];
}

export interface ScoringRules {
  readonly version: number;
  /** What a lead has before any rule; used as long as nothing was learned from closed leads. */
  readonly basePoints: number;
  readonly rules: readonly ScoringRule[];
}

/** What an organization begins with. */
export const DEFAULT_RULES: ScoringRules = {
  version: 1,
  basePoints: 30,
  rules: [
    { name: 'Has an e-mail address', points: 10, when: [{ field: 'email', is: 'exists' }] },
    { name: 'Has a phone number', points: 10, when: [{ field: 'phone', is: 'exists' }] },
    { name: 'Company is known', points: 10, when: [{ field: 'company', is: 'exists' }] },
    { name: 'Value is known', points: 10, when: [{ field: 'value', is: 'exists' }] },
    { name: 'Touched in the last two weeks', points: 10, when: [{ field: 'daysSinceActivity', is: 'at-most', than: '14' }] },
    { name: 'Nobody cared for two months', points: -20, when: [{ field: 'daysSinceActivity', is: 'at-least', than: '60' }] },
  ],
};

const includes = (list: readonly string[], field: string): boolean => list.includes(field);
const isAttribute = (field: string): boolean => /^attributes\.[a-z][a-z0-9_]{0,63}$/.test(field);
const NEEDS_NOTHING: readonly RuleOperator[] = ['exists', 'missing'];
const COMPARES: readonly RuleOperator[] = ['at-least', 'at-most'];

/** What is wrong with rules, field by field. */
export function ruleFaults(rules: readonly ScoringRule[]): FieldError[] {
  return rules.flatMap(({ when }, rule) => when.flatMap((condition, at) => conditionFaults(condition, `/rules/${rule}/when/${at}`)));
}

function conditionFaults({ field, is, than, currency }: RuleCondition, pointer: string): FieldError[] {
  const isNumber = includes(NUMBER_FIELDS, field);
  if (!includes(RULE_FIELDS, field) && !isAttribute(field)) {
    const message = `must be one of: ${RULE_FIELDS.join(', ')}, or attributes.name`;
    return [{ pointer: `${pointer}/field`, code: 'one-of', message, validOptions: [...RULE_FIELDS] }];
  }
  if (includes(NEEDS_NOTHING, is)) {
    return than === undefined ? [] : [{ pointer: `${pointer}/than`, code: 'not-needed', message: `is not needed for "${is}"` }];
  }
  if (than === undefined) return [{ pointer: `${pointer}/than`, code: 'required', message: `is needed for "${is}"` }];
  if (!includes(COMPARES, is)) {
    return isNumber || field === 'value'
      ? [{ pointer: `${pointer}/is`, code: 'one-of', message: 'must be exists, missing, at-least or at-most for a number' }]
      : [];
  }
  if (field === 'value') {
    return [
      ...(/^-?\d{1,18}$/.test(than)
        ? []
        : [{ pointer: `${pointer}/than`, code: 'money', message: 'must be whole minor units, like "12500"' }]),
      ...(currency !== undefined && isCurrency(currency)
        ? []
        : [{ pointer: `${pointer}/currency`, code: 'currency', message: 'must be an ISO 4217 code, like EUR' }]),
    ];
  }
  if (!isNumber)
    return [{ pointer: `${pointer}/is`, code: 'one-of', message: 'must be is, is-not, contains, exists or missing for a text' }];
  return /^\d{1,6}(\.\d{1,3})?$/.test(than) ? [] : [{ pointer: `${pointer}/than`, code: 'number', message: 'must be a number' }];
}

/** The rules that hold of a lead. */
export function rulesThatHold(rules: readonly ScoringRule[], facts: LeadFacts): ScoringRule[] {
  return rules.filter(({ when }) => when.every((condition) => holds(condition, facts)));
}

function holds({ field, is, than = '', currency }: RuleCondition, facts: LeadFacts): boolean {
  if (includes(NUMBER_FIELDS, field)) return holdsOfNumber(is, facts[field as (typeof NUMBER_FIELDS)[number]], Number(than));
  if (field === 'value') {
    const { valueMinor, currency: of } = facts.lead;
    if (includes(NEEDS_NOTHING, is)) return (valueMinor !== null) === (is === 'exists');
    // Amounts of different currencies have no order.
    if (valueMinor === null || of !== currency) return false;
    return is === 'at-least' ? BigInt(valueMinor) >= BigInt(than) : BigInt(valueMinor) <= BigInt(than);
  }
  return holdsOfTexts(is, textsOf(field, facts), foldText(than));
}

function holdsOfNumber(is: RuleOperator, value: number | null, than: number): boolean {
  if (includes(NEEDS_NOTHING, is)) return (value !== null) === (is === 'exists');
  return value !== null && (is === 'at-least' ? value >= than : value <= than);
}

function holdsOfTexts(is: RuleOperator, texts: readonly string[], than: string): boolean {
  switch (is) {
    case 'exists':
      return texts.length > 0;
    case 'missing':
      return texts.length === 0;
    case 'is':
      return texts.includes(than);
    case 'is-not':
      return !texts.includes(than);
    case 'contains':
      return texts.some((text) => text.includes(than));
    case 'at-least':
    case 'at-most':
      return false;
  }
}

/** The folded texts of a field; a status goes by its key and by its name. */
function textsOf(field: string, { lead }: LeadFacts): string[] {
  const found: Readonly<Record<string, readonly (string | null)[]>> = {
    name: [lead.name],
    company: [lead.company],
    email: [lead.email],
    phone: [lead.phone],
    source: [lead.source],
    notes: [lead.notes],
    ownerId: [lead.ownerId],
    status: [lead.status, lead.statusName],
    tags: lead.tags,
  };
  const texts = found[field] ?? [lead.attributes[field.slice('attributes.'.length)] ?? null];
  return texts.map((text) => foldText(text ?? '')).filter((text) => text !== '');
}
