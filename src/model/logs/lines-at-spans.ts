/**
 * Lines that name the request but none of its spans: each is evidence of the span of its service that ran then.
 *
 *   POST /orders     [==============================]   orders
 *     INSERT ✗         [=========================]      orders
 *   with a span id                ·                     stays where it is
 *   a remark              ·                             of INSERT, which ran then
 *   a failure                                     ·     of INSERT, which failed right before
 *
 * Where spans of one service ran side by side, a time does not tell them apart: the line belongs to the span around them.
 */
import { type ClockOffset, clockOffsets, spansById } from '#model/logs/log-clock.ts';
import { tellsOfFailure, wordedAsFailure } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A failed call throws, and its caller logs that. A tenth of a second is what people do not notice. */
const LOGGED_WITHIN_US = 100_000;
/** The time that a logger takes to write a line; nobody would notice less. */
const TOLERANCE_US = 5_000;
/** With more spans of one service at once, a time says nothing. */
const MOST_AT_ONCE = 50;

/** The lines, in their order, with the id of their span where one fits. `isOwn`: the line surely belongs to the request. */
export function linesAtSpans<Line extends LogLine>(
  trace: Trace,
  lines: readonly Line[],
  isOwn: (line: Line) => boolean,
): Line[] {
  const spanOf = spansById(trace, lines);
  const open = new Map<string, number[]>();
  lines.forEach((line, at) => {
    if (!isOwn(line) || spanOf(line) !== undefined) return;
    const known = open.get(line.service);
    if (known === undefined) open.set(line.service, [at]);
    else known.push(at);
  });
  if (open.size === 0) return [...lines];
  const clocks = new Map(clockOffsets(trace, lines).map((clock) => [clock.service, clock]));
  const placed = [...lines];
  for (const [service, spans] of spansOf(trace, open)) {
    const ofService = open.get(service) ?? [];
    placeAll(trace, spans, placed, ofService, clocks.get(service));
  }
  return placed;
}

/** The spans of these services, in order of start. */
function spansOf(trace: Trace, services: ReadonlyMap<string, unknown>): Map<string, SpanIndex[]> {
  const spans = new Map([...services.keys()].map((service): [string, SpanIndex[]] => [service, []]));
  for (let span = 0; span < trace.spanCount; span += 1) spans.get(trace.service(span))?.push(span);
  for (const own of spans.values()) own.sort((a, b) => trace.startUs(a) - trace.startUs(b) || a - b);
  return spans;
}

/** One sweep over the lines and the spans of a service, both in order of time. */
function placeAll<Line extends LogLine>(
  trace: Trace,
  spans: readonly SpanIndex[],
  lines: Line[],
  places: readonly number[],
  clock: ClockOffset | undefined,
): void {
  const shiftUs = shiftOf(trace, spans);
  const timed = places.flatMap((place) => {
    const line = lines[place];
    const offsetUs = clock?.offsetUs ?? shiftUs;
    return line === undefined ? [] : [{ place, line, atUs: epochUsOf(line) + offsetUs - trace.startEpochUs }];
  });
  let running: SpanIndex[] = [];
  let next = 0;
  for (const { place, line, atUs } of timed.sort((a, b) => a.atUs - b.atUs)) {
    for (; next < spans.length && trace.startUs(spans[next] ?? 0) <= atUs; next += 1) running.push(spans[next] ?? 0);
    running = running.filter((span) => trace.endUs(span) >= atUs - LOGGED_WITHIN_US);
    const span = running.length > MOST_AT_ONCE ? undefined : spanAt(trace, running, atUs, fails(line));
    if (span !== undefined) lines[place] = { ...line, spanId: comparableId(trace.spanId(span)), isPlaced: true };
  }
}

/** Services that go on after a failed call log it as a warning. */
function fails(line: LogLine): boolean {
  return tellsOfFailure(line) || (line.level === 'warn' && wordedAsFailure(line.line));
}

/** What was added to the times of all spans of a service whose clock is off: its lines have the same clock. */
function shiftOf(trace: Trace, spans: readonly SpanIndex[]): number {
  const [first] = spans;
  const shiftUs = first === undefined ? 0 : trace.shiftUs(first);
  return spans.every((span) => trace.shiftUs(span) === shiftUs) ? shiftUs : 0;
}

/** `recent`: the spans that run at that time, or ended shortly before. */
function spanAt(trace: Trace, recent: readonly SpanIndex[], atUs: number, isFailure: boolean): SpanIndex | undefined {
  const running = recent.filter((span) => trace.endUs(span) >= atUs - TOLERANCE_US);
  const around = innermost(trace, running);
  if (!isFailure) return around;
  const latestStart = recent.reduce((latest, span) => Math.max(latest, trace.startUs(span)), 0);
  const failed = recent.filter((span) => {
    const isAfterIt = trace.endUs(span) >= latestStart;
    return trace.failed(span) && isAfterIt && (around === undefined || span === around || trace.isUnder(span, around));
  });
  return innermost(trace, failed) ?? around;
}

/** The deepest span of a nest. If some of the spans ran side by side, the deepest span that is around all of those. */
function innermost(trace: Trace, spans: readonly SpanIndex[]): SpanIndex | undefined {
  const isAround = (outer: SpanIndex, inner: SpanIndex) => outer === inner || trace.isUnder(inner, outer);
  const inLine = spans.filter((span) => spans.every((other) => isAround(span, other) || isAround(other, span)));
  return inLine.reduce<SpanIndex | undefined>(
    (deepest, span) => (deepest === undefined || trace.isUnder(span, deepest) ? span : deepest),
    undefined,
  );
}

/** What a call and its caller, a span of the same service, wrote right after the call. Empty where another service called. */
export function callerLinesAfter(
  trace: Trace,
  call: SpanIndex,
  lines: Pick<ReadonlyMap<string, readonly LogLine[]>, 'get'>,
): readonly LogLine[] {
  const caller = trace.parent(call);
  if (caller === undefined || !trace.isOfOneService(caller, call)) return [];
  const endUs = trace.startEpochUs + trace.endUs(call);
  return [caller, call]
    .flatMap((span) => lines.get(trace.spanId(span)) ?? [])
    .filter((line) => epochUsOf(line) >= endUs && epochUsOf(line) <= endUs + LOGGED_WITHIN_US);
}
