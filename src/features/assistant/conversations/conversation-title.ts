const LONGEST = 50;
const UNTITLED = /^\s*new (chat|conversation)\s*$/i;

export const DEFAULT_TITLE = 'New conversation';

/** A title made of a message: its first 50 characters, or 47 and "...". Lines become one, and no character is cut in two. */
export function titleOf(message: string): string {
  const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(message.replace(/\s+/g, ' ').trim())];
  if (characters.length <= LONGEST) return characters.map(({ segment }) => segment).join('');
  const kept = characters.slice(0, LONGEST - 3).map(({ segment }) => segment);
  return `${kept.join('')}...`;
}

/** Whether a conversation still has the title it was made with, and takes that of its next message. */
export function isUntitled(title: string): boolean {
  return UNTITLED.test(title);
}
