/** The times of log lines, as numbers and as words. The lines are in order of time. */
import type { LogLine } from '#model/logs/log-line.ts';

/** Each line's time in milliseconds since the first, and the whole duration. */
export function logTimes(lines: readonly LogLine[]): Readonly<{ at(place: number): number; lengthMs: number }> {
  const startNs = nanosecondsOf(lines[0]?.timeNs ?? '');
  const ms = Float64Array.from(lines, ({ timeNs }) => Number(nanosecondsOf(timeNs) - startNs) / 1e6);
  return { at: (place) => ms[place] ?? 0, lengthMs: ms.at(-1) ?? 0 };
}

/** `14:31:07 UTC`. */
export function clockText(timeNs: string): string {
  const seconds = Number(nanosecondsOf(timeNs) / 1_000_000_000n) % 86_400;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)} UTC`;
}

/** From the first line to the last, in microseconds since the epoch; NaN for no lines. */
export function timeOf(lines: readonly LogLine[]): Readonly<{ fromUs: number; toUs: number }> {
  const us = (line: LogLine | undefined) => Number(line?.timeNs ?? Number.NaN) / 1000;
  return { fromUs: us(lines[0]), toUs: us(lines.at(-1)) };
}

/** 0 for anything but a number. */
function nanosecondsOf(timeNs: string): bigint {
  return /^\d{1,30}$/.test(timeNs) ? BigInt(timeNs) : 0n;
}
