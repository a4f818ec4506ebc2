/** Which lines are of a time, and in which order. */

import type { WindowSubject } from '#model/finding/analysis.ts';
import { compareNs, type LogLine } from '#model/logs/log-line.ts';

/** What lies before the time that was asked about shows what was usual. All of them where none lies in it: then a clock is wrong. */
export function linesAround({ fromUs, toUs }: WindowSubject, lines: readonly LogLine[]) {
  const us = ({ timeNs }: LogLine) => Number(timeNs) / 1000;
  const isBefore = (line: LogLine) => Number.isFinite(fromUs) && us(line) < fromUs;
  const before = lines.filter(isBefore);
  const within = lines.filter((line) => !isBefore(line) && !(Number.isFinite(toUs) && us(line) > toUs));
  return within.length === 0 ? { before: [], within: lines } : { before, within };
}

/** In order of time, one that two stores gave only once. */
export function inOrder(lines: readonly LogLine[]): LogLine[] {
  const seen = new Set<string>();
  return lines
    .filter((line) => {
      const key = `${line.timeNs}\n${line.service}\n${line.line}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => compareNs(a.timeNs, b.timeNs));
}
