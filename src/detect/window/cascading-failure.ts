/**
 * One service fails, then its callers, then their callers. Shows which service failed first and how the failure spread.
 *
 *   14:30:07   user-service   ✗ 503                      in 48 requests, by itself        ← failed first
 *   14:30:07   order-service  ✗ passed on 210 ms later    in 48 requests
 *   14:31:12   order-service  ✗ "queue full"              in 12 requests, by itself, since then
 *   14:30:08   api-gateway    ✗ timeout                   in 60 requests
 *
 * Within a request the calls show which failure caused which, after clock correction. Over many requests the times show
 * which service's own failures came first; no single request needs to show it. A call without an answer is the callee's
 * failure, unless the caller ended it sooner than healthy calls took.
 */

import { defineDetector } from '#detect/detector.ts';
import { type Failure, failuresIn } from '#detect/signs/failures/failure-paths.ts';
import { type First, firstOf, type Reached, spreadFrom } from '#detect/signs/failures/failure-spread.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { shareText } from '#model/metrics/limited.ts';
import { instantText } from '#model/platform/platform-pods.ts';
import { failedRequest } from '#model/requests/affected-requests.ts';
import { earlyTimeouts } from '#model/requests/early-timeouts.ts';
import { hasRisen, shareInterval, shareOf } from '#model/stats/proportion.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import { listText } from '#model/text/list-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export const cascadingFailure = defineDetector({
  id: 'cascading-failure',
  title: 'Cascading failure',
  why: 'Many services report failures at once, but only the first one needs a fix.',
  runbook: 'runbooks/cascading-failure.md',
  clear: 'no service’s failures spread to two others',
  silent: [
    'It sees only failed spans. A slow service takes part once a caller gives up on it.',
    'Services that fail at the same time but do not call each other are no cascade here. Their common cause has no span.',
    'It ignores a failure that the caller handles, because it does not spread.',
    'It reports nothing if as many requests fail in the baseline.',
  ],
  role: 'failure',
  field: 'dependency',
  coverage: 'requests',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['requests'],
  uses: ['healthyRequests'],
  thresholds: {
    minServices: {
      default: 3,
      min: 2,
      unit: 'services',
      means: 'Services that fail, including the first',
      why: 'Two services are just a failed call. The guide’s cascades have three services or more.',
    },
    minRequests: {
      default: 5,
      min: 2,
      unit: 'requests',
      means: 'Requests in which the failure of the first service reached another one',
      why: 'One or two are failed requests, not an outage.',
    },
    minShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the requests',
      means: 'Requests that fail, at the lower end of Wilson’s interval of 95 %',
      why: 'The guide’s rule for windows: an error rate above 5 %.',
    },
  },

  detect({ requests, healthyRequests = [] }, { minServices, minRequests, minShare }) {
    const failing = { times: requests.filter(failedRequest).length, of: requests.length };
    const before = { times: healthyRequests.filter(failedRequest).length, of: healthyRequests.length };
    if (shareInterval(failing).low <= minShare || !hasRisen(failing, before)) return [];
    const known = new Set(requests.flatMap(({ services }) => services));
    const early = earlyTimeouts(requests, healthyRequests);
    const isOfCaller = (trace: Trace, span: SpanIndex) => early.of(trace, span) !== undefined;
    const failures = requests.flatMap((trace) => failuresIn(trace, known, isOfCaller));
    const first = firstOf(failures);
    if (first === undefined) return [];
    const spread = spreadFrom(first, failures, minRequests);
    if (spread.length + 1 < minServices) return [];
    const own = failures.filter(({ origin }) => origin === first.service);
    const reached = new Set(own.filter(({ passedOn }) => passedOn.length > 0).map(({ trace }) => trace));
    if (reached.size < minRequests) return [];
    return [
      {
        service: first.service,
        operation: first.operation,
        facts: {
          since: instantText(first.beganUs),
          sinceUs: first.beganUs,
          failing: failing.times,
          of: failing.of,
          share: shareOf(failing),
          reached: reached.size,
          services: spread.length,
          followed: listed(spread.map(({ service }) => service)),
          later: listed(spread.filter(({ ownFailures }) => ownFailures > 0).map(({ service }) => service)),
        },
        evidence: [firstItem(first, own), ...spread.map((one) => spreadItem(one, first))],
      },
    ];
  },

  say({ service, operation, since, failing, of, share, reached, followed, later }) {
    const own =
      later === ''
        ? ''
        : ` Since then ${later} also ${String(later).includes(' and ') ? 'fail' : 'fails'} without ${service}: the failure spread beyond its callers.`;
    return {
      title: `${shareText(Number(share))} of requests fail: ${service} failed first, at ${since}, then ${followed}`,
      headline: {
        what: `${shareText(Number(share))} of requests fail`,
        why: `${inWords(service)} failed first, then its callers`,
      },
      explanation: `${failing} of ${of} requests fail. The failure of ${service} began in ${operation}, and its callers passed it on in ${counted(Number(reached), 'request')}.${own}`,
      remedy: `Fix ${service} first, and leave the others alone until it answers. To stop the next spread, give callees shorter timeouts than their callers, limit retries, and use a circuit breaker or a fallback in the callers.`,
      check: `${service} fails only after one of its dependencies or its host failed, which has no spans.`,
    };
  },
});

function firstItem({ service, operation, beganUs }: First, own: readonly Failure[]): EvidenceItem {
  const [example] = own.toSorted((a, b) => a.atUs - b.atUs || (a.trace.traceId < b.trace.traceId ? -1 : 1));
  return {
    kind: 'span',
    ref: example === undefined ? service : example.trace.spanId(example.span),
    text: `${service}: ${operation} itself fails in ${counted(own.length, 'request')} since ${instantText(beganUs)}`,
  };
}

function spreadItem({ service, passedOn, afterUs, ownFailures, example }: Reached, first: First): EvidenceItem {
  const own = ownFailures === 0 ? '' : `; later it fails by itself in ${ownFailures}`;
  const span = example?.passedOn.find((one) => one.service === service)?.span;
  return {
    kind: 'span',
    ref: span === undefined ? service : (example?.trace.spanId(span) ?? service),
    text: `${service}: passes on the failure of ${first.service} in ${counted(passedOn, 'request')}, ${durationText(Math.max(0, afterUs))} later${own}`,
  };
}

const MOST_NAMED = 5;

function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMED)
    return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
  return listText(names);
}
