import pg from 'pg';

const TIMESTAMPTZ = 1184;
const DATE = 1082;
const INT8 = 20;

/** timestamptz as ISO text without a Date object; the session's TimeZone is UTC, so text ends in +00. */
export function isoInstant(text: string): string {
  return text.length === 26 && text.endsWith('+00') ? `${text.slice(0, 10)}T${text.slice(11, 23)}Z` : new Date(text).toISOString();
}

const asText = (text: string): string => text;

/** Type parsers of every connection: instants as ISO text, dates and bigints as text. */
export const textTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === TIMESTAMPTZ) return isoInstant;
    if (oid === DATE || oid === INT8) return asText;
    return pg.types.getTypeParser(oid, format) as unknown;
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** Options of a session: UTC, so that instants need no conversion; no JIT, which only costs short statements. */
export const SESSION_OPTIONS = '-c TimeZone=UTC -c jit=off';

const names = new Map<string, string>();
const MAX_PREPARED = 1_000;

/** The name under which a statement is prepared; texts are constants of the source, so there are few. */
export function statementName(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < MAX_PREPARED) names.set(text, (name = `s${names.size}`));
  return name;
}
