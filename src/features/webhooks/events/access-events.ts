import { eventsOf, type EventType } from './event-type.js';

const PERSON = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c40';

const MEMBER = { userId: PERSON, role: 'member', status: 'active' };
const MEMBERS = eventsOf('member', ['userId', 'role', 'status', 'invitationId'], {
  joined: { description: 'Somebody accepted an invitation.', example: MEMBER },
  'role-changed': { description: 'A member has another role.', example: { ...MEMBER, role: 'manager' }, previous: { role: 'member' } },
  deactivated: {
    description: 'A member can no longer come in.',
    example: { ...MEMBER, status: 'inactive' },
    previous: { status: 'active' },
  },
  reactivated: { description: 'A member can come in again.', example: MEMBER, previous: { status: 'inactive' } },
  removed: { description: 'A member was taken out.', previous: MEMBER },
  left: { description: 'A member went away.', previous: MEMBER },
  'made-owner': { description: 'A member became the owner.', example: { ...MEMBER, role: 'owner' }, previous: { role: 'member' } },
  'gave-ownership': { description: 'The owner became something else.', example: { ...MEMBER, role: 'admin' }, previous: { role: 'owner' } },
});

const INVITATION = { role: 'member', status: 'pending', expiresAt: '2026-11-28T09:30:00.000Z', invitedBy: PERSON };
const INVITATIONS = eventsOf('invitation', ['role', 'status', 'expiresAt', 'invitedBy', 'acceptedBy'], {
  created: { description: 'Somebody was invited.', example: INVITATION },
  resent: { description: 'An invitation was sent again.', example: { ...INVITATION, expiresAt: '2026-12-05T09:30:00.000Z' } },
  revoked: { description: 'An invitation was taken back.', example: { ...INVITATION, status: 'revoked' }, previous: { status: 'pending' } },
  accepted: {
    description: 'An invitation was accepted.',
    example: { status: 'accepted', acceptedBy: PERSON },
    previous: { status: 'pending' },
  },
});

const ROLE = { key: 'sales', name: 'Sales', permissions: ['leads:read'], version: 1 };
const ROLES = eventsOf('role', ['key', 'name', 'permissions', 'version'], {
  created: { description: 'A role was made.', example: ROLE },
  updated: {
    description: 'A role was changed.',
    example: { ...ROLE, permissions: ['leads:read', 'files:read'] },
    previous: { permissions: ['leads:read'] },
  },
  deleted: { description: 'A role was deleted.', previous: ROLE },
});

const ORGANIZATION = {
  name: 'Duarte & Filhos',
  country: 'PT',
  baseCurrency: 'EUR',
  timeZone: 'Europe/Lisbon',
  status: 'active',
  version: 2,
};
const ORGANIZATIONS = eventsOf('organization', ['name', 'country', 'baseCurrency', 'timeZone', 'status', 'version'], {
  updated: { description: 'Settings of the organization changed.', example: ORGANIZATION, previous: { name: 'Duarte', version: 1 } },
  deactivated: {
    description: 'The organization was switched off.',
    example: { ...ORGANIZATION, status: 'inactive' },
    previous: { status: 'active' },
  },
  reactivated: { description: 'The organization was switched on again.', example: ORGANIZATION, previous: { status: 'inactive' } },
});

const KEY = { ownerId: PERSON, name: 'Nightly export', scopes: ['leads:read'], expiresAt: null, revokedAt: null };
const KEYS = eventsOf('api-key', ['ownerId', 'name', 'scopes', 'expiresAt', 'revokedAt', 'previousUntil'], {
  created: { description: 'An API key was made.', example: KEY },
  rotated: { description: 'An API key has a new secret.', example: { ...KEY, previousUntil: '2026-11-22T09:30:00.000Z' } },
  revoked: { description: 'An API key was revoked.', example: { ...KEY, revokedAt: '2026-11-21T09:30:00.000Z' } },
});

const JOBS = eventsOf('job', ['state'], {
  cancelled: { description: 'Somebody stopped a job.', example: { state: 'CANCELLED' }, previous: { state: 'PENDING' } },
  redriven: { description: 'A failed job runs again.', example: { state: 'PENDING' }, previous: { state: 'FAILURE' } },
});

const HOOK = { events: ['lead.*'], active: true };
const WEBHOOKS = eventsOf('webhook', ['events', 'active', 'reason', 'since', 'fromSeq'], {
  created: { description: 'A webhook was made.', example: HOOK },
  updated: { description: 'A webhook was changed.', example: { events: ['*'], active: true }, previous: { events: ['lead.*'] } },
  'secret-rotated': { description: 'A webhook has a new secret.', example: HOOK },
  tested: { description: 'A test message was asked for.', example: HOOK },
  replayed: { description: 'Events were asked for again.', example: { since: '2026-11-20T00:00:00.000Z' } },
  disabled: {
    description: 'A webhook was switched off, because its receiver fails or is gone.',
    example: { active: false, reason: 'failing' },
    previous: { active: true },
  },
  deleted: { description: 'A webhook was deleted.', previous: HOOK },
});

const BUDGETS = eventsOf('ai-budget', ['softLimitMicros', 'hardLimitMicros', 'month', 'spentMicros'], {
  changed: {
    description: 'The limits of what AI may cost were changed.',
    example: { softLimitMicros: '20000000', hardLimitMicros: '50000000' },
    previous: { hardLimitMicros: '40000000' },
  },
  'soft-limit-passed': {
    description: 'AI has cost more this month than the soft limit.',
    example: { month: '2026-11-01', spentMicros: '20000150', softLimitMicros: '20000000' },
  },
});

/** What happens to the organization, its people and its programs. */
export const ACCESS_EVENTS: readonly EventType[] = [
  ...MEMBERS,
  ...INVITATIONS,
  ...ROLES,
  ...ORGANIZATIONS,
  ...KEYS,
  ...JOBS,
  ...BUDGETS,
  ...WEBHOOKS,
];
