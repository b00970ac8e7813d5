import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { NIL_ID } from '../../../shared/ids.js';
import { EXAMPLES } from '../answers/help.js';
import type { DialogueContext } from '../understanding/command.js';
import { understand } from '../understanding/understand.js';

const NOWHERE: Omit<DialogueContext, 'now'> = {
  timeZone: 'UTC',
  baseCurrency: 'EUR',
  decimalMark: '.',
  stages: [{ pipelineId: NIL_ID, key: 'interest', name: 'Interest', kind: 'open' }],
  members: [{ id: NIL_ID, name: 'Ana Duarte', email: 'ana@example.com' }],
  me: { id: NIL_ID, name: 'Ana Duarte' },
  focus: [],
  hasPendingPlan: false,
  customFields: [],
};

/** Understands every kind of message once: the engine compiles expressions when they are first used, which takes as long as many answers. */
export function warmUp(now: Date): void {
  for (const example of EXAMPLES) understand(example, { ...NOWHERE, now });
}

/** Makes the first answer of a process as fast as the others. */
@Injectable()
export class WarmUp implements OnApplicationBootstrap {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    // A process that only takes requests understands nothing; one of a test mostly ends before it would have been worth it.
    if (this.settings.role !== 'api' && this.settings.nodeEnv !== 'test') warmUp(this.clock.now());
  }
}
