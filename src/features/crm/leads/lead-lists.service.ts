import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { InvalidCursor, InvalidParameters, type FieldError } from '../../../platform/http/problems/core-problems.js';
import { jsonPage, JsonText } from '../../../platform/http/json-text.js';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { canonicalJson } from '../../../shared/json.js';
import { foldText } from '../../../shared/text.js';
import { explainEmptyList } from '../pipelines/stage-lookup.js';
import { LeadListRepository, type PlaceInList } from './lead-list.repository.js';
import type { ListLeadsQuery, SearchQuery } from './lead-requests.shapes.js';
import { bestHits } from './search-ranking.js';

const USUAL_LIMIT = 50;
const USUAL_HITS = 10;
/** Enough that the best is among them; each is compared letter by letter. */
const MOST_CANDIDATES = 200;

/** Lists of leads and the search. */
@Injectable()
export class LeadListsService {
  private readonly key: Buffer;

  constructor(
    private readonly db: Database,
    private readonly leads: LeadListRepository,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async list(scope: Scope, query: ListLeadsQuery): Promise<JsonText> {
    refuseImpossible(query);
    const context = contextOf(scope, query);
    const after = this.placeOf(query.cursor, context);
    const page = await this.db.read(scope, (tx) => this.leads.page(tx, query, query.limit ?? USUAL_LIMIT, after));
    if (page.items === '' && after === undefined) await this.explainEmpty(scope, query);
    const next = page.lastId === null ? null : encodeCursor([page.lastKey, page.lastId], context, this.key);
    return jsonPage(`[${page.items}]`, next);
  }

  async search(scope: Scope, { q, limit = USUAL_HITS }: SearchQuery): Promise<JsonText> {
    const folded = foldText(q);
    if (folded === '') return new JsonText('{"items":[]}');
    const candidates = await this.db.read(scope, (tx) => this.leads.alike(tx, folded, MOST_CANDIDATES));
    const items = bestHits(folded, candidates, limit).map(({ match, candidate }) =>
      candidate.json.replace('"match":""', `"match":"${match}"`),
    );
    return new JsonText(`{"items":[${items.join(',')}]}`);
  }

  private async explainEmpty(scope: Scope, query: ListLeadsQuery): Promise<void> {
    if (query.status === undefined && query.pipelineId === undefined) return;
    const why = await this.db.read(scope, (tx) => explainEmptyList(tx, query));
    if (why) throw why;
  }

  private placeOf(cursor: string | undefined, context: string): PlaceInList | undefined {
    if (cursor === undefined) return undefined;
    const [key, id] = decodeCursor(cursor, context, this.key) ?? [];
    if ((typeof key !== 'string' && key !== null) || typeof id !== 'string') {
      throw InvalidCursor({ detail: 'Use the cursor with the same filters and sort it was given for, or begin again without it.' });
    }
    return { key, id };
  }
}

function contextOf({ organizationId }: Scope, query: ListLeadsQuery): string {
  return `leads ${organizationId} ${canonicalJson({ ...query, cursor: undefined, limit: undefined })}`;
}

/** Combinations that no index serves, or that would compare amounts of different currencies. */
function refuseImpossible({ sort, status, deleted, currency, valueMin, valueMax }: ListLeadsQuery): void {
  const errors: FieldError[] = [];
  if (sort === 'position' && status === undefined)
    errors.push({ parameter: 'status', code: 'required', message: 'is required for the order by position' });
  if (deleted !== undefined && ['name', '-value', 'position'].includes(sort ?? '')) {
    const validOptions = ['created', '-created', 'updated', '-updated'];
    errors.push({
      parameter: 'sort',
      code: 'one-of',
      message: `must be one of: ${validOptions.join(', ')} when deleted leads are listed`,
      validOptions,
    });
  }
  if (currency === undefined && (valueMin !== undefined || valueMax !== undefined)) {
    errors.push({ parameter: 'currency', code: 'required', message: 'is required to compare values' });
  }
  if (errors.length > 0) throw InvalidParameters({ errors });
}
