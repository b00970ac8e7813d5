import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../platform/clock/clock.js';
import { Database } from '../../../../platform/database/database.js';
import type { Scope } from '../../../../platform/database/scope.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { newId } from '../../../../shared/ids.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { changeRecord, isSame, removeRecord } from '../../records/record-change.js';
import { ActivityNotFound } from '../activities.errors.js';
import { assertMayChange } from '../entry-rules.js';
import { knowLead } from '../lead-entry-list.js';
import type { EntryPageQuery } from '../notes/notes.shapes.js';
import { LoggedRepository } from './logged.repository.js';
import type { ActivityView, LogActivity, UpdateActivity } from './logged.shapes.js';

type Content = Pick<ActivityView, 'kind' | 'direction' | 'subject' | 'details' | 'outcome' | 'occurredAt' | 'durationMinutes'>;

const valuesOf = ({ kind, direction, subject, details, outcome, occurredAt, durationMinutes }: Content): unknown[] => [
  kind,
  direction,
  subject,
  details,
  outcome,
  occurredAt,
  durationMinutes,
];

/** Calls, meetings and e-mails that people write down. */
@Injectable()
export class LoggedService {
  constructor(
    private readonly db: Database,
    private readonly activities: LoggedRepository,
    private readonly clock: Clock,
  ) {}

  list(scope: Scope, leadId: string, query: EntryPageQuery): Promise<PageOf<ActivityView>> {
    return this.db.read(scope, async (tx) => {
      const page = await this.activities.ofLead(tx, leadId, query);
      if (page.items.length === 0) await knowLead(tx, leadId);
      return page;
    });
  }

  log(scope: Scope, leadId: string, input: LogActivity): Promise<ActivityView> {
    const content: Content = {
      kind: input.kind,
      direction: input.direction ?? null,
      subject: input.subject.trim(),
      details: input.details?.trim() || null,
      outcome: input.outcome?.trim() || null,
      occurredAt: new Date(input.occurredAt ?? this.clock.now()).toISOString(),
      durationMinutes: input.durationMinutes ?? null,
    };
    return this.db.writeOne(scope, async (tx) => {
      const made = await this.activities.insert(tx, { id: newId(), leadId, values: valuesOf(content) });
      if (!made) throw LeadNotFound();
      return made;
    });
  }

  async get(scope: Scope, id: string): Promise<ActivityView> {
    const found = await this.db.read(scope, (tx) => this.activities.find(tx, id));
    if (!found) throw ActivityNotFound();
    return found;
  }

  update(scope: Scope, id: string, patch: UpdateActivity): Promise<ActivityView> {
    return this.db.write(scope, (tx) =>
      changeRecord(tx, this.activities, {
        id,
        patch,
        ifMatch: scope.ifMatch,
        missing: ActivityNotFound,
        values: (current) => {
          assertMayChange(scope, current.authorId);
          const after = valuesOf(patched(current, patch));
          return isSame(after, valuesOf(current)) ? undefined : after;
        },
      }),
    );
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.db.write(scope, async (tx) => {
      const activity = await this.activities.lock(tx, id);
      if (!activity) throw ActivityNotFound();
      assertMayChange(scope, activity.authorId);
      await removeRecord(tx, this.activities, { id, ifMatch: scope.ifMatch, missing: ActivityNotFound });
    });
  }
}

function patched(current: Content, patch: UpdateActivity): Content {
  const { kind, direction, subject, details, outcome, occurredAt, durationMinutes } = patch;
  return {
    kind: kind ?? current.kind,
    direction: direction === undefined ? current.direction : direction,
    subject: subject?.trim() ?? current.subject,
    details: details === undefined ? current.details : details?.trim() || null,
    outcome: outcome === undefined ? current.outcome : outcome?.trim() || null,
    // A thing that happened did so at some time: null says nothing.
    occurredAt: occurredAt ? new Date(occurredAt).toISOString() : current.occurredAt,
    durationMinutes: durationMinutes === undefined ? current.durationMinutes : durationMinutes,
  };
}
