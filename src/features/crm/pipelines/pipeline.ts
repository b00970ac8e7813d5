import { foldText } from '../../../shared/text.js';

export const STAGE_KINDS = ['open', 'won', 'lost'] as const;

export type StageKind = (typeof STAGE_KINDS)[number];

/** A column of a board. The key never changes, because leads and history carry it; the name may. */
export interface Stage {
  readonly key: string;
  readonly name: string;
  readonly kind: StageKind;
  readonly position: number;
}

/** What a stage asks of leads and says about them. */
export interface StageSettings {
  /** Percent of leads here that are expected to be won. */
  readonly probability: number;
  /** How many leads should stand here at most; null for any number. It is shown, not enforced. */
  readonly wipLimit: number | null;
  /** Keys of the stages a lead may come from; null for all. */
  readonly allowedFrom: readonly string[] | null;
  /** Fields a lead must have to come here. */
  readonly requiredFields: readonly string[];
}

export type NewStageRow = Stage & StageSettings;

export const DEFAULT_PIPELINE_NAME = 'Sales';

/** The columns every organization starts with. */
export const DEFAULT_STAGES: readonly NewStageRow[] = [
  { key: 'interest', name: 'Interest', kind: 'open', position: 0, ...settingsWith(10) },
  { key: 'meeting-booked', name: 'Meeting booked', kind: 'open', position: 1, ...settingsWith(30) },
  { key: 'proposal-sent', name: 'Proposal sent', kind: 'open', position: 2, ...settingsWith(60) },
  { key: 'closed-win', name: 'Closed win', kind: 'won', position: 3, ...settingsWith(100) },
  { key: 'closed-lost', name: 'Closed lost', kind: 'lost', position: 4, ...settingsWith(0) },
];

/** Settings that ask nothing. */
export function settingsWith(probability: number): StageSettings {
  return { probability, wipLimit: null, allowedFrom: null, requiredFields: [] };
}

/** The probability of a stage when nobody says: certain for closed ones, between its open neighbours for others. */
export function usualProbability(kind: StageKind, before: number | undefined, after: number | undefined): number {
  if (kind !== 'open') return kind === 'won' ? 100 : 0;
  return Math.round(((before ?? 0) + (after ?? 100)) / 2);
}

const LONGEST_KEY = 60;

/** The key of a new stage: its name in lower-kebab, numbered when a stage of the pipeline, even an archived one, has it already. */
export function stageKey(name: string, taken: readonly string[]): string {
  const slug = foldText(name)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_KEY)
    .replace(/^-+|-+$/g, '');
  const base = slug === '' ? 'stage' : slug;
  let key = base;
  for (let number = 2; taken.includes(key); number++) key = `${base}-${number}`;
  return key;
}

/** The keys in their order after one was put at an index. */
export function reordered(keys: readonly string[], key: string, index: number): string[] {
  return keys.filter((one) => one !== key).toSpliced(index, 0, key);
}
