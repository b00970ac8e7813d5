import { ValidationFailed, type FieldError } from '../../../platform/http/problems/core-problems.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { jsonPointer } from '../../../shared/json.js';
import type { StageKind, StageSettings } from './pipeline.js';
import { ASKABLE_FIELDS, type ClosingRules, isAskable } from './stage-rules.js';

/** Settings as somebody gives them; what is left out stays as it is. */
export interface GivenSettings {
  readonly probability?: number | undefined;
  readonly wipLimit?: number | null | undefined;
  /** Keys or names. */
  readonly allowedFrom?: readonly string[] | null | undefined;
  readonly requiredFields?: readonly string[] | undefined;
}

interface Named {
  readonly key: string;
  readonly name: string;
}

/** The settings after a change; throws when a stage, a field or a probability is not right. `path` leads to them in the body. */
export function settingsAfter(
  before: StageSettings,
  given: GivenSettings,
  { kind, others, path = [] }: { kind: StageKind; others: readonly Named[]; path?: readonly (string | number)[] },
): StageSettings {
  const errors: FieldError[] = [];
  const at = (...steps: (string | number)[]): string => jsonPointer([...path, ...steps]);
  const certain = kind === 'won' ? 100 : kind === 'lost' ? 0 : undefined;
  if (certain !== undefined && given.probability !== undefined && given.probability !== certain) {
    errors.push({ pointer: at('probability'), code: 'range', message: `is always ${certain} for a ${kind} stage` });
  }
  const allowedFrom = given.allowedFrom?.flatMap((name, place) => {
    const stage = namedStage(others, name);
    if (!stage) errors.push(unknownStage(at('allowedFrom', place), name, others));
    return stage?.key ?? [];
  });
  given.requiredFields?.forEach((field, place) => {
    if (!isAskable(field)) errors.push(unknownField(at('requiredFields', place), field));
  });
  if (errors.length > 0) throw ValidationFailed({ errors });
  return {
    probability: certain ?? given.probability ?? before.probability,
    wipLimit: given.wipLimit === undefined ? before.wipLimit : given.wipLimit,
    allowedFrom: given.allowedFrom === undefined ? before.allowedFrom : (allowedFrom ?? null),
    requiredFields: given.requiredFields ?? before.requiredFields,
  };
}

function namedStage<S extends Named>(stages: readonly S[], given: string): S | undefined {
  return stages.find(({ key }) => key === given) ?? stages.find(({ name }) => name.toLowerCase() === given.trim().toLowerCase());
}

function unknownStage(pointer: string, given: string, others: readonly Named[]): FieldError {
  const validOptions = others.map(({ key }) => key);
  const meant = didYouMean(given, validOptions);
  const message = `must be one of: ${validOptions.join(', ')}`;
  return { pointer, code: 'stage-unknown', message, validOptions, ...(meant ? { didYouMean: meant } : {}) };
}

function unknownField(pointer: string, given: string): FieldError {
  const meant = didYouMean(given, ASKABLE_FIELDS);
  const message = `must be one of: ${ASKABLE_FIELDS.join(', ')}, or a custom field like attributes.customer_number`;
  return { pointer, code: 'one-of', message, validOptions: ASKABLE_FIELDS, ...(meant ? { didYouMean: meant } : {}) };
}

/** Reasons after a change: without blanks and without saying one twice. */
export function closingAfter(
  before: ClosingRules,
  given: { readonly [K in keyof ClosingRules]?: ClosingRules[K] | undefined },
): ClosingRules {
  return {
    winReasons: given.winReasons ? distinct(given.winReasons) : before.winReasons,
    lostReasons: given.lostReasons ? distinct(given.lostReasons) : before.lostReasons,
    isWinReasonRequired: given.isWinReasonRequired ?? before.isWinReasonRequired,
    isLostReasonRequired: given.isLostReasonRequired ?? before.isLostReasonRequired,
  };
}

function distinct(reasons: readonly string[]): string[] {
  const trimmed = reasons.map((reason) => reason.trim()).filter((reason) => reason !== '');
  return trimmed.filter((reason, place) => trimmed.findIndex((one) => one.toLowerCase() === reason.toLowerCase()) === place);
}
