import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { jsonPage, JsonText } from '../../../platform/http/json-text.js';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { StageEntry, StageMissing } from '../pipelines/stage-entry.js';
import { BoardRepository, type BoardColumnRow, type BoardQuestion, type ColumnPlace } from './board.repository.js';
import type { BoardQuery, ColumnQuery } from './lead-requests.shapes.js';

const USUAL_LIMIT = 50;

type LastCard = Pick<BoardColumnRow, 'status' | 'lastRank' | 'lastId'>;

/** The board and its columns. */
@Injectable()
export class BoardService {
  private readonly key: Buffer;

  constructor(
    private readonly db: Database,
    private readonly boards: BoardRepository,
    private readonly entry: StageEntry,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  async board(scope: Scope, query: BoardQuery): Promise<JsonText> {
    const question = questionOf(query);
    const columns = await this.entry.enter(scope, async () => {
      const rows = await this.db.read(scope, (tx) => this.boards.columns(tx, question));
      if (rows.length === 0) throw new StageMissing(question.pipelineId, null, 'address');
      return rows;
    });
    const [first] = columns as [BoardColumnRow];
    const texts = columns.map((column) => this.columnText(scope, question, column));
    return new JsonText(
      `{"pipelineId":"${first.pipelineId}","pipelineName":${JSON.stringify(first.pipelineName)},"columns":[${texts.join(',')}]}`,
    );
  }

  /** Cards of one column, from a cursor on. */
  async column(scope: Scope, status: string, query: ColumnQuery): Promise<JsonText> {
    const question = questionOf(query);
    const after = this.placeOf(scope, question, query.cursor);
    const found = await this.entry.enter(scope, async () => {
      const cards = await this.db.read(scope, (tx) => this.boards.cards(tx, question, status, after));
      if (!cards || cards.status === null) throw new StageMissing(question.pipelineId, status, 'address');
      return { ...cards, status: cards.status };
    });
    if (after && after.status !== found.status) throw foreignCursor();
    return jsonPage(`[${found.cards}]`, this.cursorAfter(scope, question, found));
  }

  private columnText(scope: Scope, question: BoardQuestion, column: BoardColumnRow): string {
    const { status, name, kind, probability, wipLimit, count } = column;
    const cursor = this.cursorAfter(scope, question, column);
    const head = JSON.stringify({ status, name, kind, probability, wipLimit, count }).slice(0, -1);
    return `${head},"sums":[${column.sums}],"cards":[${column.cards}],"nextCursor":${cursor === null ? 'null' : `"${cursor}"`}}`;
  }

  private cursorAfter(scope: Scope, question: BoardQuestion, { status, lastRank, lastId }: LastCard): string | null {
    return lastRank === null || lastId === null ? null : encodeCursor([status, lastRank, lastId], contextOf(scope, question), this.key);
  }

  private placeOf(scope: Scope, question: BoardQuestion, cursor: string | undefined): (ColumnPlace & { status: string }) | undefined {
    if (cursor === undefined) return undefined;
    const [status, rank, id] = decodeCursor(cursor, contextOf(scope, question), this.key) ?? [];
    if (typeof status !== 'string' || typeof rank !== 'string' || typeof id !== 'string') throw foreignCursor();
    return { status, rank, id };
  }
}

const foreignCursor = (): Error => InvalidCursor({ detail: 'Use the cursor with the column, pipeline and owner it was given for.' });

function questionOf({
  pipelineId = null,
  ownerId = null,
  limit = USUAL_LIMIT,
}: {
  pipelineId?: string | null;
  ownerId?: string | null;
  limit?: number;
}): BoardQuestion {
  return { pipelineId, ownerId, limit };
}

function contextOf({ organizationId }: Scope, { pipelineId, ownerId }: BoardQuestion): string {
  return JSON.stringify(['board-column', organizationId, pipelineId, ownerId]);
}
