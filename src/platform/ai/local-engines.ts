import { Injectable } from '@nestjs/common';
import type { Scope } from '../database/scope.js';
import type { AiToolCall, ConverseCall, FinishReason, ObjectCall, TextCall } from './ai-types.js';
import type { Prompt } from './prompts/prompt.js';

/** What a local conversation yields; the gateway adds restarts, usage and the finish with its source. */
export type LocalConverseEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | ({ readonly type: 'tool-call' } & AiToolCall)
  | { readonly type: 'finish'; readonly reason: FinishReason };

/** A conversation without a model: a feature gives one for its prompt. It must be deterministic and must not change anything itself. */
export interface LocalConversation {
  /** One step, as `Ai.converse`: tool calls are answered in the messages of the next step. */
  converse(scope: Scope, call: ConverseCall): AsyncIterable<LocalConverseEvent>;
}

/** Writes a text for one prompt without a model. */
export type LocalText = (scope: Scope, call: TextCall) => string | Promise<string>;

/** Makes an object for one prompt without a model; what it gives is checked against the shape like a model's answer. */
export type LocalObject = (scope: Scope, call: ObjectCall<object>) => unknown;

/**
 * Local engines by the name of their prompt. There is no general text generator without a model, so each feature brings a deterministic
 * one for what it asks; register in `onModuleInit`. A second one for the same prompt throws.
 */
@Injectable()
export class LocalEngines {
  private readonly texts = new Map<string, LocalText>();
  private readonly objects = new Map<string, LocalObject>();
  private readonly conversations = new Map<string, LocalConversation>();

  registerText(prompt: Prompt, engine: LocalText): void {
    add(this.texts, prompt, engine);
  }

  registerObject(prompt: Prompt, engine: LocalObject): void {
    add(this.objects, prompt, engine);
  }

  registerConversation(prompt: Prompt, engine: LocalConversation): void {
    add(this.conversations, prompt, engine);
  }

  text(prompt: Prompt): LocalText | undefined {
    return this.texts.get(prompt.name);
  }

  object(prompt: Prompt): LocalObject | undefined {
    return this.objects.get(prompt.name);
  }

  conversation(prompt: Prompt): LocalConversation | undefined {
    return this.conversations.get(prompt.name);
  }
}

function add<T>(engines: Map<string, T>, { name }: Prompt, engine: T): void {
  if (engines.has(name)) throw new Error(`the prompt "${name}" has a local engine already`);
  engines.set(name, engine);
}
