import type { LocalDate } from '../../../../shared/dates.js';

const PARTS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const zones = new Map<string, Intl.DateTimeFormat>();

/**
 * The moment at which clocks in a time zone show an hour of a day. A time that summer time skips is the first moment after the gap; one
 * that comes twice is the first of the two.
 */
export function instantAt(date: LocalDate, hour: number, timeZone: string): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + hour * 3_600_000;
  // The offset is asked for on both sides of the wanted time, because a change of it may lie between.
  const offsets = [wanted - 86_400_000, wanted + 86_400_000].map((at) => offsetMs(at, timeZone));
  const candidates = offsets.map((offset) => wanted - offset).sort((a, b) => a - b);
  const right = candidates.find((at) => at + offsetMs(at, timeZone) === wanted);
  return new Date(right ?? candidates.reduce((later, at) => Math.max(later, at)));
}

/** How far the clocks of a zone are ahead of UTC at a moment. */
function offsetMs(at: number, timeZone: string): number {
  const parts = { year: '', month: '', day: '', hour: '', minute: '', second: '' };
  for (const { type, value } of formatIn(timeZone).formatToParts(at)) if (type in parts) parts[type as keyof typeof parts] = value;
  const { year, month, day, hour, minute, second } = parts;
  const shown = Date.parse(`${year.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return shown - Math.floor(at / 1000) * 1000;
}

/** Formats are slow to make and there are only some hundred zones, so they are kept. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  let format = zones.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', timeZone, ...PARTS });
    zones.set(timeZone, format);
  }
  return format;
}
