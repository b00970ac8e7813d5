import type { ConverseCall, EmbedCall, RerankCall, TextCall } from '../ai-types.js';
import { FencedText, isMarkedText, TrustedText } from '../marked-text.js';

const MAX_TEXTS = 2048;
const MAX_DOCUMENTS = 1000;
const TOOL_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * What the types say already, said again when it runs: text that nobody marked never gets to a model, and least of all to one that can
 * call tools. A mistake here is one of the code, so it is thrown as such.
 */
export function checkInput({ prompt, input }: Pick<TextCall, 'prompt' | 'input'>): void {
  if (!(prompt.system instanceof TrustedText)) throw new TypeError('the system text of a call comes from prompt()');
  for (const text of input) material(text);
}

export function checkConversation({ prompt, messages, tools = [] }: ConverseCall): void {
  checkInput({ prompt, input: [] });
  if (messages.length === 0) throw new TypeError('a conversation needs a message to answer');
  for (const message of messages) {
    if (message.role === 'user') message.content.forEach(material);
    // What a tool gives is made of records: always material, never words of the conversation.
    else if (message.role === 'tool') fenced(message.content);
    else if (message.content !== undefined) material(message.content);
  }
  const names = tools.map(({ name }) => name);
  const wrong = names.find((name, at) => !TOOL_NAME.test(name) || names.indexOf(name) !== at);
  if (wrong !== undefined) throw new TypeError(`"${wrong}" cannot be the name of a tool, or is one twice`);
}

export function checkTexts({ texts }: EmbedCall): void {
  if (texts.length === 0 || texts.length > MAX_TEXTS) throw new RangeError(`between 1 and ${MAX_TEXTS} texts are embedded at once`);
}

export function checkDocuments({ documents }: RerankCall): void {
  if (documents.length === 0 || documents.length > MAX_DOCUMENTS)
    throw new RangeError(`between 1 and ${MAX_DOCUMENTS} documents are ranked at once`);
}

/** Spoken or fenced; an instruction of ours has its place in the prompt, where it has a version. */
function material(text: unknown): void {
  if (!isMarkedText(text)) throw new TypeError('text for a model must be marked by spoken() or fence()');
  if (text instanceof TrustedText) throw new TypeError('instructions belong into the prompt, not among the messages');
}

function fenced(text: unknown): void {
  if (!isMarkedText(text) || !(text instanceof FencedText)) throw new TypeError('what a tool gives must be marked by fence()');
}
