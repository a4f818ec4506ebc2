/**
 * The service answered well, and the proxy before it could not take the answer: its client got 502. The proxy has no
 * spans, and its line names the request by method, path and time.
 *
 *   POST /login 302      [==========]     counter
 *                                   ·     nginx: upstream sent too big header …, request: "POST /login HTTP/1.1"
 *
 * Another request of the same path at that time may be meant, so the verdict stays unsure.
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { namesRequest } from '#model/logs/proxied-calls.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { Trace } from '#model/trace/trace.ts';

/** nginx and its relatives: https://github.com/nginx/nginx/blob/master/src/http/ngx_http_upstream.c */
const NOT_TAKEN =
  /\bupstream (?:sent (?:too big header|invalid header|no valid HTTP|unsupported|unexpected|duplicate header|invalid chunked)|prematurely closed connection)\b/i;
const LONGEST_MESSAGE = 200;

/** The words of the proxy about the answer of the root. */
export function refusedByProxy(trace: Trace, logs: readonly LogLine[]): EvidenceItem | undefined {
  const { root } = trace;
  if (trace.kind(root) !== 'server' || trace.failed(root) || trace.httpStatus(root) >= 400) return undefined;
  const line = logs.find(
    (one) => one.service !== trace.service(root) && NOT_TAKEN.test(one.line) && namesRequest(trace, one),
  );
  if (line === undefined) return undefined;
  const text = cutFirstLine(logMessage(line).trim(), LONGEST_MESSAGE);
  return { kind: 'log', ref: line.timeNs, text };
}
