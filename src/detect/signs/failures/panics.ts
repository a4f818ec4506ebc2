/**
 * A callee that ended with a panic. Its caller often records only that the call was cancelled or broken off, so that the
 * failure seems to begin in the caller. The callee's line with the id of its span shows where it began.
 *
 *   GET /rates ✗ 500        [=========]    edge       nothing else said
 *     rates.v1.Get ✗ 1        [=====]      edge       CANCELLED
 *       rates.v1.Get ✗          [==]       rates      "thread 'main' panicked at …"
 */

import { endingLine } from '#detect/signs/failures/callee-lines.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { CONNECTION_CUT } from '#model/instruments/cut-words.ts';
import { APP_CRASHES, PANICS } from '#model/instruments/panic-words.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** `path`: from the parent of `span` up. */
export type Panic = Readonly<{ span: SpanIndex; path: readonly SpanIndex[]; item: EvidenceItem }>;

/** Callees are seldom nested deeper, and few calls of one request fail. */
const MOST_LEVELS = 20;
const MOST_READ = 200;
const LONGEST_MESSAGE = 200;

/** Below a failed span that says nothing itself, in another service; undefined where no line says so, or several do. */
export function panicBelow(trace: Trace, failed: SpanIndex, lines: LinesBySpan): Panic | undefined {
  const found: Panic[] = [];
  let ways: readonly Way[] = [[failed]];
  for (let level = 0, read = 0; level < MOST_LEVELS && ways.length > 0 && read < MOST_READ; level += 1) {
    const below = ways.flatMap((way) => failedBelow(trace, way)).slice(0, MOST_READ);
    read += below.length;
    const panics = below.flatMap((way) => panicAt(trace, way, failed, lines));
    found.push(...panics);
    ways = below.filter(([span]) => !panics.some((panic) => panic.span === span));
  }
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The caller says only that the connection broke. The callee's process says in a line without an id that it ended; its
 * span has no status, because a process that ends sets none.
 */
export function panicOfCallee(
  trace: Trace,
  call: SpanIndex,
  said: string,
  logs: readonly LogLine[],
): Panic | undefined {
  if (!trace.isCall(call) || !CONNECTION_CUT.test(said)) return undefined;
  const [callee, ...others] = [...trace.children(call)].filter((child) => !trace.isOfOneService(child, call));
  if (callee === undefined || others.length > 0) return undefined;
  const ending = endingLine(trace, call, trace.service(callee), logs);
  if (ending === undefined) return undefined;
  const item = { kind: 'log', ref: ending.line.timeNs, text: reasonIn(ending.text) } as const;
  return { span: callee, path: [call], item };
}

/** The line in which an app or a page reports that nothing handled its error. */
export function crashOfApp(
  trace: Trace,
  logs: readonly LogLine[],
): Readonly<{ span: SpanIndex; item: EvidenceItem }> | undefined {
  const at = logs.findIndex((one) => one.spanId !== '' && isErrorLevel(one.level) && APP_CRASHES.test(one.line));
  const line = logs[at];
  if (line === undefined) return undefined;
  const id = comparableId(line.spanId);
  const [span] = spansWith(trace, { operation: () => true }).filter((one) => comparableId(trace.spanId(one)) === id);
  const rest = logs
    .slice(at, at + HEADING_LINES)
    .filter(({ service, level }) => service === line.service && isErrorLevel(level));
  const text = reasonIn(rest.map(logMessage).join('\n'));
  return span === undefined ? undefined : { span, item: { kind: 'log', ref: line.timeNs, text } };
}

/** A failed span, then its callers up to the failed span at which the search began. */
type Way = readonly [SpanIndex, ...SpanIndex[]];

function failedBelow(trace: Trace, way: Way): readonly Way[] {
  return [...trace.children(way[0])]
    .filter((child) => trace.failed(child) && trace.isAwaited(child))
    .map((child): Way => [child, ...way]);
}

function panicAt(trace: Trace, [span, ...path]: Way, failed: SpanIndex, lines: LinesBySpan): readonly Panic[] {
  const item = trace.isOfOneService(span, failed) ? undefined : panicOf(trace, span, lines);
  return item === undefined ? [] : [{ span, path, item }];
}

function panicOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem | undefined {
  const line = lines.get(trace.spanId(span))?.find((each) => PANICS.test(each.line));
  if (line === undefined) return undefined;
  return { kind: 'log', ref: line.timeNs, text: reasonIn(logMessage(line)) };
}

/** Android’s heading, the process, and the exception. */
const HEADING_LINES = 3;
/** https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/com/android/internal/os/RuntimeInit.java */
const HEADING = /(?:^|\s)(?:FATAL )?EXCEPTION: [^:\n]{1,100}$/;
const PROCESS = /^(?:[A-Z] )?(?:AndroidRuntime: )?Process: /;

/** The first line. A heading names only the thread, or the place: then the exception stands below it. */
function reasonIn(text: string): string {
  const [first = '', ...below] = text
    .trim()
    .split('\n', HEADING_LINES)
    .map((line) => line.trim());
  const reason = below.find((line) => line !== '' && !PROCESS.test(line)) ?? '';
  if (first.endsWith(':')) return cutFirstLine(`${first} ${reason}`, LONGEST_MESSAGE);
  return cutFirstLine(HEADING.test(first) && reason !== '' ? reason : first, LONGEST_MESSAGE);
}
