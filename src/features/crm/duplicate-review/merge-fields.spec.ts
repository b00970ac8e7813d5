import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadContent } from '../leads/lead.js';
import { type MergeField, type MergeRules, mergedContent, type MergingLead, RULES_OF_FIELD } from './merge-fields.js';
import { unmergedContent } from './unmerge-fields.js';

const text = fc.option(fc.constantFrom('a', 'bb', 'ccc', 'dddd'));
const currency = fc.constantFrom('EUR', 'USD');
const money = fc.option(fc.record({ amountMinor: fc.integer({ min: -99, max: 99 }).map(String), currency }), { freq: 3 });
const content: fc.Arbitrary<LeadContent> = fc.record({
  name: fc.constantFrom('Ana', 'Anna', 'Ana Duarte'),
  company: text,
  email: text,
  phone: text,
  value: money,
  notes: text,
  source: text,
  tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
  attributes: fc.dictionary(fc.constantFrom('k', 'l', 'm'), fc.constantFrom('1', '2'), { maxKeys: 3, noNullPrototype: true }),
  ownerId: fc.option(fc.constantFrom('o1', 'o2')),
});
const moment = fc.integer({ min: 1, max: 9 }).map((day) => `2026-11-0${day}T00:00:00.000Z`);
const leads = fc
  .array(fc.record({ createdAt: moment, updatedAt: moment, content }), { minLength: 2, maxLength: 5 })
  .map((list) => list.map((one, at): MergingLead => ({ ...one, id: `id-${at}` })));
const FIELDS = Object.keys(RULES_OF_FIELD) as MergeField[];
const rules = fc.record(
  Object.fromEntries(
    FIELDS.map((field) => [
      field,
      fc.oneof(
        fc.constantFrom(...RULES_OF_FIELD[field]),
        fc.constantFrom(0, 1).map((at) => ({ from: `id-${at}` })),
      ),
    ]),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<MergeRules>;
const merged = ([survivor, ...others]: readonly MergingLead[], by: MergeRules) => mergedContent(survivor, others, by);

describe('merging fields', () => {
  it('does not depend on the order in which the other leads are named', () => {
    fc.assert(
      fc.property(leads, rules, fc.infiniteStream(fc.nat()), (list, by, order) => {
        const [survivor, ...others] = list as [MergingLead, ...MergingLead[]];
        const keys = new Map(others.map((one) => [one.id, order.next().value as number]));
        const turned = others.toSorted((a, b) => (keys.get(a.id) ?? 0) - (keys.get(b.id) ?? 0));
        expect(merged([survivor, ...turned], by)).toEqual(merged(list, by));
      }),
    );
  });

  it('invents nothing and, by its usual rules, loses nothing but what stands in one place only', () => {
    fc.assert(
      fc.property(leads, (list) => {
        const { content: made, fields, faults } = merged(list, {});
        expect(faults).toEqual([]);
        for (const field of ['name', 'company', 'email', 'phone', 'source', 'ownerId'] as const) {
          const held = list.map((one) => one.content[field]).filter((value) => value !== null);
          expect(made[field] === null ? held : held.includes(made[field])).toEqual(made[field] === null ? [] : true);
          if (list[0]?.content[field] !== null) expect(made[field]).toBe(list[0]?.content[field]);
        }
        expect(new Set(made.tags)).toEqual(new Set(list.flatMap((one) => [...one.content.tags])));
        expect(new Set(Object.keys(made.attributes))).toEqual(new Set(list.flatMap((one) => Object.keys(one.content.attributes))));
        for (const one of list) if (one.content.notes) expect(made.notes?.split('\n\n')).toContain(one.content.notes);
        for (const { field, changed } of fields)
          expect(changed).toBe(JSON.stringify(made[field]) !== JSON.stringify(list[0]?.content[field]));
      }),
    );
  });

  it('is undone to the letter when nobody touched the lead since', () => {
    fc.assert(
      fc.property(leads, rules, (list, by) => {
        const before = list[0]?.content;
        const { content: after, faults } = merged(list, by);
        fc.pre(faults.length === 0);
        expect(unmergedContent(before, after, after)).toEqual({ content: before, keptFields: [] });
      }),
    );
  });

  it('keeps every field that was edited since, and names it', () => {
    fc.assert(
      fc.property(leads, content, (list, now) => {
        const before = list[0]?.content;
        const after = merged(list, {}).content;
        const undone = unmergedContent(before, after, now);
        for (const field of FIELDS.filter((one) => one !== 'tags' && one !== 'attributes')) {
          const isEdited = JSON.stringify(now[field]) !== JSON.stringify(after[field]);
          expect(undone.keptFields.includes(field)).toBe(isEdited);
          expect(undone.content[field]).toEqual(isEdited ? now[field] : before[field]);
        }
        for (const tag of now.tags.filter((one) => !after.tags.includes(one))) expect(undone.content.tags).toContain(tag);
        for (const tag of after.tags.filter((one) => !now.tags.includes(one))) expect(undone.content.tags).not.toContain(tag);
      }),
    );
  });

  it('chooses by rule', () => {
    const base: LeadContent = {
      name: 'A',
      company: null,
      email: null,
      phone: null,
      value: null,
      notes: null,
      source: null,
      tags: [],
      attributes: {},
      ownerId: null,
    };
    const of = (id: string, day: number, more: Partial<LeadContent>): MergingLead => ({
      id,
      createdAt: `2026-11-0${day}T00:00:00.000Z`,
      updatedAt: `2026-11-0${10 - day}T00:00:00.000Z`,
      content: { ...base, ...more },
    });
    const EUR = (amountMinor: string) => ({ amountMinor, currency: 'EUR' });
    const list = [
      of('s', 2, { company: 'Co', value: EUR('9') }),
      of('p', 1, { name: 'Ann', company: 'Company', value: EUR('10') }),
      of('q', 3, { name: 'B', value: EUR('-1') }),
    ];
    const by = (one: MergeRules) => merged(list, one).content;
    expect(by({ name: 'newest' }).name).toBe('Ann');
    expect(by({ name: 'oldest' }).name).toBe('Ann');
    expect(by({ company: 'longest' }).company).toBe('Company');
    expect(by({ company: { from: 'q' } }).company).toBeNull();
    expect(by({ value: 'highest' }).value).toEqual(EUR('10'));
    expect(merged([...list, of('r', 4, { value: { amountMinor: '1', currency: 'USD' } })], { value: 'highest' }).faults).toEqual([
      { field: 'value', code: 'currencies-differ', message: expect.stringContaining('currencies differ') },
    ]);
    const many = Array.from({ length: 51 }, (_, at) => String(at));
    const full = of('f', 5, { tags: many, notes: 'n'.repeat(6_000), attributes: Object.fromEntries(many.map((key) => [`k${key}`, key])) });
    expect(merged([full, of('g', 6, { notes: 'm'.repeat(6_000) })], {}).faults.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'notes too-long',
      'tags too-many',
      'attributes too-many',
    ]);
  });
});
