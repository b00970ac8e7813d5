const REDACTED = '[redacted]';
const MAX_DEPTH = 8;

/** Compared in lower case without `-` and `_`, so `refresh_token`, `X-Refresh-Token` and `refreshToken` are one. */
const SECRET_NAMES = new Set([
  'code',
  'otp',
  'body',
  'rawbody',
  'jwt',
  'pwd',
  'pin',
  'dsn',
  'smtpurl',
  'databaseurl',
  'redisurl',
  'prompt',
]);
const SECRET_ENDINGS =
  /(authorization|cookie|password|passwd|passphrase|secret|token|tokenhash|apikey|secretkey|accesskey|privatekey|credentials?|signature)$/;
/** System errors and SQL states (`ECONNREFUSED`, `23505`) are what makes an error readable, and no secret. */
const ERROR_CODE = /^([A-Z][A-Z0-9_]{2,60}|[0-9A-Z]{5})$/;

/** Judged once per name; names are few, and a flood of odd ones is judged each time instead of remembered. */
const judged = new Map<string, boolean>();
const MAX_JUDGED = 2000;

function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const plain = name.replaceAll(/[-_]/g, '').toLowerCase();
  const isSecret = SECRET_NAMES.has(plain) || SECRET_ENDINGS.test(plain);
  if (judged.size < MAX_JUDGED) judged.set(name, isSecret);
  return isSecret;
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack };
  for (const [name, value] of Object.entries(error)) fields[name] = isSecretName(name) ? REDACTED : redactDeep(value, depth + 1);
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code === 'string' && ERROR_CODE.test(code)) fields['code'] = code;
  if (error.cause !== undefined) fields['cause'] = redactDeep(error.cause, depth + 1);
  return fields;
}

function redactDeep(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, depth + 1));
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return value; // dates and secrets know how to show themselves
  return redactFields(value as Record<string, unknown>, depth);
}

function redactFields(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value === undefined) continue;
    safe[name] = isSecretName(name) ? REDACTED : redactDeep(value, depth + 1);
  }
  return safe;
}

/** A copy of the fields of a log line in which nothing named like a secret is left, at any depth. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactFields(fields, 0);
}

/** Takes credentials out of a finished text: passwords in URLs, bearer and basic headers, signatures of presigned URLs, JWTs. */
export function maskCredentials(text: string): string {
  return text
    .replace(/(:\/\/[^\s:@/"]{0,200}:)[^\s@/"]{1,500}@/g, '$1***@')
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***')
    .replace(/(X-Amz-Signature=)[0-9a-f]+/gi, '$1***')
    .replace(/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, '***');
}
