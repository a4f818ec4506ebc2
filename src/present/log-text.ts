/** The trace's log lines as a text file: time, level, service, line. */
import type { LogLine } from '#model/log-line.ts';
import { isoInstant } from '#present/instant.ts';
import { shown, shownLines } from '#present/plain-text.ts';

/** As wide as `ERROR` and `DEBUG`, so that the services stand below each other. */
const LEVEL_WIDTH = 5;

export function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${entry(line)}\n`).join('');
}

function entry({ timeNs, level, service, line }: LogLine): string {
  const instant = isoInstant(Number(timeNs) / 1_000);
  const label = shown(level).toUpperCase().padEnd(LEVEL_WIDTH);
  // A stack trace stays one entry: what continues it is indented.
  const text = shownLines(line).trimEnd().replaceAll('\n', '\n    ');
  return `${instant} ${label} ${shown(service)}  ${text}`;
}
