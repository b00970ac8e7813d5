import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadMapping, LeadTarget } from './mapping.js';
import { checkMapping, isLeadTarget } from './mapping.js';
import { suggestMapping } from './suggest-mapping.js';

const targets = (headers: string[], rows: string[][] = []) =>
  Object.fromEntries(suggestMapping(headers, rows).columns.map(({ from, to }) => [from.join('+'), to]));

describe('suggestMapping', () => {
  it('knows columns by their usual names and joins given name and surname', () => {
    expect(
      targets(['Surname', ' First_Name', 'E-Mail Address', 'Organisation', 'Deal Value', 'Lead Status', 'Mobile', 'Birthday']),
    ).toEqual({
      ' First_Name+Surname': 'name',
      Organisation: 'company',
      'E-Mail Address': 'email',
      Mobile: 'phone',
      'Deal Value': 'value',
      'Lead Status': 'status',
      Birthday: 'attributes.birthday',
    });
  });

  it('keeps a whole name beside a lone first name', () => {
    expect(targets(['Full Name', 'First Name'])).toEqual({ 'Full Name': 'name', 'First Name': 'attributes.first_name' });
  });

  it('tells e-mails and phones by what the cells look like', () => {
    const rows = [
      ['1001', 'a@x.org', '+49 30 1234567'],
      ['1002', '', '030/7654321'],
    ];
    expect(targets(['No', 'Kontakt 1', 'Kontakt 2'], rows)).toEqual({ No: 'attributes.no', 'Kontakt 1': 'email', 'Kontakt 2': 'phone' });
  });

  it('takes the number of the other system for the natural key, else the e-mail', () => {
    expect(suggestMapping(['rec_id', 'name', 'email'], []).naturalKey).toBe('attributes.rec_id');
    expect(suggestMapping(['name', 'email'], []).naturalKey).toBe('email');
    expect(suggestMapping(['name'], []).naturalKey).toBeUndefined();
  });

  it('uses every column once and makes a mapping without faults but a missing name', () => {
    const header = fc.oneof(
      fc.constantFrom('name', 'Email', 'first name', 'surname', 'X', 'x!', 'é', '__proto__', 'Tel'),
      fc.string({ minLength: 1 }),
    );
    const headers = fc.uniqueArray(
      header.filter((one) => one.trim() !== ''),
      { minLength: 1, selector: (one) => one.trim().toLowerCase() },
    );
    fc.assert(
      fc.property(headers, (names) => {
        const mapping = suggestMapping(names, []);
        expect(mapping.columns.flatMap((column) => column.from).sort()).toEqual([...names].sort());
        expect(checkMapping(mapping, names).filter((fault) => fault.code !== 'name-missing')).toEqual([]);
      }),
    );
  });
});

describe('checkMapping', () => {
  it('names every fault with its place and what was meant', () => {
    const mapping: LeadMapping = {
      columns: [
        { from: ['Nmae'], to: 'company' },
        { from: [], to: 'emial' as LeadTarget },
        { from: ['Mail'], to: 'company' },
      ],
      naturalKey: 'name+company',
    };
    expect(checkMapping(mapping, ['Name', 'Mail']).map(({ path, code, didYouMean }) => [path, code, didYouMean])).toEqual([
      ['/columns/0/from/0', 'unknown-column', 'Name'],
      ['/columns/1/from', 'no-columns', undefined],
      ['/columns/1/to', 'unknown-field', 'email'],
      ['/columns/2/to', 'mapped-twice', undefined],
      ['/naturalKey', 'natural-key-not-mapped', undefined],
    ]);
  });

  it('wants something to call a lead by', () => {
    expect(checkMapping({ columns: [{ from: ['a'], to: 'notes' }] }, ['a']).map((fault) => fault.code)).toEqual(['name-missing']);
    expect(checkMapping({ columns: [{ from: ['A '], to: 'notes' }], defaults: { name: 'Walk-in' } }, ['a'])).toEqual([]);
  });

  it('knows what a field of a lead is', () => {
    expect(['name', 'attributes.street_no', 'attributes.', 'attributes.__proto__', 'id', 'organizationId'].map(isLeadTarget)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
