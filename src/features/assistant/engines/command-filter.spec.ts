import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { localDateIn } from '../../../shared/dates.js';
import { patchOf, selectionOf, startOfDay } from './command-filter.js';

describe('the first moment of a day', () => {
  it.each([
    ['2026-11-21', 'UTC', '2026-11-21T00:00:00.000Z'],
    ['2026-07-01', 'Europe/Lisbon', '2026-06-30T23:00:00.000Z'],
    ['2026-11-21', 'Pacific/Kiritimati', '2026-11-20T10:00:00.000Z'],
    ['2026-11-21', 'Pacific/Niue', '2026-11-21T11:00:00.000Z'],
    // The clocks go from 24:00 to 1:00.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ])('%s in %s', (day, zone, instant) => expect(startOfDay(day, zone).toISOString()).toBe(instant));

  it('is in the day, and the millisecond before is not', () => {
    const zones = ['UTC', 'Europe/Lisbon', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Chatham'];
    const day = fc
      .date({ min: new Date('2000-01-02'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.constantFrom(...zones), (date, zone) => {
        const start = startOfDay(date, zone);
        expect(localDateIn(start, zone)).toBe(date);
        expect(localDateIn(new Date(start.getTime() - 1), zone) < date).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what a message says of leads', () => {
  it('becomes a selection', () => {
    const stages = [{ pipelineId: 'p', key: 'interest', name: 'Interest' }];
    expect(
      selectionOf(
        {
          status: { text: 'interest', stages },
          owner: { kind: 'nobody' },
          value: { min: { amountMinor: '100', currency: 'EUR' }, isStrict: true },
          source: 'web',
          tag: 'vip',
          company: 'acme',
          missing: ['email', 'custom:size', 'status'],
          created: { from: '2026-11-01', to: '2026-11-02' },
          updated: { to: '2026-11-02' },
        },
        'UTC',
      ),
    ).toEqual({
      stages: [{ pipelineId: 'p', status: 'interest' }],
      missing: ['email', 'owner'],
      missingCustom: ['size'],
      currency: 'EUR',
      valueMin: '100',
      valueIsStrict: true,
      source: 'web',
      tag: 'vip',
      company: 'acme',
      createdFrom: '2026-11-01T00:00:00.000Z',
      createdTo: '2026-11-03T00:00:00.000Z',
      updatedTo: '2026-11-03T00:00:00.000Z',
    });
    expect(selectionOf({}, 'UTC')).toEqual({});
    const value = { max: { amountMinor: '5', currency: 'USD' }, isStrict: false };
    expect(selectionOf({ owner: { kind: 'member', id: 'm', name: 'M' }, value }, 'UTC')).toEqual({
      ownerId: 'm',
      currency: 'USD',
      valueMax: '5',
    });
  });

  it('changes become a patch, with tags that come and go beside it', () => {
    expect(
      patchOf([
        { field: 'company', value: null },
        { field: 'owner', value: { kind: 'nobody' } },
        { field: 'custom', key: 'size', value: '10' },
        { field: 'tags', mode: 'add', value: ['a'] },
        { field: 'tags', mode: 'remove', value: ['b'] },
      ]),
    ).toEqual({ changes: { company: null, ownerId: null, attributes: { size: '10' } }, addTags: ['a'], removeTags: ['b'] });
    expect(patchOf([{ field: 'tags', mode: 'replace', value: ['x'] }])).toEqual({ changes: { tags: ['x'] } });
    expect(patchOf([{ field: 'owner', value: { kind: 'member', id: 'm', name: 'M' } }])).toEqual({ changes: { ownerId: 'm' } });
  });
});
