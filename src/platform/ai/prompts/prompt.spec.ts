import { describe, expect, it } from '@jest/globals';
import { TrustedText } from '../marked-text.js';
import { declaredPrompts, FENCE_RULE, prompt } from './prompt.js';

describe('prompt', () => {
  it('gives the instruction with the rule about fences, and a hash of what was written', () => {
    const made = prompt({ name: 'spec.first', version: 1, system: 'Be brief.' });
    expect(made.system).toBeInstanceOf(TrustedText);
    expect(made.system.text).toBe(`Be brief.\n\n${FENCE_RULE}`);
    expect(made.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(prompt({ name: 'spec.first', version: 2, system: 'Be briefer.' }).hash).not.toBe(made.hash);
    expect(
      declaredPrompts()
        .filter(({ name }) => name === 'spec.first')
        .map(({ version }) => version),
    ).toEqual([1, 2]);
    expect(Object.isFrozen(made)).toBe(true);
  });

  it('takes each name and version once, and only proper ones', () => {
    prompt({ name: 'spec.twice', version: 1, system: 'a' });
    expect(() => prompt({ name: 'spec.twice', version: 1, system: 'b' })).toThrow('spec.twice@1 is declared twice');
    for (const name of ['spec', 'Spec.a', 'spec.', 'spec.a b'])
      expect(() => prompt({ name, version: 1, system: 'a' })).toThrow('is not a name');
    for (const version of [0, 1.5, -1]) expect(() => prompt({ name: 'spec.version', version, system: 'a' })).toThrow('version from 1');
  });
});
