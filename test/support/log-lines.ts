import type { LogLine } from '#model/logs/log-line.ts';

/** A line of nobody, at a second of a day. */
export function logLine(line: string, more: Partial<LogLine> = {}): LogLine {
  return {
    timeNs: '1795155900000000000',
    labels: {},
    line,
    service: '',
    level: '',
    traceId: '',
    spanId: '',
    ...more,
  };
}
