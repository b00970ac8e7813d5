import type { Permission } from '../../../platform/access/permissions.js';
import { isSystemRole } from './role-rules.js';

/** What an access decision asks, in this order. */
export const ACCESS_STEPS = ['organization', 'account', 'membership', 'role', 'credential'] as const;

export type AccessStep = (typeof ACCESS_STEPS)[number];

/** Everything an access decision is made of. */
export interface AccessFacts {
  readonly permission: Permission;
  readonly organizationStatus: 'active' | 'deactivated';
  readonly isAccountActive: boolean;
  readonly membershipStatus: 'active' | 'inactive';
  readonly role: string;
  readonly rolePermissions: readonly Permission[];
  /** What the credential in use carries; undefined when another person is asked about. */
  readonly credential: { readonly isApiKey: boolean; readonly permissions: ReadonlySet<Permission> } | undefined;
}

export interface ExplainedStep {
  readonly step: AccessStep;
  readonly passed: boolean;
  readonly detail: string;
}

/** Why somebody may or may not do something: each step with its result, and the first that fails as the reason. */
export function explainAccess(facts: AccessFacts): { isAllowed: boolean; summary: string; steps: ExplainedStep[] } {
  const role = roleStep(facts);
  const steps = stepsOf(facts, role);
  const failed = steps.find((step) => !step.passed);
  return { isAllowed: !failed, summary: failed ? `Denied: ${failed.detail}` : `Allowed: ${role.detail}`, steps };
}

function roleStep({ permission, role, rolePermissions }: AccessFacts): ExplainedStep {
  const kind = isSystemRole(role) ? 'role' : 'custom role';
  return step('role', rolePermissions.includes(permission), [
    `The ${kind} ${role} holds ${permission}.`,
    `The ${kind} ${role} does not hold ${permission}.`,
  ]);
}

function stepsOf(facts: AccessFacts, role: ExplainedStep): ExplainedStep[] {
  const { permission, organizationStatus, membershipStatus, isAccountActive, credential } = facts;
  const steps: ExplainedStep[] = [
    step('organization', organizationStatus === 'active', ['The organization is active.', 'The organization is deactivated.']),
    step('account', isAccountActive, ['The account is active.', 'The account is switched off.']),
    step('membership', membershipStatus === 'active', ['The membership is active.', 'The membership is deactivated in this organization.']),
    role,
  ];
  if (!credential) return steps;
  const what = credential.isApiKey ? 'API key' : 'session';
  return [
    ...steps,
    step('credential', credential.permissions.has(permission), [
      `The ${what} carries ${permission}.`,
      `The ${what} does not carry ${permission}.`,
    ]),
  ];
}

function step(name: AccessStep, passed: boolean, [yes, no]: readonly [string, string]): ExplainedStep {
  return { step: name, passed, detail: passed ? yes : no };
}
