import { PRICE_TABLE, UNKNOWN_MODEL } from './price-table.js';

/** Millionths of a US dollar for a million tokens, and for an hour of audio. */
export interface Price {
  readonly inPerMillion: bigint;
  readonly outPerMillion: bigint;
  readonly perAudioHour: bigint;
}

export interface Amounts {
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly audioSeconds: number;
}

const MILLION = 1_000_000n;
const HOUR_MS = 3_600_000n;

/** Dollars as decimal text in millionths, exactly; more than six decimals are refused. */
export function micros(dollars: string): bigint {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(dollars);
  if (!match) throw new RangeError(`"${dollars}" is not an amount of dollars`);
  return BigInt(match[1] ?? '0') * MILLION + BigInt((match[2] ?? '').padEnd(6, '0'));
}

/** What calls cost. Exact whole numbers throughout; a call is rounded up once, to a millionth of a dollar. */
export class Prices {
  /** Names the table in every metered call. */
  readonly version = PRICE_TABLE.version;
  private readonly known = new Map<string, Price>();

  /** `own` are the operator's prices, `model=in/out`. */
  constructor(own: readonly string[] = []) {
    for (const [model, { in: tokensIn = '0', out = '0', audioHour = '0' }] of Object.entries(PRICE_TABLE.models))
      this.known.set(model, { inPerMillion: micros(tokensIn), outPerMillion: micros(out), perAudioHour: micros(audioHour) });
    for (const line of own) {
      const at = line.lastIndexOf('=');
      const [tokensIn = '0', out = tokensIn] = line.slice(at + 1).split('/');
      this.known.set(line.slice(0, at), { inPerMillion: micros(tokensIn), outPerMillion: micros(out), perAudioHour: 0n });
    }
  }

  /** The price of a model, by its name or the longest known name it begins with (`gpt-4.1-2025-04-14`). */
  of(model: string): Price {
    return this.find(model) ?? UNKNOWN;
  }

  /** False for a model that is counted dear because nobody wrote down its price. */
  knows(model: string): boolean {
    return this.find(model) !== undefined;
  }

  private find(model: string): Price | undefined {
    const exact = this.known.get(model);
    if (exact) return exact;
    const prefix = [...this.known.keys()].filter((name) => model.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0];
    return prefix === undefined ? undefined : this.known.get(prefix);
  }

  /** What so much of a model costs. */
  cost(model: string, amounts: Amounts): bigint {
    const price = this.of(model);
    const tokens = BigInt(amounts.tokensIn) * price.inPerMillion + BigInt(amounts.tokensOut) * price.outPerMillion;
    const audio = BigInt(Math.ceil(amounts.audioSeconds * 1000)) * price.perAudioHour;
    // One common denominator, so that rounding happens once.
    return ceilDivide(tokens * HOUR_MS + audio * MILLION, MILLION * HOUR_MS);
  }
}

const UNKNOWN: Price = {
  inPerMillion: micros(UNKNOWN_MODEL.in),
  outPerMillion: micros(UNKNOWN_MODEL.out),
  perAudioHour: micros(UNKNOWN_MODEL.audioHour),
};

function ceilDivide(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}
