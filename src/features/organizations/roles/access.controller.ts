import { Controller, Get, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { NotFound, OrganizationRequired, PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { AccessService } from './access.service.js';
import { AccessExplanation, ExplainAccess, OwnAccess } from './access.shapes.js';

@Controller('access')
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Get('me')
  @Endpoint({
    access: 'signed-in',
    returns: [200, OwnAccess],
    summary: 'What you may do in the current organization',
    fails: [OrganizationRequired],
    rate: 'read',
  })
  own(@CurrentScope() scope: Scope) {
    return this.access.own(scope);
  }

  @Get('explain')
  @Endpoint({
    access: 'signed-in',
    returns: [200, AccessExplanation],
    summary: 'Why something is allowed or denied',
    description:
      'Each thing that is asked, in order, with its result: the organization, the account, the membership, the role, the credential.',
    fails: [OrganizationRequired, PermissionDenied, NotFound],
    rate: 'read',
  })
  explain(@CurrentScope() scope: Scope, @Query() query: ExplainAccess) {
    return this.access.explain(scope, query);
  }
}
