/** Helpers for findings from a log: whose lines they are, which of them are cited, and how to phrase them. */

import type { EvidenceItem } from '#model/finding/finding.ts';
import type { Association } from '#model/logs/log-associations.ts';
import type { LogEvent } from '#model/logs/log-events.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { clockText } from '#model/logs/log-times.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { cutLine } from '#model/text/cut-text.ts';

/** More lines say the same. */
const CITED = 3;
/** Longer lines are truncated: the log has the whole line. */
const LONGEST_LINE = 200;

/** The positions of the first lines that say different things. */
export function citedLines(logs: readonly LogLine[], places: readonly number[]): EvidenceItem[] {
  const cited = new Map<string, EvidenceItem>();
  for (const place of places) {
    const line = logs[place];
    if (line === undefined || cited.size === CITED) continue;
    const text = saidIn(line);
    if (!cited.has(text)) cited.set(text, { kind: 'log', ref: line.timeNs, text });
  }
  return [...cited.values()];
}

/** Its message and its error on one line, without ids and trailing fields. */
export function saidIn(line: LogLine | undefined): string {
  if (line === undefined) return '';
  return cutLine(logMessage(line), LONGEST_LINE);
}

/** How many companions of an event are listed, the first failures first. */
const COMPANIONS = 6;

/** `“order 7 failed” (12 times), “payment lost” (once): each time, at least 40 times as often as by chance` */
export function withText(logs: readonly LogLine[], others: LogEvent['with']): string {
  if (others.length === 0) return '';
  const inOrder = others.toSorted((a, b) => Number(b.fails) - Number(a.fails));
  const told = inOrder.slice(0, COMPANIONS).map(({ lines }) => {
    const times = lines.length === 1 ? 'once' : `${countText(lines.length)} times`;
    return `“${saidIn(logs[lines[0] ?? 0])}” (${times})`;
  });
  const more = others.length > COMPANIONS ? [`${others.length - COMPANIONS} more`] : [];
  return `${[...told, ...more].join(', ')}: ${ruleText(others.map(({ rule }) => rule))}`;
}

function ruleText(rules: readonly Association[]): string {
  const confidence = Math.min(...rules.map((rule) => rule.confidence));
  const lift = Math.min(...rules.map((rule) => rule.lift));
  const often = confidence === 1 ? 'each time' : `at least ${Math.floor(confidence * 100)} % of the time`;
  if (lift < LEAST_LIFT) return often;
  return lift >= FAR_LIFT
    ? `${often}, far more often than by chance`
    : `${often}, ${Math.floor(lift)} times as often as by chance`;
}

/** Below it only the order is reported, not the frequency. */
const LEAST_LIFT = 2;
/** From here on nobody weighs the number: with few lines it is large by itself. */
const FAR_LIFT = 20;

/** The owner of the lines, for the text before a colon. */
export function whoseLog(service: string): string {
  return service === '' ? 'The log' : service;
}

/** `in 21 lines from 14:31:07 UTC to 14:36:02 UTC`, `in a line at 14:31:07 UTC` */
export function whenSaid(logs: readonly LogLine[], places: readonly number[]): string {
  const first = clockText(logs[places[0] ?? 0]?.timeNs ?? '');
  const last = clockText(logs[places.at(-1) ?? 0]?.timeNs ?? '');
  if (places.length === 1) return `in a line at ${first}`;
  return first === last
    ? `in ${counted(places.length, 'line')} at ${first}`
    : `in ${counted(places.length, 'line')} from ${first} to ${last}`;
}

/** The position of a line, and what a detector found in it. */
export type FoundLine<Found> = Readonly<{ place: number; found: Found }>;

/** The lines in which `find` finds something, by service, in order of the first line. */
export function linesWith<Found>(
  logs: readonly LogLine[],
  find: (line: LogLine) => Found | undefined,
): ReadonlyMap<string, readonly FoundLine<Found>[]> {
  const lines = logs.flatMap((line, place) => {
    const found = find(line);
    return found === undefined ? [] : [{ place, found }];
  });
  return Map.groupBy(lines, ({ place }) => logs[place]?.service ?? '');
}
