import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { rankJitter } from '../../../shared/rank.js';
import { auditCte, auditParameters } from '../../audit/index.js';
import { COLUMN_ROWS, isStage, LEAD_COLUMNS, LEAD_LIST, WRITTEN_LEAD_LIST, stageCtes } from './lead-statements.js';
import type { LeadView } from './leads.shapes.js';

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
  /** That the move was judged, by `judgedPermit`; without it a stage with rules is not entered. */
  readonly permit?: string | undefined;
  /** Why it is won or lost. */
  readonly closing?: Closing | undefined;
}

export interface Closing {
  readonly reason: string | null;
  readonly reasonNote: string | null;
}

/** A move to another pipeline; `status` null is its first stage. */
export interface Transfer extends Omit<Move, 'status' | 'place'> {
  readonly pipelineId: string;
  readonly status: string | null;
}

/** What a move was judged by: the rules of an epoch and a version of the lead. When one of them is another by then, it is judged again. */
export const judgedPermit = (epoch: number, version: number): string => `${epoch}:${version}`;

/** For bringing back what was there before: it is never judged. */
export const ANY_WAY = '*';

const OTHERS = `${COLUMN_ROWS} and c.id <> $2`;
const LAST = `(select c.rank ${OTHERS} order by c.rank desc, c.id desc limit 1)`;
const NEXT = `(select c.rank ${OTHERS} and c.rank > (select rank from anchor) order by c.rank limit 1)`;
const PREVIOUS = `(select c.rank ${OTHERS} and c.rank < (select rank from anchor) order by c.rank desc limit 1)`;
const LEAD_BESIDE = `select c.rank ${OTHERS} and c.id = $14::uuid`;

/**
 * The neighbours of each kind of place: `anchor` is the lead it is found by, `lower` and `upper` the order keys it goes between. The
 * other side of an anchor is the next *different* key, so leads that share a key are never an obstacle: the card goes beside all of them.
 */
const GAPS: Readonly<Record<Place['at'], { anchor: string; lower: string; upper: string }>> = {
  top: { anchor: `select null::text as rank`, lower: 'null', upper: `(select c.rank ${OTHERS} order by c.rank, c.id limit 1)` },
  end: { anchor: `select null::text as rank`, lower: LAST, upper: 'null' },
  // Past the end of the column there is nothing at that offset: then it goes to the end.
  index: {
    anchor: `select coalesce((select c.rank ${OTHERS} order by c.rank, c.id offset $14::int - 1 limit 1), ${LAST}) as rank`,
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
  readonly pipeline: string;
  readonly stage: string;
  readonly set: string;
  readonly action: string;
  readonly before: string;
  readonly after: string;
}

const STAGE_NAME_BEFORE = `(select o.name from pipeline_stages o where o.organization_id = $1 and o.pipeline_id = me.pipeline_id and o.key = me.status)`;
const pipelineName = (id: string): string => `(select p.name from pipelines p where p.organization_id = $1 and p.id = ${id})`;
/** With what was said of winning or losing, if anything was. */
const told = (after: string): string => `case when $7::jsonb is null then ${after} else ${after} || $7::jsonb end`;

const MOVED: Kind = {
  found: 'deleted_at is null',
  alive: 'false',
  pipeline: OWN_PIPELINE,
  stage: isStage('$3::text'),
  set: '',
  action: `'lead.moved'`,
  before: `jsonb_build_object('status', me.status, 'statusName', ${STAGE_NAME_BEFORE})`,
  after: told(`jsonb_build_object('status', v.status, 'statusName', (select name from stage), 'version', v.version)`),
};

const TRANSFERRED: Kind = {
  found: 'deleted_at is null',
  alive: 'false',
  pipeline: `(select p.id from pipelines p where p.organization_id = $1 and p.id = $14::uuid and p.archived_at is null)`,
  stage: `($3::text is null or s.key = $3 or lower(s.name) = lower($3)) order by s.key = $3 desc, s.position`,
  set: 'pipeline_id = stage.pipeline_id,',
  action: `'lead.moved'`,
  before: `jsonb_build_object('pipelineId', me.pipeline_id, 'pipelineName', ${pipelineName('me.pipeline_id')}, 'status', me.status, 'statusName', ${STAGE_NAME_BEFORE})`,
  after: told(`jsonb_build_object('pipelineId', v."pipelineId", 'pipelineName', ${pipelineName('v."pipelineId"')}, 'status', v.status,
    'statusName', (select name from stage), 'version', v.version)`),
};

const RESTORED: Kind = {
  found: 'deleted_at is not null',
  alive: `not exists (select from me) and exists (select from leads where organization_id = $1 and id = $2)`,
  pipeline: OWN_PIPELINE,
  // Its stage may have been archived in the meantime; then it comes back in the first one.
  stage: `$3::text is not null order by s.key = (select status from me) desc, s.position`,
  set: 'deleted_at = null,',
  action: `'lead.restored'`,
  before: 'null::jsonb',
  after: 'to_jsonb(v)',
};

// A stage without rules is entered by this flag alone; staying in a stage is no entry, but a reason is always judged.
const MAY_ENTER = `(not stage.is_ruled and $7::jsonb is null or $6::text = stage.rank_epoch || ':' || me.version or $6 = '${ANY_WAY}'
        or ($7 is null and stage.key = me.status and stage.pipeline_id = me.pipeline_id))`;

function placing(at: Place['at'], kind: Kind): string {
  const { anchor, lower, upper } = GAPS[at];
  return `with me as (select pipeline_id, status, version from leads where organization_id = $1 and id = $2 and ${kind.found} for update),
    ${stageCtes(kind.pipeline, kind.stage)},
    anchor as (${anchor}),
    l as (
      update leads set ${kind.set} status = stage.key, rank = concord_rank_between(${lower}, ${upper}, $4), version = me.version + 1, updated_at = now()
      from me, stage
      where leads.organization_id = $1 and leads.id = $2 and ($5::int is null or me.version = $5) and exists (select from anchor) and ${MAY_ENTER}
      returning ${LEAD_COLUMNS.split(',')
        .map((column) => `leads.${column.trim()}`)
        .join(', ')}),
    v as (select ${WRITTEN_LEAD_LIST} from l),
    a as (${auditCte({ from: 'v, me', first: 8, action: kind.action, resourceType: `'lead'`, resourceId: 'v.id', before: kind.before, after: kind.after })})
    select me.version as seen, ${kind.alive} as alive, coalesce(target.pipeline_id, me.pipeline_id) as "pipelineId", target.key as wanted, target.rank_epoch as epoch,
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
const TRANSFER = placing('end', TRANSFERRED);
const LEAD = `select row_to_json(v)::text as json from (select ${LEAD_LIST} from leads l where l.organization_id = $1 and l.id = $2 and l.deleted_at is null) v`;

/** Moves on the board: one statement that changes one row and audits it. */
@Injectable()
export class LeadMovesRepository {
  move(tx: Tx, move: Move): Promise<MoveOutcome> {
    const { place } = move;
    const beside = place.at === 'index' ? [place.index] : 'leadId' in place ? [place.leadId] : [];
    return this.place(tx, STATEMENTS[place.at], [...parametersOf(tx, move), ...beside]);
  }

  /** Moves a lead to the end of a column of another pipeline. */
  transfer(tx: Tx, move: Transfer): Promise<MoveOutcome> {
    return this.place(tx, TRANSFER, [...parametersOf(tx, move), move.pipelineId]);
  }

  /** The lead as rules look at it. */
  async lead(tx: Tx, id: string): Promise<LeadView | undefined> {
    const found = await tx.first<{ json: string }>(LEAD, [tx.scope.organizationId, id]);
    return found && (JSON.parse(found.json) as LeadView);
  }

  /** Brings a deleted lead back, at the end of its column. */
  restore(tx: Tx, id: string): Promise<MoveOutcome> {
    return this.place(tx, RESTORE, parametersOf(tx, { id, status: '', ifMatch: undefined, permit: ANY_WAY }));
  }

  private async place(tx: Tx, statement: string, parameters: readonly unknown[]): Promise<MoveOutcome> {
    const outcome = await tx.first<MoveOutcome>(statement, parameters);
    if (!outcome) throw new Error('a select without from gives one row');
    return outcome;
  }
}

function parametersOf(
  tx: Tx,
  { id, status, ifMatch, permit, closing }: Omit<Move, 'status' | 'place'> & { readonly status: string | null },
): unknown[] {
  const told = closing && JSON.stringify(closing);
  return [tx.scope.organizationId, id, status, rankJitter(id), ifMatch ?? null, permit ?? null, told ?? null, ...auditParameters(tx.scope)];
}
