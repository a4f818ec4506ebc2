/**
 * One request's path through its services, only from its log lines: which service wrote when, how much time passed
 * between lines, which one failed first, and how the failure spread.
 *
 *  gateway   ●─────────────────────────────────✗      failed third: it waited for orders
 *  orders        ●───────────────✗─────────────       failed second: it says that it called users
 *  users             ●────────✗                       failed first
 */

import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { logFields } from '#model/logs/log-fields.ts';
import { compareNs, epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { redact } from '#model/redaction/redaction.ts';

export type TimelineEntry = Readonly<{
  line: LogLine;
  /** Microseconds since the first line, with corrected clocks. */
  atUs: number;
  /** Since the previous line. */
  deltaUs: number;
  /** The message without its head. */
  text: string;
  failed: boolean;
}>;

/** From its first line to its last. */
export type ServiceStay = Readonly<{
  service: string;
  firstUs: number;
  lastUs: number;
  lines: number;
  failures: number;
}>;

/** The next line belongs to another service. */
export type Hop = Readonly<{ from: string; to: string; atUs: number; deltaUs: number }>;

/** `entry` is its first line that reports a failure; undefined where only other services report its failure. */
export type FailedService = Readonly<{ service: string; entry: number | undefined; atUs: number; calls: string }>;

export type RequestTimeline = Readonly<{
  /** The id that found its lines. */
  id: string;
  /** The time of the first line, in microseconds since the epoch. */
  startEpochUs: number;
  durationUs: number;
  entries: readonly TimelineEntry[];
  /** In order of their first lines. */
  services: readonly ServiceStay[];
  hops: readonly Hop[];
  /** The first one is the origin; then in the order in which they failed. Empty where nothing failed. */
  failed: readonly FailedService[];
}>;

/** The clock correction of each service, by its name. */
export type Clocks = ReadonlyMap<string, number>;

/** The lines in any order; lines of one instant keep the order of their store. */
export function requestTimeline(id: string, lines: readonly LogLine[], clocks: Clocks = new Map()): RequestTimeline {
  const placed = placedLines(lines, clocks);
  const startEpochUs = placed[0]?.us ?? 0;
  const entries = placed.map(({ line, us }, at): TimelineEntry => {
    const { text, failed } = said(line);
    return { line, atUs: us - startEpochUs, deltaUs: us - (placed[at - 1]?.us ?? us), text, failed };
  });
  return {
    id,
    startEpochUs,
    durationUs: entries.at(-1)?.atUs ?? 0,
    entries,
    services: staysOf(entries),
    hops: hopsOf(entries),
    failed: failedServices(entries),
  };
}

function placedLines(lines: readonly LogLine[], clocks: Clocks): { line: LogLine; us: number }[] {
  const inOrder = lines.toSorted((a, b) => compareNs(a.timeNs, b.timeNs));
  const placed = inOrder.map((line) => ({ line, us: epochUsOf(line) + (clocks.get(line.service) ?? 0) }));
  return clocks.size === 0 ? placed : placed.sort((a, b) => a.us - b.us);
}

/** A warning alone is no failure, but it counts in a request that failed. */
function said(line: LogLine): Pick<TimelineEntry, 'text' | 'failed'> {
  const failed = tellsOfFailure(line) || logFields(line).status >= 500 || isFailedWarning(line);
  return { text: logMessage(line), failed };
}

function isFailedWarning(line: LogLine): boolean {
  return line.level === 'warn' && tellsOfFailure({ ...line, level: '' });
}

function staysOf(entries: readonly TimelineEntry[]): ServiceStay[] {
  const groups = Map.groupBy(entries, ({ line }) => line.service);
  return [...groups].map(([service, of]) => ({
    service,
    firstUs: of[0]?.atUs ?? 0,
    lastUs: of.at(-1)?.atUs ?? 0,
    lines: of.length,
    failures: of.filter(({ failed }) => failed).length,
  }));
}

function hopsOf(entries: readonly TimelineEntry[]): Hop[] {
  return entries.flatMap(({ line, atUs, deltaUs }, at) => {
    const from = entries[at - 1]?.line.service;
    return from === undefined || from === line.service ? [] : [{ from, to: line.service, atUs, deltaUs }];
  });
}

/**
 * In order of time, except for the origin: a caller may give up before its callee has logged the reason. So the path
 * goes from the first failure to the service that it says it called, as far as that one failed or is silent.
 */
function failedServices(entries: readonly TimelineEntry[]): FailedService[] {
  const calls = callReader(entries);
  const failed = new Map<string, FailedService>();
  entries.forEach((entry, at) => {
    if (!entry.failed) return;
    const { service } = entry.line;
    const known = failed.get(service);
    if (known === undefined) failed.set(service, { service, entry: at, atUs: entry.atUs, calls: calls(entry) });
    else if (known.calls === '') failed.set(service, { ...known, calls: calls(entry) });
  });
  const inOrder = [...failed.values()];
  const [first] = inOrder;
  if (first === undefined) return [];
  const origin = originOf(first, failed);
  return [origin, ...inOrder.filter(({ service }) => service !== origin.service)];
}

function originOf(first: FailedService, failed: ReadonlyMap<string, FailedService>): FailedService {
  const seen = new Set<string>();
  let origin = first;
  while (origin.calls !== '' && !seen.has(origin.service)) {
    seen.add(origin.service);
    const called = failed.get(origin.calls);
    if (called === undefined) return { service: origin.calls, entry: undefined, atUs: origin.atUs, calls: '' };
    if (seen.has(called.service)) break;
    origin = called;
  }
  return origin;
}

/** Precedes the name of a client, or of somebody on whose behalf something was done. */
const NOT_CALLED =
  /(?:\b(?:for|by|to answer|respond(?:ing)? to|reply(?:ing)? to|(?:request|called|received) (?:from|by)) ["'`]?)$/i;
const IN_URL = /\bhttps?:\/\/(?:[^\s/@]{1,100}@)?([A-Za-z][\w-]{0,100})/;
const CALLED =
  /(?:\b(?:call(?:s|ing|ed)?|call (?:to|of)|requests? to|upstream|peer|target|host)\b\W{1,3}|(?:→|->|=>) ?)([A-Za-z][\w-]{2,100})/i;

/**
 * Reads which service a line says it called: another service of the request, else a name in an address or after a verb
 * of calling.
 */
function callReader(entries: readonly TimelineEntry[]): (entry: TimelineEntry) => string {
  const services = [...new Set(entries.map(({ line }) => line.service))].filter((service) => service.length > 1);
  const byLength = services.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const names = byLength.map((service) => RegExp.escape(service)).join('|');
  const known = new RegExp(`(?<![\\w-])(?:${names})(?![\\w-])`, 'g');
  return ({ line, text }) => {
    const others = names === '' ? [] : [...text.matchAll(known)];
    const called = others.find(({ 0: name, index }) => name !== line.service && !NOT_CALLED.test(text.slice(0, index)));
    if (called) return called[0];
    // A secret behind such a word is no service.
    const clean = redact(text);
    const [, address = ''] = IN_URL.exec(clean) ?? [];
    const [, named = ''] = CALLED.exec(clean) ?? [];
    const other = address || (/[-_]|\d/.test(named) ? named : '');
    return other === line.service ? '' : other;
  };
}
