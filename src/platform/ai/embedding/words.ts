import { stemmer } from 'stemmer';
import { foldText } from '../../../shared/text.js';

const WORD = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)*|\p{N}+(?:[.,]\p{N}+)*/gu;
const REMEMBERED = 20_000;
const stems = new Map<string, string>();

/** A word as it was written (folded) and its stem, by which its forms are one. */
export interface Word {
  readonly text: string;
  readonly stem: string;
}

/** The words and numbers of a text in their order; case, accents, spaces and punctuation make no difference. */
export function wordsOf(text: string): Word[] {
  return (foldText(text).match(WORD) ?? []).map((found) => {
    const word = found.replace(/['’]s?/g, '');
    return { text: word, stem: stemOf(word) };
  });
}

/** Stemming takes a dozen regular expressions, and most words of a text have been seen before. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= REMEMBERED) stems.clear();
  const stem = stemmer(word);
  stems.set(word, stem);
  return stem;
}
