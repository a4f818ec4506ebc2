/**
 * The trace has holes: missing spans hide what happened.
 *
 *   [ GET /checkout                        ]  gateway
 *     [ GET /stock  ??????????????????? ]     a call to a service that records spans elsewhere in the trace, but not here
 *        - - - - [ SELECT ]                   an orphan: its parent is missing
 *   [ POST /mail ]                            another root: the context was lost on the way
 */

import { defineDetector } from '#detect/detector.ts';
import { isLaterDelivery } from '#detect/signs/attempts/later-attempts.ts';
import { silentCalls } from '#detect/signs/calls/silent-calls.ts';
import { likelyCaller, servicesBelow } from '#detect/signs/path/stray-roots.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

export const brokenTrace = defineDetector({
  id: 'broken-trace',
  title: 'Broken trace',
  why: 'A verdict from half a trace may blame the half that is there.',
  runbook: 'runbooks/broken-trace.md',
  clear: 'every span has its parent, there is one root, and every service that records spans recorded the calls to it',
  silent: [
    'It does not report a service that records no spans anywhere in the trace: that service may not be instrumented.',
    'It does not see spans that were dropped at the end of a branch: only a missing parent, a second root, or a call without the callee’s span shows.',
    'It ignores failed calls, which may never have arrived, and database calls.',
    'It does not recognise a callee that the call names by IP address or by another name.',
  ],
  role: 'mechanism',
  field: 'instrumentation',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why are spans missing?',
      lookAt: 'Whether the context is passed on there, sampling, and spans that the exporter dropped.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  ticks: { 'services-without-trace': 'Looked for spans that are missing' },
  needs: ['trace'],
  thresholds: {
    minSpans: {
      default: 1,
      min: 1,
      unit: 'spans',
      means: 'Spans of one service without a parent, or calls to it without its own span',
      why: 'One hole is enough: every conclusion lacks what lies in it.',
    },
    minHiddenMs: {
      default: 1,
      min: 0,
      unit: 'ms',
      means: 'Duration of a call that the callee did not record',
      why: 'A shorter call reached no other host: the client answered it from a cache or did not send it.',
    },
  },

  detect({ trace }, { minSpans, minHiddenMs }) {
    return [
      ...strayRoots(trace, minSpans),
      ...placedSpans(trace, minSpans),
      ...silentCallees(trace, minSpans, minHiddenMs * 1000),
    ];
  },

  say(facts) {
    const { service, operation, hole, spans, below, hiddenUs, services, orphans, caller, callers } = facts;
    if (hole === 'callee') {
      return {
        title: `${service} left no span for ${spans === 1 ? `${operation} of ${callers}` : `${spans} calls of ${callers}`}, which hides ${durationText(Number(hiddenUs))}`,
        headline: { what: `${inWords(service)} left no span, so its part of the request is unknown` },
        explanation: `${service} records spans elsewhere in this trace, so it is instrumented. Here the context did not reach it, its spans were dropped, or something else answered in its place.`,
        remedy: `Read the log of ${service} during these calls. Check that everything between ${callers} and ${service} passes the context (traceparent) on, and that both sample alike.`,
        check: `A proxy, a cache or a replica without instrumentation answered. Then no span is missing.`,
      };
    }
    const lost =
      Number(orphans) > 0
        ? `${orphans} of them ${Number(orphans) === 1 ? 'names' : 'name'} a missing parent`
        : 'they name no parent';
    if (hole === 'placed') return wordsOfPlaced(facts);
    const guess = caller === '' ? '' : ` By its time, the first may belong below ${caller}.`;
    return {
      title: `${service}: ${spans === 1 ? `${operation} is` : `${spans} spans (${operation} first) are`} cut off from the request, with ${below} ${below === 1 ? 'span' : 'spans'} of ${services}`,
      headline: { what: `A part of the trace in ${inWords(service)} is cut off from the request` },
      explanation: `The trace has more than one root: ${lost}. They hold ${durationText(Number(hiddenUs))} of work that no judged path contains.${guess}`,
      remedy: `Ask again in a minute: the spans may still be on their way. Otherwise check whether sampling or a full exporter dropped them, or whether ${service} lost the context: a queue, a thread pool or a proxy that does not pass traceparent on.`,
      check: `The spans belong to separate work that shares the trace id on purpose: a batch, a link, a browser page.`,
    };
  },
});

function wordsOfPlaced({ service, operation, spans, below, hiddenUs, services, orphans }: Facts): Words {
  const [what, belong] =
    spans === 1 ? [operation, 'it belongs'] : [`${spans} spans (${operation} first)`, 'they belong'];
  return {
    title: `${service} lost the parent of ${what}: time and service show where ${belong}`,
    headline: { what: `Parents of spans in ${inWords(service)} are lost, and their places are estimates` },
    explanation: `${Number(orphans) > 0 ? 'The parent never arrived' : 'No parent is named'}. ${durationText(Number(hiddenUs))} of work, in ${below} ${below === 1 ? 'span' : 'spans'} of ${services}, is placed below the span that encloses it.`,
    remedy: `Ask again in a minute: the missing spans may still be on their way. Otherwise check whether sampling or a full exporter dropped them.`,
    check: `The spans belong to separate work that shares the trace id on purpose: a batch, a link, a browser page.`,
  };
}

/** If more services are cut off, the trace as a whole is broken. */
const MOST_SERVICES = 10;

/** Roots other than the first, grouped by service, the largest group first. */
function strayRoots(trace: Trace, minSpans: number): Sighting[] {
  if (trace.roots.length < 2) return [];
  const isLinked = linksWithin(trace);
  return cutOff(
    trace,
    'root',
    trace.roots.filter((root) => root !== trace.root && !isLinked(root) && !isLaterDelivery(trace, root)),
    minSpans,
  );
}

/** A link says which span of this trace a root follows: job systems record later work so. */
function linksWithin(trace: Trace): (root: SpanIndex) => boolean {
  let ids: Set<string> | undefined;
  return (root) => {
    const links = trace.links(root);
    if (links.length === 0) return false;
    ids ??= new Set(Array.from({ length: trace.spanCount }, (_, span) => comparableId(trace.spanId(span))));
    return links.some(({ spanId }) => ids?.has(comparableId(spanId)));
  };
}

/** Spans without their parent, which stand below another one by their time. */
function placedSpans(trace: Trace, minSpans: number): Sighting[] {
  if (trace.repairs.placedOrphan + trace.repairs.placedRoot === 0) return [];
  const placed: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.isEstimated(span)) placed.push(span);
  return cutOff(trace, 'placed', placed, minSpans);
}

function cutOff(trace: Trace, hole: string, stray: readonly SpanIndex[], minSpans: number): Sighting[] {
  // A cut cycle or a span that is its own parent also makes a root, but no orphan.
  const hasOrphans = trace.repairs.orphan > 0;
  return [...Map.groupBy(stray, (root) => trace.service(root)).values()]
    .filter((roots) => roots.length >= minSpans)
    .sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0))
    .slice(0, MOST_SERVICES)
    .map((roots) => {
      const [first = trace.root] = roots;
      const below = roots.reduce((sum, root) => sum + trace.preorderEnd(root) - trace.preorder(root), 0);
      return {
        service: trace.service(first),
        operation: trace.operation(first),
        spans: roots,
        wastedUs: 0,
        facts: {
          hole,
          spans: roots.length,
          below,
          hiddenUs: roots.reduce((sum, root) => sum + trace.durationOfUs(root), 0),
          services: servicesBelow(trace, roots),
          orphans: hasOrphans ? Math.min(trace.repairs.orphan, roots.length) : 0,
          // A span that names no parent lost the context: somebody has to mend that.
          isLoss: hasOrphans,
          caller: likelyCaller(trace, first),
          callers: '',
        },
      };
    });
}

function silentCallees(trace: Trace, minSpans: number, minHiddenUs: number): Sighting[] {
  return silentCalls(trace, minHiddenUs)
    .filter(([, calls]) => calls.length >= minSpans)
    .slice(0, MOST_SERVICES)
    .map(([service, calls]) => silent(trace, service, calls));
}

function silent(trace: Trace, service: string, calls: readonly SpanIndex[]): Sighting {
  return {
    service,
    operation: trace.operation(calls[0] ?? trace.root),
    spans: calls,
    wastedUs: 0,
    facts: {
      hole: 'callee',
      spans: calls.length,
      below: 0,
      hiddenUs: calls.reduce((sum, call) => sum + trace.durationOfUs(call), 0),
      services: service,
      orphans: 0,
      isLoss: trace.repairs.orphan > 0,
      caller: '',
      callers: [...new Set(calls.map((call) => trace.service(call)))].sort().join(', '),
    },
  };
}
