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

import { MINUTE_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import {
  LEAST_MS,
  quantile,
  type SlowMessage,
  type SlowMessageLimits,
  slowMessages,
} from '#detect/signs/lines/slow-messages.ts';
import { sustainedSpell } from '#detect/signs/metrics/sustained.ts';
import { unusualRun } from '#detect/signs/unusual-run.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { logFields } from '#model/logs/log-fields.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, saidIn, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { acrossInstances } from '#model/metrics/across-instances.ts';
import { lastingFacts, metricEvidence } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import type { Series } from '#model/metrics/series.ts';
import {
  byStart,
  failedRequest,
  grownMost,
  requestKind,
  type UsualDuration,
  usualDurations,
} from '#model/requests/affected-requests.ts';
import { medianOf } from '#model/stats/robust.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, quoteInWords, timesAsLong } from '#model/text/in-words.ts';
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
    const told = [...ofRequests, ...eachFirst(ofMetrics)].slice(0, MOST_TOLD);
    if (told.length > 0 || usual.size > 0) return told;
    return slowMessages(evidence, limits).map((message) => ofMessage(evidence.logs ?? [], message));
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
    headline: {
      what: `Requests to ${inWords(service)} take ${timesAsLong(Number(p95Us) / Number(usualUs))} before`,
    },
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
    headline: { what: `${quoteInWords(said)} takes long in ${inWords(whoseLog(String(service)))}` },
    explanation: `${counted(Number(count), 'line')} of this message show durations from ${range}, ${when}.${usually}${companions === '' ? '' : ` These messages come with it: ${companions}.`}`,
    remedy: `Look at a trace or a profile of ${service === '' ? 'what logs these lines' : service} at that time: the lines show the duration but not the cause.`,
    check: 'It takes as long on an ordinary day, and nobody waits for it.',
  };
}

type Limits = SlowMessageLimits & Readonly<{ forMinutes: number }>;
type Usual = Readonly<{ usual: ReadonlyMap<string, UsualDuration>; window: TimeWindow }>;

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
  // A failure takes its own time. Without healthy requests of the same kind there is nothing to compare.
  const compared = requests.filter((trace) => usual.has(requestKind(trace)) && !failedRequest(trace)).sort(byStart);
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
        ...lastingFacts(spell),
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
  const plain = measured(metrics);
  return [...plain, ...acrossInstances(plain)]
    .filter(({ concept, scope, service }) => concept === 'latency' && scope === 'service' && service !== '')
    .flatMap((one): Sighting[] => {
      const found = unusualRun(
        one,
        window,
        forMinutes * MINUTE_US,
        (seconds, usual) => seconds > minRatio * Math.max(usual, 0),
        (seconds) => seconds * 1000 >= LEAST_MS,
      );
      if (found === undefined) return [];
      const { run, expected } = found;
      const lasting = lastingFacts(run);
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
            isFelt: isFelt(p95Us, expected.at(run.fromUs) * 1e6),
            ...lasting,
          },
          evidence: [metricEvidence(one, `${durationText(p95Us)} since ${lasting.since}`)],
        },
      ];
    })
    .sort(
      (a, b) =>
        Number(b.service === window.service) - Number(a.service === window.service) ||
        Number(b.facts.p95Us) / Number(b.facts.usualUs) - Number(a.facts.p95Us) / Number(a.facts.usualUs),
    );
}

/** The slowest operation of each service before any second one: a service with many operations hides no other. */
function eachFirst(sightings: readonly Sighting[]): readonly Sighting[] {
  const first = new Set([...Map.groupBy(sightings, ({ service }) => service).values()].map(([one]) => one));
  return sightings.toSorted((a, b) => Number(first.has(b)) - Number(first.has(a)));
}

/** Up to a tenth of a second an answer feels immediate (Nielsen, Response Times); twice as long is noticed. */
const FELT_US = 100_000;
const FELT_TIMES = 2;

function isFelt(p95Us: number, usualUs: number): boolean {
  return p95Us >= FELT_TIMES * usualUs && p95Us - usualUs >= FELT_US;
}

/** More names make the sentence unreadable. */
const NAMED = 7;

function ofMessage(logs: readonly LogLine[], { service, places, ms, usualMs, companions }: SlowMessage): Sighting {
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
