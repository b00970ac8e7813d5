/** Exact numbers with twelve decimals, enough for every scale times every number people write. */
export const UNIT = 10n ** 12n;

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES: Readonly<Record<string, bigint>> = {
  k: 10n ** 3n,
  thousand: 10n ** 3n,
  thousands: 10n ** 3n,
  grand: 10n ** 3n,
  tsd: 10n ** 3n,
  lakh: 10n ** 5n,
  lakhs: 10n ** 5n,
  crore: 10n ** 7n,
  crores: 10n ** 7n,
  m: 10n ** 6n,
  mm: 10n ** 6n,
  mn: 10n ** 6n,
  mio: 10n ** 6n,
  mil: 10n ** 6n,
  mill: 10n ** 6n,
  million: 10n ** 6n,
  millions: 10n ** 6n,
  b: 10n ** 9n,
  bn: 10n ** 9n,
  bio: 10n ** 9n,
  mrd: 10n ** 9n,
  billion: 10n ** 9n,
  billions: 10n ** 9n,
  t: 10n ** 12n,
  tn: 10n ** 12n,
  trillion: 10n ** 12n,
  trillions: 10n ** 12n,
};
const longestFirst = (words: readonly string[]): string => [...words].sort((a, b) => b.length - a.length).join('|');

/** Sources of regular expressions, for the flags `iu`. */
export const SCALE_WORD = longestFirst(Object.keys(SCALES));
export const NUMBER_WORD = longestFirst([...SMALL, ...TENS, 'hundred', 'half', 'quarter', 'dozen']);

/** A number in digits, already exact, or a word in lower case. */
export type NumberPart = bigint | string;

interface Running {
  readonly total: bigint;
  /** What the next scale multiplies; null before any number. */
  readonly current: bigint | null;
  readonly last: 'none' | 'digits' | 'small' | 'tens' | 'hundred' | 'scale' | 'article' | 'fraction';
  readonly leastScale: bigint;
}

/** "two", "hundred", "and", 5·10¹¹, "thousand" as one exact number in units of 10⁻¹²; undefined when together they are none. */
export function numberOf(parts: readonly NumberPart[]): bigint | undefined {
  let state: Running | undefined = { total: 0n, current: null, last: 'none', leastScale: 10n ** 30n };
  for (const [index, part] of parts.entries()) {
    if (part === 'and') {
      // "five hundred and six", "two and a half"; never first or last.
      if (index === 0 || index === parts.length - 1) return undefined;
      continue;
    }
    state = state && step(state, part, parts[index - 1] === 'and');
  }
  if (state === undefined || state.last === 'none' || state.last === 'article') return undefined;
  return state.total + (state.current ?? 0n);
}

function step(state: Running, part: NumberPart, isAfterAnd: boolean): Running | undefined {
  const { current, last } = state;
  if (typeof part === 'bigint') return current === null ? { ...state, current: part, last: 'digits' } : undefined;
  if (part === 'a' || part === 'an') {
    if (last === 'fraction') return state;
    return last === 'none' || isAfterAnd ? { ...state, last: 'article' } : undefined;
  }
  if (part === 'half' || part === 'quarter') return fraction(state, part, isAfterAnd);
  const scale = SCALES[part];
  if (scale !== undefined) return scaled(state, scale);
  if (part === 'dozen')
    return current === null || last === 'small' ? { ...state, current: (current ?? UNIT) * 12n, last: 'scale' } : undefined;
  if (part === 'hundred') {
    if (last === 'article' && current === null) return { ...state, current: 100n * UNIT, last: 'hundred' };
    const isMultiple = current !== null && current < 100n * UNIT && last !== 'fraction';
    return isMultiple ? { ...state, current: current * 100n, last: 'hundred' } : undefined;
  }
  return cardinal(state, part);
}

function fraction(state: Running, part: 'half' | 'quarter', isAfterAnd: boolean): Running | undefined {
  const size = part === 'half' ? UNIT / 2n : UNIT / 4n;
  const { current, last, total } = state;
  const isFirst = last === 'none' || (last === 'article' && current === null && total === 0n);
  if (isFirst) return { ...state, current: size, last: 'fraction' };
  // "a million and a half" is half a million more, "two and a half" half of one more.
  if (current === null) return { ...state, total: total + size * state.leastScale, last: 'fraction', current: 0n };
  return isAfterAnd || last === 'article' ? { ...state, current: current + size, last: 'fraction' } : undefined;
}

function scaled(state: Running, scale: bigint): Running | undefined {
  const { current, last, total } = state;
  if (scale >= state.leastScale) return undefined;
  const times = current ?? (last === 'article' || last === 'none' ? UNIT : undefined);
  // A scale alone ("thousand euros") is one of it; a letter alone is no number, which the reader of the text looks after.
  return times === undefined ? undefined : { total: total + times * scale, current: null, last: 'scale', leastScale: scale };
}

function cardinal(state: Running, word: string): Running | undefined {
  const { current, last } = state;
  if (last === 'article' || last === 'fraction' || last === 'digits') return undefined;
  const tens = TENS.indexOf(word);
  if (tens >= 0) {
    const size = BigInt(tens + 2) * 10n * UNIT;
    const fits = current === null || last === 'hundred';
    return fits ? { ...state, current: (current ?? 0n) + size, last: 'tens' } : undefined;
  }
  const small = SMALL.indexOf(word);
  if (small < 0) return undefined;
  const fits = current === null || last === 'hundred' || (last === 'tens' && small > 0 && small < 10);
  return fits ? { ...state, current: (current ?? 0n) + BigInt(small) * UNIT, last: 'small' } : undefined;
}
