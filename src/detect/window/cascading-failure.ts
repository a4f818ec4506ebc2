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
 * failure.
 */
import { defineDetector } from '#detect/detector.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { shareText } from '#model/metrics/limited.ts';
import { instantText } from '#model/platform/platform-pods.ts';
import { failedRequest } from '#model/requests/affected-requests.ts';
import { hasRisen, shareInterval, shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

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
    const failures = requests.flatMap((trace) => failuresIn(trace, known));
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
      explanation: `${failing} of ${of} requests fail. The failure of ${service} began in ${operation}, and its callers passed it on in ${counted(Number(reached), 'request')}.${own}`,
      remedy: `Fix ${service} first, and leave the others alone until it answers. To stop the next spread, give callees shorter timeouts than their callers, limit retries, and use a circuit breaker or a fallback in the callers.`,
      check: `${service} fails only after one of its dependencies or its host failed, which has no spans.`,
    };
  },
});

/** The path of a failure through a request, from its origin to the callers that passed it on. Times in microseconds since the epoch. */
type Failure = Readonly<{
  trace: Trace;
  origin: string;
  operation: string;
  atUs: number;
  span: SpanIndex;
  /** The nearest caller first, each service once. */
  passedOn: readonly Readonly<{ service: string; afterUs: number; span: SpanIndex }>[];
}>;

function failuresIn(trace: Trace, known: ReadonlySet<string>): Failure[] {
  return errorOrigins(trace).flatMap(({ spans: [span], path }): Failure[] => {
    if (span === undefined) return [];
    // No answer: it is the callee's failure, if the callee is one of the services.
    const asked = callee(trace, span);
    const isOther = known.has(asked) && asked !== trace.service(span);
    const origin = isOther ? asked : trace.service(span);
    const way = isOther ? [span, ...path] : path;
    const passedOn = new Map<string, Failure['passedOn'][number]>();
    for (const each of way) {
      const service = trace.service(each);
      if (service === origin || !trace.failed(each)) continue;
      // The service's answer is its last failing span.
      passedOn.set(service, { service, afterUs: trace.endUs(each) - trace.endUs(span), span: each });
    }
    const atUs = trace.startEpochUs + trace.endUs(span);
    return [{ trace, origin, operation: trace.operation(span), atUs, span, passedOn: [...passedOn.values()] }];
  });
}

type First = Readonly<{
  service: string;
  operation: string;
  /** The time of its third failure, which is compared with other services. */
  sinceUs: number;
  /** The first failure shortly before that. */
  beganUs: number;
  failures: number;
}>;

const MINUTE_US = 60_000_000;

/** One or two earlier failures may be normal. */
const THIRD = 2;
/** A service where less than a tenth of the failures begin did not start the cascade. */
const LEAST_OF_ALL = 0.1;

/** The first service that began to fail by itself; on a tie, the one with the most own failures. */
function firstOf(failures: readonly Failure[]): First | undefined {
  const [first] = [...Map.groupBy(failures, ({ origin }) => origin)]
    .filter(([, own]) => own.length > THIRD && own.length >= LEAST_OF_ALL * failures.length)
    .map(([service, own]): First => {
      const times = own.map(({ atUs }) => atUs).sort((a, b) => a - b);
      const sinceUs = times[THIRD] ?? 0;
      const beganUs = times.find((us) => us >= sinceUs - MINUTE_US) ?? sinceUs;
      return { service, operation: mostFrequent(own), sinceUs, beganUs, failures: own.length };
    })
    .sort((a, b) => a.sinceUs - b.sinceUs || b.failures - a.failures || (a.service < b.service ? -1 : 1));
  return first;
}

function mostFrequent(failures: readonly Failure[]): string {
  const [most] = [...Map.groupBy(failures, ({ operation }) => operation)].sort(
    ([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1),
  );
  return most?.[0] ?? '';
}

type Reached = Readonly<{
  service: string;
  /** Failures of the first service that this one passed on, and the delay. */
  passedOn: number;
  afterUs: number;
  /** Later failures that began in this service. */
  ownFailures: number;
  sinceUs: number;
  step: number;
  example: Failure | undefined;
}>;

/** The services that passed on the first one's failures, in the order of the calls, with their own later failures. */
function spreadFrom(first: First, failures: readonly Failure[], fewest: number): readonly Reached[] {
  const passing = new Map<string, { steps: number[]; after: number[]; times: number[]; example: Failure }>();
  for (const failure of failures) {
    if (failure.origin !== first.service) continue;
    for (const [step, { service, afterUs }] of failure.passedOn.entries()) {
      const known = passing.get(service) ?? { steps: [], after: [], times: [], example: failure };
      passing.set(service, known);
      known.steps.push(step);
      known.after.push(afterUs);
      known.times.push(failure.atUs + afterUs);
    }
  }
  return [...passing]
    .filter(([, { steps }]) => steps.length >= Math.min(fewest, THIRD + 1))
    .map(([service, { steps, after, times, example }]): Reached => {
      const own = failures.filter(({ origin, atUs }) => origin === service && atUs > first.sinceUs);
      return {
        service,
        passedOn: steps.length,
        afterUs: medianOf(after),
        ownFailures: own.length > THIRD ? own.length : 0,
        sinceUs: Math.min(...times),
        step: medianOf(steps),
        example,
      };
    })
    .sort((a, b) => a.step - b.step || a.sinceUs - b.sinceUs || (a.service < b.service ? -1 : 1));
}

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
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
