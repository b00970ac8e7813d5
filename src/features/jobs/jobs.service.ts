import { Inject, Injectable, type StreamableFile } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../shared/cursor.js';
import { Settings } from '../../platform/config/settings.js';
import { deriveKey } from '../../platform/crypto/derived-keys.js';
import { Database } from '../../platform/database/database.js';
import type { Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { InvalidCursor, NotFound, PermissionDenied } from '../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../platform/http/shapes/builders.js';
import { JobControl } from '../../platform/messaging/job-control.js';
import { AuditTrail } from '../audit/index.js';
import { JobFollowers } from './job-followers.js';
import { JobFinished, JobNotFailed } from './jobs.errors.js';
import { JobsRepository, type Sight } from './jobs.repository.js';
import type { JobsQuery, JobView } from './jobs.shapes.js';

const DEFAULT_LIMIT = 50;

/** Looking at jobs, following and cancelling them, and running failed ones again. */
@Injectable()
export class JobsService {
  private readonly cursorKey: Buffer;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(JobsRepository) private readonly jobs: JobsRepository,
    @Inject(JobControl) private readonly control: JobControl,
    @Inject(JobFollowers) private readonly followers: JobFollowers,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(Settings) settings: Settings,
  ) {
    this.cursorKey = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  /** Newest first: the caller's own, or everybody's for who manages jobs. */
  async list(scope: Scope, query: JobsQuery): Promise<PageOf<JobView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const sight = { userId: scope.actor.userId, all: scope.permissions.has('jobs:manage') };
    const context = JSON.stringify(['jobs', scope.organizationId, sight, query.state, query.name]);
    const beforeId = query.cursor === undefined ? undefined : this.placeOf(query.cursor, context);
    const rows = await this.db.read(scope, (tx) =>
      this.jobs.page(tx, sight, { state: query.state, name: query.name, beforeId, limit: limit + 1 }),
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && rows.length > limit ? encodeCursor([last.id], context, this.cursorKey) : null };
  }

  get(scope: Scope, id: string): Promise<JobView> {
    return this.db.read(scope, (tx) => this.found(tx, id));
  }

  cancel(scope: Scope, id: string): Promise<JobView> {
    return this.db.write(scope, async (tx) => {
      const job = await this.found(tx, id);
      if (job.createdBy !== scope.actor.userId && !scope.permissions.has('jobs:manage')) {
        throw PermissionDenied({
          detail: 'It takes jobs:manage to cancel what somebody else started.',
          extra: { permission: 'jobs:manage' },
        });
      }
      const state = await this.control.cancel(tx, id);
      if (!state) throw JobFinished({ detail: 'It ended before it could be cancelled.' });
      await this.audit.record(tx, {
        action: 'job.cancelled',
        resourceType: 'job',
        resourceId: id,
        before: { state: job.state },
        after: { state },
      });
      return this.found(tx, id);
    });
  }

  redrive(scope: Scope, id: string): Promise<JobView> {
    return this.db.write(scope, async (tx) => {
      const job = await this.found(tx, id);
      if (!(await this.control.redrive(tx, id))) throw JobNotFailed({ detail: `Its state is ${job.state}.` });
      await this.audit.record(tx, {
        action: 'job.redriven',
        resourceType: 'job',
        resourceId: id,
        before: { state: job.state },
        after: { state: 'PENDING' },
      });
      return this.found(tx, id);
    });
  }

  /** The events of a job as a stream. */
  async follow(scope: Scope, id: string, lastEventId: string | undefined): Promise<StreamableFile> {
    await this.get(scope, id);
    return this.followers.follow(scope, id, lastEventId);
  }

  private async found(tx: Tx, id: string): Promise<JobView> {
    const job = await this.jobs.find(tx, id, sightOfOne(tx.scope));
    if (!job) throw NotFound();
    return job;
  }

  private placeOf(cursor: string, context: string): string {
    const [id] = decodeCursor(cursor, context, this.cursorKey) ?? [];
    if (typeof id !== 'string') throw InvalidCursor();
    return id;
  }
}

/** One job by its id is seen by whoever may read jobs; the list is for those who manage them. */
function sightOfOne({ actor, permissions }: Scope): Sight {
  return { userId: actor.userId, all: permissions.has('jobs:read') };
}
