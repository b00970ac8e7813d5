import { Inject, Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Settings } from '../../platform/config/settings.js';
import { PermissionDenied } from '../../platform/http/problems/core-problems.js';
import { Metrics } from '../../platform/telemetry/metrics.js';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Lets a scraper with the token, or from loopback when there is no token, read the metrics. */
@Injectable()
export class MetricsAccess {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Settings) private readonly settings: Settings,
  ) {}

  get contentType(): string {
    return this.metrics.contentType;
  }

  async text(authorization: string | undefined, address: string): Promise<string> {
    const token = this.settings.metricsToken?.reveal();
    const isAllowed = token === undefined ? LOOPBACK.test(address) : same(authorization ?? '', `Bearer ${token}`);
    if (!isAllowed) throw PermissionDenied({ detail: 'Send the metrics token as bearer, or read from this machine.' });
    return this.metrics.text();
  }
}

function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
