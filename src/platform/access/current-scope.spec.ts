import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { anonymousScope, type Scope } from '../database/scope.js';
import { CurrentScope } from './current-scope.js';

class Probe {
  call(@CurrentScope() scope: Scope): Scope {
    return scope;
  }
}

/** What the decorator hands to a handler of a request with this state. */
function handed(concord: { scope?: Scope }): unknown {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, Probe, 'call') as Record<
    string,
    { factory: (data: unknown, context: ExecutionContext) => unknown }
  >;
  const [parameter] = Object.values(parameters);
  const context = { switchToHttp: () => ({ getRequest: () => ({ concord }) }) } as unknown as ExecutionContext;
  return parameter?.factory(undefined, context);
}

describe('CurrentScope', () => {
  it('hands over the scope the guard made', () => {
    const scope = anonymousScope('r-1', null);
    expect(handed({ scope })).toBe(scope);
  });

  it('never lets a handler run without one', () => {
    expect(() => handed({})).toThrow('the access guard did not run');
  });
});
