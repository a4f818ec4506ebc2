/**
 * A service gets far fewer requests than usual: something in front of it stops them, or nobody sends them.
 *
 *   requests a second   ▇▇▆▇▇▆▇│▇▂▂▁▂▂▁▂     for five minutes, less than half of the rate that the hour before,
 *                              │             and earlier days at that time, predict
 *
 * Traces are a sample and show no rate: a hundred traces of a minute may be all of its requests, or one in a thousand. So
 * it reads metrics that count all requests. Without one, it reads metrics that count all log lines of the service.
 */

import { MINUTE_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import { type EdgeRefusal, edgeRefusals } from '#detect/signs/metrics/edge-refusals.ts';
import { type MovedTopic, movedTopics } from '#detect/signs/metrics/moved-topics.ts';
import { type UnusualRun, unusualRun } from '#detect/signs/unusual-run.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { minuteText, shareText } from '#model/metrics/limited.ts';
import { lineRates, type RequestRate, requestRates } from '#model/metrics/request-rates.ts';
import { medianOf } from '#model/stats/robust.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';

export const throughputDrop = defineDetector({
  id: 'throughput-drop',
  title: 'Throughput drop',
  why: 'Requests that no longer arrive cause no errors and no latency, so all other metrics look healthy.',
  runbook: 'runbooks/throughput-drop.md',
  clear: 'no service lost half of its normal throughput for minutes',
  silent: [
    'Sampled traces and lines show no rate: it needs a metric, or a store that counts all of them. Sampling by rate hides a drop.',
    'It reports nothing if the metric ends with the service: missing points may mean no requests or no scrape.',
    'With few requests, or fewer than three points of the hour before, a drop by half may be chance.',
    'It ignores a drop that earlier days show at the same time, if the metric reaches back that far.',
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
      means: 'Requests per second, divided by the expected rate at that time',
      why: 'The guide’s rule: a request rate below 50 % of what is expected.',
    },
    forMinutes: {
      default: 5,
      min: 1,
      unit: 'min',
      means: 'The drop must last this long without a break',
      why: 'The guide’s rule: for five minutes.',
    },
    minRequests: {
      default: 30,
      min: 1,
      unit: 'requests',
      means: 'Expected requests in that time',
      why: 'If 30 are expected, 15 or fewer come by chance in 0.3 % of cases. If 10 are expected, half come in 7 %.',
    },
  },

  detect({ window, metrics }, thresholds) {
    const drops = [...requestRates(metrics), ...lineRates(metrics)]
      .flatMap((rate) => dropOf(rate, window, thresholds))
      .sort(
        (a, b) =>
          Number(b.rate.service === window.service) - Number(a.rate.service === window.service) ||
          a.run.fromUs - b.run.fromUs ||
          a.share - b.share ||
          (a.rate.service < b.rate.service ? -1 : 1),
      )
      .slice(0, MOST_TOLD)
      .map((drop) => sightingOf(drop, window));
    const blocked = edgeRefusals(metrics, window).filter(({ how, name }) => how === 'blocked' && name !== '');
    return [...movedTopics(metrics, window, thresholds).map(movedSighting), ...blocked.map(blockedSighting), ...drops];
  },

  say({ form, fewer, before, service, rate, usual, share, since, seconds, isSeasonal, metric, counts, topic, other }) {
    if (other !== undefined) {
      const reader = topic === service ? 'its readers' : String(service);
      return {
        title: `${topic}: no message since ${since}, ${usual} a second are normal; ${other}, which nobody reads, gets ${rate} a second since then`,
        headline: {
          what: `The topic ${inWords(String(topic))} gets no message since ${since}`,
          why: `they go to ${inWords(String(other))}, which nobody reads`,
        },
        explanation: `Whoever wrote to ${topic} writes to ${other}, so nothing fails, and ${reader} ${topic === service ? 'get' : 'gets'} nothing to do.`,
        remedy: `Let the producer of ${topic} write there again, or let ${reader} read ${other}. Then work on the messages that wait in ${other}.`,
        check: `Another program reads ${other}, and its readings are in no metric here.`,
      };
    }
    if (form === 'blocked') return blockedWords({ service, share, before, fewer, since });
    const areLines = counts === 'log lines';
    const basis = isSeasonal === true ? 'at that time of earlier days' : 'in the hour before';
    return {
      title: `${service}: ${rate} ${counts} per second since ${since}, ${usual} are normal`,
      headline: {
        what: `${inWords(service)} ${areLines ? 'logs far fewer lines' : 'gets far fewer requests'} than normal since ${since}`,
      },
      explanation: `This is ${shareText(Number(share))} of the rate ${basis} and lasts for ${durationText(Number(seconds) * 1e6)}. ${
        areLines
          ? `No metric counts its requests; ${metric} counts all its log lines. So few lines mean that it gets fewer requests, or that it stops before it logs.`
          : `${metric} counts them. Either something stops the requests before they reach ${service}, or nobody sends them.`
      }`,
      remedy: `Follow the path of a request to ${service} from outside: DNS, certificate, load balancer, gateway, routes, its main caller. Then look for changes there before ${since}.`,
      check: areLines
        ? 'Its log level was changed, or its lines do not reach the log store. Then other services on the same node also log less.'
        : 'There was no demand at that time: a holiday, the end of a campaign, a job that did not run. Or the metric lost instances, not requests.',
    };
  },
});

const MOST_TOLD = 3;

type Limits = Readonly<Record<'maxShare' | 'forMinutes' | 'minRequests', number>>;
type Drop = UnusualRun & Readonly<{ rate: RequestRate; usual: number; share: number }>;

function dropOf(rate: RequestRate, window: TimeWindow, { maxShare, forMinutes, minRequests }: Limits): Drop[] {
  const forUs = forMinutes * MINUTE_US;
  const found = unusualRun(
    rate.all,
    window,
    forUs,
    (value, usual) => value < maxShare * usual,
    (_, usual) => (usual * forUs) / 1e6 >= minRequests,
  );
  if (found === undefined) return [];
  const usual = found.expected.at(found.run.fromUs);
  if (!found.expected.isSeasonal && fellEvenly(rate.all, found.run.fromUs, window, maxShare * usual)) return [];
  return [{ ...found, rate, usual, share: medianOf(found.run.values) / usual }];
}

const QUARTER_US = 15 * MINUTE_US;
/** Fewer points show no course. */
const FEWEST_POINTS = 5;
/** An even fall loses about as much in each quarter of an hour, by this factor. */
const ALIKE = 2;

/**
 * People leave one after another, at the end of the day or of a campaign: the rate has fallen before, in each quarter of an
 * hour by about as much as in the one in which it falls below the limit. A fault stops many requests at once.
 */
function fellEvenly(points: Points, atUs: number, { fromUs }: TimeWindow, limit: number): boolean {
  const levels = [4, 3, 2, 1].map(
    (back) => pointsBetween(points, atUs - back * QUARTER_US, atUs - (back - 1) * QUARTER_US).values,
  );
  if (levels.some((values) => values.length < FEWEST_POINTS)) return false;
  const [first = 0, second = 0, third = 0, last = 0] = levels.map(medianOf);
  const falls = [first / second, second / third, third / last].map(Math.log);
  const least = Math.min(...falls);
  return fromUs > 0 && least > 0 && last / limit < ALIKE && Math.max(...falls) <= ALIKE * Math.max(least, LEAST_FALL);
}

/** Smaller falls are noise; as a logarithm, so 5 %. */
const LEAST_FALL = 0.05;

function sightingOf({ rate, run, expected, usual, share }: Drop, window: TimeWindow): Sighting {
  const { service, metric } = rate;
  const now = rateText(medianOf(run.values));
  return {
    service,
    facts: {
      rate: now,
      usual: rateText(usual),
      share,
      since: minuteText(run.fromUs),
      sinceUs: run.fromUs,
      seconds: (run.untilUs - run.fromUs) / 1e6,
      isSeasonal: expected.isSeasonal,
      metric,
      counts: rate.counts,
      isAsked: rate.service === window.service && rate.counts === 'requests',
    },
    evidence: [
      {
        kind: 'metric',
        ref: metric,
        text: `${metric} of ${service}: ${now} a second since ${minuteText(run.fromUs)}, ${rateText(usual)} expected`,
      },
    ],
  };
}

function movedSighting({ topic, other, service, metric, before, now, sinceUs }: MovedTopic): Sighting {
  return {
    service,
    facts: {
      form: 'moved',
      critical: true,
      topic,
      other,
      usual: rateText(before),
      rate: rateText(now),
      since: minuteText(sinceUs),
      sinceUs,
      metric,
    },
    evidence: [
      { kind: 'metric', ref: metric, text: `${metric} of ${topic}: 0 a second, ${rateText(before)} before` },
      { kind: 'metric', ref: metric, text: `${metric} of ${other}: ${rateText(now)} a second, 0 before` },
    ],
  };
}

/** `42`, `0.35` */
function rateText(perSecond: number): string {
  return String(Number(perSecond.toPrecision(perSecond >= 100 ? 3 : 2)));
}

function blockedSighting({ name, metric, before, now, fewer, sinceUs }: EdgeRefusal): Sighting {
  const since = minuteText(sinceUs);
  return {
    service: name,
    facts: { form: 'blocked', critical: true, share: now, before, fewer, since, sinceUs, metric },
    evidence: [
      {
        kind: 'metric',
        ref: metric,
        text: `${name} blocks ${shareText(now)} of the requests since ${since}, ${shareText(before)} before`,
      },
    ],
  };
}

function blockedWords({
  service,
  share,
  before,
  fewer,
  since,
}: Readonly<Record<'service' | 'share' | 'before' | 'fewer' | 'since', Facts[string] | undefined>>): Words {
  return {
    title: `${service}: the firewall blocks ${shareText(Number(share))} of the requests since ${since}, ${shareText(Number(before))} before; ${shareText(Number(fewer))} fewer come through`,
    headline: { why: `the firewall ${inWords(String(service))} blocks requests that it let in before` },
    explanation: `The blocked requests are missing behind the firewall. An attack adds requests that it blocks, and takes none away.`,
    remedy: `Set the rules of ${service} that block most to counting, and read the blocked requests. Then look for changes of its rules before ${since}.`,
    check: `The blocked requests come from a few addresses or tools, and people had another reason to stay away since ${since}.`,
  };
}
