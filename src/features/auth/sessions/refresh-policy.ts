import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { judgeRefresh, type RefreshVerdict } from './session.js';
import type { Session } from './sessions.repository.js';

/** The operator's grace for lost races, with the clock to judge by. */
@Injectable()
export class RefreshPolicy {
  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  judge(session: Session, generation: number): RefreshVerdict {
    return judgeRefresh(session, generation, this.clock.now(), this.settings.refreshGraceSeconds);
  }
}
