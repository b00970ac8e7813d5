import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { NIL_ID } from '../../shared/ids.js';
import { Clock } from '../clock/clock.js';
import { anonymousScope, type Scope } from '../database/scope.js';
import type { EndpointOptions } from '../http/endpoint.js';
import { requestClaims } from '../http/idempotency-claim.js';
import { NotAuthenticated, OrganizationRequired, PermissionDenied } from '../http/problems/core-problems.js';
import { RateGate } from '../http/rate-limit/rate-gate.js';
import { type ConcordReply, type ConcordRequest, endpointOf } from '../http/request-state.js';
import { AccessSource, type AccessClaims, type Grant } from './grant.js';
import { GrantMemory } from './grant-memory.js';

const Passport = AuthGuard('jwt');

/** Turns the credential of a request into its `Scope`, limits the rate, and asks for the permission that `@Endpoint` names. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly passport = new Passport();

  constructor(
    private readonly source: AccessSource,
    private readonly memory: GrantMemory,
    private readonly rates: RateGate,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<ConcordRequest>();
    const reply = http.getResponse<ConcordReply>();
    const endpoint = endpointOf(request);
    if (!endpoint) throw new Error(`${request.method} ${request.url} has no @Endpoint`);
    const credential = credentialOf(request);
    if (credential === undefined) {
      if (endpoint.access !== 'public') throw NotAuthenticated();
      return this.admit(request, reply, endpoint, undefined);
    }
    const known = this.memory.get(credential, this.clock.now().getTime());
    if (known) return this.admit(request, reply, endpoint, known);
    return this.recognise(context, credential).then(
      (grant) => this.admit(request, reply, endpoint, grant),
      (error: unknown) => {
        // A public route is also for those whose token has ended: logging in again must not fail on the old one.
        if (endpoint.access !== 'public') throw error;
        return this.admit(request, reply, endpoint, undefined);
      },
    );
  }

  private async recognise(context: ExecutionContext, credential: string): Promise<Grant> {
    const now = this.clock.now().getTime();
    if (credential.startsWith('ck_')) {
      const grant = await this.source.grantOfApiKey(credential);
      if (!grant) throw NotAuthenticated({ detail: 'This API key is unknown, expired or revoked.' });
      this.memory.set(credential, grant, now, Number.MAX_SAFE_INTEGER);
      return grant;
    }
    const request = context.switchToHttp().getRequest<ConcordRequest & { user: AccessClaims }>();
    try {
      await this.passport.canActivate(context);
    } catch (error) {
      throw NotAuthenticated({ detail: 'The access token is not valid or has expired. Refresh it or log in again.', cause: error });
    }
    const grant = await this.source.grantOfSession(request.user);
    if (!grant) throw NotAuthenticated({ detail: 'This session has ended, or it no longer has access to its organization. Log in again.' });
    this.memory.set(credential, grant, now, request.user.exp * 1000);
    return grant;
  }

  private admit(
    request: ConcordRequest,
    reply: ConcordReply,
    endpoint: EndpointOptions,
    grant: Grant | undefined,
  ): boolean | Promise<boolean> {
    const scope = scopeOf(request, grant);
    request.concord.scope = scope;
    const limited = this.rates.take(request, reply, endpoint, scope);
    if (limited instanceof Promise) return limited.then(() => this.permit(request, reply, endpoint, scope));
    return this.permit(request, reply, endpoint, scope);
  }

  private permit(request: ConcordRequest, reply: ConcordReply, endpoint: EndpointOptions, scope: Scope): boolean | Promise<boolean> {
    const { access } = endpoint;
    if (access !== 'public' && access !== 'signed-in') {
      if (scope.organizationId === NIL_ID)
        throw OrganizationRequired({ detail: 'Choose one with POST /api/v1/auth/switch, or create one.' });
      if (!scope.permissions.has(access)) return this.refuse(request, scope, access);
    }
    if (endpoint.idempotent || endpoint.ifMatch) request.concord.scope = { ...scope, ...requestClaims(request, reply, endpoint) };
    return true;
  }

  private async refuse(
    request: ConcordRequest,
    scope: Scope,
    permission: Exclude<EndpointOptions['access'], 'public' | 'signed-in'>,
  ): Promise<never> {
    const { organizationId, actor, requestId, address } = scope;
    await this.source.denied({
      organizationId,
      actor,
      permission,
      route: [request.method, request.routeOptions.url].join(' '),
      requestId,
      address,
    });
    throw PermissionDenied({
      detail: `This needs the permission ${permission}. GET /api/v1/access/explain tells why you do not have it.`,
      extra: { permission },
    });
  }
}

function credentialOf(request: ConcordRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) return authorization.slice(7).trim();
  const key = request.headers['x-api-key'];
  return typeof key === 'string' && key.startsWith('ck_') ? key : undefined;
}

function scopeOf(request: ConcordRequest, grant: Grant | undefined): Scope {
  const { requestId, traceparent } = request.concord;
  if (!grant) return { ...anonymousScope(requestId, request.ip), traceparent };
  const { organizationId, actor, permissions, sessionId } = grant;
  return { organizationId, actor, permissions, sessionId, requestId, traceparent, address: request.ip, cost: { statements: 0, ms: 0 } };
}
