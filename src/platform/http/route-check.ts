import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService } from '@nestjs/core';
import { ENDPOINT, type EndpointOptions } from './endpoint.js';

/** One route as its decorators declare it. */
export interface DeclaredRoute {
  readonly controller: new (...args: never[]) => object;
  readonly handlerName: string;
  readonly method: string;
  /** Path without the global prefix, Nest style (`:id`). */
  readonly path: string;
  readonly endpoint: EndpointOptions | undefined;
}

/** Every route of every controller. */
export function declaredRoutes(discovery: DiscoveryService): DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  for (const { metatype } of discovery.getControllers()) {
    const controller = metatype as DeclaredRoute['controller'] | null;
    if (!controller) continue;
    const prototype = controller.prototype as Record<string, unknown>;
    for (const handlerName of Object.getOwnPropertyNames(prototype)) {
      const handler = prototype[handlerName];
      if (typeof handler !== 'function') continue;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) continue;
      for (const path of pathsOf(controller, handler)) {
        routes.push({
          controller,
          handlerName,
          method: RequestMethod[method],
          path,
          endpoint: Reflect.getMetadata(ENDPOINT, handler) as EndpointOptions | undefined,
        });
      }
    }
  }
  return routes;
}

function pathsOf(controller: object, handler: object): string[] {
  const prefixes = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat();
  const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
  return prefixes.flatMap((prefix) => paths.map((path) => `/${prefix}/${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')));
}

/** A route nobody declared has no permission to check, so the app must not start with one. */
export function assertEveryRouteDeclared(discovery: DiscoveryService): void {
  const bare = declaredRoutes(discovery).filter((route) => !route.endpoint);
  if (bare.length > 0)
    throw new Error(`routes without @Endpoint: ${bare.map((route) => `${route.controller.name}.${route.handlerName}`).join(', ')}`);
}
