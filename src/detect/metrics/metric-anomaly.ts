/**
 * A metric is far from its expected value for several points in a row, in the direction of a problem.
 *
 *   queue depth   ▂▁▂▂▁▂▁▂│▂▄▆█████      expected: the hour before, plus the daily pattern of earlier
 *                         │  └ onset     days; unusual: more than 2 standard deviations from that
 *
 * It reports what changed and when, and whether it moves together with a symptom that users notice. A correlation does
 * not show which metric moves the other; the order in which they began is only a hint.
 */

import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import { laggedCorrelation, type Together } from '#detect/signs/metrics/correlation.ts';
import { type FiringAlert, firingAlerts } from '#detect/signs/metrics/firing-alerts.ts';
import { metricName, valueText } from '#detect/signs/metrics/metric-words.ts';
import { type UnusualMetric, unusualMetric } from '#detect/signs/metrics/unusual-metric.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { acrossInstances } from '#model/metrics/across-instances.ts';
import { overAllStatuses } from '#model/metrics/all-statuses.ts';
import { wholeShares } from '#model/metrics/error-shares.ts';
import { metricEvidence, minuteText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Concept } from '#model/metrics/metric-names.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';

export const metricAnomaly = defineDetector({
  id: 'metric-anomaly',
  title: 'Unusual metric',
  why: 'The first metric that became unusual shows where and when to look.',
  runbook: 'runbooks/metric-anomaly.md',
  clear: 'no metric was unusual for several points in a row',
  silent: [
    'It needs at least five points before the time window to know what is normal.',
    'A metric that varies a lot in the baseline must vary even more.',
    'It reports only changes for the worse, not fewer errors, shorter queues or idle CPUs.',
    'Without data of earlier days, a daily peak that begins in the time window looks unusual.',
  ],
  role: 'description',
  field: 'load',
  coverage: 'service',
  nextWhys: {
    unsaid: {
      ask: 'What changed just before this metric became unusual?',
      lookAt: 'Deploys, jobs and feature flags in the minutes before, and the dependencies of this service.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'metrics'],
  thresholds: {
    minDeviations: {
      default: 2,
      min: 1,
      unit: 'standard deviations',
      means: 'Distance from the expected value',
      why: 'The guide’s rule: more than two standard deviations from the baseline.',
    },
    minPoints: {
      default: 3,
      min: 1,
      unit: 'points',
      means: 'Unusual points in a row',
      why: 'By chance, one point in twenty is two deviations off, but three in a row are one in thousands. There are thousands of series.',
    },
    minFactor: {
      default: 1.5,
      min: 1,
      unit: 'times',
      means: 'Value divided by the expected value',
      why: 'For a metric that hardly varies, two deviations are too little to matter.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'The least increase of a share',
      why: 'From 1 % to 3 % CPU use is three times as much but harmless.',
    },
    minErrorShare: {
      default: 0.02,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'The least increase of an error rate',
      why: 'An error rate of 2 % is twenty times the error budget of 99.9 %.',
    },
  },

  detect({ window, metrics }, thresholds) {
    const plain = overAllStatuses(measured(metrics));
    const all = [...wholeShares(plain), ...acrossInstances(plain)];
    const odd = all.flatMap((one) => unusualMetric(one, window, thresholds));
    const symptom = symptomIn(odd, window);
    return [...Map.groupBy(odd, ({ one }) => one.service).values()]
      .map((of) => of.toSorted((a, b) => waits(b) - waits(a) || b.size - a.size || a.sinceUs - b.sinceUs))
      .sort((a, b) => (a[0]?.sinceUs ?? 0) - (b[0]?.sinceUs ?? 0) || (b[0]?.size ?? 0) - (a[0]?.size ?? 0))
      .slice(0, MOST_SERVICES)
      .flatMap((of) => sightingOf(of, symptom, window))
      .concat(
        firingAlerts(plain, window)
          .slice(0, MOST_ALERTS)
          .map((one) => sightingOfAlert(one, window)),
      );
  },

  say({ service, what, since, usual, now, isAbove, more, together, lead, seasonal, concept, until, isSilenced }) {
    if (concept === 'alerts')
      return alertWords(
        { service: `${service}`, what: `${what}`, since: `${since}`, until: `${until}` },
        isSilenced === true,
      );
    const others = Number(more) > 0 ? ` ${more} more of its metrics are unusual.` : '';
    const basis = seasonal === true ? 'at the same time of earlier days' : 'in the hour before';
    return {
      title: `${service}: ${what} is ${now} since ${since}, ${usual} is normal`,
      headline: {
        why: `the metric “${what}” of ${inWords(service)} is ${isAbove === true ? 'above' : 'below'} its normal range`,
      },
      explanation: `It was ${usual} ${basis}.${others}${movesText(String(together), String(lead))}`,
      remedy: `Find out what began shortly before ${since}: a deploy, other requests, a dependency of ${service}.`,
      check: 'The metric does the same at times when nobody complains.',
    };
  },
});

/** Work that waits before a service takes it says why its answers are late. */
function waits({ one, now, usual }: UnusualMetric): number {
  return Number(one.concept === 'waiting' && now > usual);
}

/** What the team itself says is wrong. A rule reads the same metrics as this answer, so it is no second sign. */
function alertWords(
  { service, what, since, until }: Readonly<Record<'service' | 'what' | 'since' | 'until', string>>,
  isSilenced: boolean,
) {
  const fires = until === '' ? `fires since ${since}` : `fired from ${since} to ${until}`;
  const silenced = isSilenced ? ' Somebody silenced it, so it may be known.' : '';
  return {
    title: `${service}: the ${what} ${fires}${isSilenced ? ' (silenced)' : ''}`,
    explanation: `A rule of the team says so. It reads metrics that may also be among those here.${silenced}`,
    remedy: `Read the rule of the ${what}: it names the metric and the limit that count for ${service}.`,
    check: 'The alert also fires when nobody complains.',
  };
}

function sightingOfAlert(
  { one, sinceUs, isOlder, untilUs, isSilenced }: FiringAlert,
  { fromUs }: TimeWindow,
): Sighting {
  // A time such as 10:05 names no day: of an alert from another day only its age is said.
  const isLong = fromUs - sinceUs > HALF_A_DAY_US;
  const begins = isLong ? `${durationText(fromUs - sinceUs)} before that time` : minuteText(sinceUs);
  const since = `${isOlder ? 'before ' : ''}${begins}`;
  const until = untilUs === undefined ? '' : minuteText(untilUs);
  const said = until === '' ? `fires since ${since}` : `fired from ${since} to ${until}`;
  // In Grafana, the name of an alert may be a sentence.
  const what = `alert ${/\s/.test(one.part) ? `“${one.part}”` : one.part}`;
  const facts = { concept: one.concept, what, since, sinceUs, until, isSilenced };
  const evidence = metricEvidence(one, isSilenced ? `${said}, silenced` : said);
  return { service: one.service, facts, evidence: [evidence] };
}

const HALF_A_DAY_US = 12 * HOUR_US;
/** More rules than these say the same of one trouble. */
const MOST_ALERTS = 5;

function movesText(together: string, lead: string): string {
  if (together === '') return '';
  const order =
    lead === ''
      ? 'at the same time: they may have one cause'
      : lead.startsWith('-')
        ? `${lead.slice(1)} after it, so it is rather an effect than the cause`
        : `${lead} ahead of it: it may be the cause`;
  return ` It moves with ${together}, ${order}.`;
}

const MOST_SERVICES = 5;

const SYMPTOMS: readonly Concept[] = ['error_share', 'latency', 'errors', 'log_errors'];

/** The symptom that users notice: of the service in question before others, failures before latency. */
function symptomIn(odd: readonly UnusualMetric[], { service }: TimeWindow): UnusualMetric | undefined {
  return odd
    .filter(({ one }) => SYMPTOMS.includes(one.concept))
    .toSorted(
      (a, b) =>
        Number(b.one.service === service) - Number(a.one.service === service) ||
        SYMPTOMS.indexOf(a.one.concept) - SYMPTOMS.indexOf(b.one.concept) ||
        b.size - a.size,
    )[0];
}

function sightingOf(of: readonly UnusualMetric[], symptom: UnusualMetric | undefined, window: TimeWindow): Sighting[] {
  const [worst] = of;
  if (worst === undefined) return [];
  const { one, sinceUs, now, usual, expected } = worst;
  const moving = symptom === worst ? withOther(of, worst, window) : withSymptom(worst, symptom, window);
  const facts = {
    concept: one.concept,
    what: metricName(one),
    since: minuteText(sinceUs),
    sinceUs,
    now: valueText(now, one.concept),
    isAbove: now > usual,
    usual: valueText(usual, one.concept),
    value: now,
    expected: usual,
    isOver: worst.isOver,
    size: worst.size,
    more: of.length - 1,
    seasonal: expected.isSeasonal,
    instance: one.instance,
    together: moving === undefined ? '' : `${nameOf(moving.other)} (r ${moving.coefficient.toFixed(2)})`,
    lead: moving === undefined ? '' : leadText(moving),
  };
  const evidence = of
    .slice(0, SHOWN)
    .map((each) =>
      metricEvidence(
        each.one,
        `${valueText(each.now, each.one.concept)} since ${minuteText(each.sinceUs)}, ${valueText(each.usual, each.one.concept)} is normal`,
      ),
    );
  return [{ service: one.service, facts, evidence }];
}

const SHOWN = 3;
/** Any two metrics of a busy system show weaker correlations. */
const MOVES_WITH = 0.7;

type Moving = Together & Readonly<{ other: UnusualMetric }>;

function withSymptom(worst: UnusualMetric, symptom: UnusualMetric | undefined, window: TimeWindow): Moving | undefined {
  const found = symptom && movesWith(worst, symptom, window);
  return found && { ...found, other: symptom };
}

/** Where the symptom itself is the most unusual: the other metric of its service that moves most like it. */
function withOther(of: readonly UnusualMetric[], symptom: UnusualMetric, window: TimeWindow): Moving | undefined {
  const all = of.flatMap((other): Moving[] => {
    const found = SYMPTOMS.includes(other.one.concept) ? undefined : movesWith(other, symptom, window);
    return found === undefined ? [] : [{ ...found, leadSeconds: -found.leadSeconds, other }];
  });
  return all.sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient))[0];
}

function movesWith({ one }: UnusualMetric, symptom: UnusualMetric, { fromUs, toUs }: TimeWindow): Together | undefined {
  const around = (points: Points) => pointsBetween(points, fromUs - HOUR_US, toUs + MINUTE_US);
  const found = laggedCorrelation(around(one), around(symptom.one));
  return found !== undefined && Math.abs(found.coefficient) >= MOVES_WITH ? found : undefined;
}

/** Empty where both move at the same time; negative where this one follows. */
function leadText({ leadSeconds }: Together): string {
  if (leadSeconds === 0) return '';
  return `${leadSeconds < 0 ? '-' : ''}${durationText(Math.abs(leadSeconds) * 1e6)}`;
}

function nameOf({ one }: UnusualMetric): string {
  return `the ${metricName(one)} of ${one.service}`;
}
