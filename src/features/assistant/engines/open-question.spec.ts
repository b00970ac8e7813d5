import { describe, expect, it } from '@jest/globals';
import type { Choice, Command } from '../understanding/command.js';
import { chosenFrom, withReference } from './open-question.js';

const candidates = [
  { id: 'a', name: 'John Smith', company: 'Acme' },
  { id: 'b', name: 'John Smith', company: 'Duarte' },
  { id: 'c', name: 'John Smithson', company: null },
];

describe('an answer to "which one?"', () => {
  it.each([
    [{ kind: 'index', index: 2 }, 'b'],
    [{ kind: 'index', index: -1 }, 'c'],
    [{ kind: 'index', index: 9 }, undefined],
    [{ kind: 'index', index: 0 }, 'a'],
    [{ kind: 'text', text: 'duarte' }, 'b'],
    [{ kind: 'text', text: 'smithson' }, 'c'],
    [{ kind: 'text', text: 'John Smith' }, undefined],
    [{ kind: 'text', text: 'John Smith Acme' }, 'a'],
    [{ kind: 'text', text: 'the Acme one' }, 'a'],
    [{ kind: 'text', text: 'the one from duarte' }, 'b'],
    [{ kind: 'text', text: 'nobody' }, undefined],
  ] as [Choice, string | undefined][])('%j', (choice, id) => expect(chosenFrom({ candidates }, choice)?.id).toBe(id));

  it('puts the lead in the place of who was not sure', () => {
    const move: Command = { kind: 'delete', who: { kind: 'name', text: 'John' } };
    expect(withReference(move, 'a')).toEqual({ kind: 'delete', who: { kind: 'id', id: 'a' } });
    const several: Command = {
      kind: 'bulk-delete',
      which: {
        kind: 'several',
        who: [
          { kind: 'id', id: 'x' },
          { kind: 'name', text: 'John' },
          { kind: 'name', text: 'Ana' },
        ],
      },
    };
    expect(withReference(several, 'a')).toMatchObject({ which: { who: [{ id: 'x' }, { kind: 'id', id: 'a' }, { text: 'Ana' }] } });
    const filter: Command = { kind: 'bulk-delete', which: { kind: 'filter', filter: {} } };
    expect(withReference(filter, 'a')).toBe(filter);
    expect(withReference({ kind: 'help' }, 'a')).toEqual({ kind: 'help' });
  });
});
