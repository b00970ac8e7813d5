import { describe, expect, it } from '@jest/globals';
import { changedFields, leadContent, leadKeys, patchedContent } from './lead.js';

describe('leadContent', () => {
  it('trims texts and takes blank ones as absent', () => {
    expect(leadContent({ name: ' Ana ', company: '  ', email: undefined, notes: ' a\nb ' })).toEqual({
      name: 'Ana',
      company: null,
      email: null,
      phone: null,
      value: null,
      notes: 'a\nb',
      source: null,
      tags: [],
      attributes: {},
      ownerId: null,
    });
  });
});

describe('leadKeys', () => {
  it('folds name, address and number, so that spellings meet', () => {
    const one = leadKeys(leadContent({ name: 'ŁUKASZ  Żak', email: 'l.zak+x@gmail.com', phone: '+48 22 123 45 67', company: 'Żak & Co' }));
    const other = leadKeys(leadContent({ name: 'lukasz zak', email: 'LZak@googlemail.com', phone: '0048221234567' }));
    expect([one.nameKey, one.emailKey, one.phoneKey]).toEqual([other.nameKey, other.emailKey, other.phoneKey]);
    expect(one.searchText).toBe('lukasz zak zak & co l.zak+x@gmail.com');
  });

  it('has no key for what is not there or is no number', () => {
    expect(leadKeys(leadContent({ name: 'A', phone: 'ext. 4' }))).toMatchObject({ emailKey: null, phoneKey: null });
  });
});

describe('patchedContent', () => {
  const content = leadContent({ name: 'Ana', company: 'X', tags: ['a'], attributes: { a: '1', b: '2' } });

  it('clears by null, merges custom fields and replaces lists', () => {
    expect(patchedContent(content, { company: null, tags: ['b'], attributes: { a: null, c: '3' } })).toEqual({
      ...content,
      company: null,
      tags: ['b'],
      attributes: { b: '2', c: '3' },
    });
  });

  it('tells which fields differ', () => {
    expect(changedFields(content, patchedContent(content, { company: 'X', notes: 'n' }))).toEqual(['notes']);
  });
});
