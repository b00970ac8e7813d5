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

export const DEFAULT_PIPELINE_NAME = 'Sales';

/** The columns every organization starts with. */
export const DEFAULT_STAGES: readonly Stage[] = [
  { key: 'interest', name: 'Interest', kind: 'open', position: 0 },
  { key: 'meeting-booked', name: 'Meeting booked', kind: 'open', position: 1 },
  { key: 'proposal-sent', name: 'Proposal sent', kind: 'open', position: 2 },
  { key: 'closed-win', name: 'Closed win', kind: 'won', position: 3 },
  { key: 'closed-lost', name: 'Closed lost', kind: 'lost', position: 4 },
];

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
