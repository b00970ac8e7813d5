import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { DuplicateClustersService } from './duplicate-clusters.service.js';
import { DuplicateClusterDetail, DuplicateClustersQuery, DuplicateClusterView } from './duplicate-clusters.shapes.js';
import { DuplicateClusterDecided, DuplicateClusterNotFound } from './duplicate-review.errors.js';

@Controller('lead-duplicate-clusters')
export class DuplicateClustersController {
  constructor(private readonly clusters: DuplicateClustersService) {}

  @Get()
  @Endpoint({
    access: 'leads:merge',
    returns: [200, pageOf(DuplicateClusterView)],
    summary: 'List groups of likely duplicates, surest first',
    description: 'Found by the last scan. To settle one, send POST /leads/{id}/merge for the lead that is to stay, or dismiss it.',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: DuplicateClustersQuery) {
    return this.clusters.list(scope, query);
  }

  @Get(':id')
  @Endpoint({
    access: 'leads:merge',
    returns: [200, DuplicateClusterDetail],
    summary: 'Look at a group, with the reasons pair by pair',
    fails: [DuplicateClusterNotFound],
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.clusters.get(scope, id);
  }

  @Post(':id/dismiss')
  @Endpoint({
    access: 'leads:merge',
    returns: [200, DuplicateClusterDetail],
    summary: 'Say that the leads of a group are different people',
    description: 'It is remembered: no scan shows any two of them again.',
    fails: [DuplicateClusterNotFound, DuplicateClusterDecided],
  })
  dismiss(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.clusters.dismiss(scope, id);
  }
}
