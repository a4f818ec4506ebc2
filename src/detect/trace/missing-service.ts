/**
 * Nearly every healthy trace of this request calls a service that is missing here.
 *
 *   healthy   [ POST /checkout                        ]
 *               [ cart ][ payment ][ recommendations ]
 *
 *   this one  [ POST /checkout                        ]   ← the span to look at: it made no call
 *               [ cart ][ payment ]                         recommendations: 20 of 20 healthy traces call it
 *
 * Among services that call each other, the topmost is named. If the request failed earlier, that is why the call was not
 * made. If the call was made and answered, the service works and only its spans are missing.
 */

import { defineDetector } from '#detect/detector.ts';
import { isCutShort, placesOf } from '#detect/signs/calls/missing-calls.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';

export const missingService = defineDetector({
  id: 'missing-service',
  title: 'Missing service',
  why: 'A call that is never made raises no error and is not slow. People get less than they asked for, and nothing shows it.',
  runbook: 'runbooks/missing-service.md',
  clear: 'no service is missing that nearly all healthy traces of the request call',
  silent: [
    'It takes a service for optional if some healthy traces lack it, too, or if healthy requests reach exactly the services that this one does. It may be cached, sampled, or needed only by some requests.',
    'It ignores requests that were refused or redirected, which do less on purpose, and traces with missing parents, which prove nothing.',
    'It does not report a service that only consumes messages, because that may happen later.',
    'Among services that call each other, it names only the topmost.',
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
  signs: ['lost-call'],
  needs: ['trace', 'baseline'],
  thresholds: {
    minTraces: {
      default: 5,
      min: 1,
      unit: 'healthy traces',
      means: 'Healthy traces of the request that are needed',
      why: 'If half of all requests call a service, five traces of five show the call by chance once in 32 times.',
    },
    minShare: {
      default: 0.9,
      min: 0.5,
      max: 1,
      unit: 'share of the healthy traces',
      means: 'Healthy traces that call the service',
      why: 'A service that healthy requests leave out more often is cached, optional or sampled.',
    },
    maxAlike: {
      default: 0.02,
      min: 0,
      max: 1,
      unit: 'share of the healthy traces',
      means: 'Healthy traces, if two or more, that reach exactly the services that this one does',
      why: 'What one healthy request in fifty does is another valid way to answer. A single one may have lost its spans.',
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
            // Missing spans do not affect whoever sent the request.
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
        title: `${service} recorded no spans, although ${caller} called it (${operation}) and ${usually}`,
        headline: { what: `${inWords(service)} sent no spans, so its part of the request is unknown` },
        explanation: `The call was answered, so ${service} or something in its place works. Only its spans are missing: this trace does not show what goes wrong in it.`,
        remedy: `Check what ${service} exports: its sampling, its agent, its collector, and whether it takes the trace context from the call.`,
        check: `Something else answered: a cache, a stub, a fallback, another service at the same address.`,
      };
    }
    return {
      title:
        cutShort === true
          ? `${service} is not reached, because ${operation} of ${caller} ${isCalled === true ? 'failed' : 'failed before'}; ${usually}`
          : `${service} is not called below ${operation} of ${caller}, although ${usually}`,
      headline: {
        why:
          cutShort === true
            ? `${inWords(service)} is not reached after a failure in ${inWords(caller)}`
            : `${inWords(caller)} does not call ${inWords(service)} as usual`,
      },
      explanation:
        cutShort === true
          ? `${service} did not do its part of the request. This trace shows no fault of ${service} itself.`
          : `No call failed before it: ${caller} took another path and left ${service} out.`,
      remedy:
        cutShort === true
          ? `Fix the failure below ${operation}. Then ${service} is called again.`
          : `Look in ${caller} for what decides about the call: a flag, a setting, an empty list before it, a timeout of zero, service discovery that does not find ${service}, a deploy that removed it.`,
      check: `Other requests at the same time leave ${service} out and are complete. Then it is cached, or this request does not need it.`,
    };
  },
});

/** Refused and redirected requests do less on purpose. */
function answersAsUsual(trace: Trace): boolean {
  return trace.failed(trace.root) || trace.httpStatus(trace.root) < 300;
}

/** Where parents are missing, whole services may be missing. */
function isIncomplete(trace: Trace): boolean {
  return trace.repairs.orphan > 0;
}
