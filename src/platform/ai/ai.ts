import { Injectable } from '@nestjs/common';
import type { Scope } from '../database/scope.js';
import type {
  AiAnswer,
  ConverseCall,
  ConverseEvent,
  EmbedCall,
  Embeddings,
  FinishReason,
  ObjectCall,
  Ranking,
  RerankCall,
  TextCall,
  TranscribeCall,
  Transcript,
} from './ai-types.js';
import { UnusableAnswer } from './calls/call-failures.js';
import { type Attempt, CallRunner } from './calls/call-runner.js';
import type { CallMeter } from './calls/call-meter.js';
import { checkConversation, checkDocuments, checkInput, checkTexts } from './calls/checks.js';
import { converseEstimate, embedEstimate, objectEstimate, rerankEstimate, textEstimate, transcribeEstimate } from './calls/estimate.js';
import { EventChannel } from './calls/event-channel.js';
import { readObject } from './calls/object-answer.js';
import { unitVectors } from './calls/unit-vectors.js';
import type { Engine, Repair } from './engines/engine.js';
import { EngineFailure } from './engines/engine-failure.js';

/**
 * The one way to AI. Tasks, not vendors: which engine answers is a matter of settings, and without any it is the local one. Every call is
 * metered for the organization of the scope and held to its budget. Never call it inside a transaction.
 *
 * Any call may throw `ai-not-configured` (501), `ai-unavailable` (503, with Retry-After) or `ai-budget-exhausted` (402); an aborted one
 * throws the reason of its signal.
 */
@Injectable()
export class Ai {
  constructor(private readonly calls: CallRunner) {}

  /** Writes a text by a prompt. */
  generateText(scope: Scope, call: TextCall): Promise<AiAnswer<{ text: string }>> {
    checkInput(call);
    return this.calls.answer(
      { task: 'generate-text', scope, call, estimate: textEstimate(call) },
      async (engine, { attempt, meter, priced }) => {
        const answer = await attempt((signal) => offered(engine.text?.({ scope, call, signal })));
        meter.answered(priced, answer, answer.value);
        return { text: answer.value };
      },
    );
  }

  /** Makes an object of a shape by a prompt. What does not fit is repaired once; then it is `ai-answer-unusable` (502). */
  generateObject<T extends object>(scope: Scope, call: ObjectCall<T>): Promise<AiAnswer<{ object: T }>> {
    checkInput(call);
    const plain = call as unknown as ObjectCall<object>;
    return this.calls.answer({ task: 'generate-object', scope, call: plain, estimate: objectEstimate(plain) }, async (engine, tools) => ({
      object: await object(engine, { scope, call }, tools),
    }));
  }

  /**
   * One step of a conversation, streamed. Tool calls are only reported: the caller runs them under its own scope and puts the outcome,
   * fenced, into the messages of the next step. Stop reading, or abort the signal, and the request to the vendor stops.
   */
  async *converse(scope: Scope, call: ConverseCall): AsyncGenerator<ConverseEvent, void, undefined> {
    checkConversation(call);
    const left = new AbortController();
    const signal = call.signal ? AbortSignal.any([call.signal, left.signal]) : left.signal;
    const channel = new EventChannel<ConverseEvent>();
    const running = this.step(scope, { ...call, signal }, channel).then(
      () => channel.finish(),
      (error: unknown) => channel.fail(error),
    );
    try {
      yield* channel;
    } finally {
      left.abort(new Error('nobody reads this conversation any more'));
      await running;
    }
  }

  /** Vectors of texts, for finding what is near. Say `onlyEngine` when they are compared with vectors that are stored already. */
  embedMany(scope: Scope, call: EmbedCall): Promise<AiAnswer<Embeddings>> {
    checkTexts(call);
    return this.calls.answer({ task: 'embed', scope, call, estimate: embedEstimate(call) }, async (engine, { attempt, meter, priced }) => {
      const answer = await attempt(async (signal) => {
        const { value, ...usage } = await offered(engine.embed?.({ scope, call, signal }));
        return { vectors: unitVectors(value, call.texts.length), usage };
      });
      meter.answered(priced, answer.usage, '');
      return { vectors: answer.vectors };
    });
  }

  /** Puts documents in the order in which they answer a query. */
  rerank(scope: Scope, call: RerankCall): Promise<AiAnswer<Ranking>> {
    checkDocuments(call);
    return this.calls.answer(
      { task: 'rerank', scope, call, estimate: rerankEstimate(call) },
      async (engine, { attempt, meter, priced }) => {
        const answer = await attempt((signal) => offered(engine.rerank?.({ scope, call, signal })));
        meter.answered(priced, answer, '');
        return { ranking: answer.value };
      },
    );
  }

  /** Writes down speech. There is no local engine: without a vendor it is `ai-not-configured`, which says what to set. */
  transcribe(scope: Scope, call: TranscribeCall): Promise<AiAnswer<Transcript>> {
    const asked = { task: 'transcribe' as const, scope, call, estimate: transcribeEstimate(call) };
    return this.calls.answer(asked, async (engine, { attempt, meter, priced }) => {
      const answer = await attempt((signal) => offered(engine.transcribe?.({ scope, call, signal })));
      meter.answered(priced, answer, '');
      return answer.value;
    });
  }

  private async step(scope: Scope, call: ConverseCall, channel: EventChannel<ConverseEvent>): Promise<void> {
    const asked = { task: 'converse' as const, scope, call, estimate: converseEstimate(call) };
    let isBegun = false;
    const put = (event: ConverseEvent): void => {
      isBegun = event.type !== 'restart';
      channel.put(event);
    };
    const source = await this.calls.answer(asked, async (engine, { attempt, meter, priced }) => {
      const reason = await attempt(async (signal) => {
        if (isBegun) put({ type: 'restart' });
        return pump(engine, { scope, call, signal }, { meter, priced, put });
      });
      return { reason };
    });
    channel.put({ type: 'usage', usage: source.usage });
    channel.put({ type: 'finish', ...source });
  }
}

interface Stepping {
  readonly scope: Scope;
  readonly call: ConverseCall;
  readonly signal: AbortSignal;
}

interface Sink {
  readonly meter: CallMeter;
  readonly priced: string | undefined;
  readonly put: (event: ConverseEvent) => void;
}

/** Passes on what one attempt yields until it ends; an attempt that was given up passes on nothing more. */
async function pump(engine: Engine, request: Stepping, { meter, priced, put }: Sink): Promise<FinishReason> {
  for await (const event of engine.converse?.(request) ?? []) {
    request.signal.throwIfAborted();
    if (event.type === 'finish') {
      meter.answered(priced, event);
      return event.reason;
    }
    meter.stream(event.type === 'text-delta' ? event.text : JSON.stringify(event.arguments ?? null));
    put(event);
  }
  throw new EngineFailure('broken-answer', 'its answer broke off');
}

interface ObjectTools {
  readonly attempt: Attempt;
  readonly meter: CallMeter;
  readonly priced: string | undefined;
}

async function object<T extends object>(
  engine: Engine,
  { scope, call }: { scope: Scope; call: ObjectCall<T> },
  { attempt, meter, priced }: ObjectTools,
): Promise<T> {
  let repair: Repair | undefined;
  for (let tries = 0; ; tries++) {
    const plain = call as unknown as ObjectCall<object>;
    const answer = await attempt((signal) => offered(engine.object?.({ scope, call: plain, signal }, repair)));
    const text = typeof answer.value === 'string' ? answer.value : JSON.stringify(answer.value ?? null);
    meter.answered(priced, answer, text);
    const read = readObject(call.shape, answer.value);
    if ('value' in read) return read.value;
    if (tries > 0) throw new UnusableAnswer(read.faults);
    repair = { answer: text, faults: read.faults };
  }
}

/** Engines are only asked for tasks they have a model for; one that has, and no way to do it, is a mistake of ours. */
function offered<T>(answer: Promise<T> | undefined): Promise<T> {
  return answer ?? Promise.reject(new Error('an engine names a model for a task it cannot do'));
}
