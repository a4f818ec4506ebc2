import type { LogLine } from '#model/logs/log-line.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

/** Drawn lines as if they had been written at another time: a search over the last day finds what is a minute old. */
export function writtenAt(startUs: number, lines: readonly LogLine[]): readonly LogLine[] {
  const shiftNs = BigInt(startUs - DRAWN_AT_US) * 1000n;
  return lines.map((line) => ({ ...line, timeNs: String(BigInt(line.timeNs) + shiftNs) }));
}
