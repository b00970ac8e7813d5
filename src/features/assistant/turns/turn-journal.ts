import type { Tx } from '../../../platform/database/tx.js';
import type { MadeCall, ToolCall, ToolOutcome } from '../tools/tool-outcome.js';
import type { Understood } from '../understanding/command.js';
import type { TurnEvent, TurnsRepository } from './turns.repository.js';

/** A call whose effect is made in the transaction that writes it down. */
export interface Effect {
  readonly call: ToolCall;
  readonly outcome: ToolOutcome;
}

/**
 * What a turn has done so far. Calls of an attempt that died are given back instead of being made again; those made now are written down
 * in the transaction of their effect, together with what was read before.
 */
export class TurnJournal {
  private readonly stored: readonly MadeCall[];
  private readonly calls: MadeCall[] = [];
  private readonly events: TurnEvent[] = [];
  private savedCalls = 0;
  private savedEvents = 0;
  private lastSeq: number;
  private mustKeep = false;
  understood: Understood | null;
  step = 0;

  constructor(
    private readonly turns: TurnsRepository,
    readonly turnId: string,
    before: { readonly calls: readonly MadeCall[]; readonly lastEvent: number; readonly understood: Understood | null },
  ) {
    this.stored = before.calls;
    this.lastSeq = before.lastEvent;
    this.understood = before.understood;
  }

  /** Every call of the turn, in order. */
  get made(): readonly MadeCall[] {
    return this.calls;
  }

  /** The step of the last call; 0 before the first. */
  get lastStep(): number {
    return this.calls.at(-1)?.step ?? 0;
  }

  /** Counts everything an attempt before has done as made, for who goes on after it instead of asking for the same again. */
  takeOver(): void {
    this.calls.push(...this.stored.slice(this.calls.length));
    this.savedCalls = this.calls.length;
  }

  /** What an attempt before came to at this place of the turn; the call counts as made. */
  again({ tool }: ToolCall): ToolOutcome | undefined {
    const call = this.stored[this.calls.length];
    if (!call) return undefined;
    // Another call than before: everything that was done before stays done, and the turn goes on after it.
    const isSame = call.tool === tool;
    if (isSame) this.calls.push(call);
    else this.takeOver();
    this.savedCalls = this.calls.length;
    return isSame ? call.outcome : undefined;
  }

  /** Remembers a call; it is written down with the next `save`. */
  add(call: ToolCall, outcome: ToolOutcome): void {
    this.calls.push({ ...call, number: this.calls.length + 1, step: this.step, outcome });
    this.tell('tool', { tool: call.tool, arguments: call.arguments, outcome });
  }

  /** Remembers what the message was understood as; it is written down with the first effect, which a later attempt must not make anew. */
  keep(understood: Understood): void {
    this.understood = understood;
    this.mustKeep = true;
  }

  /** Says something to those who follow, with the next `save`. */
  tell(kind: string, data: object): void {
    this.events.push({ seq: ++this.lastSeq, kind, data });
  }

  get hasNews(): boolean {
    return this.savedCalls < this.calls.length || this.savedEvents < this.events.length;
  }

  /** Writes down what is new, an effect and the last pieces of the answer with the commit of `tx`; what is rolled back stays to be written. */
  async save(tx: Tx, { effect: more, tokens = [] }: { readonly effect?: Effect; readonly tokens?: readonly string[] } = {}): Promise<void> {
    const calls = this.calls.slice(this.savedCalls);
    const events = this.events.slice(this.savedEvents);
    if (more) {
      calls.push({ ...more.call, number: this.calls.length + 1, step: this.step, outcome: more.outcome });
      events.push({ seq: this.lastSeq + 1, kind: 'tool', data: { ...more.call, outcome: more.outcome } });
    }
    const last = this.lastSeq + (more ? 1 : 0);
    events.push(...tokens.map((text, at) => ({ seq: last + at + 1, kind: 'token', data: { text } })));
    await this.turns.save(tx, this.turnId, { calls, events, understood: this.mustKeep ? this.understood : null });
    tx.afterCommit(() => {
      this.mustKeep = false;
      if (more) this.add(more.call, more.outcome);
      for (const text of tokens) this.tell('token', { text });
      this.savedCalls = this.calls.length;
      this.savedEvents = this.events.length;
    });
  }
}
