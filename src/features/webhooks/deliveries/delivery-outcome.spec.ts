import { describe, expect, it } from '@jest/globals';
import { OutgoingFailed } from '../../../platform/net/outgoing-failed.js';
import { outcomeOfAnswer, outcomeOfError, secondsOf } from './delivery-outcome.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const of = (status: number, retryAfter?: string, text = '') => outcomeOfAnswer({ status, retryAfter, text }, NOW);

describe('outcomeOfAnswer', () => {
  it.each([200, 201, 202, 204, 299])('%i is success', (status) => {
    expect(of(status)).toMatchObject({ isDelivered: true, isGone: false, status, error: null });
  });

  it.each([
    [301, 'redirected'],
    [302, 'redirected'],
    [304, 'redirected'],
    [308, 'redirected'],
    [400, 'refused'],
    [404, 'refused'],
    [429, 'refused'],
    [500, 'refused'],
    [503, 'refused'],
  ])('%i is a failure: %s', (status, error) => {
    expect(of(status)).toMatchObject({ isDelivered: false, isGone: false, status, error });
  });

  it('410 says that nothing is wanted ever again', () => {
    expect(of(410)).toMatchObject({ isDelivered: false, isGone: true, error: 'gone' });
  });

  it('keeps what was answered as text that can be stored', () => {
    expect(of(500, undefined, 'no\u0000 \u001b[31mway\n').response).toBe('no\uFFFD \uFFFD[31mway\n');
    expect(of(200).response).toBeNull();
  });

  it('hears when it is to come back', () => {
    expect(of(429, '120').retryAfterSeconds).toBe(120);
    expect(of(200, '120').retryAfterSeconds).toBeNull();
  });
});

describe('secondsOf', () => {
  it.each([
    [undefined, null],
    ['0', 0],
    ['30', 30],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', 0],
    ['99999999999', null],
  ])('%s', (text, seconds) => {
    const found = secondsOf(text, NOW);
    // What is no number of seconds may be some date; it must only never be a wait of years.
    if (seconds === null) expect(found === null || found >= 0).toBe(true);
    else expect(found).toBe(seconds);
  });
});

describe('outcomeOfError', () => {
  it('tells faults of the way, and nothing of ours', () => {
    expect(outcomeOfError(new OutgoingFailed('timed-out', 'There was no answer.'))).toMatchObject({
      error: 'timed-out',
      detail: 'There was no answer.',
      status: null,
    });
    const ours = outcomeOfError(new Error('password=hunter2 at /srv/x.ts'));
    expect(ours).toMatchObject({ error: 'internal-error', isDelivered: false });
    expect(JSON.stringify(ours)).not.toContain('hunter2');
  });
});
