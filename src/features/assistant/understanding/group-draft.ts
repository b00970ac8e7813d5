import type { Grouping, LeadFilter, ListSort, Refusal } from './command.js';
import type { Frame } from './frame.js';

/** A group of leads while its words are read. */
export type Draft = { -readonly [K in keyof LeadFilter]: LeadFilter[K] } & {
  sort?: ListSort;
  limit?: number;
  groupBy?: Grouping;
  isNamed?: boolean;
  refusal?: Refusal;
};
/** Takes what it knows from the start of a text: how many letters, 0 for none. */
export type Eater = (text: string, draft: Draft, frame: Frame) => number;

/** Where a word ends, for regular expressions. */
export const END = String.raw`(?=$|[\s,.;:!?)])`;
