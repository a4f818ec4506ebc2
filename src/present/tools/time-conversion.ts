/** Shows an instant in every useful format, and several instants as a timeline with the time between them. */
import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc.js';
import { DAY_US } from '#core/time-units.ts';
import { exactDuration } from '#model/text/duration.ts';
import { fitted } from '#present/words/display-width.ts';
import { shown } from '#present/words/plain-text.ts';
import type { Instant } from '#utilities/instant.ts';
import { decimal, goSpan, isoSpan8601 } from '#utilities/time-span.ts';
import { offsetAt, offsetText, UTC, type Zone } from '#utilities/time-zone.ts';

dayjs.extend(utc);

export type Conversion = Readonly<
  | { kind: 'instant'; instant: Instant; nowNs: bigint; zones: readonly Zone[] }
  | { kind: 'timeline'; steps: readonly TimeStep[]; sorted: boolean; zones: readonly Zone[] }
  | { kind: 'span'; said: string; ns: bigint }
>;

/** `sincePreviousNs` of the first step is 0. */
export type TimeStep = Readonly<{ instant: Instant; sincePreviousNs: bigint; sinceStartNs: bigint }>;

const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;

export function conversionText(conversion: Conversion): string {
  switch (conversion.kind) {
    case 'instant':
      return instantText(conversion);
    case 'timeline':
      return timelineText(conversion);
    case 'span':
      return spanForms(conversion.ns);
  }
}

/** Nanoseconds are strings, because a JSON number cannot hold them exactly. */
export function conversionJson(conversion: Conversion): object {
  switch (conversion.kind) {
    case 'instant':
      return { kind: 'instant', ...instantJson(conversion.instant, conversion.zones) };
    case 'timeline': {
      const { steps, sorted, zones } = conversion;
      return {
        kind: 'timeline',
        sorted,
        totalNs: `${totalOf(steps)}`,
        longest: longestOf(steps),
        steps: steps.map(({ instant, sincePreviousNs, sinceStartNs }) => ({
          label: shown(instant.label),
          sincePreviousNs: `${sincePreviousNs}`,
          sinceStartNs: `${sinceStartNs}`,
          ...instantJson(instant, zones),
        })),
      };
    }
    case 'span': {
      const { ns } = conversion;
      return { kind: 'span', ns: `${ns}`, seconds: Number(ns) / 1e9, go: goSpan(ns), iso8601: isoSpan8601(ns) };
    }
  }
}

function instantText({ instant, nowNs, zones }: Extract<Conversion, { kind: 'instant' }>): string {
  const { ns, notes } = instant;
  const forms = Object.entries(formsOf(ns));
  const places = zones.map((zone) => [zone.name, inZone(ns, zone)] as const);
  const rows = [...forms, ...places, ['from now', fromNow(ns - nowNs)] as const];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `${isoNs(ns)}   read as ${instant.form}\n`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`),
    ...notes.map((note) => `${note}.\n`),
  ].join('');
}

function timelineText({ steps, sorted, zones }: Extract<Conversion, { kind: 'timeline' }>): string {
  const zone = zones[0] ?? UTC;
  const longest = longestOf(steps);
  const rows = steps.map(({ instant, sincePreviousNs, sinceStartNs }, index) => ({
    cells: [
      inZone(instant.ns, zone),
      index === 0 ? '' : `+${spanText(sincePreviousNs)}`,
      `+${spanText(sinceStartNs)}`,
      index === longest ? '◀' : ' ',
    ],
    label: shown(instant.label),
  }));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  const lines = rows.map(({ cells, label }) =>
    [...cells.map((cell, column) => fitted(cell, widths[column] ?? 0)), label].join('  ').trimEnd(),
  );
  const notes = new Set(steps.flatMap(({ instant }) => instant.notes));
  return [
    ...lines.map((line) => `${line}\n`),
    `${summaryOf(steps, longest)}\n`,
    ...(sorted ? ['Sorted by time.\n'] : []),
    ...[...notes].map((note) => `${note}.\n`),
  ].join('');
}

/** Latency attribution: the step that took most of the time. */
function summaryOf(steps: readonly TimeStep[], longest: number): string {
  const total = totalOf(steps);
  const step = steps[longest];
  const said = `total ${spanText(total)}`;
  if (step === undefined || total === 0n) return said;
  const share = Math.round(Number((step.sincePreviousNs * 1000n) / total) / 10);
  const name = shown(step.instant.label);
  return `${said}; the longest step, ${spanText(step.sincePreviousNs)} (${share} %), ends ${name === '' ? `at ${isoNs(step.instant.ns)}` : `with ${name}`}`;
}

/** The first of the longest; −1 where no time passed. */
function longestOf(steps: readonly TimeStep[]): number {
  let longest = -1;
  let most = 0n;
  for (const [index, { sincePreviousNs }] of steps.entries()) {
    if (sincePreviousNs > most) [longest, most] = [index, sincePreviousNs];
  }
  return longest;
}

function totalOf(steps: readonly TimeStep[]): bigint {
  return steps.at(-1)?.sinceStartNs ?? 0n;
}

function spanForms(ns: bigint): string {
  const rows = [
    ['seconds', signed(ns, (size) => decimal(size, NS_PER_S))],
    ['ms', signed(ns, (size) => decimal(size, NS_PER_MS))],
    ['µs', signed(ns, (size) => decimal(size, 1000n))],
    ['ns', `${ns}`],
    ['Go', goSpan(ns)],
    ['ISO 8601', isoSpan8601(ns)],
  ] as const;
  return [`${spanText(ns)}\n`, ...rows.map(([name, value]) => `  ${name.padEnd(8)}  ${value}\n`)].join('');
}

function instantJson({ ns, said, form, notes }: Instant, zones: readonly Zone[]): object {
  return {
    input: shown(said),
    form,
    iso: isoNs(ns),
    epochMs: Number(floored(ns, NS_PER_MS)),
    epochNs: `${ns}`,
    forms: formsOf(ns),
    zones: zones.map((zone) => ({ zone: zone.name, time: inZone(ns, zone) })),
    notes,
  };
}

function formsOf(ns: bigint): Readonly<Record<string, string>> {
  const at = atMs(ns);
  const fraction = fractionOf(ns);
  return {
    'epoch s': signed(ns, (size) => decimal(size, NS_PER_S)),
    'epoch ms': `${floored(ns, NS_PER_MS)}`,
    'epoch µs': `${floored(ns, 1000n)}`,
    'epoch ns': `${ns}`,
    'RFC 2822': at.format('ddd, DD MMM YYYY HH:mm:ss [+0000]'),
    nginx: at.format('DD/MMM/YYYY:HH:mm:ss [+0000]'),
    syslog: `${at.format('MMM')} ${at.format('D').padStart(2)} ${at.format('HH:mm:ss')}`,
    klog: `${at.format('MMDD HH:mm:ss')}.${fraction.slice(0, 6)}`,
  };
}

/** `2025-01-06T14:30:45.123Z`, with as many digits as there are, at least three. */
function isoNs(ns: bigint): string {
  return `${atMs(ns).format('YYYY-MM-DDTHH:mm:ss')}.${threesOf(ns)}Z`;
}

/** `Mon 2025-01-06 15:30:45.123 +01:00` */
function inZone(ns: bigint, zone: Zone): string {
  const offset = offsetAt(zone, Number(floored(ns, NS_PER_S)));
  const local = atMs(ns + BigInt(offset) * NS_PER_S);
  return `${local.format('ddd YYYY-MM-DD HH:mm:ss')}.${threesOf(ns)} ${zone === UTC ? 'UTC' : offsetText(offset)}`;
}

/** Three, six or nine digits. */
function threesOf(ns: bigint): string {
  return fractionOf(ns).replace(/(?:000){1,2}$/, '');
}

function fractionOf(ns: bigint): string {
  return `${ns - floored(ns, NS_PER_S) * NS_PER_S}`.padStart(9, '0');
}

function atMs(ns: bigint): dayjs.Dayjs {
  return dayjs.utc(Number(floored(ns, NS_PER_MS)));
}

/** Division of bigints cuts towards zero; before the epoch that would be a second late. */
function floored(ns: bigint, unit: bigint): bigint {
  return ns >= 0n ? ns / unit : -((-ns + unit - 1n) / unit);
}

function signed(ns: bigint, write: (size: bigint) => string): string {
  return ns < 0n ? `-${write(-ns)}` : write(ns);
}

function spanText(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  return size < 1000n && size > 0n ? `${ns} ns` : exactDuration(Number(ns) / 1000);
}

function fromNow(ns: bigint): string {
  const us = Math.abs(Number(ns) / 1000);
  if (us < 1_000_000) return 'now';
  const long = us < 2 * DAY_US ? exactDuration(us) : `${Math.floor(us / DAY_US)} days`;
  return ns < 0n ? `${long} ago` : `in ${long}`;
}
