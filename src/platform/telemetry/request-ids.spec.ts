import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requestIds } from './request-ids.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-00`;

describe('requestIds', () => {
  it('makes both when nothing is given, new ones every time', () => {
    const [a, b] = [requestIds({}), requestIds({})];
    expect(a.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(a.requestId).toBe(a.traceparent.slice(3, 35));
    expect(a.requestId).not.toBe(b.requestId);
  });

  it('never gives an id twice', () => {
    const made = Array.from({ length: 2000 }, () => requestIds({}).traceparent);
    expect(new Set(made.flatMap((text) => text.split('-').slice(1, 3))).size).toBe(4000);
  });

  it('continues the trace of the caller with a span of its own', () => {
    const ids = requestIds({ traceparent: PARENT });
    expect(ids.requestId).toBe(TRACE);
    expect(ids.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect(ids.traceparent).not.toBe(PARENT);
  });

  it('prefers X-Request-Id, then X-Log-Id, then the trace', () => {
    const all = { 'x-request-id': 'request-1', 'x-log-id': 'logline-1', traceparent: PARENT };
    expect(requestIds(all).requestId).toBe('request-1');
    expect(requestIds({ ...all, 'x-request-id': 'no spaces allowed' }).requestId).toBe('logline-1');
    expect(requestIds({ ...all, 'x-request-id': ['one-one-one', 'two-two-two'], 'x-log-id': 'short' }).requestId).toBe(TRACE);
  });

  it.each([
    ['all-zero trace', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['all-zero span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-00f067aa0ba902b7-01`],
    ['upper case', PARENT.toUpperCase()],
    ['too long', `${PARENT}-${'a'.repeat(500)}`],
  ])('does not believe a traceparent with %s', (_, traceparent) => {
    expect(requestIds({ traceparent }).traceparent).not.toContain(TRACE);
  });

  it('never lets anything unsafe for a header or a log line through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme-ascii', maxLength: 300 }), (a, b) => {
        const ids = requestIds({ 'x-request-id': a, 'x-log-id': b, traceparent: a });
        return /^[A-Za-z0-9._:-]{8,128}$/.test(ids.requestId) && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(ids.traceparent);
      }),
    );
  });
});
