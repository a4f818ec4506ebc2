import type { LogLine } from '#model/logs/log-line.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

/** A line of `service` at `at` milliseconds from the drawn trace's start. */
export function logLine(
  service: string,
  at: number,
  line: string,
  { spanId = '', level = 'info', traceId = '' } = {},
): LogLine {
  const timeNs = String(BigInt(DRAWN_AT_US + Math.round(at * 1000)) * 1000n);
  return { service, timeNs, line, spanId, level, traceId, labels: {} };
}
