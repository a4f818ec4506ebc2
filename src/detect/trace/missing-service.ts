/**
 * A service that nearly every healthy trace of the request calls is not in this one.
 *
 *   healthy   [ POST /checkout                        ]
 *               [ cart ][ payment ][ recommendations ]
 *
 *   this one  [ POST /checkout                        ]   ← the span to open: it did not call
 *               [ cart ][ payment ]                         recommendations: 20 of 20 healthy traces call it
 *
 * Of services that call one another the topmost is named. Where the request failed before, the call was never made for
 * that reason. Where it was made and answered, the service works and its spans are missing.
 */
import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Baseline, UsualService } from '#model/requests/baseline.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { answerOf } from '#model/trace/views/call-span.ts';

export const missingService = defineDetector({
  id: 'missing-service',
  title: 'Missing service',
  why: 'What is never called raises no error and is not slow: people get less than they asked for, and nothing says so.',
  runbook: 'runbooks/missing-service.md',
  clear: 'no service is missing that five or more healthy traces show to belong to the request',
  silent: [
    'A service that some of the healthy traces leave out as well is taken for optional: cached, sampled, or needed by some requests only. So is what healthy requests do without that reach the very services that this one does.',
    'Requests that were refused or redirected do less on purpose, and traces with spans whose parents did not come prove nothing: both are left alone.',
    'Who only reads messages is not missed, because it may come later.',
    'Of services that call one another only the topmost is named.',
  ],
  role: 'mechanism',
  field: 'dependency',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why was the service not reached?',
      lookAt: 'Its instances at that time, routing and flags, and whether it still sends traces.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace', 'baseline'],
  thresholds: {
    minTraces: {
      default: 5,
      min: 1,
      unit: 'healthy traces',
      means: 'Healthy traces of the request that there must be',
      why: 'What half of the requests do is in five traces of five by chance once in 32 times.',
    },
    minShare: {
      default: 0.9,
      min: 0.5,
      max: 1,
      unit: 'share of the healthy traces',
      means: 'Those that call the service',
      why: 'What is left out more often is left out in health as well: cached, optional, sampled.',
    },
    maxAlike: {
      default: 0.02,
      min: 0,
      max: 1,
      unit: 'share of the healthy traces',
      means: 'Those, if there are two or more, that reach the very services that this one does',
      why: 'What one request in fifty does in health is another way to answer; one alone may have lost its spans.',
    },
  },

  detect({ trace, baseline }, { minTraces, minShare, maxAlike }) {
    if (baseline.traces < minTraces || !answersAsUsual(trace) || isIncomplete(trace)) return [];
    if (baseline.sameServices > 1 && baseline.sameServices > maxAlike * baseline.traces) return [];
    const here = new Set(trace.services);
    const missing = baseline.services.filter(
      ({ name, traces }) => !here.has(name) && traces >= minShare * baseline.traces,
    );
    const places = placesOf(trace, baseline);
    return missing.flatMap((service): Sighting[] => {
      const place = places(service);
      if (place === undefined) return [];
      const { span, isCalled } = place;
      const failed = isCutShort(trace, span);
      const isSilent = isCalled && !failed;
      return [
        {
          service: service.name,
          operation: trace.operation(span),
          spans: [span],
          wastedUs: 0,
          facts: {
            caller: trace.service(span),
            calledIn: service.traces,
            traces: baseline.traces,
            cutShort: failed,
            isCalled,
            // Spans that were not sent are missing to nobody who made the request.
            ...(!isSilent && { reachedRoot: false }),
            rootOperation: trace.operation(trace.root),
          },
        },
      ];
    });
  },

  say({ service, operation, caller, calledIn, traces, cutShort, isCalled, rootOperation }) {
    const usually = `${calledIn} of ${traces} healthy traces of ${rootOperation} call it`;
    if (isCalled === true && cutShort !== true) {
      return {
        title: `${service}: was called by ${caller} (${operation}) and recorded nothing, although ${usually}`,
        explanation: `The call was answered, so ${service} or something in its place works. Its spans are what is missing: whatever goes wrong in it is not in this trace.`,
        remedy: `Look at what ${service} exports: its sampling, its agent, its collector, and whether it takes the trace’s context from the call.`,
        check: `The answer came from somewhere else: a cache, a stub, a fallback, another service under the same address.`,
      };
    }
    return {
      title:
        cutShort === true
          ? `${service}: is not reached, because ${operation} of ${caller} ${isCalled === true ? 'failed' : 'failed before'}; ${usually}`
          : `${service}: is not called below ${operation} of ${caller}, although ${usually}`,
      explanation:
        cutShort === true
          ? `What ${service} does for the request was not done. It is no fault of ${service} as far as this trace shows.`
          : `Nothing failed on the way to it: ${caller} took another way and left ${service} out.`,
      remedy:
        cutShort === true
          ? `Mend the failure below ${operation}; ${service} is called again then.`
          : `Look in ${caller} for what decides about the call: a flag, a setting, an empty list before it, a timeout of nothing, a discovery that does not find ${service}, a deploy that took it out.`,
      check: `Other requests of the same time leave ${service} out and are complete: it is cached, or not needed for what was asked.`,
    };
  },
});

/** Refused and redirected requests do less on purpose. */
function answersAsUsual(trace: Trace): boolean {
  return trace.failed(trace.root) || trace.httpStatus(trace.root) < 300;
}

/** Where parents did not come, whole services may not have come. */
function isIncomplete(trace: Trace): boolean {
  return trace.repairs.orphan > 0;
}

type Place = Readonly<{
  /** The call, or else what should have made it. */
  span: SpanIndex;
  isCalled: boolean;
}>;

/** Where the service should be. Undefined where its caller is not there itself: then that is what is missing. */
function placesOf(trace: Trace, { groups }: Baseline): (service: UsualService) => Place | undefined {
  const groupOf = new Map<string, number>();
  for (let group = 0; group < groups.count; group += 1) groupOf.set(groups.name(group), group);
  const firstOf = (names: readonly string[], passes: (span: SpanIndex) => boolean) => {
    for (const name of names) {
      const group = groupOf.get(name);
      const span = group === undefined ? undefined : groups.spans(group).find(passes);
      if (span !== undefined) return span;
    }
    return undefined;
  };
  return ({ calls, callers }) => {
    const made = firstOf(calls, (span) => isBareCall(trace, span));
    if (made !== undefined) return { span: made, isCalled: true };
    const caller = firstOf(callers, () => true);
    return caller === undefined ? undefined : { span: caller, isCalled: false };
  };
}

/** Without the callee's span below it: calls of one name may go to several services. Where kinds are not recorded, a leaf. */
function isBareCall(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) === 'client') return answerOf(trace, span) === undefined;
  return trace.kind(span) === 'unspecified' && trace.childCount(span) === 0;
}

/** The work failed that should have made the call, or something directly below it. */
function isCutShort(trace: Trace, caller: SpanIndex): boolean {
  if (trace.failed(caller)) return true;
  const children = trace.children(caller);
  for (let at = 0; at < children.length; at += 1) if (trace.failed(children[at] ?? 0)) return true;
  return false;
}
