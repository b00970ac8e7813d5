import { Body, Controller, Delete, Get, Header, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor, InvalidParameters, NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf, type PageOf } from '../../../platform/http/shapes/builders.js';
import { ApiKeyNameTaken, ApiKeyRevoked, PersonRequired, ScopeNotHeld } from '../auth.errors.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyView, ApiKeyWithSecret, CreateApiKey, ListApiKeys, RotateApiKey } from './api-keys.shapes.js';

@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'api-keys:manage',
    returns: [201, ApiKeyWithSecret],
    summary: 'Make an API key',
    description:
      'The key is shown this once. Takes no Idempotency-Key, because the stored answer would hold the secret; names are unique instead.',
    location: '/api/v1/api-keys/{id}',
    fails: [PersonRequired, ScopeNotHeld, ApiKeyNameTaken, ValidationFailed],
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateApiKey): Promise<ApiKeyWithSecret> {
    return this.keys.create(scope, input);
  }

  @Get()
  @Endpoint({
    access: 'api-keys:manage',
    returns: [200, pageOf(ApiKeyView)],
    summary: 'Your API keys',
    fails: [PersonRequired, InvalidCursor, InvalidParameters],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListApiKeys): Promise<PageOf<object>> {
    return this.keys.list(scope, query);
  }

  @Get(':id')
  @Endpoint({
    access: 'api-keys:manage',
    returns: [200, ApiKeyView],
    summary: 'One of your API keys',
    etag: true,
    fails: [PersonRequired, NotFound],
  })
  one(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<object> {
    return this.keys.one(scope, id);
  }

  @Post(':id/rotate')
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'api-keys:manage',
    returns: [200, ApiKeyWithSecret],
    summary: 'Give an API key a new secret',
    description: 'The old secret goes on working for the overlap, so that callers can be moved over one by one.',
    fails: [PersonRequired, NotFound, ApiKeyRevoked, ValidationFailed],
  })
  rotate(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: RotateApiKey): Promise<ApiKeyWithSecret> {
    return this.keys.rotate(scope, id, input.overlapHours);
  }

  @Delete(':id')
  @Endpoint({ access: 'api-keys:manage', returns: [204], summary: 'Revoke an API key', fails: [PersonRequired, NotFound, ApiKeyRevoked] })
  revoke(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<void> {
    return this.keys.revoke(scope, id);
  }
}
