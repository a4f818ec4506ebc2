/**
 * Instants in the forms of people, logs and programs: ISO 8601 and RFC 3339, RFC 2822, nginx, Apache, syslog, klog,
 * Go's log, the epoch in any unit, ids that contain a time. To the nanosecond, because logs have them.
 */
import { daysSinceEpoch } from '#model/text/calendar.ts';
import { cutLine, cutText } from '#model/text/cut-text.ts';
import { readSpan } from '#utilities/time-span.ts';
import { instantOfWall, readZone, UTC, type WallTime, ZONE_WORDS, type Zone } from '#utilities/time-zone.ts';

export type Instant = Readonly<{
  /** Nanoseconds since the epoch. */
  ns: bigint;
  /** In its original form. */
  said: string;
  /** `ISO 8601`, `epoch ms`, `syslog`… */
  form: string;
  /** Guesses and ambiguities, a sentence each. */
  notes: readonly string[];
  /** The name before it, or the text beside it in its line; '' where there is none. */
  label: string;
}>;

export type ReadingOptions = Readonly<{
  nowNs: bigint;
  /** For times without a zone. @default UTC */
  zone?: Zone | undefined;
  /** The most instants to read from one text. */
  limit?: number | undefined;
}>;

const NS_PER_S = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
const DAY_S = 86_400;
const YEAR_S = 365.2425 * DAY_S;

/** A form that logs use within other text, as a pattern with named groups. */
type Form = Readonly<{ name: string; pattern: RegExp }>;

const CLOCK = String.raw`(?<h>\d{2}):(?<mi>\d{2})(?::(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?)?`;
const SECONDS = String.raw`(?<h>\d{2}):(?<mi>\d{2}):(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?`;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(?<mon>${MONTHS.join('|')})[a-z]{0,6}`;
const WEEKDAY = '(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}';
/** Offsets, known abbreviations, and names of the tz database. Any other word after a time belongs to the message. */
const ZONE = String.raw`(?:\s?(?<zone>(?-i:[Zz]\b|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?(?![\d:])|(?:${ZONE_WORDS.join('|')})\b|[A-Z][a-z]+(?:\/[A-Z][\w+-]+){1,2})))?`;

/** In order: where two match at the same position, the earlier one wins. */
const FORMS: readonly Form[] = (
  [
    {
      name: 'ISO 8601',
      pattern: String.raw`(?<![\w.])(?<y>\d{4})-(?<mo>\d{2})-(?<d>\d{2})(?:T|t|_|\s)${CLOCK}${ZONE}(?![\d:])`,
    },
    {
      name: 'ISO 8601 basic',
      pattern: String.raw`(?<![\w.])(?<y>\d{4})(?<mo>\d{2})(?<d>\d{2})T(?<h>\d{2})(?<mi>\d{2})(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?(?!\d)`,
    },
    { name: 'Go log', pattern: String.raw`(?<![\w./])(?<y>\d{4})/(?<mo>\d{2})/(?<d>\d{2}) ${CLOCK}${ZONE}` },
    { name: 'nginx', pattern: String.raw`(?<!\d)(?<d>\d{2})/${MONTH}/(?<y>\d{4}):${SECONDS}${ZONE}` },
    {
      name: 'RFC 2822',
      pattern: String.raw`(?<![\w])(?:${WEEKDAY},?\s+)?(?<d>\d{1,2})[ -]${MONTH}[ -](?<y>\d{4}),?\s+${CLOCK}${ZONE}`,
    },
    {
      name: 'ctime',
      pattern: String.raw`(?<!\w)(?:${WEEKDAY}\s+)?${MONTH}\s{1,2}(?<d>\d{1,2})\s+${SECONDS}${ZONE}\s+(?<y>\d{4})(?!\d)`,
    },
    { name: 'syslog', pattern: String.raw`(?<!\w)${MONTH}\s{1,2}(?<d>\d{1,2})\s+${SECONDS}` },
    { name: 'klog', pattern: String.raw`(?<!\w)[IWEFD](?<mo>\d{2})(?<d>\d{2}) ${SECONDS}` },
    { name: 'ISO 8601 date', pattern: String.raw`(?<![\w.-])(?<y>\d{4})-(?<mo>\d{2})-(?<d>\d{2})(?![\w:.-])` },
    {
      name: 'epoch',
      pattern: String.raw`(?<![\w.-])(?<epoch>\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?![\w-]|\.\d)`,
    },
  ] as const
).map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern, 'gi') }));

/** Numbers in a text count as times from 2001-09-09 (ten digits) to 2100: others are ids, sizes, counts. */
const LAST_EPOCH_S = 4_102_444_800n;

const LIMIT = 10_000;
const LABEL_CHARS = 80;

/** Every instant in a text, in order. */
export function instantsIn(text: string, options: ReadingOptions): readonly Instant[] {
  const found = FORMS.flatMap((form, order) =>
    [...text.matchAll(form.pattern)].map((match) => ({ match, form, order, at: match.index })),
  );
  found.sort((a, b) => a.at - b.at || a.order - b.order);
  const instants: (Placed & Readonly<{ instant: Unlabelled }>)[] = [];
  let end = 0;
  for (const { match, form, at } of found) {
    if (at < end || instants.length >= (options.limit ?? LIMIT)) continue;
    const instant = instantOfMatch(match, form, options);
    if (instant === undefined || !isInCalendar(instant)) continue;
    end = at + match[0].length;
    instants.push({ at, end, instant });
  }
  return labelled(text, instants);
}

/** A text that is exactly one instant; also forms that only stand alone: `now`, `-2h`, an epoch of any size, an id. */
export function readInstant(text: string, options: ReadingOptions): Instant | undefined {
  const said = text.trim();
  const alone = relativeInstant(said, options) ?? epochInstant(said) ?? idInstant(said) ?? zonedInstant(said, options);
  return alone && isInCalendar(alone) ? { ...alone, said, label: '' } : undefined;
}

/** The years 1 to 9999, which every form can write. */
function isInCalendar({ ns }: Unlabelled): boolean {
  return ns >= FIRST_NS && ns <= LAST_NS;
}

const FIRST_NS = -62_135_596_800n * NS_PER_S;
const LAST_NS = 253_402_300_799_999_999_999n;

type Unlabelled = Omit<Instant, 'label'>;
type Placed = Readonly<{ at: number; end: number }>;

function zonedInstant(said: string, options: ReadingOptions): Unlabelled | undefined {
  // The form finds offsets and abbreviations; a place name that the pattern does not know may follow.
  const [first, ...others] = instantsIn(said, options);
  if (first === undefined || others.length > 0) return undefined;
  const [before = '', behind = ''] = said.split(first.said);
  if (before.trim() !== '') return undefined;
  if (behind.trim() === '') return first;
  const zone = readZone(behind.trim());
  if (zone === undefined || !first.notes.some((note) => note.startsWith(NO_ZONE))) return undefined;
  const [again] = instantsIn(first.said, { ...options, zone });
  return again && { ...again, notes: again.notes.filter((note) => !note.startsWith(NO_ZONE)) };
}

const RELATIVE = /^(?:now)?\s*(?<sign>[+-])\s*(?<span>\d\S*)$/i;
const SPOKEN = /^(?:in\s+(?<ahead>\d.*)|(?<ago>\d.*?)(?<!\s)\s+ago)$/i;

function relativeInstant(said: string, { nowNs }: ReadingOptions): Unlabelled | undefined {
  if (/^now$/i.test(said)) return { ns: nowNs, said, form: 'now', notes: [] };
  const signed = RELATIVE.exec(said)?.groups;
  const spoken = SPOKEN.exec(said)?.groups;
  const span = readSpan(signed?.span ?? spoken?.ahead ?? spoken?.ago ?? '');
  if (span === undefined) return undefined;
  const isBack = signed?.sign === '-' || spoken?.ago !== undefined;
  return { ns: isBack ? nowNs - span : nowNs + span, said, form: 'relative', notes: [] };
}

/**
 * The unit follows from the size of the number: the one that puts it between 1973 and 5138. Smaller numbers are
 * seconds.
 */
const EPOCH_UNITS: readonly (readonly [below: bigint, name: string, ns: bigint])[] = [
  [100_000_000_000n, 'epoch s', NS_PER_S],
  [100_000_000_000_000n, 'epoch ms', NS_PER_MS],
  [100_000_000_000_000_000n, 'epoch µs', 1_000n],
  [9_223_372_036_854_775_808n, 'epoch ns', 1n],
];

function epochInstant(said: string): Unlabelled | undefined {
  const [, sign, whole = '', fraction = ''] = /^(-)?(\d{1,19})(?:\.(\d{1,9}))?$/.exec(said) ?? [];
  if (whole === '') return undefined;
  const size = BigInt(whole);
  const [, form, unit] = EPOCH_UNITS.find(([below]) => size < below) ?? [];
  if (form === undefined || unit === undefined) return undefined;
  const part = (BigInt(fraction.padEnd(9, '0')) * unit) / NS_PER_S;
  const ns = (size * unit + part) * (sign ? -1n : 1n);
  return { ns, said, form, notes: [] };
}

const HEX_MS = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const UUID_V1 = /^([0-9a-f]{8})-([0-9a-f]{4})-1([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const UUID_V6 = /^([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const OBJECT_ID = /^[0-9a-f]{24}$/;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** From 1582-10-15, where UUIDs of version 1 and 6 begin (RFC 9562 §5.1), to the epoch, in their steps of 100 ns. */
const GREGORIAN_STEPS = 122_192_928_000_000_000n;

/** Ids whose form says that they begin with a time. Snowflakes look like an epoch in nanoseconds and are left alone. */
function idInstant(said: string): Unlabelled | undefined {
  const of = (ns: bigint, form: string) => ({ ns, said, form, notes: [`The time inside the id, as ${form} keeps it`] });
  if (HEX_MS.test(said)) return of(BigInt(`0x${said.slice(0, 8)}${said.slice(9, 13)}`) * NS_PER_MS, 'UUIDv7');
  const v1 = UUID_V1.exec(said);
  if (v1) return of((BigInt(`0x${v1[3]}${v1[2]}${v1[1]}`) - GREGORIAN_STEPS) * 100n, 'UUIDv1');
  const v6 = UUID_V6.exec(said);
  if (v6) return of((BigInt(`0x${v6[1]}${v6[2]}${v6[3]}`) - GREGORIAN_STEPS) * 100n, 'UUIDv6');
  if (ULID.test(said)) return of(crockford(said.slice(0, 10)) * NS_PER_MS, 'ULID');
  if (OBJECT_ID.test(said)) return of(BigInt(`0x${said.slice(0, 8)}`) * NS_PER_S, 'ObjectId');
  return undefined;
}

function crockford(text: string): bigint {
  let value = 0n;
  for (const letter of text) value = value * 32n + BigInt(CROCKFORD.indexOf(letter));
  return value;
}

function instantOfMatch(match: RegExpExecArray, { name }: Form, options: ReadingOptions): Unlabelled | undefined {
  const { groups = {}, 0: said } = match;
  if (groups.epoch !== undefined) {
    const found = epochInstant(groups.epoch);
    return found && found.ns / NS_PER_S < LAST_EPOCH_S && found.ns / NS_PER_S >= NS_PER_S ? found : undefined;
  }
  const zone = groups.zone === undefined ? (options.zone ?? UTC) : readZone(groups.zone);
  if (zone === undefined) return undefined;
  const notes = groups.zone === undefined ? [`${NO_ZONE}; ${zone.name} was used`] : [];
  if (zone.otherwise !== '') notes.push(zone.otherwise);
  const read = groups.y === undefined ? ofLatestYear(groups, zone, options) : wallOf(groups, Number(groups.y));
  if (read === undefined) return undefined;
  if (groups.y === undefined) notes.push('It names no year; the latest year that puts it in the past was used');
  const at = instantOfWall(zone, read);
  if (at.kind !== 'once') notes.push(changedClock(at, zone));
  const ns = BigInt(at.epochSeconds) * NS_PER_S + BigInt((groups.f ?? '').padEnd(9, '0'));
  return { ns, said, form: name, notes };
}

/** The beginning of the note on a time without a zone. */
export const NO_ZONE = 'It names no zone';

function changedClock({ kind, later, epochSeconds }: WallTime, { name }: Zone): string {
  return kind === 'skipped'
    ? `The clocks of ${name} were set forward over it: no clock there showed this time`
    : `The clocks of ${name} were set back over it: the first of the two times was used; the other is ${later - epochSeconds} s later`;
}

/** Whether it is a date and a time in a form of people or logs that says its zone. */
export function namesZone({ form, notes }: Instant): boolean {
  const isWritten = FORMS.some(({ name }) => name === form && name !== 'epoch' && name !== 'ISO 8601 date');
  return isWritten && !notes.some((note) => note.startsWith(NO_ZONE));
}

type Parts = Readonly<Record<string, string | undefined>>;

/** Syslog and klog omit the year. Up to a day in the future is another time zone; more is last year. */
function ofLatestYear(parts: Parts, zone: Zone, { nowNs }: ReadingOptions): number | undefined {
  const now = Number(nowNs / NS_PER_S);
  const thisYear = 1970 + Math.floor(now / YEAR_S);
  for (const year of [thisYear + 1, thisYear, thisYear - 1]) {
    const wall = wallOf(parts, year);
    if (wall !== undefined && instantOfWall(zone, wall).epochSeconds <= now + DAY_S) return wall;
  }
  return undefined;
}

/** The reading of the clock in seconds as if it were UTC; undefined where the calendar has no such day or time. */
function wallOf(parts: Parts, year: number): number | undefined {
  const month = parts.mon === undefined ? Number(parts.mo) : MONTHS.indexOf(parts.mon.toLowerCase()) + 1;
  const day = Number(parts.d);
  const [hour, minute, second] = [parts.h, parts.mi, parts.s].map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) return undefined;
  // Second 60 is a leap second. The epoch does not count it, so it is the first second of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return daysSinceEpoch(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
}

function daysIn(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** `"auth_completed": "2025-…"` names its time; in a log the message beside the time does. */
function labelled(text: string, instants: readonly (Placed & Readonly<{ instant: Unlabelled }>)[]): Instant[] {
  const onLine = new Map<number, number>();
  const lines = instants.map(({ at }) => text.lastIndexOf('\n', at - 1) + 1);
  for (const start of lines) onLine.set(start, (onLine.get(start) ?? 0) + 1);
  return instants.map(({ at, end, instant }, index) => {
    const start = lines[index] ?? 0;
    const lineEnd = text.indexOf('\n', end);
    const key = KEY_BEFORE.exec(text.slice(Math.max(start, at - LABEL_CHARS), at))?.groups?.key;
    const beside = () => `${text.slice(start, at)} ${text.slice(end, lineEnd === -1 ? undefined : lineEnd)}`;
    const label = key ?? (onLine.get(start) === 1 ? beside() : '');
    return { ...instant, label: shortened(label) };
  });
}

const KEY_BEFORE = /(?:"(?<key>[^"\\]{1,80})"\s*:|(?<![\w.-])(?<key>[A-Za-z_][\w.-]{0,60})=)\s*"?$/;

function shortened(label: string): string {
  const clean = cutLine(label, 4 * LABEL_CHARS).replace(
    /^[\s[\](){}"',:;|-]+|(?<![\s[\](){}"',;|-])[\s[\](){}"',;|-]+$/g,
    '',
  );
  return cutText(clean, LABEL_CHARS);
}
