import { describe, expect, it } from '@jest/globals';
import { calibrationOf } from './calibration.js';
import { closedAt, factsAt, factsBeforeClosing, factsNow, type LeadRecord } from './lead-facts.js';
import { DEFAULT_RULES, type RuleCondition, ruleFaults, rulesThatHold } from './scoring-rules.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const DAY = 86_400_000;
const LEAD: LeadRecord = {
  id: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d',
  name: 'Ana Duarte',
  company: 'Duarte & Filhos',
  email: 'ana@duarte.pt',
  phone: null,
  source: 'Référral',
  notes: 'Asked for an offer.',
  tags: ['VIP'],
  attributes: { region: 'North' },
  ownerId: null,
  valueMinor: '50000',
  currency: 'EUR',
  createdAt: NOW - 40 * DAY,
  updatedAt: NOW,
  status: 'closed-win',
  statusName: 'Closed win',
  kind: 'won',
  entries: [
    { stage: 'interest', at: NOW - 40 * DAY },
    { stage: 'proposal-sent', at: NOW - 20 * DAY },
    { stage: 'closed-win', at: NOW - 10 * DAY },
  ],
  activityAt: [NOW - 30 * DAY, NOW - 3 * DAY],
};
const holds = (condition: RuleCondition, lead = LEAD): boolean =>
  rulesThatHold([{ name: 'r', points: 1, when: [condition] }], factsNow(lead, NOW)).length === 1;

describe('rules', () => {
  it.each<[RuleCondition, boolean]>([
    [{ field: 'source', is: 'is', than: 'referral' }, true],
    [{ field: 'source', is: 'is-not', than: 'referral' }, false],
    [{ field: 'notes', is: 'contains', than: 'OFFER' }, true],
    [{ field: 'phone', is: 'missing' }, true],
    [{ field: 'phone', is: 'exists' }, false],
    [{ field: 'tags', is: 'is', than: 'vip' }, true],
    [{ field: 'status', is: 'is', than: 'Closed win' }, true],
    [{ field: 'attributes.region', is: 'is', than: 'north' }, true],
    [{ field: 'attributes.other', is: 'missing' }, true],
    [{ field: 'value', is: 'at-least', than: '50000', currency: 'EUR' }, true],
    [{ field: 'value', is: 'at-most', than: '49999', currency: 'EUR' }, false],
    [{ field: 'value', is: 'at-least', than: '1', currency: 'USD' }, false],
    [{ field: 'value', is: 'exists' }, true],
    [{ field: 'ageDays', is: 'at-least', than: '40' }, true],
    [{ field: 'daysSinceActivity', is: 'at-most', than: '3' }, true],
    [{ field: 'activityCount', is: 'at-least', than: '3' }, false],
    [{ field: 'daysInStage', is: 'exists' }, true],
    [{ field: 'name', is: 'at-least', than: 'x' }, false],
  ])('%j: %s', (condition, expected) => expect(holds(condition)).toBe(expected));

  it('holds for no lead of which nothing was ever heard, either way', () => {
    const silent = { ...LEAD, activityAt: [] };
    expect(holds({ field: 'daysSinceActivity', is: 'at-most', than: '3' }, silent)).toBe(false);
    expect(holds({ field: 'daysSinceActivity', is: 'missing' }, silent)).toBe(true);
  });

  it('are refused where they make no sense', () => {
    const codes = (condition: RuleCondition) =>
      ruleFaults([{ name: 'r', points: 1, when: [condition] }]).map(({ pointer, code }) => `${pointer} ${code}`);
    expect(ruleFaults(DEFAULT_RULES.rules)).toEqual([]);
    expect(codes({ field: 'colour', is: 'exists' })).toEqual(['/rules/0/when/0/field one-of']);
    expect(codes({ field: 'name', is: 'is' })).toEqual(['/rules/0/when/0/than required']);
    expect(codes({ field: 'name', is: 'exists', than: 'x' })).toEqual(['/rules/0/when/0/than not-needed']);
    expect(codes({ field: 'name', is: 'at-least', than: '3' })).toEqual(['/rules/0/when/0/is one-of']);
    expect(codes({ field: 'ageDays', is: 'is', than: '3' })).toEqual(['/rules/0/when/0/is one-of']);
    expect(codes({ field: 'ageDays', is: 'at-least', than: 'long' })).toEqual(['/rules/0/when/0/than number']);
    expect(codes({ field: 'value', is: 'at-least', than: '1.5' })).toEqual([
      '/rules/0/when/0/than money',
      '/rules/0/when/0/currency currency',
    ]);
    expect(codes({ field: 'attributes.region', is: 'contains', than: 'n' })).toEqual([]);
  });
});

describe('facts of a lead', () => {
  it('are those of the moment', () => {
    expect(factsAt(LEAD, NOW - 15 * DAY)).toMatchObject({
      stage: 'proposal-sent',
      daysInStage: 5,
      ageDays: 25,
      activityCount: 1,
      daysSinceActivity: 15,
    });
    expect(factsAt({ ...LEAD, entries: [] }, NOW)).toMatchObject({ stage: null, daysInStage: null });
  });

  it('for learning are from before it was closed', () => {
    expect(closedAt(LEAD)).toBe(NOW - 10 * DAY);
    expect(closedAt({ ...LEAD, entries: [] })).toBe(NOW);
    const facts = factsBeforeClosing(LEAD);
    expect(['interest', 'proposal-sent']).toContain(facts.stage);
    expect(facts.ageDays).toBeLessThan(30);
    expect(facts.activityCount).toBeLessThan(2);
    expect(factsBeforeClosing({ ...LEAD, createdAt: closedAt(LEAD) }).stage).not.toBe('closed-win');
  });
});

describe('a calibration report', () => {
  it('is right about forecasts that are, and about guesses', () => {
    const sure = Array.from({ length: 10 }, (_, at) => ({ probability: at < 4 ? 1 : 0, isWon: at < 4 }));
    expect(calibrationOf(sure)).toMatchObject({ count: 10, brier: 0, logLoss: 0, auc: 1, calibrationError: 0 });
    expect(calibrationOf(sure).baselineBrier).toBeCloseTo(0.24);
    const guess = calibrationOf(sure.map(({ isWon }) => ({ probability: 0.4, isWon })));
    expect(guess).toMatchObject({ auc: 0.5, brier: guess.baselineBrier });
    expect(guess.calibrationError).toBeCloseTo(0);
    expect(guess.bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 10, 0, 0, 0, 0, 0]);
    expect(calibrationOf([])).toMatchObject({ count: 0, brier: 0, auc: 0.5 });
  });
});
