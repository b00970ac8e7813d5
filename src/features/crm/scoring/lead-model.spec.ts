import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { factsNow, type LeadRecord, shareOf } from './lead-facts.js';
import { explain, type LeadModel, trainModel } from './lead-model.js';
import { scoreLead } from './lead-score.js';
import { sigmoid } from './logistic.js';
import { DEFAULT_RULES } from './scoring-rules.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const DAY = 86_400_000;

/** Numbers that look like chance and are always the same. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <T>(list: readonly T[], share: number): T => list[Math.floor(share * list.length)] ?? list[0];

function lead(at: number, more: Partial<LeadRecord> = {}): LeadRecord {
  const id = `01936f2e-7c1a-7b52-9c1e-${String(at).padStart(12, '0')}`;
  const createdAt = NOW - 100 * DAY;
  return {
    id,
    name: `Lead ${at}`,
    company: null,
    email: null,
    phone: null,
    source: null,
    notes: null,
    tags: [],
    attributes: {},
    ownerId: null,
    valueMinor: null,
    currency: null,
    createdAt,
    updatedAt: NOW - 10 * DAY,
    status: 'interest',
    statusName: 'Interest',
    kind: 'open',
    entries: [],
    activityAt: [],
    ...more,
  };
}

/** Closed leads whose true chance is known: the source and a phone number matter, everything else is noise. */
function history(count: number, seed: number, isSignal = true): { leads: LeadRecord[]; truth: Map<string, number> } {
  const roll = dice(seed);
  const truth = new Map<string, number>();
  const leads = Array.from({ length: count }, (_, at) => {
    const source = pick(['referral', 'website', 'fair', 'cold call'], roll());
    const phone = roll() < 0.5 ? '+351 21 000 0000' : null;
    const effect = { referral: 1.6, website: 0, fair: 0.3, 'cold call': -1.5 }[source] ?? 0;
    const chance = isSignal ? sigmoid(-0.4 + effect + (phone ? 0.9 : 0)) : 0.4;
    const kind = roll() < chance ? 'won' : 'lost';
    const noise = { colour: pick(['red', 'green', 'blue'], roll()), region: pick(['north', 'south', 'east', 'west'], roll()) };
    const made = lead(at, { source, phone, kind, attributes: noise, tags: roll() < 0.3 ? ['fair 2026'] : [], status: `closed-${kind}` });
    truth.set(made.id, chance);
    return made;
  });
  const open = Array.from({ length: 40 }, (_, at) =>
    lead(1_000_000 + at, { attributes: { colour: 'red', region: 'north' }, tags: ['fair 2026'] }),
  );
  return { leads: [...leads, ...open], truth };
}

describe('a model learned from closed leads', () => {
  it('finds the signal, and its probabilities are the true ones', async () => {
    const { leads, truth } = history(1_200, 7);
    const { model, report } = await trainModel(leads, NOW);
    expect(report.count).toBe(1_200);
    const closed = leads.filter(({ kind }) => kind !== 'open');
    const best = closed.reduce((sum, { id, kind }) => sum + ((truth.get(id) ?? 0) - (kind === 'won' ? 1 : 0)) ** 2, 0) / closed.length;
    console.log(
      `scoring, 1,200 leads: Brier ${report.brier.toFixed(4)} (true chances ${best.toFixed(4)}, base rate ${report.baselineBrier.toFixed(4)}), AUC ${report.auc.toFixed(3)}, calibration error ${report.calibrationError.toFixed(3)}`,
    );
    expect(report.brier).toBeLessThan(report.baselineBrier * 0.9);
    expect(report.brier - best).toBeLessThan(0.005);
    expect(report.auc).toBeGreaterThan(0.7);
    expect(report.calibrationError).toBeLessThan(0.05);
    const weight = (feature: string, category: string) =>
      model.features.find((one) => one.feature === feature)?.categories.find((one) => one.category === category)?.weight ?? 0;
    expect(weight('source', 'referral')).toBeGreaterThan(0.8);
    expect(weight('source', 'cold call')).toBeLessThan(-0.8);
    expect(weight('phone', 'given')).toBeGreaterThan(weight('phone', 'none') + 0.5);
    for (const noise of ['north', 'south', 'east', 'west']) expect(Math.abs(weight('attributes.region', noise))).toBeLessThan(0.35);
  }, 60_000);

  it('learns nothing from noise', async () => {
    const { report, model } = await trainModel(history(600, 3, false).leads, NOW);
    console.log(
      `scoring, 600 leads of noise: Brier ${report.brier.toFixed(4)} (base rate ${report.baselineBrier.toFixed(4)}), AUC ${report.auc.toFixed(3)}`,
    );
    expect(report.brier).toBeLessThan(report.baselineBrier * 1.02);
    expect(report.auc).toBeLessThan(0.57);
    expect(model.ridge).toBe(64);
  }, 60_000);

  it('takes no hint from what is written when a lead is closed', async () => {
    const { leads } = history(200, 11, false);
    const told = leads.map((one) =>
      one.kind === 'lost' ? { ...one, attributes: { ...one.attributes, lost_because: 'price' }, tags: [...one.tags, 'lost'] } : one,
    );
    const { model, report } = await trainModel(told, NOW);
    expect(model.features.map(({ feature }) => feature)).not.toContain('attributes.lost_because');
    expect(model.features.map(({ feature }) => feature)).not.toContain('tags.lost');
    expect(report.auc).toBeLessThan(0.65);
  }, 60_000);

  it('does not depend on the order of the leads, and is the same each time', async () => {
    const { leads } = history(120, 5);
    const first = await trainModel(leads, NOW);
    const shuffled = leads.toSorted((a, b) => shareOf(a.id) - shareOf(b.id));
    expect(shuffled.map(({ id }) => id)).not.toEqual(leads.map(({ id }) => id));
    expect(await trainModel(shuffled, NOW)).toEqual(first);
  }, 60_000);
});

describe('a score', () => {
  const record = fc
    .record({
      source: fc.option(fc.constantFrom('referral', 'website', 'fair', 'cold call', 'never seen')),
      phone: fc.option(fc.constant('+351 21 000 0000')),
      email: fc.option(fc.constantFrom('a@gmail.com', 'a@firm.pt')),
      company: fc.option(fc.constant('Firm')),
      valueMinor: fc.option(fc.bigInt(-(10n ** 17n), 10n ** 17n).map(String)),
      tags: fc.array(fc.constantFrom('fair 2026', 'vip'), { maxLength: 2 }),
      activityAt: fc.array(fc.integer({ min: NOW - 90 * DAY, max: NOW + DAY }), { maxLength: 5 }).map((list) => list.sort((a, b) => a - b)),
    })
    .map((more) => lead(1, { ...more, currency: more.valueMinor === null ? null : 'EUR' }));
  let model: LeadModel | undefined;

  it('is made of its reasons: they add up, and probabilities are probabilities', async () => {
    model ??= (await trainModel(history(200, 9).leads, NOW)).model;
    const learned = model;
    fc.assert(
      fc.property(record, fc.boolean(), (one, isLearned) => {
        const facts = factsNow(one, NOW);
        const score = scoreLead(facts, DEFAULT_RULES, isLearned ? learned : undefined);
        const sum = score.factors.reduce((total, { points }) => total + points, score.basePoints);
        expect(sum).toBeCloseTo(score.rawPoints, 9);
        expect(score.score).toBe(Math.max(0, Math.min(100, Math.round(sum))));
        expect(score.rulePoints).toBe(score.factors.filter(({ kind }) => kind === 'rule').reduce((total, { points }) => total + points, 0));
        if (!isLearned) return expect(score.probability).toBeNull();
        const { base, logit, probability, factors } = explain(learned, facts);
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThan(1);
        expect(factors.reduce((total, { logOdds }) => total + logOdds, base)).toBeCloseTo(logit, 9);
        expect(score.rawPoints - score.rulePoints).toBeCloseTo(100 * probability, 6);
      }),
    );
  }, 60_000);

  it('says why in plain words', async () => {
    model ??= (await trainModel(history(200, 9).leads, NOW)).model;
    const score = scoreLead(factsNow(lead(1, { source: 'Referral', phone: '1' }), NOW), DEFAULT_RULES, model);
    const [first] = score.factors.filter(({ factor }) => factor === 'source');
    expect(first?.explanation).toMatch(/^Source: referral\. Of \d+ closed leads like that \d+ were won \(\d+ %, all leads \d+ %\)\.$/);
    expect(score.factors.find(({ kind }) => kind === 'rule')?.explanation).toBe('Has a phone number: +10 points by a rule');
  });
});
