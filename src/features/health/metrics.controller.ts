import { Controller, Get, Headers, Inject, Ip, Res } from '@nestjs/common';
import { Endpoint } from '../../platform/http/endpoint.js';
import { PermissionDenied } from '../../platform/http/problems/core-problems.js';
import type { ConcordReply } from '../../platform/http/request-state.js';
import { MetricsAccess } from './metrics-access.js';

@Controller('metrics')
export class MetricsController {
  constructor(@Inject(MetricsAccess) private readonly metrics: MetricsAccess) {}

  @Get()
  @Endpoint({
    access: 'public',
    rate: 'probe',
    returns: [200, 'text/plain'],
    fails: [PermissionDenied],
    summary: 'Metrics for Prometheus',
    description: 'Needs `Authorization: Bearer METRICS_TOKEN`; without a token set, only loopback may read.',
  })
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: ConcordReply,
  ): Promise<string> {
    reply.header('content-type', this.metrics.contentType);
    return this.metrics.text(authorization, address);
  }
}
