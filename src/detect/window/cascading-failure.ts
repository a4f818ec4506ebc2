/**
 * One service fails, then those that call it, then those that call them: which one failed first, and how it spread.
 *
 *   14:30:07   user-service   ✗ 503                      in 48 requests, by itself        ← failed first
 *   14:30:07   order-service  ✗ passed on 210 ms later    in 48 requests
 *   14:31:12   order-service  ✗ "queue full"              in 12 requests, by itself, since then
 *   14:30:08   api-gateway    ✗ time-out                  in 60 requests
 *
 * Within a request the calls tell who failed because of whom, after clocks were set right. Over many requests the times
 * tell whose own failures came first: of that, no single request has to know. A call that was waited for in vain is the
 * failure of whoever did not answer.
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
  why: 'Many services report failures at once, and only the first of them has anything to mend.',
  runbook: 'runbooks/cascading-failure.md',
  clear: 'no service’s failures spread to two others',
  silent: [
    'Failures that leave no failed span are not seen: a service that only becomes slow takes part once somebody gives up on it.',
    'Services that fail side by side without calling each other are not one cascade here; what they share has no span.',
    'A failure that its caller puts up with does not spread.',
    'Where as many requests fail in healthy times, nothing is told.',
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
      means: 'Services that fail, the first one counted',
      why: 'A caller that fails with its callee is every failed call; the guide’s cascades go through three services and more.',
    },
    minRequests: {
      default: 5,
      min: 2,
      unit: 'requests',
      means: 'Requests in which the failure of the first service reached another one',
      why: 'Once or twice it is a failed request and not an outage.',
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
        spans: [],
        wastedUs: 0,
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
        : ` Since then ${later} also ${String(later).includes(' and ') ? 'fail' : 'fails'} where ${service} does not: it did not stay with those who waited for it.`;
    return {
      title: `${service} failed first, at ${since} (${operation}), then ${followed}: ${failing} of ${of} requests fail (${shareText(Number(share))})`,
      explanation: `In ${counted(Number(reached), 'request')} its failure was passed on by those who called it.${own}`,
      remedy: `Mend ${service}, and leave the others alone until it answers. So that it does not spread again: time-outs that get shorter on the way down, few retries, a circuit breaker or an answer without it in its callers.`,
      check: `${service} fails only where a service that it calls, or a host that it runs on, failed before and has no spans.`,
    };
  },
});

/** How a failure went through a request: from where it began to those that passed it on. Instants in microseconds since the epoch. */
type Failure = Readonly<{
  trace: Trace;
  origin: string;
  operation: string;
  atUs: number;
  span: SpanIndex;
  /** The nearest first, each service once. */
  passedOn: readonly Readonly<{ service: string; afterUs: number; span: SpanIndex }>[];
}>;

function failuresIn(trace: Trace, known: ReadonlySet<string>): Failure[] {
  return errorOrigins(trace).flatMap(({ spans: [span], path }): Failure[] => {
    if (span === undefined) return [];
    // Nobody answered: it is the failure of whoever was asked, if that is one of the services.
    const asked = callee(trace, span);
    const isOther = known.has(asked) && asked !== trace.service(span);
    const origin = isOther ? asked : trace.service(span);
    const way = isOther ? [span, ...path] : path;
    const passedOn = new Map<string, Failure['passedOn'][number]>();
    for (const each of way) {
      const service = trace.service(each);
      if (service === origin || !trace.failed(each)) continue;
      // Its answer is the last that fails of it.
      passedOn.set(service, { service, afterUs: trace.endUs(each) - trace.endUs(span), span: each });
    }
    const atUs = trace.startEpochUs + trace.endUs(span);
    return [{ trace, origin, operation: trace.operation(span), atUs, span, passedOn: [...passedOn.values()] }];
  });
}

type First = Readonly<{
  service: string;
  operation: string;
  /** Its third failure: by this it is compared with others. */
  sinceUs: number;
  /** The first of those just before that. */
  beganUs: number;
  failures: number;
}>;

const MINUTE_US = 60_000_000;

/** A failure or two before the others may be any day’s. */
const THIRD = 2;
/** Whoever begins less than a tenth of the failures does not begin the cascade. */
const LEAST_OF_ALL = 0.1;

/** Of the services that fail by themselves the one that began to do so first; where that is a tie, the one that does so most. */
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
  /** Failures of the first one that it passed on, and how long after it. */
  passedOn: number;
  afterUs: number;
  /** Failures that began in itself, later. */
  ownFailures: number;
  sinceUs: number;
  step: number;
  example: Failure | undefined;
}>;

/** Those that passed the first one’s failures on, in the order of the calls, and with what they failed in by themselves later. */
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
    text: `${service}: ${operation} fails in ${counted(own.length, 'request')} by itself, since ${instantText(beganUs)}`,
  };
}

function spreadItem({ service, passedOn, afterUs, ownFailures, example }: Reached, first: First): EvidenceItem {
  const own = ownFailures === 0 ? '' : `, and in ${ownFailures} by itself, later`;
  const span = example?.passedOn.find((one) => one.service === service)?.span;
  return {
    kind: 'span',
    ref: span === undefined ? service : (example?.trace.spanId(span) ?? service),
    text: `${service}: passes the failure of ${first.service} on in ${counted(passedOn, 'request')}, ${durationText(Math.max(0, afterUs))} after it${own}`,
  };
}

const MOST_NAMED = 5;

function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMED)
    return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
