import type { FastifyInstance } from 'fastify';
import { MalformedBody } from './problems/core-problems.js';

/** Deeper than anything a route takes, and far from the depth at which walking through a value runs out of stack. */
const DEEPEST = 64;

/** Refuses bodies that are nested too deep before anything walks through them: hashing them for an Idempotency-Key, checking, writing them down. */
export function refuseDeepBodies(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (isDeeper(request.body, DEEPEST)) done(MalformedBody({ detail: `The body is nested deeper than ${DEEPEST} levels.` }));
    else done();
  });
}

/** Whether parsed JSON has more levels than this; other bodies, such as streams, have none. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
