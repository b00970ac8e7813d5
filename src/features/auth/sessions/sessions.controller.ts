import { Body, Controller, Delete, Get, Header, Param, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { CurrentSession, NotAMember, PersonRequired } from '../auth.errors.js';
import { SessionsService } from './sessions.service.js';
import { AccessTokenView, RevokedSessions, SessionList, SwitchOrganization } from './sessions.shapes.js';

@Controller('auth')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post('logout')
  @Endpoint({
    access: 'signed-in',
    returns: [204],
    summary: 'Log out',
    description: 'Ends the session of this request, its refresh token included.',
    fails: [PersonRequired],
  })
  logOut(@CurrentScope() scope: Scope): Promise<void> {
    return this.sessions.logOut(scope);
  }

  @Post('logout-all')
  @Endpoint({ access: 'signed-in', returns: [200, RevokedSessions], summary: 'Log out everywhere', fails: [PersonRequired] })
  logOutEverywhere(@CurrentScope() scope: Scope): Promise<RevokedSessions> {
    return this.sessions.logOutEverywhere(scope);
  }

  @Get('sessions')
  @Endpoint({ access: 'signed-in', returns: [200, SessionList], summary: 'Where you are logged in', fails: [PersonRequired] })
  list(@CurrentScope() scope: Scope): Promise<SessionList> {
    return this.sessions.list(scope);
  }

  @Delete('sessions/:id')
  @Endpoint({
    access: 'signed-in',
    returns: [204],
    summary: 'End one of your other sessions',
    fails: [PersonRequired, CurrentSession, NotFound],
  })
  revoke(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<void> {
    return this.sessions.revoke(scope, id);
  }

  @Post('switch')
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'signed-in',
    returns: [200, AccessTokenView],
    summary: 'Work in another of your organizations',
    description: 'Gives an access token for it; the refresh token stays and leads there from now on.',
    fails: [PersonRequired, NotAMember, ValidationFailed],
  })
  switchTo(@CurrentScope() scope: Scope, @Body() input: SwitchOrganization): Promise<AccessTokenView> {
    return this.sessions.switchTo(scope, input.organizationId);
  }
}
