/** Pauses for garbage collection, and the part of the critical path that each one covers. */

import { shortened } from '#detect/signs/path/stretches.ts';
import {
  type Pause,
  pauseInLine,
  pauseOfEvent,
  pauseOfSpan,
  pausesInRequest,
  pausesOfEvents,
} from '#detect/signs/runtime/gc-pauses.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { saysOutOfMemory } from '#model/instruments/process-lines.ts';
import { isOfOtherInstance } from '#model/logs/line-instance.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName } from '#model/trace/views/called-host.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** How many callers above a span have their events read, within one service. The span itself lost the time. */
const MOST_ABOVE = 5;

/** Looks at this many pauses, the longest first: each may cover the whole path. */
const MOST_PAUSES = 100;

/** A pause in spans, events, attributes or log lines of a service, and the stretches of the path that it covers. */
type PauseOnPath = Readonly<{ service: string; lost: readonly Stretch[]; item: EvidenceItem }>;

/** `least` is the shortest time on the critical path that matters. */
export function pausesOnPath(trace: Trace, logs: readonly LogLine[], least: number): PauseOnPath[] {
  return [
    ...spanPauses(trace),
    ...recordedPauses(trace, least),
    ...loggedPauses(trace, logs),
    ...countedPauses(trace, logs),
  ];
}

function spanPauses(trace: Trace): PauseOnPath[] {
  return spansWith(trace, { operation: pauseOfSpan })
    .filter((span) => !trace.isCall(span) && !trace.isDatabaseCall(span) && !worksBelow(trace, span))
    .sort((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b)
    .slice(0, MOST_PAUSES)
    .map((span) => ({
      service: trace.service(span),
      lost: lostTo(trace, span, trace.startUs(span), trace.endUs(span)),
      item: { kind: 'span', ref: trace.spanId(span), text: trace.operation(span) },
    }));
}

/** A process that stands still starts no spans, except for the phases of the pause. Other collectors of garbage do work. */
function worksBelow(trace: Trace, span: SpanIndex): boolean {
  return trace.children(span).some((child) => !pauseOfSpan(trace.operation(child)));
}

/** Pauses in the events and attributes of spans with much own time on the path, and of the spans above them. */
function recordedPauses(trace: Trace, least: number): PauseOnPath[] {
  const read = new Set<SpanIndex>();
  for (const span of spansWith(trace, { heldUs: least / MOST_PARTS })) {
    if (pathSelfUs(trace, span) * MOST_PARTS < least) continue;
    let at: SpanIndex | undefined = span;
    for (let up = 0; up <= MOST_ABOVE && at !== undefined && trace.isOfOneService(at, span); up += 1) {
      read.add(at);
      at = trace.parent(at);
    }
  }
  return [...read]
    .flatMap((span) => [...eventPauses(trace, span), ...attributePauses(trace, span)])
    .sort((a, b) => b.us - a.us)
    .slice(0, MOST_PAUSES)
    .map(({ span, lost, item }) => ({ service: trace.service(span), lost: lost(), item }));
}

/** A pause may cover several spans; each one with at least this part (1 / n) of the threshold is read. */
const MOST_PARTS = 4;

/** `lost` walks along the path, so only the longest pauses call it. */
type Recorded = Readonly<{ span: SpanIndex; us: number; lost: () => readonly Stretch[]; item: EvidenceItem }>;

function eventPauses(trace: Trace, span: SpanIndex): Recorded[] {
  if (!trace.hasEvents(span)) return [];
  return pausesOfEvents(trace.events(span)).map((pause) => {
    const item: EvidenceItem = { kind: 'event', ref: trace.spanId(span), text: pause.text };
    return { span, us: pause.us, lost: () => beforeOrAfter(trace, span, pause.atUs, pause), item };
  });
}

/** Attributes have no timestamp, so the pause is placed in the longest stretches of the span's own time on the path. */
function attributePauses(trace: Trace, span: SpanIndex): Recorded[] {
  const own = () => pathWithin(trace, trace.startUs(span), trace.endUs(span), (on) => on === span);
  return Object.entries(trace.attributes(span)).flatMap(([name, value]): Recorded[] => {
    const pause = pauseOfEvent({ name: '', atUs: 0, attributes: { [name]: value } });
    if (pause === undefined) return [];
    const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text: `${name} = ${value}` };
    return [{ span, us: pause.us, lost: () => shortened(own(), pause.us), item }];
  });
}

function loggedPauses(trace: Trace, logs: readonly LogLine[]): PauseOnPath[] {
  const logged = logs.flatMap((line) => {
    const pause = pauseInLine(line.line);
    return pause === undefined ? [] : [{ line, us: pause.us }];
  });
  if (logged.length === 0) return [];
  const full = new Set(
    logs.filter((line) => wasDuring(trace, line) && saysOutOfMemory(line.line)).map(({ service }) => service),
  );
  const spanOf = anySpans(trace);
  return logged
    .filter(({ line }) => !full.has(line.service))
    .sort((a, b) => b.us - a.us)
    .slice(0, MOST_PAUSES)
    .flatMap(({ line, us }): PauseOnPath[] => {
      const span = spanOf.get(line.service);
      const atUs = epochUsOf(line) - trace.startEpochUs;
      const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
      if (span === undefined) return calleePause(trace, line.service, { fromUs: atUs - us, toUs: atUs, item });
      // Collectors log when they are done.
      const lost = lostTo(trace, span, atUs - us, atUs).filter(
        (stretch) => !isOfOtherInstance(line, trace.resource(stretch.span)),
      );
      return [{ service: line.service, lost, item }];
    });
}

/** Runtimes write their report after they ended. */
const REPORTED_WITHIN_US = 1_000_000;

/** The process ran out of memory while the request ran: it collected again and again before, and that is no cause. */
function wasDuring(trace: Trace, line: LogLine): boolean {
  const atUs = epochUsOf(line) - trace.startEpochUs;
  return atUs >= trace.startUs(trace.root) && atUs <= trace.endUs(trace.root) + REPORTED_WITHIN_US;
}

type Told = Readonly<{ fromUs: number; toUs: number; item: EvidenceItem }>;

/** The calls of a server without spans waited for it while it stood still: a node of a search engine, a database. */
function calleePause(trace: Trace, service: string, { fromUs, toUs, item }: Told): PauseOnPath[] {
  if (service === '') return [];
  const isOfIt = new Map<SpanIndex, boolean>();
  const lost = pathWithin(trace, fromUs, toUs, (span) => {
    const known = isOfIt.get(span) ?? isCallOf(trace, span, service);
    isOfIt.set(span, known);
    return known;
  });
  return lost.length === 0 ? [] : [{ service, lost, item }];
}

/**
 * By the name that the call has for its server; a call that names none, by the system. A pause makes no call fail: what
 * failed has another reason, such as a heap that stayed full.
 */
function isCallOf(trace: Trace, span: SpanIndex, service: string): boolean {
  if (trace.failed(span) || trace.childCount(span) > 0) return false;
  if (!(trace.kind(span) === 'client' || trace.isDatabaseCall(span))) return false;
  const named = [calledName(trace, span), trace.text(span, 'server.address')].filter((name) => name !== '');
  const names = named.length > 0 ? named : [trace.databaseSystem(span)];
  return names.some((name) => name.toLowerCase() === service.toLowerCase());
}

/** Nothing says when they were: they are placed in the longest stretches of the service's own time on the path. */
function countedPauses(trace: Trace, logs: readonly LogLine[]): PauseOnPath[] {
  const counted = logs.flatMap((line) => {
    const pause = isOfRequest(line) ? pausesInRequest(line.line) : undefined;
    return pause === undefined ? [] : [{ line, us: pause.us }];
  });
  if (counted.length === 0) return [];
  const spanOf = anySpans(trace);
  return counted.slice(0, MOST_PAUSES).flatMap(({ line, us }): PauseOnPath[] => {
    const of = spanOf.get(line.service);
    if (of === undefined) return [];
    const own = pathWithin(
      trace,
      trace.startUs(trace.root),
      trace.endUs(trace.root),
      (span) => trace.isOfOneService(span, of) && !trace.isDatabaseCall(span) && trace.kind(span) !== 'client',
    );
    return [
      { service: line.service, lost: shortened(own, us), item: { kind: 'log', ref: line.timeNs, text: line.line } },
    ];
  });
}

/** One span of each service. */
function anySpans(trace: Trace): ReadonlyMap<string, SpanIndex> {
  const spans = new Map<string, SpanIndex>();
  for (let span = 0; span < trace.spanCount && spans.size < trace.services.length; span += 1) {
    if (!spans.has(trace.service(span))) spans.set(trace.service(span), span);
  }
  return spans;
}

/** The service's own part of the path in that time. The work of other services continued. */
function lostTo(trace: Trace, of: SpanIndex, fromUs: number, toUs: number): Stretch[] {
  return pathWithin(trace, fromUs, toUs, (span) => trace.isOfOneService(span, of) && !waitsOn(trace, span, toUs));
}

/** A call whose answer came only after the pause would have taken as long without the pause. */
function waitsOn(trace: Trace, span: SpanIndex, toUs: number): boolean {
  return (trace.kind(span) === 'client' || trace.isDatabaseCall(span)) && trace.endUs(span) - toUs > SOON_US;
}

/** People do not notice a tenth of a second. An answer that came during the pause is read right after it. */
const SOON_US = 100_000;

/** An event is recorded at the start or the end of its pause. Takes the side with more of the path. */
function beforeOrAfter(trace: Trace, span: SpanIndex, atUs: number, { us }: Pause): Stretch[] {
  const before = lostTo(trace, span, atUs - us, atUs);
  const after = lostTo(trace, span, atUs, atUs + us);
  return lengthOf(after) >= lengthOf(before) ? after : before;
}
