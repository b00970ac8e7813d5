import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { rankJitter } from '../../../shared/rank.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { COLUMN_ROWS, isStage, LEAD_COLUMNS, WRITTEN_LEAD_LIST, stageCtes } from './lead-statements.js';

/** Where in its column a lead goes. */
export type Place =
  | { readonly at: 'top' }
  | { readonly at: 'end' }
  | { readonly at: 'index'; readonly index: number }
  | { readonly at: 'before' | 'after'; readonly leadId: string };

/** What a move saw and did; `json` is there when it was made. */
export interface MoveOutcome {
  /** Version of the lead before; null when there is no such lead. */
  readonly seen: number | null;
  /** Whether a lead that was to be brought back is there, but not deleted. */
  readonly alive: boolean;
  readonly pipelineId: string | null;
  /** Key of the stage that was asked for; null when there is none. */
  readonly wanted: string | null;
  readonly epoch: number | null;
  /** Key of the stage when the column could be entered; null while it is busy. */
  readonly entered: string | null;
  /** Whether the lead it should stand next to is there. */
  readonly anchored: boolean;
  readonly json: string | null;
  readonly version: number | null;
  readonly rankLength: number | null;
}

export interface Move {
  readonly id: string;
  /** Key or name of a stage. */
  readonly status: string;
  readonly place: Place;
  readonly ifMatch: number | undefined;
}

const OTHERS = `${COLUMN_ROWS} and c.id <> $2`;
const LAST = `(select c.rank ${OTHERS} order by c.rank desc, c.id desc limit 1)`;
const NEXT = `(select c.rank ${OTHERS} and c.rank > (select rank from anchor) order by c.rank limit 1)`;
const PREVIOUS = `(select c.rank ${OTHERS} and c.rank < (select rank from anchor) order by c.rank desc limit 1)`;
const LEAD_BESIDE = `select c.rank ${OTHERS} and c.id = $12::uuid`;

/**
 * The neighbours of each kind of place: `anchor` is the lead it is found by, `lower` and `upper` the order keys it goes between. The
 * other side of an anchor is the next *different* key, so leads that share a key are never an obstacle: the card goes beside all of them.
 */
const GAPS: Readonly<Record<Place['at'], { anchor: string; lower: string; upper: string }>> = {
  top: { anchor: `select null::text as rank`, lower: 'null', upper: `(select c.rank ${OTHERS} order by c.rank, c.id limit 1)` },
  end: { anchor: `select null::text as rank`, lower: LAST, upper: 'null' },
  // Past the end of the column there is nothing at that offset: then it goes to the end.
  index: {
    anchor: `select coalesce((select c.rank ${OTHERS} order by c.rank, c.id offset $12::int - 1 limit 1), ${LAST}) as rank`,
    lower: '(select rank from anchor)',
    upper: NEXT,
  },
  before: { anchor: LEAD_BESIDE, lower: PREVIOUS, upper: '(select rank from anchor)' },
  after: { anchor: LEAD_BESIDE, lower: '(select rank from anchor)', upper: NEXT },
};

const OWN_PIPELINE = '(select pipeline_id from me)';

/** What differs between moving a live lead and bringing a deleted one back to the end of its column. */
interface Kind {
  readonly found: string;
  readonly alive: string;
  readonly stage: string;
  readonly set: string;
  readonly action: string;
  readonly before: string;
  readonly after: string;
}

const MOVED: Kind = {
  found: 'deleted_at is null',
  alive: 'false',
  stage: isStage('$3::text'),
  set: '',
  action: `'lead.moved'`,
  before: `jsonb_build_object('status', me.status, 'statusName', (select o.name from pipeline_stages o where o.organization_id = $1 and o.pipeline_id = me.pipeline_id and o.key = me.status))`,
  after: `jsonb_build_object('status', v.status, 'statusName', (select name from stage), 'version', v.version)`,
};

const RESTORED: Kind = {
  found: 'deleted_at is not null',
  alive: `not exists (select from me) and exists (select from leads where organization_id = $1 and id = $2)`,
  // Its stage may have been archived in the meantime; then it comes back in the first one.
  stage: `$3::text is not null order by s.key = (select status from me) desc, s.position`,
  set: 'deleted_at = null,',
  action: `'lead.restored'`,
  before: 'null::jsonb',
  after: 'to_jsonb(v)',
};

function placing(at: Place['at'], kind: Kind): string {
  const { anchor, lower, upper } = GAPS[at];
  return `with me as (select pipeline_id, status, version from leads where organization_id = $1 and id = $2 and ${kind.found} for update),
    ${stageCtes(OWN_PIPELINE, kind.stage)},
    anchor as (${anchor}),
    l as (
      update leads set ${kind.set} status = stage.key, rank = concord_rank_between(${lower}, ${upper}, $4), version = me.version + 1, updated_at = now()
      from me, stage
      where leads.organization_id = $1 and leads.id = $2 and ($5::int is null or me.version = $5) and exists (select from anchor)
      returning ${LEAD_COLUMNS.split(',')
        .map((column) => `leads.${column.trim()}`)
        .join(', ')}),
    v as (select ${WRITTEN_LEAD_LIST} from l),
    a as (${auditCte({ from: 'v, me', first: 6, action: kind.action, resourceType: `'lead'`, resourceId: 'v.id', before: kind.before, after: kind.after })})
    select me.version as seen, ${kind.alive} as alive, me.pipeline_id as "pipelineId", target.key as wanted, target.rank_epoch as epoch,
      stage.key as entered, beside.is_there is not null as anchored, row_to_json(v)::text as json, l.version, length(l.rank) as "rankLength"
    from (select) one left join me on true left join target on true left join stage on true
      left join (select true as is_there from anchor) beside on true left join l on true left join v on true`;
}

const STATEMENTS: Readonly<Record<Place['at'], string>> = {
  top: placing('top', MOVED),
  end: placing('end', MOVED),
  index: placing('index', MOVED),
  before: placing('before', MOVED),
  after: placing('after', MOVED),
};
const RESTORE = placing('end', RESTORED);

/** Moves on the board: one statement that changes one row and audits it. */
@Injectable()
export class LeadMovesRepository {
  move(tx: Tx, { id, status, place, ifMatch }: Move): Promise<MoveOutcome> {
    const beside = place.at === 'index' ? [place.index] : 'leadId' in place ? [place.leadId] : [];
    return this.place(tx, STATEMENTS[place.at], [
      tx.scope.organizationId,
      id,
      status,
      rankJitter(id),
      ifMatch ?? null,
      ...auditParameters(tx.scope),
      ...beside,
    ]);
  }

  /** Brings a deleted lead back, at the end of its column. */
  restore(tx: Tx, id: string): Promise<MoveOutcome> {
    return this.place(tx, RESTORE, [tx.scope.organizationId, id, '', rankJitter(id), null, ...auditParameters(tx.scope)]);
  }

  private async place(tx: Tx, statement: string, parameters: readonly unknown[]): Promise<MoveOutcome> {
    const outcome = await tx.first<MoveOutcome>(statement, parameters);
    if (!outcome) throw new Error('a select without from gives one row');
    return outcome;
  }
}
