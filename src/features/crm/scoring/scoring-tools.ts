import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { ListCursors } from '../duplicate-review/list-cursors.js';

/** What scoring reads beside its tables. */
@Injectable()
export class ScoringTools {
  constructor(
    readonly clock: Clock,
    readonly cursors: ListCursors,
  ) {}
}
