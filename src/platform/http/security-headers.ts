import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Swagger UI needs inline styles; nothing here loads from elsewhere. */
const CONTENT_SECURITY_POLICY = {
  directives: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  },
};

/**
 * The headers Helmet sets, asked for once: they are the same for every answer, and building them again took a tenth of a small request.
 * HSTS only in production, where there is TLS in front.
 */
export function securityHeadersOf(isProduction: boolean): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  } as unknown as ServerResponse;
  let failure: unknown;
  const apply = helmet({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, strictTransportSecurity: isProduction });
  apply({} as IncomingMessage, answer, (error) => (failure = error));
  if (failure) throw failure instanceof Error ? failure : new Error('the security headers could not be made');
  return headers;
}
