import { describe, expect, it } from '@jest/globals';
import { addressHasher, jobLine, requestLine } from './wide-line.js';

const REQUEST = { requestId: 'r1', method: 'GET', route: '/api/v1/leads/:id', status: 200, ms: 1.2345, dbMs: 0.66, dbCount: 2, bytes: 512 };

describe('the wide line', () => {
  it('of a request has its fixed fields, in order', () => {
    expect(Object.entries(requestLine({ ...REQUEST, organizationId: 'o1' }))).toEqual([
      ['request_id', 'r1'],
      ['org_id', 'o1'],
      ['actor_id', null],
      ['method', 'GET'],
      ['route', '/api/v1/leads/:id'],
      ['status', 200],
      ['ms', 1.2],
      ['db_ms', 0.7],
      ['db_count', 2],
      ['bytes', 512],
    ]);
    expect(requestLine({ ...REQUEST, ipHash: 'abc', problem: 'lead-not-found' })).toMatchObject({
      ip_hash: 'abc',
      problem: 'lead-not-found',
    });
  });

  it('of a job says which attempt ended how', () => {
    const line = jobLine({
      requestId: 'r1',
      job: 'mail.send',
      jobId: 'j1',
      queue: 'mail',
      attempt: 2,
      outcome: 'retry',
      ms: 10,
      waitedMs: 3.33,
      dbMs: 0,
      dbCount: 0,
    });
    expect(line).toMatchObject({ request_id: 'r1', org_id: null, job: 'mail.send', attempt: 2, outcome: 'retry', waited_ms: 3.3 });
  });

  it('hides an address behind the key', () => {
    expect(addressHasher('a')('192.0.2.1')).toMatch(/^[0-9a-f]{12}$/);
    expect(addressHasher('a')('192.0.2.1')).toBe(addressHasher('a')('192.0.2.1'));
    expect(addressHasher('a')('192.0.2.1')).not.toBe(addressHasher('b')('192.0.2.1'));
  });
});
