/**
 * Time zones by the names that people and logs use: IANA's (`Europe/Berlin`), offsets (`+05:30`), and abbreviations, of
 * which several mean different places. The rules of a zone are those of the runtime's own tz database.
 */

/** The meaning of a zone's name. `otherwise`: other meanings of the abbreviation, as a sentence. */
export type Zone = Readonly<
  | { kind: 'offset'; name: string; seconds: number; otherwise: string }
  | { kind: 'region'; name: string; otherwise: string }
>;

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

export const UTC: Zone = { kind: 'offset', name: 'UTC', seconds: 0, otherwise: '' };

/** The first meaning is used: the usual one in English logs. */
const ABBREVIATIONS: Readonly<Record<string, readonly (readonly [meaning: string, minutes: number])[]>> = {
  UTC: [['UTC', 0]],
  GMT: [['UTC', 0]],
  Z: [['UTC', 0]],
  EST: [['US Eastern standard time', -300]],
  EDT: [['US Eastern daylight time', -240]],
  CST: [
    ['US Central standard time', -360],
    ['China standard time', 480],
    ['Cuba standard time', -300],
  ],
  CDT: [
    ['US Central daylight time', -300],
    ['Cuba daylight time', -240],
  ],
  MST: [
    ['US Mountain standard time', -420],
    ['Malaysia standard time', 480],
  ],
  MDT: [['US Mountain daylight time', -360]],
  PST: [
    ['US Pacific standard time', -480],
    ['Philippine standard time', 480],
  ],
  PDT: [['US Pacific daylight time', -420]],
  AKST: [['Alaska standard time', -540]],
  AKDT: [['Alaska daylight time', -480]],
  HST: [['Hawaii standard time', -600]],
  AST: [
    ['Atlantic standard time', -240],
    ['Arabia standard time', 180],
  ],
  ADT: [['Atlantic daylight time', -180]],
  BRT: [['Brasília time', -180]],
  WET: [['Western European time', 0]],
  WEST: [['Western European summer time', 60]],
  BST: [
    ['British summer time', 60],
    ['Bangladesh standard time', 360],
  ],
  IST: [
    ['India standard time', 330],
    ['Irish standard time', 60],
    ['Israel standard time', 120],
  ],
  CET: [['Central European time', 60]],
  CEST: [['Central European summer time', 120]],
  EET: [['Eastern European time', 120]],
  EEST: [['Eastern European summer time', 180]],
  SAST: [['South Africa standard time', 120]],
  EAT: [['East Africa time', 180]],
  MSK: [['Moscow time', 180]],
  PKT: [['Pakistan time', 300]],
  SGT: [['Singapore time', 480]],
  HKT: [['Hong Kong time', 480]],
  AWST: [['Australian Western standard time', 480]],
  JST: [['Japan standard time', 540]],
  KST: [['Korea standard time', 540]],
  ACST: [['Australian Central standard time', 570]],
  AEST: [['Australian Eastern standard time', 600]],
  AEDT: [['Australian Eastern daylight time', 660]],
  NZST: [['New Zealand standard time', 720]],
  NZDT: [['New Zealand daylight time', 780]],
};

/** For patterns: the longest first, so that `CEST` is not read as `CES`. */
export const ZONE_WORDS: readonly string[] = Object.keys(ABBREVIATIONS).sort((a, b) => b.length - a.length);

/** Undefined for an unknown name. */
export function readZone(name: string): Zone | undefined {
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name);
  if (offset) return fixedOffset(offset);
  const meanings = ABBREVIATIONS[name.toUpperCase()];
  if (meanings) return abbreviated(name.toUpperCase(), meanings);
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/.test(name)) return undefined;
  try {
    const known = clockOf(name).resolvedOptions().timeZone;
    // Corrects the case of `europe/berlin`, but keeps the requested name of a place: Kolkata, not Calcutta.
    return { kind: 'region', name: known.toLowerCase() === name.toLowerCase() ? known : name, otherwise: '' };
  } catch {
    return undefined; // RangeError: the tz database does not know it
  }
}

/** `+05:30` */
export function offsetText(seconds: number): string {
  const minutes = Math.abs(Math.trunc(seconds / MINUTE_S));
  const rest = Math.abs(seconds) % MINUTE_S;
  const two = (value: number) => `${value}`.padStart(2, '0');
  const text = `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return rest === 0 ? text : `${text}:${two(rest)}`;
}

/** Seconds east of UTC at that instant. */
export function offsetAt(zone: Zone, epochSeconds: number): number {
  if (zone.kind === 'offset') return zone.seconds;
  const parts = clockOf(zone.name).formatToParts(epochSeconds * 1000);
  const said = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(said) ?? [];
  const size = Number(hours) * HOUR_S + Number(minutes) * MINUTE_S + Number(seconds);
  return size === 0 ? 0 : size * (sign === '-' ? -1 : 1);
}

/**
 * A clock's reading as the instants that it may mean: two where the clock was set back, none where it was set forward.
 */
export type WallTime = Readonly<{ kind: 'once' | 'twice' | 'skipped'; epochSeconds: number; later: number }>;

/** `wallSeconds`: the reading as if it were UTC. A skipped one is taken with the offset from before the change. */
export function instantOfWall(zone: Zone, wallSeconds: number): WallTime {
  const before = wallSeconds - offsetAt(zone, wallSeconds - DAY_S);
  const after = wallSeconds - offsetAt(zone, wallSeconds + DAY_S);
  const fits = [...new Set([before, after])]
    .filter((at) => at + offsetAt(zone, at) === wallSeconds)
    .sort((a, b) => a - b);
  const [first, second] = fits;
  if (first === undefined) return { kind: 'skipped', epochSeconds: before, later: before };
  return { kind: second === undefined ? 'once' : 'twice', epochSeconds: first, later: second ?? first };
}

function fixedOffset([, sign, hours, minutes = '00']: RegExpExecArray): Zone | undefined {
  const [h, m] = [Number(hours), Number(minutes)];
  if (h > 14 || m > 59) return undefined;
  const seconds = (h * HOUR_S + m * MINUTE_S) * (sign === '-' ? -1 : 1) || 0;
  return { kind: 'offset', name: seconds === 0 ? 'UTC' : `UTC${offsetText(seconds)}`, seconds, otherwise: '' };
}

function abbreviated(name: string, meanings: readonly (readonly [string, number])[]): Zone {
  const [[meaning, minutes] = ['', 0], ...others] = meanings;
  const rest = others.map(([other, at]) => `${other} (${offsetText(at * MINUTE_S)})`).join(' or ');
  const otherwise =
    others.length === 0 ? '' : `${name} was read as ${meaning} (${offsetText(minutes * MINUTE_S)}); it may be ${rest}`;
  return { kind: 'offset', name, seconds: minutes * MINUTE_S, otherwise };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Creating a formatter takes a millisecond, and a log has one zone. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  clocks.set(timeZone, known);
  return known;
}
