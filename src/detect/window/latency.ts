/**
 * For minutes, more than 5 % of requests take more than twice the baseline p95 of their kind. In other words, the p95 has
 * more than doubled.
 *
 *   POST /orders   health  ▁▃█▅▂▁ · · · · ·│          95 of 100 take less than 310 ms
 *                  now     ▁▂▃▄▃▂▂▁▂▂▃▂▁▁ ·│▁▂▂▁      31 of 100 take more than 620 ms
 *
 * Requests show it, or a metric over all requests. Without either, log lines show it: the same message with a long duration,
 * repeatedly.
 *
 *   Database call completed in 7.65 seconds.     50 lines, 7.0 s to 9.0 s        ← the first that takes as long
 *   Page rendered in 7.65 seconds.               50 lines, 7.0 s to 9.0 s        always after it, with the same duration
 *   "GET /checkout HTTP/1.1" 200 OK              50 lines                        the request it belongs to
 *
 * It describes the latency (how long, how often, and together with what) and names no cause. If several messages come
 * together with the same durations, it names the first.
 */
import { defineDetector } from '#detect/detector.ts';
import { expectationAt } from '#detect/signs/daily-pattern.ts';
import { durationsIn } from '#detect/signs/log-durations.ts';
import { sustainedRun, sustainedSpell } from '#detect/signs/sustained.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { associations } from '#model/logs/log-associations.ts';
import { logFields } from '#model/logs/log-fields.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, saidIn, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import { logTimes } from '#model/logs/log-times.ts';
import { metricEvidence, minuteText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import {
  failedRequest,
  grownMost,
  requestKind,
  type UsualDuration,
  usualDurations,
} from '#model/requests/affected-requests.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';

export const latency = defineDetector({
  id: 'latency',
  title: 'High latency',
  why: 'The latency and its start show how bad it is and what may have caused it.',
  runbook: 'runbooks/latency.md',
  clear: 'no kind of request took twice as long as usual for minutes, and no message with a duration was slow',
  silent: [
    'It ignores a kind of request with fewer than ten healthy requests, and a time window shorter than ten minutes.',
    'It reads log lines only without requests to compare, and only durations with a unit.',
    'Without log lines of a healthy time it reports only durations of four seconds and more.',
    'In log lines it counts only requests, pages, calls and queries, because jobs, backups and checkpoints may take minutes on purpose.',
  ],
  role: 'description',
  field: 'load',
  coverage: 'harmless-lines',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  signs: ['slow-answers'],
  needs: ['window'],
  needsOneOf: ['requests', 'metrics', 'logs'],
  uses: ['healthyRequests', 'templates', 'baselineLogs'],
  thresholds: {
    minMedianMs: {
      default: 4000,
      min: 1,
      unit: 'ms',
      means: 'Median duration in one log message, without a baseline',
      why: 'Above 4 s web.dev rates the largest contentful paint of a page as poor.',
    },
    minRatio: {
      default: 2,
      min: 1,
      unit: 'times the healthy 95th percentile',
      means: 'p95 of requests, of a metric, or of durations in log lines, compared with the baseline',
      why: 'The guide’s rule for time windows: p95 above twice the baseline.',
    },
    forMinutes: {
      default: 10,
      min: 1,
      unit: 'min',
      means: 'The high latency must last this long, in requests or in a metric',
      why: 'The guide’s rule: for ten minutes.',
    },
    minLines: {
      default: 10,
      min: 3,
      unit: 'lines',
      means: 'Log lines of one message with a duration',
      why: 'Fewer lines give no reliable median.',
    },
  },

  detect(evidence, limits) {
    const { window, requests = [], healthyRequests = [], metrics = [] } = evidence;
    const usual = usualDurations(healthyRequests);
    const ofRequests = slowRequests(requests, healthyRequests, { usual, window }, limits);
    const seen = new Set(usual.size === 0 ? [] : requests.flatMap(({ services }) => services));
    const ofMetrics = slowMetrics(metrics, window, limits).filter(({ service }) => !seen.has(service));
    const told = [...ofRequests, ...ofMetrics].slice(0, MOST_TOLD);
    return told.length > 0 || usual.size > 0 ? told : slowLines(evidence, limits);
  },

  say(facts) {
    return facts.said === undefined ? requestWords(facts) : lineWords(facts);
  },
});

function requestWords(facts: Facts): Words {
  const { service, operation, form, p95Us, usualUs, slow, of, since, seconds, metric, where } = facts;
  const lasting = `since ${since}, for ${durationText(Number(seconds) * 1e6)}`;
  const was = `${durationText(Number(usualUs))} ${form === 'metric' ? 'before' : 'in the baseline'}`;
  const times = `p95 of ${form === 'metric' ? 'answers' : where} is ${durationText(Number(p95Us))}, ${was}`;
  const grew = form === 'metric' || operation === '' ? '' : ` ${operation} became slower the most.`;
  return {
    title: `${service}: ${times}`,
    explanation:
      form === 'metric'
        ? `This lasts ${lasting}. ${metric} covers all requests${operation === '' ? '' : ` for ${operation}`}, not only those with a trace.`
        : `This lasts ${lasting}. ${slow} of ${of} requests take more than twice the baseline p95 of their kind; 5 % would be normal.${grew}`,
    remedy: `Open a slow trace and follow its critical path through ${service}. Then look for what began before ${since}: a deploy, load, a query, another workload on the same node.`,
    check: 'These requests ask for more than the healthy ones, or they are as slow at that time every day.',
  };
}

function lineWords({ service, said, count, leastMs, mostMs, medianMs, usualMs, companions, when }: Facts): Words {
  const range = `${durationText(Number(leastMs) * 1000)} to ${durationText(Number(mostMs) * 1000)}`;
  const usually =
    Number(usualMs) > 0 ? ` In the baseline 90 % take less than ${durationText(Number(usualMs) * 1000)}.` : '';
  return {
    title: `${whoseLog(String(service))}: “${said}” takes ${durationText(Number(medianMs) * 1000)}, the median of its lines`,
    explanation: `${counted(Number(count), 'line')} of this message show durations from ${range}, ${when}.${usually}${companions === '' ? '' : ` These messages come with it: ${companions}.`}`,
    remedy: 'Look at a trace or a profile of one of them: the lines show the duration but not the cause.',
    check: 'It takes as long on an ordinary day, and nobody waits for it.',
  };
}

type Limits = Readonly<Record<'minMedianMs' | 'minRatio' | 'minLines' | 'forMinutes', number>>;
type Usual = Readonly<{ usual: ReadonlyMap<string, UsualDuration>; window: TimeWindow }>;

const MINUTE_US = 60_000_000;
const MOST_TOLD = 3;
const MOST_EXAMPLES = 3;
/** 5 % of requests lie beyond the p95. */
const BEYOND_P95 = 0.05;

function slowRequests(
  requests: readonly Trace[],
  healthy: readonly Trace[],
  { usual, window }: Usual,
  { minRatio, forMinutes }: Limits,
): Sighting[] {
  const inOrder = requests.toSorted(byBegin);
  // A failure takes its own time. Without healthy requests of the same kind there is nothing to compare.
  const compared = inOrder.filter((trace) => usual.has(requestKind(trace)) && !failedRequest(trace));
  const isSlow = (trace: Trace) => {
    const us = trace.durationOfUs(trace.root);
    return us > minRatio * (usual.get(requestKind(trace))?.p95Us ?? Number.POSITIVE_INFINITY) && us >= LEAST_MS * 1000;
  };
  const moments = compared.map((trace) => ({ us: trace.startEpochUs, suffers: isSlow(trace) }));
  const spell = sustainedSpell(moments, window.toUs, { forUs: forMinutes * MINUTE_US, least: BEYOND_P95 });
  if (spell === undefined) return [];
  const during = compared.filter(({ startEpochUs: us }) => us >= spell.fromUs && us < spell.untilUs);
  const slow = during.filter(isSlow);
  const byKind = Map.groupBy(slow, requestKind);
  const [[kind = '', own = slow] = []] = [...byKind].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const ofKind = during.filter((trace) => requestKind(trace) === kind).map((trace) => trace.durationOfUs(trace.root));
  const { service, operation } = grownMost(own, healthy);
  return [
    {
      service,
      operation,
      facts: {
        form: 'requests',
        where: kind,
        p95Us: quantile(ofKind, 0.95),
        usualUs: usual.get(kind)?.p95Us ?? 0,
        slow: spell.share.times,
        of: spell.share.of,
        since: minuteText(spell.fromUs),
        sinceUs: spell.fromUs,
        seconds: Math.round((spell.untilUs - spell.fromUs) / 1e6),
      },
      evidence: own.slice(0, MOST_EXAMPLES).map((trace) => ({
        kind: 'span',
        ref: trace.spanId(trace.root),
        text: `trace ${trace.traceId}: ${kind} takes ${durationText(trace.durationOfUs(trace.root))}`,
      })),
    },
  ];
}

/** Metrics of services without requests to compare. */
function slowMetrics(metrics: readonly Series[], window: TimeWindow, { minRatio, forMinutes }: Limits): Sighting[] {
  if (!Number.isFinite(window.fromUs)) return [];
  return measured(metrics)
    .filter(({ concept, scope, service }) => concept === 'latency' && scope === 'service' && service !== '')
    .flatMap((one): Sighting[] => {
      const expected = expectationAt(one, window.fromUs);
      if (expected === undefined) return [];
      const isSlow = (seconds: number, us: number) =>
        seconds > minRatio * Math.max(expected.at(us), 0) && seconds * 1000 >= LEAST_MS;
      const forUs = forMinutes * MINUTE_US;
      const run = sustainedRun(pointsBetween(one, window.fromUs, window.toUs + MINUTE_US), isSlow, forUs);
      const before = pointsBetween(one, window.fromUs - HOUR_US, window.fromUs);
      // A latency that varies in waves was as slow before.
      if (run === undefined || sustainedRun(before, (seconds) => seconds > minRatio * expected.level, forUs)) return [];
      const since = minuteText(run.fromUs);
      const p95Us = medianOf(run.values) * 1e6;
      return [
        {
          service: one.service,
          operation: one.part,
          facts: {
            form: 'metric',
            metric: one.metric,
            p95Us,
            usualUs: expected.at(run.fromUs) * 1e6,
            since,
            sinceUs: run.fromUs,
            seconds: Math.round((run.untilUs - run.fromUs) / 1e6),
          },
          evidence: [metricEvidence(one, `${durationText(p95Us)} since ${since}`)],
        },
      ];
    })
    .sort(
      (a, b) =>
        Number(b.service === window.service) - Number(a.service === window.service) ||
        Number(b.facts.p95Us) / Number(b.facts.usualUs) - Number(a.facts.p95Us) / Number(a.facts.usualUs),
    );
}

const HOUR_US = 60 * MINUTE_US;

function slowLines(
  { logs = [], templates, baselineLogs = [] }: Partial<Evidence>,
  { minMedianMs, minRatio, minLines }: Limits,
): Sighting[] {
  if (templates === undefined) return [];
  const healthy = durationsIn(baselineLogs, templates, logs.length);
  const slow = [...durationsIn(logs, templates, 0)].flatMap(([key, timed]): Slow[] => {
    if (timed.ms.length < minLines) return [];
    const usual = healthy.get(key);
    const isSlow =
      usual !== undefined && usual.ms.length >= minLines
        ? quantile(timed.ms, 0.95) >= minRatio * quantile(usual.ms, 0.95) && quantile(timed.ms, 0.95) >= LEAST_MS
        : quantile(timed.ms, 0.5) >= minMedianMs;
    return isSlow ? [{ ...timed, usualMs: usual && quantile(usual.ms, 0.95) }] : [];
  });
  return firstOfEach(logs, templates, slow).map((found) => sightingOf(logs, found));
}

type Timed = Readonly<{ service: string; places: readonly number[]; ms: readonly number[] }>;
type Slow = Timed & Readonly<{ usualMs: number | undefined }>;
type Found = Slow & Readonly<{ companions: readonly number[] }>;

/** Nobody notices less, however much it grew. */
const LEAST_MS = 100;

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

/** The first of the messages that come together, with the names of the others. */
function firstOfEach(logs: readonly LogLine[], templates: LogTemplates, slow: readonly Slow[]): Found[] {
  const beside = templates.all
    .map((template) => templates.linesOf(template).filter((place) => place < logs.length))
    .filter((places) => slow.some((one) => isAboutAsFrequent(one.places, places) && !isSame(one.places, places)))
    .slice(0, BESIDE_AT_MOST);
  const events = [...slow.map(({ places }) => places), ...beside];
  const { at, lengthMs } = logTimes(logs);
  const rules = associations(events, at, lengthMs).filter(({ support }) => support >= SEEN_TOGETHER);
  const follows = (number: number) => rules.some(({ first, then }) => then === number && first < slow.length);
  return slow.flatMap((one, number) => {
    if (follows(number)) return [];
    const companions = rules.flatMap(({ first, then }) => (first === number ? [then] : then === number ? [first] : []));
    return { ...one, companions: [...new Set(companions)].map((event) => events[event]?.[0] ?? 0) };
  });
}

const BESIDE_AT_MOST = 30;
const SEEN_TOGETHER = 3;

function isAboutAsFrequent(a: readonly number[], b: readonly number[]): boolean {
  return Math.max(a.length, b.length) <= 2 * Math.min(a.length, b.length);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a[0] === b[0];
}

/** More names make the sentence unreadable. */
const NAMED = 7;

function sightingOf(logs: readonly LogLine[], { service, places, ms, usualMs, companions }: Found): Sighting {
  return {
    service,
    lines: places,
    facts: {
      said: saidIn(logs[places[0] ?? 0]),
      count: places.length,
      leastMs: quantile(ms, 0),
      mostMs: quantile(ms, 1),
      medianMs: quantile(ms, 0.5),
      usualMs: usualMs ?? 0,
      companions: [...new Set(companions.map((place) => `“${withDuration(logs[place])}”`))].slice(0, NAMED).join(', '),
      when: whenSaid(logs, places),
    },
    evidence: citedLines(logs, [places[0] ?? 0, ...companions]),
  };
}

function withDuration(line: LogLine | undefined): string {
  const { durationMs } = line === undefined ? { durationMs: undefined } : logFields(line);
  const said = saidIn(line);
  return durationMs === undefined || /\d\s*(?:ms|s|sec|seconds)\b/.test(said)
    ? said
    : `${said} (${durationText(durationMs * 1000)})`;
}

function byBegin(a: Trace, b: Trace): number {
  return a.startEpochUs - b.startEpochUs || (a.traceId < b.traceId ? -1 : 1);
}
