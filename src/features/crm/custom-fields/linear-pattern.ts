/** What a pattern may not have here, or cannot be read as. */
export class PatternError extends Error {}

/** One step of the machine: a test of one character, an anchor, or a way on to other steps. */
type Step =
  | { readonly does: 'take'; readonly fits: (character: string) => boolean }
  | { readonly does: 'start' | 'end' | 'match' }
  | { readonly does: 'fork'; ways: number[] };

const LONGEST_PATTERN = 200;
const MOST_STEPS = 500;
const MOST_REPEATS = 200;

/**
 * A regular expression that takes time in proportion to the text, whatever the pattern: all ways through it are followed at once, a
 * character at a time, instead of one after the other. What needs going back (look-around, back-references, word borders) is refused. Single
 * characters, classes and escapes mean what they mean to JavaScript with the flag u.
 */
export class LinearPattern {
  private readonly steps: Step[] = [];

  /** Throws `PatternError` for what is no pattern, or too large a one. */
  constructor(private readonly source: string) {
    if (source.length > LONGEST_PATTERN) throw new PatternError(`is longer than ${LONGEST_PATTERN} characters`);
    const reader = new PatternReader(source, this.steps);
    reader.read();
    this.steps.push({ does: 'match' });
  }

  /** Whether some part of the text fits, as JSON Schema asks; `^` and `$` tie it to the ends. */
  test(text: string): boolean {
    const characters = [...text];
    let here = new Set<number>();
    for (let at = 0; at <= characters.length; at++) {
      const place = { isStart: at === 0, isEnd: at === characters.length };
      this.follow(0, here, place);
      const next = new Set<number>();
      for (const index of here) {
        const step = this.steps[index];
        if (step?.does === 'match') return true;
        if (step?.does === 'take' && at < characters.length && step.fits(characters[at] ?? '')) {
          this.follow(index + 1, next, { isStart: false, isEnd: at + 1 === characters.length });
        }
      }
      here = next;
    }
    return false;
  }

  toString(): string {
    return this.source;
  }

  /** Adds every step that is reached from one without taking a character; no recursion, because patterns come from outside. */
  private follow(from: number, into: Set<number>, { isStart, isEnd }: { isStart: boolean; isEnd: boolean }): void {
    const open = [from];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (into.has(index)) continue;
      into.add(index);
      const step = this.steps[index];
      if (step?.does === 'fork') open.push(...step.ways);
      if ((step?.does === 'start' && isStart) || (step?.does === 'end' && isEnd)) open.push(index + 1);
    }
  }
}

/** Turns the text of a pattern into steps. */
class PatternReader {
  private at = 0;
  private depth = 0;
  private pushed = 0;

  constructor(
    private readonly source: string,
    private readonly steps: Step[],
  ) {}

  read(): void {
    this.choice();
    if (this.at < this.source.length) throw new PatternError('has a ) too many');
  }

  /** Sequences with | between them. */
  private choice(): void {
    if (++this.depth > 20) throw new PatternError('has groups too deep inside each other');
    const ends: { ways: number[] }[] = [];
    for (;;) {
      const fork = this.fork();
      fork.ways.push(this.steps.length);
      while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') this.repeated();
      if (this.source[this.at] !== '|') break;
      this.at++;
      ends.push(this.fork());
      fork.ways.push(this.steps.length);
    }
    for (const end of ends) end.ways.push(this.steps.length);
    this.depth--;
  }

  /** One part with how often it comes. */
  private repeated(): void {
    const [from, begin] = [this.at, this.steps.length];
    this.part();
    const to = this.at;
    const times = this.times();
    if (!times) return;
    // The part is read anew for each time it comes.
    this.steps.length = begin;
    const rest = this.at;
    const once = (): void => {
      this.at = from;
      this.part();
      if (this.at !== to) throw new PatternError('cannot be read');
    };
    for (let n = 0; n < times.least; n++) once();
    if (times.most === undefined) {
      const again = this.steps.length;
      const loop = this.fork();
      loop.ways.push(this.steps.length);
      once();
      this.fork().ways.push(again);
      loop.ways.push(this.steps.length);
    } else {
      const skips: { ways: number[] }[] = [];
      for (let n = times.least; n < times.most; n++) {
        const skip = this.fork();
        skip.ways.push(this.steps.length);
        skips.push(skip);
        once();
      }
      for (const skip of skips) skip.ways.push(this.steps.length);
    }
    this.at = rest;
  }

  private part(): void {
    const first = this.source[this.at];
    if (first === '(') return this.group();
    if (first === '^' || first === '$') {
      this.at++;
      this.push({ does: first === '^' ? 'start' : 'end' });
      return;
    }
    if (first === undefined || '*+?{})|'.includes(first)) throw new PatternError(`has a ${first ?? 'gap'} where it cannot stand`);
    const text = this.character();
    this.push({ does: 'take', fits: singleCharacter(text) });
  }

  private group(): void {
    this.at++;
    if (this.source[this.at] === '?') {
      if (this.source[this.at + 1] !== ':') throw new PatternError('may not look around: only (...) and (?:...) are known');
      this.at += 2;
    }
    this.choice();
    if (this.source[this.at] !== ')') throw new PatternError('has a ( without )');
    this.at++;
  }

  /** The text of one character, class or escape. */
  private character(): string {
    const rest = this.source.slice(this.at);
    const text =
      /^(?:\[\^?(?:\\[^]|[^\]\\])*\]|\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|p\{[^}]*\}|P\{[^}]*\}|[^])|[^])/u.exec(
        rest,
      )?.[0] ?? '';
    if (/^\\[1-9kbBc]/.test(text)) throw new PatternError(`may not use ${text}`);
    this.at += text.length;
    return text;
  }

  private times(): { least: number; most: number | undefined } | undefined {
    const text = /^(?:[*+?]|\{(\d{1,4})(,(\d{0,4}))?\})\??/.exec(this.source.slice(this.at));
    if (!text) return undefined;
    this.at += text[0].length;
    const [sign, least, hasComma, most] = [text[0][0], text[1], text[2] !== undefined, text[3]];
    if (sign === '*') return { least: 0, most: undefined };
    if (sign === '+') return { least: 1, most: undefined };
    if (sign === '?') return { least: 0, most: 1 };
    const times = { least: Number(least), most: hasComma ? (most ? Number(most) : undefined) : Number(least) };
    if (times.least > MOST_REPEATS || (times.most ?? 0) > MOST_REPEATS)
      throw new PatternError(`repeats something more than ${MOST_REPEATS} times`);
    if (times.most !== undefined && times.most < times.least) throw new PatternError('repeats at most less often than at least');
    return times;
  }

  private fork(): { does: 'fork'; ways: number[] } {
    const fork: { does: 'fork'; ways: number[] } = { does: 'fork', ways: [] };
    this.push(fork);
    return fork;
  }

  private push(step: Step): void {
    // A part inside repeats inside repeats is read many times over.
    if (this.steps.length >= MOST_STEPS || ++this.pushed > 20 * MOST_STEPS) throw new PatternError('is too large');
    this.steps.push(step);
  }
}

/** A test of one character, which has nothing to go back to. */
function singleCharacter(text: string): (character: string) => boolean {
  try {
    const expression = new RegExp(`^${text}$`, 'u');
    return (character) => expression.test(character);
  } catch {
    throw new PatternError(`has ${text}, which is no character or class`);
  }
}
