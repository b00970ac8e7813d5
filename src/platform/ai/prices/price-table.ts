/** US dollars for a million tokens, as text because they are money; `audioHour` for an hour of speech. */
interface ListedPrice {
  readonly in?: string;
  readonly out?: string;
  readonly audioHour?: string;
}

/**
 * What vendors ask, written down by hand. Change a price: change `version` too, because every metered call names the table it was
 * computed with.
 */
export const PRICE_TABLE: { readonly version: string; readonly models: Readonly<Record<string, ListedPrice>> } = {
  version: '2026-11-21',
  models: {
    'gpt-4.1': { in: '2.00', out: '8.00' },
    'gpt-4.1-mini': { in: '0.40', out: '1.60' },
    'gpt-4.1-nano': { in: '0.10', out: '0.40' },
    'gpt-4o': { in: '2.50', out: '10.00' },
    'gpt-4o-mini': { in: '0.15', out: '0.60' },
    'text-embedding-3-small': { in: '0.02' },
    'text-embedding-3-large': { in: '0.13' },
    'whisper-1': { audioHour: '0.36' },
    'gpt-4o-transcribe': { audioHour: '0.36' },
    'gpt-4o-mini-transcribe': { audioHour: '0.18' },
    'gemini-2.5-pro': { in: '2.50', out: '15.00' },
    'gemini-2.5-flash': { in: '0.30', out: '2.50' },
    'gemini-2.5-flash-lite': { in: '0.10', out: '0.40' },
    'gemini-embedding-001': { in: '0.15' },
    'voyage-3.5': { in: '0.06' },
    'voyage-3.5-lite': { in: '0.02' },
    'voyage-3-large': { in: '0.18' },
    'voyage-law-2': { in: '0.12' },
    'rerank-2.5': { in: '0.05' },
    'rerank-2.5-lite': { in: '0.02' },
    universal: { audioHour: '0.27' },
    nano: { audioHour: '0.12' },
  },
};

/** For a model nobody wrote a price down for: dear, so that a budget holds back too early rather than never. */
export const UNKNOWN_MODEL: Required<ListedPrice> = { in: '5.00', out: '25.00', audioHour: '1.00' };
