import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TITLE, isUntitled, titleOf } from './conversation-title.js';

describe('the title of a conversation', () => {
  it.each([
    ['Find John', 'Find John'],
    ['  two\n lines ', 'two lines'],
    ['x'.repeat(50), 'x'.repeat(50)],
    ['x'.repeat(51), `${'x'.repeat(47)}...`],
    ['👩‍👩‍👧'.repeat(60), `${'👩‍👩‍👧'.repeat(47)}...`],
  ])('of %j', (message, title) => expect(titleOf(message)).toBe(title));

  it.each([
    [DEFAULT_TITLE, true],
    ['New Chat', true],
    ['new conversation ', true],
    ['New Chat with Ana', false],
  ])('%j is one it was made with: %s', (title, is) => expect(isUntitled(title)).toBe(is));
});
