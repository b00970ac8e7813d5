import { Injectable } from '@nestjs/common';
import { faultText } from '../answers/fault-text.js';
import { helpText, SMALL_TALK, starters } from '../answers/help.js';
import { joined } from '../answers/wording.js';
import { withoutQuestion } from '../turns/dialogue.js';
import type { Command } from '../understanding/command.js';
import { ChangingCommands } from './changing-commands.js';
import { chosenFrom, withReference } from './open-question.js';
import { PlanDecisions } from './plan-decisions.js';
import { PlanningCommands } from './planning-commands.js';
import { ReadingCommands } from './reading-commands.js';
import type { Talk } from './talk.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** Does one command after the other, until one fails or has to ask back. */
@Injectable()
export class LocalActions {
  constructor(
    private readonly reading: ReadingCommands,
    private readonly changing: ChangingCommands,
    private readonly planning: PlanningCommands,
    private readonly decisions: PlanDecisions,
  ) {}

  async run(talk: Talk, commands: readonly Command[]): Promise<void> {
    const [first] = commands;
    // An answer to a question is for the question; anything else lets it go.
    if (first && !this.isForQuestion(talk, first)) talk.dialogue = withoutQuestion(talk.dialogue);
    for (const [at, command] of commands.entries()) {
      talk.turn.signal.throwIfAborted();
      await this.act(talk, command, commands.slice(at));
      if (talk.whyStopped === 'failed') return sayLeft(talk, commands.slice(at + 1));
      if (talk.whyStopped === 'asked') return;
    }
  }

  private isForQuestion(talk: Talk, { kind }: Command): boolean {
    return talk.dialogue.question !== undefined && (kind === 'choose' || kind === 'confirm' || kind === 'decline');
  }

  /** `waiting` is the command and what comes after it, for the case that it has to wait for an answer. */
  private async act(talk: Talk, command: Command, waiting: readonly Command[]): Promise<void> {
    switch (command.kind) {
      case 'find':
        return this.reading.find(talk, command);
      case 'show':
        return this.reading.show(talk, command, waiting);
      case 'list':
        return this.reading.list(talk, command);
      case 'count':
        return this.reading.count(talk, command);
      case 'total':
        return this.reading.total(talk, command);
      case 'create':
        return this.changing.create(talk, command);
      case 'set':
        return this.changing.set(talk, command, waiting);
      case 'move':
        return this.changing.move(talk, command, waiting);
      case 'add-note':
        return this.changing.addNote(talk, command, waiting);
      case 'add-task':
        return this.changing.addTask(talk, command, waiting);
      case 'undo':
        return this.changing.undo(talk);
      case 'delete':
        return this.planning.remove(talk, command, waiting);
      case 'bulk-set':
      case 'bulk-move':
      case 'bulk-delete':
        return this.planning.bulk(talk, command, waiting);
      default:
        return this.answer(talk, command);
    }
  }

  private async answer(
    talk: Talk,
    command: Of<'choose' | 'confirm' | 'decline' | 'help' | 'small-talk' | 'unknown' | 'refused'>,
  ): Promise<void> {
    switch (command.kind) {
      case 'choose':
        return this.choose(talk, command);
      case 'confirm':
        return this.confirm(talk);
      case 'decline':
        return this.decline(talk);
      case 'help':
        return talk.say(helpText());
      case 'small-talk':
        return talk.say(SMALL_TALK[command.tone]);
      case 'unknown':
        return notUnderstood(talk, command);
      case 'refused':
        return talk.fail(faultText({ ...command, code: command.why }));
    }
  }

  private async choose(talk: Talk, { choice }: Of<'choose'>): Promise<void> {
    const { question } = talk.dialogue;
    if (!question) return talk.fail('I have not asked which one, so I do not know what you choose. Tell me what to do, and with whom.');
    const chosen = chosenFrom(question, choice);
    if (chosen) return this.goOn(talk, chosen.id);
    const lines = question.candidates.map((one, at) => `${at + 1}. ${talk.turn.words.lead(one)}`);
    talk.fail(['I do not see which of these you mean:', ...lines].join('\n'));
  }

  private async goOn(talk: Talk, leadId: string): Promise<void> {
    const { question } = talk.dialogue;
    const [first, ...rest] = question?.commands ?? [];
    talk.dialogue = withoutQuestion(talk.dialogue);
    if (first) await this.run(talk, [withReference(first, leadId), ...rest]);
  }

  private async confirm(talk: Talk): Promise<void> {
    const { question } = talk.dialogue;
    const [only, ...others] = question?.candidates ?? [];
    if (!only) return this.decisions.confirm(talk);
    if (others.length === 0) return this.goOn(talk, only.id);
    const lines = (question?.candidates ?? []).map((one, at) => `${at + 1}. ${talk.turn.words.lead(one)}`);
    talk.fail(['Which one?', ...lines].join('\n'));
  }

  private async decline(talk: Talk): Promise<void> {
    if (!talk.dialogue.question) return this.decisions.decline(talk);
    talk.dialogue = withoutQuestion(talk.dialogue);
    talk.say('All right, nothing was changed.');
  }
}

/** Says that the rest of a message was left, if there was something to do in it. */
function sayLeft(talk: Talk, rest: readonly Command[]): void {
  if (rest.some(({ kind }) => kind !== 'small-talk'))
    talk.say('I stopped there and left the rest of your message, because it may depend on that. Send it again if it does not.');
}

const WHY = {
  'not-understood': 'I did not understand that, so nothing was changed.',
  question: 'I take that as a question that I cannot answer; nothing was changed.',
  negation: 'I take that as something not to be done; nothing was changed.',
  unclear: 'I am not sure what you mean, so nothing was changed.',
  empty: 'There was nothing in that message.',
} as const;

/** What asks for something that was not understood is a failure; talk and what was said not to be done is none. */
const FAILED: ReadonlySet<string> = new Set(['not-understood', 'unclear']);

function notUnderstood(talk: Talk, { why, suggestions }: Of<'unknown'>): void {
  const tries = suggestions.length > 0 ? suggestions : starters();
  const examples = joined(
    tries.map((text) => `“${text}”`),
    'or',
  );
  const text = `${WHY[why]} You could say, for example: ${examples}.`;
  if (FAILED.has(why)) talk.fail(text);
  else talk.say(text);
  talk.suggest(...tries, 'help');
}
