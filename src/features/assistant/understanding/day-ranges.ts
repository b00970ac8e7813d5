import { addDays, type LocalDate } from '../../../shared/dates.js';
import type { DayRange, DialogueContext } from './command.js';
import { dueIn } from './due.js';
import { dayOf, wallClock } from './wall-time.js';

const NUMBERS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  couple: 2,
};
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const RANGE =
  /^(?:on |during |within |over |in )?(?:the )?(?<range>today|yesterday|(?:this|last|past|previous|current) (?:week|month|quarter|year)|(?:last|past|previous) (?<count>\d{1,4}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|couple of) (?<unit>days?|weeks?|months?)|(?<month>january|february|march|april|may|june|july|august|september|october|november|december)(?: (?<year>20\d\d))?|(?<iso>\d{4}-\d{2}-\d{2}))(?![\p{L}\d])/iu;
const SINCE =
  /^(?<side>since|after|from|before|until|up to|by)\s+(?<when>[^,;]{3,40}?)(?=$|[,;]|\s(?:and|with|in|owned|assigned|worth|over|from|sorted|by)\s)/iu;

/** The days a text begins with, in the time zone of the organization, and where they end in it. */
export function daysAt(text: string, context: DialogueContext): { readonly range: DayRange; readonly end: number } | undefined {
  const today = dayOf(wallClock(context.now, context.timeZone));
  const match = RANGE.exec(text);
  if (match?.groups) return { range: rangeOf(match.groups, today), end: match[0].length };
  const open = SINCE.exec(text);
  const day = open?.groups && pastDay(open.groups.when, today, context);
  if (!open?.groups || !day) return undefined;
  const isFrom = /^(?:since|from|after)$/i.test(open.groups.side);
  const edge = /^after$/i.test(open.groups.side) ? addDays(day, 1) : /^before$/i.test(open.groups.side) ? addDays(day, -1) : day;
  return { range: isFrom ? { from: edge } : { to: edge }, end: open[0].length };
}

function rangeOf(groups: Readonly<Record<string, string | undefined>>, today: LocalDate): DayRange {
  const { range = '', count, unit = '', month, year, iso } = groups;
  if (iso) return { from: iso, to: iso };
  if (month) return monthOf(MONTHS.indexOf(month.toLowerCase()), year, today);
  if (count) {
    const number = NUMBERS[count.toLowerCase().split(' ')[0]] ?? Number(count);
    const days = /^day/i.test(unit) ? 1 : /^week/i.test(unit) ? 7 : 30;
    return { from: addDays(today, -Math.min(number, 5000) * days), to: today };
  }
  const word = range.toLowerCase();
  if (word === 'today') return { from: today, to: today };
  if (word === 'yesterday') return { from: addDays(today, -1), to: addDays(today, -1) };
  const isThis = /^(?:this|current)/.test(word);
  if (word.endsWith('week')) {
    const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7));
    return isThis ? { from: monday, to: today } : { from: addDays(monday, -7), to: addDays(monday, -1) };
  }
  const months = word.endsWith('month') ? 1 : word.endsWith('quarter') ? 3 : 12;
  const [now, first] = [Number(today.slice(0, 4)), Math.floor((Number(today.slice(5, 7)) - 1) / months) * months];
  if (isThis) return { from: startOf(now, first), to: today };
  return { from: startOf(now, first - months), to: addDays(startOf(now, first), -1) };
}

/** The latest such month that has begun, unless a year is given. */
function monthOf(month: number, year: string | undefined, today: LocalDate): DayRange {
  const thisYear = Number(today.slice(0, 4));
  const of = year === undefined ? (startOf(thisYear, month) <= today ? thisYear : thisYear - 1) : Number(year);
  return { from: startOf(of, month), to: addDays(startOf(of, month + 1), -1) };
}

function startOf(year: number, month: number): LocalDate {
  return dayOf(new Date(Date.UTC(year, month, 1)));
}

/** The latest such day that is not ahead: "Monday" is the last one. */
function pastDay(text: string, today: LocalDate, context: DialogueContext): LocalDate | undefined {
  if (/^yesterday$/i.test(text)) return addDays(today, -1);
  if (/^today$/i.test(text)) return today;
  const range = RANGE.exec(text);
  if (range?.groups && range[0].length === text.length) return rangeOf(range.groups, today).from;
  const found = dueIn(text, { ...context, now: new Date(context.now.getTime()) });
  if (!found || found.rest !== '' || found.due === 'past') return undefined;
  const weeks = found.due.on > today ? -7 : 0;
  const day = addDays(found.due.on, weeks);
  return day <= today ? day : undefined;
}
