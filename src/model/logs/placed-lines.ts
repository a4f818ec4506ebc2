/**
 * The places of a trace's lines: the span that they name, else the innermost span of their service at that time. Lines
 * that may belong to another request have no place.
 */
import { type ClockOffset, spansById } from '#model/logs/log-clock.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import { epochUsOf } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** `atUs` counts from the trace's start, corrected for the service's clock. */
export type PlacedLine = Readonly<{ line: CorrelatedLine; span: SpanIndex; atUs: number }>;

type Timed = Readonly<{ line: CorrelatedLine; atUs: number }>;

/** In order of time. Free without lines; else n log n in the spans of services with lines. */
export function placedLines(
  trace: Trace,
  lines: readonly CorrelatedLine[],
  offsets: readonly ClockOffset[],
): PlacedLine[] {
  const clocks = new Map(offsets.map(({ service, offsetUs }) => [service, offsetUs]));
  const spanOf = spansById(trace, lines);
  const placed: PlacedLine[] = [];
  const nameless = new Map<string, Timed[]>();
  for (const line of lines.filter(isCertain)) {
    const atUs = epochUsOf(line) + (clocks.get(line.service) ?? 0) - trace.startEpochUs;
    const span = spanOf(line);
    if (span !== undefined) {
      placed.push({ line, span, atUs });
      continue;
    }
    const others = nameless.get(line.service);
    if (others === undefined) nameless.set(line.service, [{ line, atUs }]);
    else others.push({ line, atUs });
  }
  for (const [service, timed] of byService(trace, nameless.keys())) {
    placed.push(...innermost(trace, timed, nameless.get(service) ?? []));
  }
  return placed.sort((a, b) => a.atUs - b.atUs || a.span - b.span);
}

/** Spans of these services, in order of start. */
function byService(trace: Trace, services: Iterable<string>): Map<string, SpanIndex[]> {
  const wanted = new Map<string, SpanIndex[]>();
  for (const service of services) wanted.set(service, []);
  if (wanted.size === 0) return wanted;
  for (let span = 0; span < trace.spanCount; span += 1) wanted.get(trace.service(span))?.push(span);
  for (const spans of wanted.values()) spans.sort((a, b) => trace.startUs(a) - trace.startUs(b) || a - b);
  return wanted;
}

/** One sweep over time: of the running spans, the one that began last. */
function innermost(trace: Trace, spans: readonly SpanIndex[], lines: readonly Timed[]): PlacedLine[] {
  const open: SpanIndex[] = [];
  const placed: PlacedLine[] = [];
  let next = 0;
  for (const { line, atUs } of lines.toSorted((a, b) => a.atUs - b.atUs)) {
    for (; next < spans.length && trace.startUs(spans[next] ?? 0) <= atUs; next += 1) open.push(spans[next] ?? 0);
    while (open.length > 0 && trace.endUs(open.at(-1) ?? 0) < atUs) open.pop();
    const span = open.at(-1);
    if (span !== undefined) placed.push({ line, span, atUs });
  }
  return placed;
}
