import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import { NIL_ID } from '../../../../shared/ids.js';
import { auditHistory } from '../../../audit/index.js';
import { ATTACHMENT_LIST } from '../attachments/attachments.repository.js';
import { ACTIVITY_LIST } from '../logged/logged.repository.js';
import { NOTE_LIST } from '../notes/notes.repository.js';
import { TASK_LIST } from '../tasks/tasks.repository.js';
import { idBorder, NO_EVENT_YET, type Source, SOURCES, type TimelinePlace, type TimelineRow } from './timeline-item.js';
import { TIMELINE_TYPES, type TimelineType } from './timeline.shapes.js';

interface TimelinePage {
  /** False when there is no such lead. */
  readonly found: boolean;
  readonly items: TimelineRow[];
}

const ISO = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

// $1 organization, $2 lead, $3 the moment before which to read, $4 how many and one more, $5 the number before which to read events;
// from $6 on the border among the ids of that very moment, one for each source that is read.
const ROWS: Readonly<Record<Exclude<Source, 'event'>, { table: string; view: string; at: string }>> = {
  note: { table: 'lead_notes', view: NOTE_LIST, at: 'r.created_at' },
  task: { table: 'lead_tasks', view: TASK_LIST, at: 'r.created_at' },
  activity: { table: 'lead_activities', view: ACTIVITY_LIST, at: 'r.occurred_at' },
  attachment: { table: 'lead_attachments', view: ATTACHMENT_LIST, at: 'r.created_at' },
};

function rowsOf(source: Exclude<Source, 'event'>, border: string): string {
  const { table, view, at } = ROWS[source];
  return `(select '${source}' as source, r.id::text as id, ${at} as at, r.author_id as user_id, (select to_json(v) from (select ${view}) v) as entry
    from ${table} r where r.organization_id = $1 and r.lead_id = $2 and r.deleted_at is null and (${at}, r.id) < ($3::timestamptz, ${border}::uuid)
    order by ${at} desc, r.id desc limit $4::int)`;
}

// Events are read by their numbers, which is what their index has. Should the clock have been set back between two of them, the later
// number is shown at the time of the one after it, so that the order by time is never another one.
const eventsOf = (actions: string): string => `(select 'event' as source, e.id::text as id,
    least($3::timestamptz, min(e.occurred_at) over (order by e.id desc)) as at, e.user_id,
    json_build_object('action', e.action, 'actorType', e.actor_type, 'before', e.before, 'after', e.after) as entry
  from (${auditHistory({
    organization: '$1',
    resourceType: `'lead'`,
    resourceId: '$2::uuid::text',
    before: '$5::bigint',
    limit: '$4::int',
    actions,
  })}) e)`;

/** The text for a set of types; there are few, and each is prepared once. */
function statement(types: ReadonlySet<TimelineType>): string {
  const parts = SOURCES.flatMap((source, index) => {
    if (source !== 'event') return types.has(source) ? [rowsOf(source, `$${index + 6}`)] : [];
    const [stage, change] = [types.has('stage'), types.has('change')];
    if (!stage && !change) return [];
    return [eventsOf(stage && change ? 'true' : stage ? `e.action = 'lead.moved'` : `e.action <> 'lead.moved'`)];
  });
  const order = `array_position(array['${SOURCES.join("', '")}'], t.source)`;
  // Parameters that no part reads must still have a type.
  return `select exists (select from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null) as found,
    coalesce((select json_agg(json_build_object('source', i.source, 'id', i.id, 'at', ${ISO('i.at')}, 'userId', nullif(i.user_id, '${NIL_ID}'), 'entry', i.entry))
      from (select t.source, t.id, t.at, t.user_id, t.entry from (${parts.join(' union all ')}) t
        order by t.at desc, ${order}, case when t.source = 'event' then t.id::bigint end desc, t.id desc limit $4::int) i), '[]') as items
    where ($5::bigint, $6::uuid, $7::uuid, $8::uuid, $9::uuid, $3::timestamptz) is not null`;
}

/** The history of a lead: one statement a page, in which every part reads its index no further than the page. */
@Injectable()
export class TimelineRepository {
  private readonly texts = new Map<string, string>();

  async page(
    tx: Tx,
    question: { leadId: string; types: readonly TimelineType[] | undefined; after: TimelinePlace | undefined; limit: number },
  ): Promise<TimelinePage> {
    const { leadId, types = TIMELINE_TYPES, after, limit } = question;
    const borders = SOURCES.filter((source) => source !== 'event').map((source) => idBorder(source, after ?? { source: 'event', id: '' }));
    const values = [tx.scope.organizationId, leadId, after?.at ?? 'infinity', limit + 1, after?.eventsBefore ?? NO_EVENT_YET, ...borders];
    return (await tx.first<TimelinePage>(this.text(types), values)) ?? { found: false, items: [] };
  }

  private text(types: readonly TimelineType[]): string {
    const key = TIMELINE_TYPES.filter((type) => types.includes(type)).join();
    let text = this.texts.get(key);
    if (text === undefined) this.texts.set(key, (text = statement(new Set(types))));
    return text;
  }
}
