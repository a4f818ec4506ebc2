/**
 * Executions of operations and their log lines: from spans where there are some, else from the lines that name one
 * span, or one request in one service.
 */

import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

export type Execution = Readonly<{
  service: string;
  /** Where there is no span: the code location that writes its first line. */
  operation: string;
  /** When it began, or wrote its first line, in microseconds since the epoch. */
  atUs: number;
  /** One line for each code location that wrote some. */
  said: ReadonlyMap<string, LogLine>;
  /** The index of its caller in the list, which comes before it; −1 for none. */
  caller: number;
}>;

/** Returns the code location that wrote a line. */
export type SiteOf = (line: LogLine) => string;

const STEP = '\n';
const NOTHING: ReadonlyMap<string, LogLine> = new Map();

/**
 * Callers before callees. Traces without any line are left out: their lines may have been lost. A line that names the
 * request but no span belongs to the outermost span of its service.
 */
export function executionsOf(
  traces: readonly Trace[],
  lines: readonly LogLine[],
  siteOf: SiteOf,
): readonly Execution[] {
  const named = lines.filter(({ traceId }) => traceId !== '');
  return traces.length > 0 ? ofSpans(traces, named, siteOf) : ofLines(named, siteOf);
}

function ofSpans(traces: readonly Trace[], lines: readonly LogLine[], siteOf: SiteOf): readonly Execution[] {
  const heard = new Set(lines.map(({ traceId }) => traceId));
  const saidBy = linesOf(lines);
  const found: Execution[] = [];
  for (const trace of traces) {
    if (!heard.has(comparableId(trace.traceId))) continue;
    const first = found.length;
    const services = new Set<string>();
    for (let span = 0; span < trace.spanCount; span += 1) {
      const service = trace.service(span);
      const own = saidBy(trace, span, !services.has(service));
      services.add(service);
      const parent = trace.parent(span);
      found.push({
        service,
        operation: operationName(trace, span),
        atUs: trace.startEpochUs + trace.startUs(span),
        said: own.length === 0 ? NOTHING : saidIn(own, siteOf),
        caller: parent === undefined || parent >= span ? -1 : first + parent,
      });
    }
  }
  return found;
}

/** The lines of a span; of the first span of a service also those that name the request and no span. */
function linesOf(lines: readonly LogLine[]): (trace: Trace, span: SpanIndex, isFirst: boolean) => readonly LogLine[] {
  const bySpan = Map.groupBy(lines, ({ traceId, spanId }) => traceId + STEP + spanId);
  const byService = Map.groupBy(
    lines.filter(({ spanId }) => spanId === ''),
    ({ traceId, service }) => traceId + STEP + service,
  );
  return (trace, span, isFirst) => {
    const traceId = comparableId(trace.traceId);
    const ofSpan = bySpan.get(traceId + STEP + comparableId(trace.spanId(span))) ?? [];
    const ofService = (isFirst && byService.get(traceId + STEP + trace.service(span))) || [];
    return [...ofSpan, ...ofService];
  };
}

/** In a request, the service that began last was called by the one that began before it, as far as lines show. */
function ofLines(lines: readonly LogLine[], siteOf: SiteOf): readonly Execution[] {
  const found: Execution[] = [];
  for (const request of Map.groupBy(lines, ({ traceId }) => traceId).values()) {
    const parts = [...Map.groupBy(request, ({ service, spanId }) => service + STEP + spanId).values()];
    for (const [place, own] of parts.entries()) {
      const [first] = own;
      if (first === undefined) continue;
      const caller = place === 0 ? -1 : found.length - 1;
      found.push({
        service: first.service,
        operation: siteOf(first),
        atUs: epochUsOf(first),
        said: saidIn(own, siteOf),
        caller,
      });
    }
  }
  return found;
}

function saidIn(lines: readonly LogLine[], siteOf: SiteOf): ReadonlyMap<string, LogLine> {
  return new Map(lines.map((line) => [siteOf(line), line]));
}
