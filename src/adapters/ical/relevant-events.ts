/**
 * Cuts a calendar down to the events that may cover an instant, before the parser reads them: a feed may hold years, and
 * parsing blocks the program. Whole days and times without a zone get the zone of the settings; the parser would take
 * the machine's own.
 */

/** A shift that began earlier is no shift. */
const DAYS_AROUND = 100;
const DAY_MS = 86_400_000;
const MOST_EVENTS = 1_000;
/** Recurring events are read whatever their first day is. Nobody takes turns by minutes, and such a rule has no end. */
const MOST_RULES = 200;
const TOO_OFTEN =
  /^RRULE[^:]{0,200}:(?:.{0,400};)?(?:FREQ=(?:SECONDLY|MINUTELY|HOURLY)|BY(?:SECOND|MINUTE|HOUR|SETPOS)=)/i;

/** Properties with an instant. */
const INSTANT = /^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)((?:;[^:]{0,200})?):(.{0,4000})$/i;

/** Undefined for what is no calendar, or has too many events. */
export function relevantEvents(
  text: string,
  { zone, nowMs }: Readonly<{ zone: string; nowMs: number }>,
): string | undefined {
  if (!/^\uFEFF?\s{0,20}BEGIN:VCALENDAR/i.test(text)) return undefined;
  const kept = eventsOf(text).filter((event) => isRelevant(event, nowMs));
  const rules = kept.filter((event) => event.some((line) => /^RRULE/i.test(line)));
  if (kept.length > MOST_EVENTS || rules.length > MOST_RULES) return undefined;
  const written = kept.flatMap((event) => [
    'BEGIN:VEVENT',
    ...withEnd(event).map((line) => inZone(line, zone)),
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...written, 'END:VCALENDAR', ''].join('\r\n');
}

/** The lines of each event. One that does not end is left out. */
function eventsOf(text: string): readonly (readonly string[])[] {
  const all: string[][] = [];
  let event: string[] | undefined;
  for (const line of unfolded(text)) {
    if (/^BEGIN:VEVENT$/i.test(line)) event = [];
    else if (/^END:VEVENT$/i.test(line)) {
      if (event !== undefined) all.push(event);
      event = undefined;
    } else event?.push(line);
  }
  return all;
}

/** RFC 5545, 3.1: a line that begins with a space goes on. */
function unfolded(text: string): readonly string[] {
  return text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
}

function isRelevant(event: readonly string[], nowMs: number): boolean {
  if (event.some((line) => /^STATUS:CANCELLED$/i.test(line)) && !event.some((line) => /^RECURRENCE-ID/i.test(line)))
    return false;
  if (event.some((line) => TOO_OFTEN.test(line))) return false;
  if (event.some((line) => /^(?:RRULE|RDATE|RECURRENCE-ID)/i.test(line))) return true;
  const start = event
    .map((line) => /^DTSTART[^:]{0,200}:(\d{4})(\d\d)(\d\d)/i.exec(line))
    .find((found) => found !== null);
  if (!start) return false;
  const [, year = '', month = '', day = ''] = start;
  const startMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return Math.abs(startMs - nowMs) <= DAYS_AROUND * DAY_MS;
}

/** RFC 5545, 3.6.1: a whole day without an end is one day. */
function withEnd(event: readonly string[]): readonly string[] {
  const isDay = event.some((line) => /^DTSTART[^:]{0,200}:\d{8}$/i.test(line));
  return isDay && !event.some((line) => /^(?:DTEND|DURATION)/i.test(line)) ? [...event, 'DURATION:P1D'] : event;
}

function inZone(line: string, zone: string): string {
  const [, name = '', parameters = '', values = ''] = INSTANT.exec(line) ?? [];
  if (name === '' || /;TZID=/i.test(parameters) || /Z$/i.test(values)) return line;
  const times = values.split(',').map((value) => (/^\d{8}$/.test(value) ? `${value}T000000` : value));
  return times.every((value) => /^\d{8}T\d{6}$/.test(value)) ? `${name};TZID=${zone}:${times.join(',')}` : line;
}
