import { didYouMean } from '../../../shared/did-you-mean.js';
import type { StageKind, StageSettings } from './pipeline.js';

/** A stage with what entering it asks. */
export interface RuledStage extends Pick<StageSettings, 'allowedFrom' | 'requiredFields'> {
  readonly key: string;
  readonly name: string;
  readonly kind: StageKind;
  readonly isArchived: boolean;
}

/** Reasons for closing a lead; a list that is empty takes any text. */
export interface ClosingRules {
  readonly winReasons: readonly string[];
  readonly lostReasons: readonly string[];
  readonly isWinReasonRequired: boolean;
  readonly isLostReasonRequired: boolean;
}

export interface PipelineRules extends ClosingRules {
  readonly stages: readonly RuledStage[];
}

/** Why a lead may not come into a stage; `validOptions` are what would be right. */
export type Refusal =
  | { readonly why: 'move'; readonly stage: RuledStage; readonly from: RuledStage; readonly validOptions: readonly string[] }
  | { readonly why: 'fields'; readonly stage: RuledStage; readonly missing: readonly string[] }
  | {
      readonly why: 'reason-missing' | 'reason-unknown';
      readonly stage: RuledStage;
      readonly validOptions: readonly string[];
      readonly didYouMean?: string;
    }
  | { readonly why: 'reason-not-asked'; readonly stage: RuledStage };

export type Verdict = { readonly reason: string | null } | { readonly refusal: Refusal };

/** A lead on its way into a stage. */
export interface Entry {
  /** Its fields as the API shows them. */
  readonly lead: object;
  /** Key of the stage it comes from; null when it is new or comes from another pipeline. */
  readonly from: string | null;
  readonly to: string;
  readonly reason: string | null;
  readonly reasonNote: string | null;
  /** New leads are not asked why they are closed: they were before they came. */
  readonly isNew?: boolean;
}

/** Fields a stage may ask for, beside custom ones as `attributes.key`. */
export const ASKABLE_FIELDS = ['company', 'email', 'phone', 'value', 'notes', 'source', 'tags', 'ownerId'] as const;

const CUSTOM_FIELD = /^attributes\.[a-z][a-z0-9_]{0,63}$/;

export const isAskable = (field: string): boolean => (ASKABLE_FIELDS as readonly string[]).includes(field) || CUSTOM_FIELD.test(field);

/** True when coming into a stage has to be judged; all other stages are entered without looking at any rule. */
export function isRuled(stage: Omit<RuledStage, 'key' | 'name' | 'isArchived'>, rules: ClosingRules): boolean {
  const { options, isRequired } = reasonsFor(stage.kind, rules);
  return stage.allowedFrom !== null || stage.requiredFields.length > 0 || options.length > 0 || isRequired;
}

/** Whether a lead may come into a stage, with its reason as the list writes it: the one answer for drags, forms, bulk changes, imports and the assistant. */
export function judgeEntry(rules: PipelineRules, { lead, from, to, isNew = false, ...told }: Entry): Verdict {
  const stage = rules.stages.find(({ key }) => key === to);
  // A stage nobody knows is refused elsewhere.
  if (!stage) return { reason: null };
  const reasons = reasonsFor(stage.kind, rules);
  // Staying is no move, but a reason may be given afterwards.
  if (from === to) return judgeReason(stage, { ...reasons, isRequired: false }, { ...told, isNew });
  const origin = rules.stages.find(({ key }) => key === from);
  if (origin && !isAllowed(origin, stage)) {
    const validOptions = rules.stages.filter((one) => one.key !== from && !one.isArchived && isAllowed(origin, one)).map(({ key }) => key);
    return { refusal: { why: 'move', stage, from: origin, validOptions } };
  }
  const missing = stage.requiredFields.filter((field) => !isFilled(lead, field));
  if (missing.length > 0) return { refusal: { why: 'fields', stage, missing } };
  return judgeReason(stage, reasons, { ...told, isNew });
}

/** A lead in a stage that was archived since may go anywhere, or it could never leave. */
const isAllowed = (from: RuledStage, to: RuledStage): boolean => from.isArchived || (to.allowedFrom?.includes(from.key) ?? true);

interface Reasons {
  readonly options: readonly string[];
  readonly isRequired: boolean;
}

function reasonsFor(kind: StageKind, rules: ClosingRules): Reasons {
  if (kind === 'won') return { options: rules.winReasons, isRequired: rules.isWinReasonRequired };
  if (kind === 'lost') return { options: rules.lostReasons, isRequired: rules.isLostReasonRequired };
  return { options: [], isRequired: false };
}

function judgeReason(
  stage: RuledStage,
  { options, isRequired }: Reasons,
  { reason, reasonNote, isNew }: Pick<Entry, 'reason' | 'reasonNote'> & { readonly isNew: boolean },
): Verdict {
  if (stage.kind === 'open' && (reason !== null || reasonNote !== null)) return { refusal: { why: 'reason-not-asked', stage } };
  if (reason === null)
    return isRequired && !isNew ? { refusal: { why: 'reason-missing', stage, validOptions: options } } : { reason: null };
  if (options.length === 0) return { reason };
  const known = options.find((option) => option.toLowerCase() === reason.toLowerCase());
  if (known !== undefined) return { reason: known };
  const meant = didYouMean(reason, options);
  return { refusal: { why: 'reason-unknown', stage, validOptions: options, ...(meant === undefined ? {} : { didYouMean: meant }) } };
}

function isFilled(lead: object, field: string): boolean {
  const [name = '', key] = field.split('.');
  const found: unknown = Object.hasOwn(lead, name) ? lead[name as keyof typeof lead] : undefined;
  const isGiven = key === undefined || (typeof found === 'object' && found !== null && Object.hasOwn(found, key));
  const value = key === undefined ? found : isGiven ? (found as Record<string, unknown>)[key] : undefined;
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== '';
}
