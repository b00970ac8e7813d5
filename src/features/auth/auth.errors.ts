import { problem } from '../../platform/http/problems/problem.js';

export const InvalidCredentials = problem({ code: 'invalid-credentials', status: 401, title: 'E-mail address or password is wrong' });
export const LoginLocked = problem({ code: 'login-locked', status: 429, title: 'Too many failed attempts' });
export const EmailNotVerified = problem({ code: 'email-not-verified', status: 403, title: 'Confirm your e-mail address first' });
export const AccountInactive = problem({ code: 'account-inactive', status: 403, title: 'This account was switched off' });
export const NotAMember = problem({ code: 'not-a-member', status: 403, title: 'You do not belong to this organization' });
export const OrganizationChoiceNeeded = problem({
  code: 'organization-choice-needed',
  status: 409,
  title: 'Say which organization to work in',
});
export const InvalidGrant = problem({ code: 'invalid-grant', status: 400, title: 'The grant was refused' });
export const InvalidRefreshToken = problem({ code: 'invalid-refresh-token', status: 401, title: 'This refresh token does not work' });
export const InvalidProof = problem({ code: 'invalid-proof', status: 400, title: 'This link or code does not work' });
export const WeakPassword = problem({ code: 'weak-password', status: 422, title: 'Choose a stronger password' });
export const RegistrationClosed = problem({ code: 'registration-closed', status: 403, title: 'Only invited people can register here' });
export const InvitationUnusable = problem({ code: 'invitation-unusable', status: 400, title: 'This invitation cannot be used' });
export const AccountExists = problem({ code: 'account-exists', status: 409, title: 'There is an account with this address' });
export const EmailTaken = problem({
  code: 'email-taken',
  status: 409,
  title: 'Another account has this address',
  constraint: 'users_one_per_email',
});
export { PersonRequired } from '../../platform/http/problems/core-problems.js';
export const CurrentSession = problem({ code: 'current-session', status: 409, title: 'This is the session you are using' });
export const ApiKeyNameTaken = problem({
  code: 'api-key-name-taken',
  status: 409,
  title: 'You have a key with this name',
  constraint: 'api_keys_one_name_per_owner',
  pointer: '/name',
});
export const ScopeNotHeld = problem({ code: 'scope-not-held', status: 403, title: 'A key cannot do more than you may' });
export const ApiKeyRevoked = problem({ code: 'api-key-revoked', status: 409, title: 'This key was revoked' });
