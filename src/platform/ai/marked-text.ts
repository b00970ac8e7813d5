import { randomBytes } from 'node:crypto';
import { cleanText } from './clean-text.js';

/**
 * Text that may reach a model. A plain string never does: each has to say what it is, in types and again when it runs, because the
 * private field below cannot be forged by an object of the same look.
 */
abstract class MarkedText {
  readonly #text: string;
  readonly #raw: string;

  protected constructor(text: string, raw: string) {
    this.#text = text;
    this.#raw = raw;
  }

  /** What is sent to the model. */
  get text(): string {
    return this.#text;
  }

  /** What was marked, as it came: for local engines, which follow no instructions and so need no fence. Never for a model. */
  get raw(): string {
    return this.#raw;
  }

  /** Keeps the text itself out of logs and error reports. */
  toJSON(): string {
    return `[${this.constructor.name} of ${this.#text.length} characters]`;
  }

  static isMarked(value: unknown): value is MarkedText {
    return typeof value === 'object' && value !== null && #text in value;
  }
}

/** An instruction of ours, from a `*.prompt.ts` file. Only `prompt()` makes one. */
export class TrustedText extends MarkedText {
  declare private readonly kind: 'trusted';

  /** For `prompt.ts` only; the architecture test `test/architecture/ai-gateway.spec.ts` looks for any other caller. */
  static ofPrompt(text: string): TrustedText {
    return new TrustedText(text, text);
  }
}

/** What was said in a turn of a conversation: by the calling person, who may ask for things, or by the model itself before. */
export class SpokenText extends MarkedText {
  declare private readonly kind: 'spoken';

  static of(text: string): SpokenText {
    return new SpokenText(cleanText(text), text);
  }
}

/** Text from documents, records, tool answers or other people, in a block that a model is told to read as material only. */
export class FencedText extends MarkedText {
  declare private readonly kind: 'fenced';

  private constructor(
    block: string,
    raw: string,
    /** Where the text came from, e.g. `lead.notes`. */
    readonly source: string,
    readonly boundary: string,
  ) {
    super(block, raw);
  }

  static of(text: string, source: string): FencedText {
    // 128 random bits that are drawn after the text was written: its author cannot have known them.
    const boundary = randomBytes(16).toString('hex');
    return new FencedText(`<<<${boundary} ${cleanSource(source)}\n${cleanText(text)}\n${boundary}>>>`, text, source, boundary);
  }
}

export type AiText = TrustedText | SpokenText | FencedText;

/** Marks text of users, documents, records and tools: it is shown to the model as material and cannot become an instruction. */
export function fence(text: string, source: string): FencedText {
  return FencedText.of(text, source);
}

/** Marks what the calling person (or the assistant) said in their own turn of a conversation. Never for text from records or files. */
export function spoken(text: string): SpokenText {
  return SpokenText.of(text);
}

/** True for text marked by `prompt`, `spoken` or `fence`; false for anything that only looks like it. */
export function isMarkedText(value: unknown): value is AiText {
  return MarkedText.isMarked(value);
}

function cleanSource(source: string): string {
  const name = source.normalize('NFKC').replaceAll(/[^\p{L}\p{N}._:/-]+/gu, '-');
  // By characters, not code units: half of one would be ill-formed.
  return [...name.slice(0, 160)].slice(0, 80).join('') || 'unknown';
}
