import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Scope } from '../database/scope.js';
import type { ConcordRequest } from '../http/request-state.js';

/** The scope of the request, as the guard made it. */
export const CurrentScope = createParamDecorator((_: unknown, context: ExecutionContext): Scope => {
  const { scope } = context.switchToHttp().getRequest<ConcordRequest>().concord;
  if (!scope) throw new Error('the access guard did not run');
  return scope;
});
