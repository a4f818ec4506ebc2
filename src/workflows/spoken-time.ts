/**
 * When something happened, as people write it: `at 14:35` on their own clock, or an ISO 8601 instant. A clock time means
 * the last time that clock showed it, so that `23:55` just after midnight is yesterday.
 */

export type SpokenTime =
  | Readonly<{ kind: 'clock'; said: string; dayUs: number; zone: Zone }>
  | Readonly<{ kind: 'date'; said: string; wallUs: number; zone: Zone }>;

/** In seconds east of UTC, or whatever the person's own is. */
type Zone = number | 'own';

export type Resolved = Readonly<{ us: number } | { problem: string }>;

const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;
/** Their clock may be ahead of ours by this much. */
const CLOCK_SLACK_US = 60 * SECOND_US;
/** A clock time that was so long ago is more likely one that is still to come. */
const LONGEST_AGO_US = 18 * 3_600 * SECOND_US;

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s?(am|pm)\b)?(?:\s?(z|utc|gmt)\b)?/i;
const DATE =
  /^(\d{4}-\d{2}-\d{2})(?:T|\s)(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:\s?(z|utc|gmt)\b|([+-]\d{2}):?(\d{2}))?/i;

/** `at 14:35 the pool is full`: what is said of the time, and the rest. Text that only happens to begin with "at" is text. */
export function splitTime(text: string): Readonly<{ when?: SpokenTime; rest: string; problem?: string }> {
  const trimmed = text.trim();
  const behindAt = /^at\s+(\d.*)$/is.exec(trimmed)?.[1];
  if (behindAt === undefined) return { rest: trimmed };
  const read = readTime(behindAt);
  if (read !== undefined) {
    const rest = behindAt.slice(read.said.length);
    // `at 10:30pm` is a time, `at 10:30:00.5x faster` is none.
    if (rest === '' || /^[\s,:;]/.test(rest)) return { when: read, rest: rest.replace(/^[\s,:;]+/, '') };
  }
  return /^\d{1,2}:\d|^\d{4}-\d{2}-\d{2}/.test(behindAt)
    ? { rest: trimmed, problem: unreadable(behindAt.split(/\s/, 1).join('')) }
    : { rest: trimmed };
}

/** A time that stands alone, as in a form's field. */
export function readWholeTime(text: string): SpokenTime | undefined {
  const trimmed = text.trim().replace(/^at\s+/i, '');
  const read = readTime(trimmed);
  return read?.said === trimmed ? read : undefined;
}

export function resolveTime(
  when: SpokenTime,
  { nowUs, offsetSeconds }: Readonly<{ nowUs: number; offsetSeconds: number }>,
): Resolved {
  const zoneUs = (when.zone === 'own' ? offsetSeconds : when.zone) * SECOND_US;
  const us =
    when.kind === 'date' ? when.wallUs - zoneUs : lastShown(when.dayUs, nowUs + CLOCK_SLACK_US + zoneUs) - zoneUs;
  if (us > nowUs + CLOCK_SLACK_US || (when.kind === 'clock' && nowUs - us > LONGEST_AGO_US)) {
    return {
      problem: `${when.said} has not come yet. Write a day before it, such as 2026-01-06 14:35, if you mean an earlier one.`,
    };
  }
  return { us: Math.min(us, nowUs) };
}

/** Also shown in forms, where Slack shows backticks as they are. */
export function unreadable(said: string): string {
  return `I cannot read the time ${said}. Write it as 14:35 on your clock, or as 2026-01-06T14:35Z.`;
}

function readTime(text: string): SpokenTime | undefined {
  return readDate(text) ?? readClock(text);
}

function readClock(text: string): SpokenTime | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [said, hourText, minute, second = '0', half, utc] = match;
  const hour = Number(hourText);
  if (half !== undefined && (hour < 1 || hour > 12)) return undefined;
  const hours = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const dayUs = wallUs(hours, Number(minute), Number(second));
  return dayUs === undefined ? undefined : { kind: 'clock', said, dayUs, zone: utc === undefined ? 'own' : 0 };
}

function readDate(text: string): SpokenTime | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [said, day = '', hour, minute, second = '0', fraction = '', utc, zoneHours, zoneMinutes] = match;
  const timeUs = wallUs(Number(hour), Number(minute), Number(second));
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  // Date takes the 31st of February for the 3rd of March.
  if (timeUs === undefined || Number.isNaN(midnightMs) || !new Date(midnightMs).toISOString().startsWith(day))
    return undefined;
  const offset =
    zoneHours === undefined
      ? undefined
      : (Number(zoneHours) * 60 + Math.sign(Number(`${zoneHours}1`)) * Number(zoneMinutes)) * 60;
  return {
    kind: 'date',
    said,
    wallUs: midnightMs * 1_000 + timeUs + Number(fraction.padEnd(6, '0')),
    zone: utc === undefined ? (offset ?? 'own') : 0,
  };
}

function wallUs(hours: number, minutes: number, seconds: number): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return (hours * 3_600 + minutes * 60 + seconds) * SECOND_US;
}

/** The last instant, on that wall, at which the clock showed this. */
function lastShown(dayUs: number, nowUs: number): number {
  const today = Math.floor(nowUs / DAY_US) * DAY_US + dayUs;
  return today > nowUs ? today - DAY_US : today;
}
