/** Lines that make a refusal of a client a fault of the service. */
import { KEY_UNKNOWN } from '#model/instruments/key-words.ts';
import { REPLICA_BEHIND } from '#model/instruments/replica-words.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';

export const UNAUTHENTICATED = 401;

/** The service's own error line: a replica did not have yet what was written before. Undefined where none says so. */
export function staleLine(trace: Trace, lines: LinesBySpan): LogLine | undefined {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (status < 400 || status >= 500 || trace.kind(root) !== 'server') return undefined;
  const own = lines.get(trace.spanId(root)) ?? [];
  return own.find(({ level, line }) => isErrorLevel(level) && REPLICA_BEHIND.test(line));
}

/** It refuses a token for its key, and reports that as an error of many: one forged token is none. */
export function lacksKey(trace: Trace, logs: readonly LogLine[]): boolean {
  const service = trace.service(trace.root);
  const isOfAll = ({ line }: LogLine) => KEY_UNKNOWN.test(line) && OF_ALL.test(line);
  const says = (line: LogLine) => line.service === service && isErrorLevel(line.level) && isOfAll(line);
  return trace.httpStatus(trace.root) === UNAUTHENTICATED && logs.some(says);
}

/** More than one token, or since when. */
const OF_ALL =
  /\b(?:all|every|each|many|\d{2,9}) (?:\w{1,20} ){0,2}(?:tokens?|requests?|logins?|users?|sessions?)\b|\bsince\b/i;
