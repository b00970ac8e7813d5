import type { ModelMessage } from 'ai';
import { isPlainObject } from '../../http/shapes/field.js';
import { type AiText, isMarkedText } from '../marked-text.js';
import type { AiMessage, AiToolCall } from '../ai-types.js';

/** The text of marked text, looked at once more when it runs: a cast in the type system does not get a document past this. */
export function markedText(text: AiText): string {
  if (!isMarkedText(text)) throw new TypeError('text for a model must be marked by prompt(), spoken() or fence()');
  return text.text;
}

/** Our messages in the form of the SDK. */
export function modelMessages(messages: readonly AiMessage[]): ModelMessage[] {
  return messages.map((message): ModelMessage => {
    switch (message.role) {
      case 'user':
        return { role: 'user', content: message.content.map((text) => ({ type: 'text', text: markedText(text) })) };
      case 'assistant': {
        const text = message.content ? [{ type: 'text' as const, text: markedText(message.content) }] : [];
        return { role: 'assistant', content: [...text, ...(message.toolCalls ?? []).map(toolCallPart)] };
      }
      case 'tool': {
        const { toolCallId, toolName, content } = message;
        const output = { type: 'text' as const, value: markedText(content) };
        return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] };
      }
    }
  });
}

/** Vendors take objects only; what the model wrote instead is told by the outcome of the call. */
function toolCallPart({ id, name, arguments: given }: AiToolCall) {
  return { type: 'tool-call' as const, toolCallId: id, toolName: name, input: isPlainObject(given) ? given : {} };
}
