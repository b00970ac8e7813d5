import { Inject, Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import { InvalidCursor, NotFound } from '../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../platform/http/shapes/builders.js';
import { decodeCursor, encodeCursor } from '../../shared/cursor.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { AuditKeys } from './audit-keys.js';
import { AuditTrail } from './audit-trail.js';
import { AuditVerifier, type AuditReport } from './audit-verifier.js';
import type {
  AuditCheckpointView,
  AuditEventView,
  AuditFilter,
  ListAuditCheckpoints,
  ListAuditEvents,
  VerifyAudit,
} from './audit.shapes.js';

const DEFAULT_LIMIT = 50;
const EXPORT_BATCH = 500;
const BEHIND_ALL = '9223372036854775807';
const EVENT_NUMBER = /^[1-9]\d{0,17}$/;

/** Reading the trail; who reads it stands in it too. */
@Injectable()
export class AuditEventsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditEventsRepository) private readonly events: AuditEventsRepository,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
    @Inject(AuditVerifier) private readonly verifier: AuditVerifier,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
  ) {}

  async list(scope: Scope, { cursor, limit = DEFAULT_LIMIT, ...filter }: ListAuditEvents): Promise<PageOf<AuditEventView>> {
    const context = `audit-events ${scope.organizationId} ${JSON.stringify(Object.entries(filter).sort())}`;
    const before = this.placeOf(cursor, context);
    const items = await this.db.read(scope, (tx) => this.events.newestFirst(tx, filter, { before, limit: limit + 1 }));
    // Turning the page is the same look at the trail.
    if (cursor === undefined) await this.recordLook(scope, 'audit.viewed', filter);
    return this.page(items, { limit, context, keyOf: (event) => event.id });
  }

  async get(scope: Scope, number: string): Promise<AuditEventView> {
    if (!EVENT_NUMBER.test(number)) throw NotFound();
    const event = await this.db.read(scope, (tx) => this.events.find(tx, number));
    if (!event) throw NotFound();
    await this.recordLook(scope, 'audit.viewed', { event: number });
    return event;
  }

  async checkpoints(scope: Scope, { cursor, limit = DEFAULT_LIMIT }: ListAuditCheckpoints): Promise<PageOf<AuditCheckpointView>> {
    const context = `audit-checkpoints ${scope.organizationId}`;
    const before = this.placeOf(cursor, context);
    const items = await this.db.read(scope, (tx) => this.events.checkpoints(tx, { before, limit: limit + 1 }));
    return this.page(items, { limit, context, keyOf: (point) => String(point.seq) });
  }

  async verify(scope: Scope, { checkpoint }: VerifyAudit): Promise<AuditReport> {
    const report = await this.verifier.verify(scope, checkpoint ? [checkpoint] : []);
    const { ok, rows, firstBad } = report;
    await this.recordLook(scope, 'audit.verified', { ok, rows, firstBad, checkpoint: checkpoint?.seq ?? null });
    return report;
  }

  /** The trail oldest first, one event a line; it ends with the event of the export itself. */
  async export(scope: Scope, filter: AuditFilter): Promise<Readable> {
    const upTo = await this.db.write(scope, async (tx) => {
      await this.trail.record(tx, { action: 'audit.exported', resourceType: 'audit-trail', after: { ...filter } });
      return this.events.newestId(tx);
    });
    return Readable.from(this.exportBatches(scope, filter, upTo), { objectMode: false });
  }

  /** Reads a batch only when the one before was taken, so a slow reader costs no memory. */
  private async *exportBatches(scope: Scope, filter: AuditFilter, upTo: string): AsyncGenerator<string> {
    for (let after = '0', size = EXPORT_BATCH; size === EXPORT_BATCH;) {
      const range = { after, upTo, limit: EXPORT_BATCH };
      const lines = await this.db.read(scope, (tx) => this.events.exportLines(tx, filter, range));
      if (lines.length > 0) yield `${lines.map((row) => row.line).join('\n')}\n`;
      after = lines.at(-1)?.id ?? after;
      size = lines.length;
    }
  }

  private recordLook(scope: Scope, action: string, after: object): Promise<void> {
    return this.db.writeOne(scope, (tx) => this.trail.record(tx, { action, resourceType: 'audit-trail', after }));
  }

  private placeOf(cursor: string | undefined, context: string): string {
    if (cursor === undefined) return BEHIND_ALL;
    const place = decodeCursor(cursor, context, this.keys.cursor)?.[0];
    if (typeof place !== 'string') throw InvalidCursor();
    return place;
  }

  private page<T>(
    items: readonly T[],
    { limit, context, keyOf }: { limit: number; context: string; keyOf: (item: T) => string },
  ): PageOf<T> {
    const shown = items.slice(0, limit);
    const last = shown.at(-1);
    const isMore = items.length > limit && last !== undefined;
    return { items: shown, nextCursor: isMore ? encodeCursor([keyOf(last)], context, this.keys.cursor) : null };
  }
}
