/** Selects and orders the lines of a time window. */

import type { WindowSubject } from '#model/finding/analysis.ts';
import { compareNs, type LogLine } from '#model/logs/log-line.ts';

/**
 * Lines before the window show what is usual. If no line is in the window, a clock is wrong, and all lines are used.
 */
export function linesAround({ fromUs, toUs }: WindowSubject, lines: readonly LogLine[]) {
  const us = ({ timeNs }: LogLine) => Number(timeNs) / 1000;
  const isBefore = (line: LogLine) => Number.isFinite(fromUs) && us(line) < fromUs;
  const before = lines.filter(isBefore);
  const within = lines.filter((line) => !isBefore(line) && !(Number.isFinite(toUs) && us(line) > toUs));
  return within.length === 0 ? { before: [], within: lines } : { before, within };
}

/** In order of time, without duplicates from two stores. */
export function inOrder(lines: readonly LogLine[]): LogLine[] {
  const seen = new Set<string>();
  return lines
    .filter((line) => {
      const key = `${line.timeNs}\n${line.service}\n${line.line}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => compareNs(a.timeNs, b.timeNs));
}
