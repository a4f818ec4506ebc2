/**
 * The trace has holes: what happened in them nobody sees.
 *
 *   [ GET /checkout                        ]  gateway
 *     [ GET /stock  ??????????????????? ]     a call of a service that records spans elsewhere in the trace, and none here
 *        - - - - [ SELECT ]                   orphan: its parent never came
 *   [ POST /mail ]                            another root: the context was lost on the way
 */
import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const brokenTrace = defineDetector({
  id: 'broken-trace',
  title: 'Broken trace',
  why: 'A verdict from half a trace may blame the half that is there.',
  runbook: 'runbooks/broken-trace.md',
  clear:
    'every span has its parent, there is one root, and every call of a service that records spans has its other side',
  silent: [
    'A service that records nothing anywhere in the trace is not missed: it may not be instrumented at all.',
    'Spans that were dropped at the end of a branch leave no mark; only a missing parent, a second root, or a call without its other side does.',
    'Calls that failed are left alone, for they may never have arrived, and so are calls of databases.',
    'A callee that the call names by its IP address, or by another name than its own, is not recognised.',
  ],
  role: 'mechanism',
  field: 'instrumentation',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why are spans missing?',
      lookAt: 'Whether the context is passed on there, sampling, and what the exporter dropped.',
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
      means: 'Spans of one service without a parent, or calls of it without its own span',
      why: 'One is a hole already: whatever lies in it is missing from every conclusion.',
    },
    minHiddenMs: {
      default: 1,
      min: 0,
      unit: 'ms',
      means: 'Duration of a call that the callee did not record',
      why: 'A shorter call was answered before it could reach another host: from a cache of the client, or not sent at all.',
    },
  },

  detect({ trace }, { minSpans, minHiddenMs }) {
    return [...strayRoots(trace, minSpans), ...silentCallees(trace, minSpans, minHiddenMs * 1000)];
  },

  say(facts) {
    const { service, operation, hole, spans, below, hiddenUs, services, orphans, caller, callers } = facts;
    if (hole === 'callee') {
      return {
        title: `${service} left no span for ${spans === 1 ? `${operation} of ${callers}` : `${spans} calls of ${callers}`}, which hides ${durationText(Number(hiddenUs))}`,
        explanation: `${service} records spans elsewhere in this trace, so it is instrumented: here the context did not reach it, its spans were dropped, or something else answered in its place.`,
        remedy: `Look at what happens in ${service} during these calls by its logs; check that the context (traceparent) passes whatever stands between ${callers} and ${service}, and that both sample alike.`,
        check: `Something else answered: a proxy, a cache, a replica without instrumentation. Then nothing is missing.`,
      };
    }
    const lost =
      Number(orphans) > 0
        ? `${orphans} of them ${Number(orphans) === 1 ? 'names' : 'name'} a parent that never came`
        : 'they name no parent at all';
    const guess = caller === '' ? '' : ` By its time the first may belong below ${caller}.`;
    return {
      title: `${service}: ${spans === 1 ? `${operation} stands` : `${spans} spans (${operation} first) stand`} apart from the request, with ${below} ${below === 1 ? 'span' : 'spans'} of ${services}`,
      explanation: `The trace has more than one root; ${lost}. ${durationText(Number(hiddenUs))} of work below them are on no path that was judged.${guess}`,
      remedy: `Look whether the spans are still on their way (ask again in a minute), were dropped by sampling or a full exporter, or whether ${service} lost the context: a queue, a thread pool or a proxy that does not pass traceparent on.`,
      check: `The spans belong to work of its own that shares the trace id by intention: a batch, a link, a browser’s page.`,
    };
  },
});

/** Where more services are torn apart, the trace as a whole is. */
const TOLD_AT_MOST = 10;

/** Roots beside the first, by the service that made them: the most first. */
function strayRoots(trace: Trace, minSpans: number): Sighting[] {
  if (trace.roots.length < 2) return [];
  const stray = trace.roots.filter((root) => root !== trace.root);
  // A cut circle and a span that is its own parent are holes as well, but no orphans.
  const orphanShare = trace.repairs.orphan > 0;
  return [...Map.groupBy(stray, (root) => trace.service(root)).values()]
    .filter((roots) => roots.length >= minSpans)
    .sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0))
    .slice(0, TOLD_AT_MOST)
    .map((roots) => {
      const [first = trace.root] = roots;
      const below = roots.reduce((sum, root) => sum + trace.preorderEnd(root) - trace.preorder(root), 0);
      return {
        service: trace.service(first),
        operation: trace.operation(first),
        spans: roots,
        wastedUs: 0,
        facts: {
          hole: 'root',
          spans: roots.length,
          below,
          hiddenUs: roots.reduce((sum, root) => sum + trace.durationOfUs(root), 0),
          services: servicesBelow(trace, roots),
          orphans: orphanShare ? Math.min(trace.repairs.orphan, roots.length) : 0,
          caller: likelyCaller(trace, first),
          callers: '',
        },
      };
    });
}

/** At most three names. */
function servicesBelow(trace: Trace, roots: readonly SpanIndex[]): string {
  const isBelow = new Uint8Array(trace.spanCount);
  for (const root of roots) isBelow.fill(1, trace.preorder(root), trace.preorderEnd(root));
  const names = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1)
    if (isBelow[trace.preorder(span)] === 1) names.add(trace.service(span));
  return names.size > 3 ? `${names.size} services` : [...names].sort().join(', ');
}

/** The shortest call of that service, without a callee, that the stray span fits into. */
function likelyCaller(trace: Trace, stray: SpanIndex): string {
  const isStrays = serviceNamed([trace.service(stray)]);
  let caller: SpanIndex | undefined;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (
      trace.kind(span) !== 'client' ||
      trace.startUs(span) > trace.startUs(stray) ||
      trace.endUs(span) < trace.endUs(stray)
    )
      continue;
    if (trace.childCount(span) > 0 || isStrays(trace.peer(span)) === undefined) continue;
    if (caller === undefined || trace.durationOfUs(span) < trace.durationOfUs(caller)) caller = span;
  }
  return caller === undefined ? '' : `${trace.operation(caller)} of ${trace.service(caller)}`;
}

/** Calls of services that record spans in this trace, but none for this call. What failed may never have arrived. */
function silentCallees(trace: Trace, minSpans: number, minHiddenUs: number): Sighting[] {
  const calls = spansWith(trace, { kinds: ['client'] });
  if (calls.length === 0) return [];
  const recordingService = recordingServices(trace);
  const isWait = trace.operationTest(isConnectionWait);
  const hostOf = hostsInAddresses(trace);
  const byService = new Map<string, SpanIndex[]>();
  for (const span of calls) {
    if (trace.childCount(span) > 0 || trace.isDatabaseCall(span)) continue;
    if (trace.failed(span) || trace.durationOfUs(span) < minHiddenUs || isWait(span)) continue;
    const service = recordingService(trace.peer(span) || hostOf(span));
    if (service === '' || service === trace.service(span)) continue;
    const known = byService.get(service);
    if (known === undefined) byService.set(service, [span]);
    else known.push(span);
  }
  return [...byService]
    .filter(([, calls]) => calls.length >= minSpans)
    .slice(0, TOLD_AT_MOST)
    .map(([service, calls]) => silent(trace, service, calls));
}

/** So many spans are read for their address. */
const READ_AT_MOST = 100;

/** Older HTTP clients name whom they call in the address alone. */
function hostsInAddresses(trace: Trace): (span: SpanIndex) => string {
  let read = 0;
  return (span) => {
    read += 1;
    if (read > READ_AT_MOST) return '';
    return /^\w+:\/\/(?:[^@/]*@)?([^/?#]+)/.exec(trace.text(span, 'url.full'))?.[1] ?? '';
  };
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
      caller: '',
      callers: [...new Set(calls.map((call) => trace.service(call)))].sort().join(', '),
    },
  };
}

/** The service that a peer names, of those that answer calls in this trace; empty where it is none of them. */
function recordingServices(trace: Trace): (peer: string) => string {
  const known = new Map<string, string>([['', '']]);
  let named: ReturnType<typeof serviceNamed> | undefined;
  return (peer) => {
    let service = known.get(peer);
    if (service === undefined) {
      named ??= serviceNamed(answeringServices(trace));
      service = named(peer) ?? '';
      known.set(peer, service);
    }
    return service;
  };
}

function answeringServices(trace: Trace): string[] {
  const names = new Set<string>();
  for (const span of spansWith(trace, { kinds: ['server'] })) names.add(trace.service(span));
  return [...names].sort();
}
