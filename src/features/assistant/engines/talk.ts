import type { Command } from '../understanding/command.js';
import { type Dialogue, type SpokenLead, withFocus, withoutLead } from '../turns/dialogue.js';
import type { ChatTurn } from './engine.js';

/** An answer while it is being put together, command by command. */
export class Talk {
  private readonly parts: string[] = [];
  readonly suggestions: string[] = [];
  private stopped: 'asked' | 'failed' | undefined;

  constructor(
    readonly turn: ChatTurn,
    public dialogue: Dialogue,
  ) {}

  say(text: string): void {
    this.parts.push(text);
  }

  /** Says why something was not done. What follows in the message may lean on it, so nothing more of it is done. */
  fail(text: string): void {
    this.say(text);
    this.stopped = 'failed';
  }

  suggest(...texts: string[]): void {
    for (const text of texts) if (!this.suggestions.includes(text)) this.suggestions.push(text);
  }

  /** From now on "him" and "that lead" is this one. */
  focus(lead: SpokenLead): void {
    this.dialogue = withFocus(this.dialogue, lead);
  }

  /** Nobody is "him" any more: whoever was asked for is not there, and whoever was spoken of before is not meant. */
  unfocus(): void {
    this.dialogue = { ...this.dialogue, focus: [] };
  }

  forget(leadId: string): void {
    this.dialogue = withoutLead(this.dialogue, leadId);
  }

  list(leads: readonly { readonly id: string }[]): void {
    this.dialogue = { ...this.dialogue, listed: leads.map(({ id }) => id) };
  }

  /** Waits for an answer to "which one?" before anything else of the message is done. */
  ask(candidates: NonNullable<Dialogue['question']>['candidates'], commands: readonly Command[]): void {
    this.dialogue = { ...this.dialogue, question: { candidates, commands } };
    this.stopped = 'asked';
  }

  /** Why nothing more of the message may be done, if so. */
  get whyStopped(): 'asked' | 'failed' | undefined {
    return this.stopped;
  }

  get answer(): string {
    return this.parts.join('\n\n');
  }
}
