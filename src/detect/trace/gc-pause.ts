/**
 * The garbage collector stops the process, and the request with it.
 *
 *   [ GET /report                                   ]  report-service   ← the service to change
 *     [ SELECT ]                      [ SELECT ]
 *               ~~~ nothing runs ~~~                     its log: Pause Full (G1 Compaction Pause) 1980M->1610M 1312.4ms
 *
 * A pause is known from a span that is nothing else, an event or attribute of a span, or a line of the service’s log.
 * What counts is how much of it lies over the service’s own part of the critical path: a pause during which the request
 * waited for another service cost it nothing.
 */
import { defineDetector } from '#detect/detector.ts';
import { type Pause, pauseInLine, pauseOfEvent, pauseOfSpan, pausesOfEvents } from '#detect/signs/gc-pauses.ts';
import type { EvidenceItem, Sighting, Stretch } from '#model/finding/finding.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { partOfTime } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const gcPause = defineDetector({
  id: 'gc-pause',
  title: 'Garbage collection pause',
  why: 'Everything that the process does stands still, so that all of its requests are slow at the same moment and no span shows why.',
  runbook: 'runbooks/gc-pause.md',
  clear: 'no span, event or log line speaks of a collection that stopped the request',
  silent: [
    'Runtimes tell of their pauses only where they are asked to: without a line, an event or a span there is a gap and no more.',
    'It reads no metrics, where most pauses are recorded.',
    'A pause during which the request waited for another service cost it nothing and is left alone.',
    'Concurrent phases of a collection stop nobody and are left alone, even where they take the CPU.',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did the memory have to be cleaned up for so long?',
      lookAt: 'The heap and its limit, what was allocated at that time, and the settings of the collector.',
    },
  },
  checkQueries: ['log', 'pod'],
  namesCause: 'always',
  saidAs: /\bgarbage collect|\bcollector\b|\bGC\b/i,
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minPauseMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Pauses of one service over its own part of the critical path, together',
      why: 'G1 aims at pauses of at most 200 ms (MaxGCPauseMillis), ZGC and Go at a few; below a tenth of a second a person notices nothing.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'As for slow queries: less is lost in the noise of one request.',
    },
  },

  detect({ trace, logs = [] }, { minPauseMs, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minPauseMs * 1000, minShare * rootUs);
    const seen = [...spanPauses(trace), ...recordedPauses(trace, least), ...loggedPauses(trace, logs)];
    return [...Map.groupBy(seen, ({ service }) => service)].flatMap(([service, pauses]): Sighting[] => {
      const lost = united(pauses.flatMap((pause) => pause.lost));
      const lostUs = lengthOf(lost);
      const [longest] = lost.toSorted((a, b) => lengthOf([b]) - lengthOf([a]) || a.startUs - b.startUs);
      if (longest === undefined || lostUs < least) return [];
      const said = pauses.toSorted((a, b) => lengthOf(b.lost) - lengthOf(a.lost)).map(({ item }) => item);
      return [
        {
          service,
          operation: trace.operation(longest.span),
          spans: [...new Set([longest.span, ...lost.map(({ span }) => span)])],
          wastedUs: lostUs,
          explains: lost,
          facts: {
            lostUs,
            pauses: pauses.filter((pause) => pause.lost.length > 0).length,
            said: said[0]?.text ?? '',
            rootUs,
            rootOperation: trace.operation(trace.root),
          },
          evidence: said.slice(0, MOST_SHOWN),
        },
      ];
    });
  },

  say({ service, operation, lostUs, pauses, said, rootUs, rootOperation }) {
    const stops = Number(pauses) > 1 ? `${pauses} garbage collections stop it` : 'garbage collection stops it';
    return {
      title: `${service}: ${stops} for ${partOfTime(Number(lostUs), Number(rootUs))} of ${rootOperation}, in ${operation}`,
      explanation: `The process did nothing in that time but look for memory that it could free. The evidence: “${said}”.`,
      remedy: `Look at the heap of ${service} after each full collection: full again means a leak or too small a heap, mostly free means that too much is allocated at once. A collector made for short pauses (ZGC, Shenandoah) hides the rest.`,
      check: `Requests of ${service} that ran at the same moment were not slow, or the pause was concurrent and stopped nobody.`,
    };
  },
});

/** Evidence of so many pauses is shown. */
const MOST_SHOWN = 20;
/** So many spans above the one that lost the time are asked for events, as long as they are of its service. */
const MOST_ABOVE = 5;
/** So many pauses are looked at, the longest first: each may lie over the whole path. */
const MOST_PAUSES = 100;

type Seen = Readonly<{ service: string; lost: readonly Stretch[]; item: EvidenceItem }>;

function spanPauses(trace: Trace): Seen[] {
  return spansWith(trace, { operation: pauseOfSpan })
    .filter((span) => !trace.isCall(span) && !trace.isDatabaseCall(span))
    .sort((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b)
    .slice(0, MOST_PAUSES)
    .map((span) => ({
      service: trace.service(span),
      lost: lostTo(trace, span, trace.startUs(span), trace.endUs(span)),
      item: { kind: 'span', ref: trace.spanId(span), text: trace.operation(span) },
    }));
}

/** What spans with much own time on the path say, and those above them: a few, as each holds a good share. */
function recordedPauses(trace: Trace, least: number): Seen[] {
  const asked = new Set<SpanIndex>();
  for (const span of spansWith(trace, { heldUs: least / MOST_PARTS })) {
    if (pathSelfUs(trace, span) * MOST_PARTS < least) continue;
    let at: SpanIndex | undefined = span;
    for (let up = 0; up <= MOST_ABOVE && at !== undefined && trace.isOfOneService(at, span); up += 1) {
      asked.add(at);
      at = trace.parent(at);
    }
  }
  return [...asked]
    .flatMap((span) => [...eventPauses(trace, span), ...attributePauses(trace, span)])
    .sort((a, b) => b.us - a.us)
    .slice(0, MOST_PAUSES)
    .map(({ span, lost, item }) => ({ service: trace.service(span), lost: lost(), item }));
}

/** A pause may lie over several spans; each of them loses at least so small a part of what counts. */
const MOST_PARTS = 4;

/** `lost` goes along the path: it is asked of few. */
type Recorded = Readonly<{ span: SpanIndex; us: number; lost: () => readonly Stretch[]; item: EvidenceItem }>;

function eventPauses(trace: Trace, span: SpanIndex): Recorded[] {
  if (!trace.hasEvents(span)) return [];
  return pausesOfEvents(trace.events(span)).map((pause) => {
    const item: EvidenceItem = { kind: 'event', ref: trace.spanId(span), text: pause.text };
    return { span, us: pause.us, lost: () => better(trace, span, pause.atUs, pause), item };
  });
}

/** Attributes give no time: it is taken from the span’s own part of the path, where there is most of it. */
function attributePauses(trace: Trace, span: SpanIndex): Recorded[] {
  const own = () => pathWithin(trace, trace.startUs(span), trace.endUs(span), (on) => on === span);
  return Object.entries(trace.attributes(span)).flatMap(([name, value]): Recorded[] => {
    const pause = pauseOfEvent({ name: '', atUs: 0, attributes: { [name]: value } });
    if (pause === undefined) return [];
    const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text: `${name} = ${value}` };
    return [{ span, us: pause.us, lost: () => shortened(own(), pause.us), item }];
  });
}

function loggedPauses(trace: Trace, logs: readonly LogLine[]): Seen[] {
  const told = logs.flatMap((line) => {
    const pause = pauseInLine(line.line);
    return pause === undefined ? [] : [{ line, us: pause.us }];
  });
  if (told.length === 0) return [];
  const spanOf = anySpans(trace);
  return told
    .sort((a, b) => b.us - a.us)
    .slice(0, MOST_PAUSES)
    .flatMap(({ line, us }): Seen[] => {
      const span = spanOf.get(line.service);
      if (span === undefined) return [];
      const atUs = epochUsOf(line) - trace.startEpochUs;
      const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
      // Collectors log when they are done.
      return [{ service: line.service, lost: lostTo(trace, span, atUs - us, atUs), item }];
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

/** The service’s own part of the path in that time: what another service did meanwhile went on. */
function lostTo(trace: Trace, of: SpanIndex, fromUs: number, toUs: number): Stretch[] {
  return pathWithin(trace, fromUs, toUs, (span) => trace.isOfOneService(span, of));
}

/** An event stands at the begin or at the end of what it tells of: where more of the path lies is where it was. */
function better(trace: Trace, span: SpanIndex, atUs: number, { us }: Pause): Stretch[] {
  const before = lostTo(trace, span, atUs - us, atUs);
  const after = lostTo(trace, span, atUs, atUs + us);
  return lengthOf(after) >= lengthOf(before) ? after : before;
}

function shortened(stretches: readonly Stretch[], us: number): Stretch[] {
  let leftUs = us;
  return stretches
    .toSorted((a, b) => b.endUs - b.startUs - (a.endUs - a.startUs) || a.startUs - b.startUs)
    .flatMap((stretch) => {
      const endUs = Math.min(stretch.endUs, stretch.startUs + leftUs);
      leftUs -= endUs - stretch.startUs;
      return endUs > stretch.startUs ? [{ ...stretch, endUs }] : [];
    });
}

/** One pause told twice, by an event and by the log, is lost once. */
function united(stretches: readonly Stretch[]): Stretch[] {
  let reachedUs = Number.NEGATIVE_INFINITY;
  return stretches
    .toSorted((a, b) => a.startUs - b.startUs)
    .flatMap((stretch) => {
      const startUs = Math.max(stretch.startUs, reachedUs);
      reachedUs = Math.max(reachedUs, stretch.endUs);
      return stretch.endUs > startUs ? [{ ...stretch, startUs }] : [];
    });
}
