import type { FastifyInstance } from 'fastify';

/** Which methods each address takes, so that a wrong one is answered with 405 and those that are right (RFC 9110, 15.5.6). */
export class RouteMethods {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** Takes note of every route of an application; call it before routes are added. */
  follow(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      for (const one of [method].flat()) this.add(url, one);
    });
  }

  add(url: string, method: string): void {
    let route = this.routes.get(url);
    if (!route) this.routes.set(url, (route = { pattern: patternOf(url), methods: new Set() }));
    route.methods.add(method.toUpperCase());
  }

  /** Methods of an address without its query, sorted; none when there is no such address. */
  allowed(path: string): string[] {
    const found = new Set<string>();
    for (const { pattern, methods } of this.routes.values()) if (pattern.test(path)) methods.forEach((method) => found.add(method));
    // The CORS plugin answers OPTIONS anywhere, so that alone says nothing.
    found.delete('OPTIONS');
    return [...found].sort();
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part.includes('*') ? '.*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/').replace(/\/$/, '')}/?$`);
}
