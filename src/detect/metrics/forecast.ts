/**
 * A resource will reach its limit in a few minutes.
 *
 *   limit ───────────────┬──
 *                    ▅▆ ·   now │ in 7 min
 *              ▁▂▃▄▅
 */

import { MINUTE_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import { expectationAt } from '#detect/signs/metrics/daily-pattern.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import {
  isLimited,
  type LimitedConcept,
  metricEvidence,
  minuteText,
  nameOfLimited,
  shareText,
} from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { growthOf } from '#model/metrics/series-onset.ts';
import { type Points, pointsBetween, trendOf } from '#model/stats/trend.ts';
import { inWords } from '#model/text/in-words.ts';

export const forecast = defineDetector({
  id: 'forecast',
  title: 'Limit about to be reached',
  why: 'Before the limit is reached, a restart or another instance costs no request.',
  runbook: 'runbooks/forecast.md',
  clear: 'nothing reaches a limit within the next minutes',
  silent: [
    'It continues a straight line and cannot foresee that the load stops or doubles.',
    'A resource that is already at its limit is reported as Resource at its limit.',
    'It ignores a rise that earlier days show at the same time.',
  ],
  role: 'description',
  field: 'load',
  coverage: 'service',
  nextWhys: {
    unsaid: {
      ask: 'What makes it rise?',
      lookAt: 'What began at the same time as the rise, and whether it stops by itself.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'metrics'],
  thresholds: {
    maxMinutes: {
      default: 10,
      min: 1,
      max: 120,
      unit: 'minutes',
      means: 'How soon the limit is reached',
      why: 'The guide forecasts five to ten minutes. Nobody can act sooner, and a longer straight line is a guess.',
    },
    minRise: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the limit',
      means: 'How much it rose during the time window',
      why: 'Less is normal variation.',
    },
  },

  detect({ window, metrics }, thresholds) {
    const found = measured(metrics).flatMap((one) =>
      isLimited(one) && FILLS.has(one.concept) ? pathOf(one, window, thresholds) : [],
    );
    return [...Map.groupBy(found, ({ one }) => `${one.service}\n${one.concept}`).values()]
      .flatMap((of) => of.toSorted((a, b) => a.minutes - b.minutes).slice(0, 1))
      .sort((a, b) => a.minutes - b.minutes)
      .map(sightingOf);
  },

  say({ service, resource, minutes, at, now, perMinute, instance }) {
    const where = instance === '' || instance === service ? '' : ` (${instance})`;
    return {
      title: `${service}: ${resource} will reach its limit in about ${minutes} min, at ${at}${where}`,
      headline: { what: `${inWords(service)} will reach the limit of its ${resource} in about ${minutes} min` },
      explanation: `It is at ${shareText(Number(now))} of the limit now and rises by ${shareText(Number(perMinute))} a minute in a straight line.`,
      remedy: `Reduce the load on ${service}, add an instance, or restart the instance before it is full.`,
      check: `At ${at} it is not at its limit, although nobody did anything.`,
    };
  },
});

/** Resources that fail at a share of 1. Time spent waiting does not. */
const FILLS: ReadonlySet<LimitedConcept> = new Set([
  'cpu_share',
  'memory_share',
  'disk_share',
  'credits_share',
  'open_files_share',
  'connections_share',
]);

type Limited = Measured & Readonly<{ concept: LimitedConcept }>;
type Thresholds = Readonly<Record<'maxMinutes' | 'minRise', number>>;
/** `sinceUs`: when the rise began; undefined where that was before what is known. */
type Path = Readonly<{
  one: Limited;
  minutes: number;
  now: number;
  perMinute: number;
  atUs: number;
  sinceUs: number | undefined;
}>;

/** Long enough for a trend; short enough that a rise of the last ten minutes dominates it. */
const WATCHED_US = 20 * MINUTE_US;
const FEWEST = 6;
/** Already at the limit. */
const FULL = 0.98;
/** The rise divided by the residual of the line. */
const CLEARLY = 4;
const USUAL_DEVIATIONS = 2;

function pathOf(one: Limited, { toUs }: TimeWindow, { maxMinutes, minRise }: Thresholds): Path[] {
  const endUs = Number.isFinite(toUs) ? Math.min(toUs, one.atUs.at(-1) ?? 0) : (one.atUs.at(-1) ?? 0);
  const watched = pointsBetween(one, endUs - WATCHED_US, endUs + 1);
  const [firstUs, lastUs] = [watched.atUs[0] ?? 0, watched.atUs[watched.atUs.length - 1] ?? 0];
  const trend = trendOf(watched);
  if (watched.values.length < FEWEST || trend === undefined) return [];
  const now = trend.valueAt(lastUs);
  const rise = now - trend.valueAt(firstUs);
  if (rise < minRise || rise < CLEARLY * trend.residual || now >= FULL) return [];
  if (isLevelling(watched, trend.perSecond) || isUsualNow(one, lastUs, now)) return [];
  const minutes = (1 - now) / (trend.perSecond * 60);
  if (minutes > maxMinutes) return [];
  const sinceUs = beganAt(one, firstUs, endUs);
  return [{ one, minutes, now, perMinute: trend.perSecond * 60, atUs: lastUs + minutes * MINUTE_US, sinceUs }];
}

/** What a new instance fills, it fills since its start. */
function beganAt(one: Limited, watchedUs: number, endUs: number): number | undefined {
  const startUs = one.atUs[0] ?? Number.NaN;
  const series = { name: one.metric, labels: one.labels, atUs: one.atUs, values: one.values };
  return startUs >= watchedUs ? startUs : growthOf(series, { toUs: endUs })?.sinceUs;
}

/** The rise slows down, so it does not reach the limit. */
function isLevelling({ atUs, values }: Points, perSecond: number): boolean {
  const last = -Math.max(3, Math.ceil(values.length / 3));
  const later = trendOf({ atUs: Array.from(atUs).slice(last), values: Array.from(values).slice(last) });
  return later !== undefined && later.perSecond < perSecond / 2;
}

/** Earlier days show about the same value at that time. */
function isUsualNow(one: Limited, us: number, now: number): boolean {
  const expected = expectationAt(one, us - WATCHED_US);
  return (
    expected?.isSeasonal === true &&
    now - expected.at(us) <= USUAL_DEVIATIONS * Math.max(expected.deviation, LEAST_DEVIATION)
  );
}

/** The least deviation between days. */
const LEAST_DEVIATION = 0.03;

function sightingOf({ one, minutes, now, perMinute, atUs, sinceUs }: Path): Sighting {
  const text = `${shareText(now)} ${nameOfLimited(one.concept, one.metric).of}, ${shareText(perMinute)} more a minute`;
  return {
    service: one.service,
    facts: {
      resource: nameOfLimited(one.concept, one.metric).name,
      minutes: Math.max(1, Math.round(minutes)),
      at: minuteText(atUs),
      now,
      perMinute,
      instance: one.instance,
      ...(sinceUs !== undefined && { sinceUs }),
    },
    evidence: [metricEvidence(one, text)],
  };
}
