import type { Command } from '../understanding/command.js';
import { type Dialogue, type SpokenLead, withFocus, withoutLead } from '../turns/dialogue.js';
import type { ChatTurn } from './engine.js';

/** An answer while it is being put together, command by command. */
export class Talk {
  private readonly parts: string[] = [];
  readonly suggestions: string[] = [];
  private isStopped = false;

  constructor(
    readonly turn: ChatTurn,
    public dialogue: Dialogue,
  ) {}

  say(text: string): void {
    this.parts.push(text);
  }

  suggest(...texts: string[]): void {
    for (const text of texts) if (!this.suggestions.includes(text)) this.suggestions.push(text);
  }

  /** From now on "him" and "that lead" is this one. */
  focus(lead: SpokenLead): void {
    this.dialogue = withFocus(this.dialogue, lead);
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
    this.isStopped = true;
  }

  get isWaiting(): boolean {
    return this.isStopped;
  }

  get answer(): string {
    return this.parts.join('\n\n');
  }
}
