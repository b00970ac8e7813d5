import { describe, expect, it } from '@jest/globals';
import { chooseOrganization } from './organization-choice.js';

const one = { organizationId: '1', name: 'One', role: 'owner', isActive: true };
const two = { organizationId: '2', name: 'Two', role: 'viewer', isActive: true };
const off = { organizationId: '3', name: 'Off', role: 'owner', isActive: false };

describe('chooseOrganization', () => {
  it('takes the one asked for, when the person belongs there and it is switched on', () => {
    expect(chooseOrganization([one, two], '2', '1')).toEqual({ kind: 'chosen', organization: two });
    expect(chooseOrganization([one, two], '9', '1')).toEqual({ kind: 'not-a-member' });
    expect(chooseOrganization([one, off], '3', null)).toEqual({ kind: 'not-a-member' });
  });

  it('takes the only one, else the last used one', () => {
    expect(chooseOrganization([one, off], undefined, '3')).toEqual({ kind: 'chosen', organization: one });
    expect(chooseOrganization([one, two], undefined, '2')).toEqual({ kind: 'chosen', organization: two });
  });

  it('asks when several are possible and none is known', () => {
    expect(chooseOrganization([one, two, off], undefined, '3')).toEqual({ kind: 'needed', options: [one, two] });
  });

  it('lets somebody without an organization in', () => {
    expect(chooseOrganization([off], undefined, null)).toEqual({ kind: 'none' });
  });
});
