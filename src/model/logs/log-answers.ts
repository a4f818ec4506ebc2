/** Lines that record the response to a request. */
import { logFields } from '#model/logs/log-fields.ts';
import type { LogLine } from '#model/logs/log-line.ts';

/** `GET /orders/7 500`, `"POST /login HTTP/1.1" 503`; only the start of a line is looked at. */
const ANSWERED =
  /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?<path>\/\S{0,500})(?: HTTP\/\d(?:\.\d)?)?"? {1,3}(?<status>[1-5]\d\d)\b(?![.\d])/;
const START = 1_000;

/** The HTTP status of the response in the line; 0 where there is none. */
export function answeredStatus(line: LogLine): number {
  return logFields(line).status || (answerIn(line)?.status ?? 0);
}

/** The path and the status of the response that an access log records; undefined where the line is none of such a log. */
export function answerIn({ line }: LogLine): Readonly<{ path: string; status: number }> | undefined {
  const { path, status } = ANSWERED.exec(line.slice(0, START))?.groups ?? {};
  return path === undefined ? undefined : { path, status: Number(status) };
}
