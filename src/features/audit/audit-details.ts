const REDACTED = '[redacted]';
const SECRET_NAME =
  /(authorization|cookie|passwd|passphrase|password|secret|token|apikey|secretkey|accesskey|privatekey|credential|recoverycode|otp)(s|hash|hashes|digest)?$/;
// An escaped backslash, so that what follows it is not taken for an escape; NUL; half a surrogate pair, which JSON.stringify escapes.
const ESCAPE = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g;

/** True for names of values that are never stored: `password`, `refresh_token`, `clientSecret`, but not `tokenExpiresAt`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll(/[-_]/g, '').toLowerCase());
}

/** What was before or after a change as JSON text, with secrets struck out at any depth; null for nothing. */
export function auditDetails(details: object | null | undefined): string | null {
  if (!details) return null;
  const text = JSON.stringify(details, withoutSecrets);
  // PostgreSQL can store neither in jsonb, and an audit row must never be what fails.
  return text.includes('\\u') ? text.replace(ESCAPE, (found) => (found === '\\\\' ? found : '\uFFFD')) : text;
}

function withoutSecrets(name: string, value: unknown): unknown {
  // That there is a password, or none, is no secret.
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (isSecretName(name)) return REDACTED;
  return typeof value === 'bigint' ? value.toString() : value;
}
