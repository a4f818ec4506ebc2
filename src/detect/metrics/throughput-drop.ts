/**
 * Fewer requests come than usual: somebody in front of the service keeps them away, or they can no longer find it.
 *
 *   requests a second   ▇▇▆▇▇▆▇│▇▂▂▁▂▂▁▂     less than half of what the hour before, and earlier days at that
 *                              │             time, let expect, for five minutes
 *
 * Traces are a sample and show no rate: a hundred of a minute may be all of its requests, or one in a thousand. So it reads
 * what counts them all; where nothing does, what counts all lines that the service writes.
 */
import { defineDetector } from '#detect/detector.ts';
import { type Expectation, expectationAt } from '#detect/signs/daily-pattern.ts';
import { type Run, sustainedRun } from '#detect/signs/sustained.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { minuteText, shareText } from '#model/metrics/limited.ts';
import { lineRates, type RequestRate, requestRates } from '#model/metrics/request-rates.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';

export const throughputDrop = defineDetector({
  id: 'throughput-drop',
  title: 'Throughput drop',
  why: 'Whoever no longer arrives makes no error and takes no time: every other number looks well.',
  runbook: 'runbooks/throughput-drop.md',
  clear: 'no service had less than half of its usual requests for minutes',
  silent: [
    'The traces and lines that are read show no rate: without a metric, or a store that counts all of them, it does not look. A sampler that keeps so many traces a second hides it.',
    'Where the metric ends with the service nothing is told: no points are no requests, or no scrape.',
    'With few requests, or with less than three points of the hour before, half as many may be chance.',
    'A drop that is usual at that time of earlier days is expected, where the metric reaches back so far.',
  ],
  role: 'description',
  field: 'load',
  coverage: 'service',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'metrics'],
  thresholds: {
    maxShare: {
      default: 0.5,
      min: 0,
      max: 1,
      unit: 'share of the expected requests',
      means: 'Requests a second, below this share of what is expected at that time',
      why: 'The guide’s rule: a request rate below 50 % of what is expected.',
    },
    forMinutes: {
      default: 5,
      min: 1,
      unit: 'min',
      means: 'For so long without an exception',
      why: 'The guide’s rule: for five minutes.',
    },
    minRequests: {
      default: 30,
      min: 1,
      unit: 'requests',
      means: 'Requests that are expected in that time',
      why: 'Of thirty that come by chance, fifteen or fewer come three times in a thousand; of ten, seven times in a hundred.',
    },
  },

  detect({ window, metrics }, thresholds) {
    return [...requestRates(metrics), ...lineRates(metrics)]
      .flatMap((rate) => dropOf(rate, window, thresholds))
      .sort(
        (a, b) =>
          Number(b.rate.service === window.service) - Number(a.rate.service === window.service) ||
          a.run.fromUs - b.run.fromUs ||
          a.share - b.share ||
          (a.rate.service < b.rate.service ? -1 : 1),
      )
      .slice(0, MOST_TOLD)
      .map(sightingOf);
  },

  say({ service, rate, usual, share, since, seconds, isSeasonal, metric, counts }) {
    const areLines = counts === 'log lines';
    const basis = isSeasonal === true ? 'at that time of earlier days' : 'in the hour before';
    return {
      title: `${service}: ${rate} ${counts} a second since ${since}, ${usual} are usual ${basis} (${shareText(Number(share))}), for ${durationText(Number(seconds) * 1e6)}`,
      explanation: areLines
        ? `No metric counts its requests; ${metric} counts all that it writes. That it writes so little says that less is asked of it, or that it stops before it writes.`
        : `${metric} counts them. That they are fewer says that they are kept away before they reach ${service}, or that nobody sends them.`,
      remedy: `Follow the way to ${service} from outside: DNS, certificate, balancer, gateway, routes, the service that calls it most; then what was changed there before ${since}.`,
      check: areLines
        ? 'Its log level was changed, or its lines do not reach the store: other services on the same node write less as well.'
        : `Nobody wanted anything at that time: a holiday, a campaign that ended, a job that did not run; or the metric lost instances and not requests.`,
    };
  },
});

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const MOST_TOLD = 3;

type Limits = Readonly<Record<'maxShare' | 'forMinutes' | 'minRequests', number>>;
type Drop = Readonly<{ rate: RequestRate; run: Run; expected: Expectation; share: number }>;

function dropOf(rate: RequestRate, window: TimeWindow, { maxShare, forMinutes, minRequests }: Limits): Drop[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const expected = expectationAt(rate.all, window.fromUs);
  if (expected === undefined) return [];
  const forUs = forMinutes * MINUTE_US;
  const isLow = (value: number, us: number) =>
    value < maxShare * expected.at(us) && (expected.at(us) * forUs) / 1e6 >= minRequests;
  const run = sustainedRun(pointsBetween(rate.all, window.fromUs, window.toUs + MINUTE_US), isLow, forUs);
  if (run === undefined) return [];
  // What comes in waves was as low before.
  const before = pointsBetween(rate.all, window.fromUs - HOUR_US, window.fromUs);
  if (sustainedRun(before, (value) => value < maxShare * expected.level, forUs) !== undefined) return [];
  const usual = expected.at(run.fromUs);
  return [{ rate, run, expected, share: medianOf(run.values) / usual }];
}

function sightingOf({ rate, run, expected, share }: Drop): Sighting {
  const { service, metric } = rate;
  const [now, usual] = [rateText(medianOf(run.values)), rateText(expected.at(run.fromUs))];
  return {
    service,
    operation: '',
    spans: [],
    wastedUs: 0,
    facts: {
      rate: now,
      usual,
      share,
      since: minuteText(run.fromUs),
      sinceUs: run.fromUs,
      seconds: (run.untilUs - run.fromUs) / 1e6,
      isSeasonal: expected.isSeasonal,
      metric,
      counts: rate.counts,
    },
    evidence: [
      {
        kind: 'metric',
        ref: metric,
        text: `${metric} of ${service}: ${now} a second since ${minuteText(run.fromUs)}, ${usual} expected`,
      },
    ],
  };
}

/** `42`, `0.35` */
function rateText(perSecond: number): string {
  return String(Number(perSecond.toPrecision(perSecond >= 100 ? 3 : 2)));
}
