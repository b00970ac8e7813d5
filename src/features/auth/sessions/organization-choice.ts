/** Where a session works; nowhere until the person has an organization. */
export interface Place {
  readonly organizationId: string | null;
  readonly role: string | null;
}

/** An organization somebody belongs to, as far as choosing needs it. */
export interface Choosable {
  readonly organizationId: string;
  readonly name: string;
  readonly role: string;
  readonly isActive: boolean;
}

export type OrganizationChoice<T extends Choosable> =
  | { readonly kind: 'chosen'; readonly organization: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'not-a-member' }
  | { readonly kind: 'needed'; readonly options: readonly T[] };

/** Which organization a new session works in: the one asked for, the only one, the last used one; otherwise the person must say. */
export function chooseOrganization<T extends Choosable>(
  all: readonly T[],
  asked: string | undefined,
  lastUsed: string | null,
): OrganizationChoice<T> {
  const options = all.filter((one) => one.isActive);
  if (asked !== undefined) {
    const organization = options.find((one) => one.organizationId === asked);
    return organization ? { kind: 'chosen', organization } : { kind: 'not-a-member' };
  }
  const [only] = options;
  if (!only) return { kind: 'none' };
  const organization = options.length === 1 ? only : options.find((one) => one.organizationId === lastUsed);
  return organization ? { kind: 'chosen', organization } : { kind: 'needed', options };
}
