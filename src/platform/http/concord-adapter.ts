import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { EndpointOptions } from './endpoint.js';
import { JsonText } from './json-text.js';
import { type ConcordReply, endpointOf } from './request-state.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The strong ETag of a version. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

interface Facts {
  readonly version?: number | undefined;
  readonly nextCursor?: string | null | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The one place where results become answers: passes JSON text through, and adds ETag, Location and Link from what `@Endpoint` says.
 * Done here and not in an interceptor, which would cost every route an observable.
 */
export class ConcordAdapter extends FastifyAdapter {
  override reply(response: unknown, body: unknown, statusCode?: number): never {
    return this.replyWith(response as ConcordReply, body, statusCode) as never;
  }

  private replyWith(response: ConcordReply, body: unknown, statusCode: number | undefined): unknown {
    const endpoint = endpointOf(response.request);
    if (endpoint && typeof body === 'object' && body !== null) {
      addHeaders(response, endpoint, factsOf(body));
      if (isNotModified(response, endpoint)) return super.reply(response, undefined, 304);
      if (body instanceof JsonText) {
        response.header('content-type', JSON_TYPE);
        return super.reply(response, body.text, statusCode);
      }
    }
    return super.reply(response, body, statusCode);
  }
}

function factsOf(body: object): Facts {
  if (body instanceof JsonText) return { version: body.facts.version, nextCursor: body.facts.nextCursor, fields: body.facts };
  const fields = body as Record<string, unknown>;
  return { version: fields['version'] as number | undefined, nextCursor: fields['nextCursor'] as string | null | undefined, fields };
}

/** Sets the headers that follow from an answer; also used when a stored answer is replayed. */
export function addHeaders(response: ConcordReply, endpoint: EndpointOptions, facts: Facts): void {
  if (endpoint.etag && facts.version !== undefined) response.header('etag', etagOf(facts.version));
  if (endpoint.location)
    response.header(
      'location',
      endpoint.location.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(facts.fields[name]))),
    );
  if (typeof facts.nextCursor === 'string')
    response.header('link', `<${withCursor(response.request.originalUrl, facts.nextCursor)}>; rel="next"`);
}

function isNotModified(response: ConcordReply, endpoint: EndpointOptions): boolean {
  const wanted = response.request.headers['if-none-match'];
  return endpoint.etag === true && wanted !== undefined && response.request.method === 'GET' && wanted === response.getHeader('etag');
}

function withCursor(url: string, cursor: string): string {
  const [path, query] = url.split('?', 2) as [string, string | undefined];
  const parameters = new URLSearchParams(query ?? '');
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
