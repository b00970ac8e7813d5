import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import type { Understood } from '../understanding/command.js';
import { understand } from '../understanding/understand.js';
import { dialogueContext } from './dialogue-context.js';
import type { ChatTurn, EngineAnswer } from './engine.js';
import { LocalActions } from './local-actions.js';
import { Talk } from './talk.js';

/** Answers without a model: understands the message by rules, calls the same tools, and words what came of it. */
@Injectable()
export class LocalEngine {
  constructor(
    private readonly clock: Clock,
    private readonly actions: LocalActions,
  ) {}

  async answer(turn: ChatTurn): Promise<EngineAnswer> {
    const startedAt = this.clock.now();
    const began = performance.now();
    const { commands, readings } = this.understood(turn);
    const talk = new Talk(turn, turn.dialogue);
    await this.actions.run(talk, commands);
    for (const reading of readings) talk.say(reading);
    const { answer, dialogue, suggestions } = talk;
    const local = { startedAt, durationMs: performance.now() - began };
    return { answer, engine: 'local', isFallback: false, isStreamed: false, dialogue, suggestions, local };
  }

  /** What a message asks for; an attempt after a crash does what the one before has understood, whatever has changed since. */
  understood(turn: ChatTurn): Understood {
    if (turn.journal.understood) return turn.journal.understood;
    const understood = understand(turn.message, dialogueContext(turn, this.clock.now()));
    turn.journal.keep(understood);
    return understood;
  }
}
