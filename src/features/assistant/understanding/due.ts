import * as chrono from 'chrono-node';
import type { DialogueContext, Due } from './command.js';
import { dayOf, instantOf, wallClock } from './wall-time.js';

/** When nothing is said about the hour, and for parts of the day. */
const MORNING = 9;
const PARTS: Readonly<Record<string, number>> = { morning: 9, noon: 12, lunchtime: 12, afternoon: 15, evening: 18, tonight: 20, night: 20 };
const LONGEST = 600;
const LEAD_IN = /(?:^|[\s,(])(?:on|at|by|before|until|till|for|due|due on|due by|due at|no later than|starting|from|in|the)\s*$/i;
const NUMBER_ONLY = /^\D{0,3}\d{1,6}$/;

export interface DueFound {
  readonly due: Due | 'past';
  /** The text without the time. */
  readonly rest: string;
}

/** Finds a day or time in a text, read in the time zone of the organization and always ahead of now ("Friday" is the next one). */
export function dueIn(given: string, context: DialogueContext): DueFound | undefined {
  const text = given.slice(0, LONGEST);
  const wallNow = wallClock(context.now, context.timeZone);
  const prepared = prepare(text, wallNow);
  const parser = context.country === 'US' ? chrono.en.casual : chrono.en.GB;
  // As if in UTC: chrono would otherwise take the offset of now for a day on the other side of a change of clocks.
  const found = parser
    .parse(prepared, { instant: wallNow, timezone: 0 }, { forwardDate: true })
    .filter((one) => !NUMBER_ONLY.test(one.text));
  const result = found.at(-1);
  if (!result) return undefined;
  const { start } = result;
  const part = Object.keys(PARTS).find((word) => new RegExp(`\\b${word}\\b`, 'i').test(result.text));
  const hasTime = start.isCertain('hour') || part !== undefined;
  const hour = start.isCertain('hour') ? (start.get('hour') ?? MORNING) : part ? PARTS[part] : MORNING;
  const minute = start.isCertain('hour') ? (start.get('minute') ?? 0) : 0;
  const wall = new Date(Date.UTC(start.get('year') ?? 0, (start.get('month') ?? 1) - 1, start.get('day') ?? 1, hour, minute));
  const rest = `${prepared.slice(0, result.index).replace(LEAD_IN, ' ')} ${prepared.slice(result.index + result.text.length)}${given.slice(LONGEST)}`;
  return { due: dueAt(wall, { wallNow, hasTime, context }), rest: rest.replace(/\s+/g, ' ').trim() };
}

function dueAt(given: Date, { wallNow, hasTime, context }: { wallNow: Date; hasTime: boolean; context: DialogueContext }): Due | 'past' {
  let wall = given;
  const isToday = dayOf(wall) === dayOf(wallNow);
  if (wall < wallNow && isToday && !hasTime) {
    // "today" said in the afternoon: the end of the working day, or the last hour when that is over, too.
    wall = new Date(Math.max(wall.getTime(), Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), 18)));
    if (wall < wallNow) wall = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), 23, 59));
  }
  if (wall < wallNow) return 'past';
  return { at: instantOf(wall, context.timeZone).toISOString(), on: dayOf(wall), hasTime };
}

/** Says in words that chrono knows what it does not. */
function prepare(text: string, now: Date): string {
  return text
    .replace(/\b(?:the )?day after tomorrow\b/gi, 'in 2 days')
    .replace(/\b(?:by |at |before )?(?:the )?end of (?:the |this )?week\b/gi, 'on friday')
    .replace(/\b(?:by |at )?(?:the )?end of (?:the |this )?day\b|\bEOD\b|\bclose of business\b|\bCOB\b/g, 'today at 6pm')
    .replace(/\b(?:by |at )?(?:the )?end of (?:the |this )?month\b|\bEOM\b/gi, () =>
      dayOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0))),
    )
    .replace(/\bon the (\d{1,2})(?:st|nd|rd|th)\b(?! (?:of|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))/gi, (_, day: string) =>
      dayOf(nextDay(now, Number(day))),
    )
    .replace(/\bnoon\b/gi, '12:00')
    .replace(/\bat (\d{1,2}) o'?clock\b/gi, 'at $1:00');
}

function nextDay(now: Date, day: number): Date {
  const months = now.getUTCDate() < day ? 0 : 1;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, day));
}
