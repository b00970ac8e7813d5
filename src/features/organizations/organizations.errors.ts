import { problem } from '../../platform/http/problems/problem.js';

export { PersonRequired } from '../../platform/http/problems/core-problems.js';
export const LastOwner = problem({ code: 'last-owner', status: 409, title: 'An organization keeps at least one active owner' });
export const OwnerProtected = problem({ code: 'owner-protected', status: 403, title: 'Only an owner may change an owner' });
export const MemberOutranksYou = problem({
  code: 'member-outranks-you',
  status: 403,
  title: 'This member may do more than you, so you cannot change them',
});
export const RoleExceedsYours = problem({
  code: 'role-exceeds-yours',
  status: 403,
  title: 'You cannot give permissions you do not hold yourself',
});
export const NotYourself = problem({ code: 'not-yourself', status: 409, title: 'This cannot be done to yourself' });
export const MemberInactive = problem({ code: 'member-inactive', status: 409, title: 'This member is deactivated' });
export const OwnerOnly = problem({ code: 'owner-only', status: 403, title: 'Only an owner may do this' });
export const RoleKeyTaken = problem({
  code: 'role-name-taken',
  status: 409,
  title: 'There is already a role of this name',
  constraint: 'roles_key_unique',
  pointer: '/name',
});
export const RoleInUse = problem({
  code: 'role-in-use',
  status: 409,
  title: 'This role is still given to somebody',
  constraint: 'memberships_custom_role',
});
export const RoleLimit = problem({ code: 'role-limit', status: 409, title: 'There are too many roles' });
export const AlreadyMember = problem({
  code: 'already-member',
  status: 409,
  title: 'This person is already a member',
  constraint: 'memberships_pkey',
});
export const AlreadyInvited = problem({
  code: 'already-invited',
  status: 409,
  title: 'This address is already invited',
  constraint: 'invitations_one_pending_per_email',
});
export const InvitationClosed = problem({ code: 'invitation-closed', status: 409, title: 'This invitation is no longer open' });
export const InvitationNotValid = problem({ code: 'invitation-not-valid', status: 410, title: 'This invitation cannot be used' });
export const InvitationForSomebodyElse = problem({
  code: 'invitation-for-somebody-else',
  status: 403,
  title: 'This invitation is for another address',
});
export const InvitationNoLongerBacked = problem({
  code: 'invitation-no-longer-backed',
  status: 409,
  title: 'Whoever invited you may no longer give this role',
});
export const ResendLimit = problem({ code: 'invitation-resend-limit', status: 429, title: 'This invitation was sent too often' });
