/**
 * For minutes, more requests fail than the limit allows and than in the baseline.
 *
 *   minute      14:30  14:31  14:32  14:33  14:34  14:35  14:36
 *   of 50 fail      1      6      7      5      8      6      7      12 % for five minutes, 2 % before
 *
 * The error rate comes from a sample of requests, with a confidence interval. For services without sampled requests, a
 * metric gives it. If the whole error rate is within the limit, an operation with more than 10 % failures is reported alone.
 * Requests that a proxy refuses since some minute because of their size or their number (413, 429) count as well, if
 * hardly any was refused before.
 */

import { MINUTE_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import { failingMetrics } from '#detect/signs/metrics/failing-metrics.ts';
import { REFUSALS, type RefusedRequests, refusedRequests } from '#detect/signs/metrics/refused-requests.ts';
import { sustainedSpell } from '#detect/signs/metrics/sustained.ts';
import { requestItem } from '#detect/signs/request-item.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines } from '#model/logs/log-sighting.ts';
import { failsAsEver } from '#model/metrics/error-shares.ts';
import { lastingFacts, shareText } from '#model/metrics/limited.ts';
import { requestRates } from '#model/metrics/request-rates.ts';
import type { Series } from '#model/metrics/series.ts';
import {
  byStart,
  failedRequest,
  failingMost,
  failuresByOperation,
  type OperationFailures,
} from '#model/requests/affected-requests.ts';
import { hasRisen, type Share, shareInterval, shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';

export const errorRate = defineDetector({
  id: 'error-rate',
  title: 'Error rate',
  why: 'The error rate and its start show how bad it is and what may have caused it.',
  runbook: 'runbooks/error-rate.md',
  clear: 'no service and no operation had a high error rate for minutes',
  silent: [
    'It counts only failures that a span or a metric records, not an error page with status 200.',
    'A time window shorter than the rule’s minutes cannot show that a high rate lasts.',
    'With few requests the error rate must be higher, because chance plays a larger part.',
    'It ignores errors that are as frequent in the baseline, and answers with 4xx unless a limit gives them (413, 414, 429, 431).',
  ],
  role: 'description',
  field: 'load',
  coverage: 'service',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'always',
  signs: ['failing-requests'],
  needs: ['window'],
  needsOneOf: ['requests', 'metrics'],
  uses: ['healthyRequests', 'logs', 'baselineLogs'],
  thresholds: {
    minShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the requests',
      means: 'Requests that fail; for a sample, the lower end of the 95 % Wilson interval',
      why: 'The guide’s rule: an error rate above 5 %.',
    },
    forMinutes: {
      default: 5,
      min: 1,
      unit: 'min',
      means: 'The high error rate must last this long, in both halves of the time',
      why: 'The guide’s rule: for five minutes.',
    },
    minOperationShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of its executions',
      means: 'Error rate of one operation where the failures begin, over the whole time window',
      why: 'The guide’s rule: any operation with more than 10 % of errors.',
    },
    minFailures: {
      default: 5,
      min: 1,
      unit: 'requests',
      means: 'Requests that failed',
      why: 'A few failures in few requests may be chance.',
    },
  },

  detect({ window, requests = [], healthyRequests = [], metrics = [], logs = [], baselineLogs = [] }, limits) {
    const isNews = ({ service }: Sighting) => !failsAsEver(metrics, service ?? window.service, window, limits.minShare);
    const whole = ofRequests(requests, healthyRequests, window, limits)
      .filter(isNews)
      .map((one) => withCount(one, metrics, window));
    const ofOperations = whole.length > 0 ? [] : byOperation(requests, healthyRequests, limits).filter(isNews);
    const told = [...whole, ...ofOperations];
    const seen = new Set(requests.flatMap(({ services }) => services));
    const counted = ofMetrics(metrics, window, limits).filter(({ service }) => !seen.has(service));
    const refused = refusedRequests({ metrics, logs, baselineLogs }, window, limits);
    return [...told, ...counted, ...refused.map((one) => ofRefused(one, logs))].slice(0, MOST_TOLD);
  },

  say(facts) {
    return facts.form === 'refused' ? wordsOfRefused(facts) : wordsOfFailed(facts);
  },
});

function wordsOfFailed({
  service,
  operation,
  form,
  failed,
  of,
  share,
  low,
  high,
  before,
  since,
  seconds,
  begin,
  metric,
  inAll,
}: Facts): Words {
  const was =
    Number(before) < 0 ? '' : `, ${shareText(Number(before))} ${form === 'metric' ? 'before' : 'in the baseline'}`;
  const lasting = Number(seconds) > 0 ? ` This lasts for ${durationText(Number(seconds) * 1e6)}.` : '';
  const which = form === 'all' || operation === '' ? '' : ` for ${operation}`;
  const begun = form === 'all' ? ` ${begin} of the failures begin in ${operation}.` : '';
  return {
    title: `${service}: ${shareText(Number(share))} of requests${which} fail${Number(seconds) > 0 ? ` since ${since}` : ''}${was}`,
    headline: { what: `${shareText(Number(share))} of requests to ${inWords(service)} fail` },
    explanation:
      form === 'metric'
        ? `${metric} counts all requests, not only those with a trace.${lasting}`
        : `${failed} of ${of} requests in the sample fail, so the rate is between ${shareText(Number(low))} and ${shareText(Number(high))}.${lasting}${begun}${inAll ?? ''}`,
    remedy: `Open a failing trace of ${service} and its log lines. Then look for a deploy, config change or feature flag before ${since === '' ? 'it began' : since}.`,
    check: 'The error rate is the same in a healthy time with the same load, or one client sends wrong requests.',
  };
}

function wordsOfRefused({ service, operation, share, before, since, seconds, status, message, metric }: Facts): Words {
  const which = operation === '' ? '' : ` for ${operation}`;
  const isOfSize = status !== TOO_MANY;
  const limit = isOfSize ? 'the largest request that is accepted' : 'how many requests are accepted';
  return {
    title: `${service}: ${shareText(Number(share))} of requests${which} get ${message} since ${since}, ${shareText(Number(before))} before`,
    headline: {
      what: `${shareText(Number(share))} of requests to ${inWords(String(service))} are refused with ${status}`,
    },
    explanation: `${metric === '' ? 'The access log of the server shows it' : `${metric} counts it`}. This lasts for ${durationText(Number(seconds) * 1e6)}. Such requests end where the limit is, so the services behind it record nothing.`,
    remedy: `Find the limit of ${limit} in front of ${service} (ingress, gateway, proxy, the server itself) and whether it was lowered before ${since}. Raise it again.`,
    check: isOfSize
      ? 'The same client sends larger requests than before, and others are accepted.'
      : 'One client sends far more requests than before, and others are accepted.',
  };
}

/** RFC 6585 */
const TOO_MANY = 429;

const MOST_TOLD = 3;
const MOST_SHOWN = 3;

type Limits = Readonly<Record<'minShare' | 'forMinutes' | 'minOperationShare' | 'minFailures', number>>;

function ofRequests(
  requests: readonly Trace[],
  healthy: readonly Trace[],
  { toUs }: TimeWindow,
  { minShare, forMinutes, minFailures }: Limits,
): Sighting[] {
  const inOrder = requests.toSorted(byStart);
  const moments = inOrder.map((trace) => ({ us: trace.startEpochUs, suffers: failedRequest(trace) }));
  const spell = sustainedSpell(moments, toUs, { forUs: forMinutes * MINUTE_US, least: minShare });
  const before = { times: healthy.filter(failedRequest).length, of: healthy.length };
  if (spell === undefined || spell.share.times < minFailures || !hasRisen(spell.share, before)) return [];
  const failing = inOrder.filter(
    (trace) => failedRequest(trace) && trace.startEpochUs >= spell.fromUs && trace.startEpochUs < spell.untilUs,
  );
  const { requests: begin, ...place } = failingMost(failing);
  return [
    {
      ...place,
      facts: {
        form: 'all',
        ...sharesIn(spell.share, before),
        begin,
        ...lastingFacts(spell),
      },
      evidence: [
        ...failuresByOperation(failing)
          .filter(({ failed }) => failed > 0)
          .slice(0, MOST_SHOWN)
          .map(operationItem),
        ...failing.slice(0, MOST_SHOWN).map((trace) => requestItem(trace, 'fails')),
      ],
    },
  ];
}

/** Adds the error rate that a metric, or the trace store, counted over all requests of the service in that time. */
function withCount(sighting: Sighting, metrics: readonly Series[], { service }: TimeWindow): Sighting {
  const { facts, evidence = [] } = sighting;
  const sinceUs = Number(facts.sinceUs);
  const [text, ...more] = requestRates(metrics).flatMap(({ service: whose, metric, failing }) => {
    if (whose !== service || failing === undefined) return [];
    const { values } = pointsBetween(failing, sinceUs, sinceUs + Number(facts.seconds) * 1e6 + MINUTE_US);
    return values.length === 0
      ? []
      : [`${metric}: ${shareText(medianOf(values))} of all requests to ${service} failed`];
  });
  if (text === undefined) return { ...sighting, facts: { ...facts, inAll: '' } };
  const items = [text, ...more].map(
    (said): EvidenceItem => ({ kind: 'metric', ref: said.split(':')[0] ?? '', text: said }),
  );
  return {
    ...sighting,
    facts: { ...facts, inAll: ` Over that time, ${text}.` },
    evidence: [...evidence, ...items],
  };
}

function byOperation(
  requests: readonly Trace[],
  healthy: readonly Trace[],
  { minOperationShare, minFailures }: Limits,
): Sighting[] {
  const usual = new Map(failuresByOperation(healthy).map((one) => [`${one.service}\n${one.operation}`, one]));
  return failuresByOperation(requests).flatMap(({ service, operation, failed, executions, examples }): Sighting[] => {
    const now = { times: failed, of: executions };
    const was = usual.get(`${service}\n${operation}`);
    const before = { times: was?.failed ?? 0, of: was?.executions ?? 0 };
    if (failed < minFailures || shareInterval(now).low <= minOperationShare || !hasRisen(now, before)) return [];
    return [
      {
        service,
        operation,
        facts: { form: 'operation', ...sharesIn(now, before), since: '', seconds: 0 },
        evidence: examples.map((trace) => requestItem(trace, 'fails')),
      },
    ];
  });
}

/** Metrics over all requests of services without sampled requests. */
function ofMetrics(metrics: readonly Series[], window: TimeWindow, limits: Limits): Sighting[] {
  return failingMetrics(metrics, window, limits).map(({ service, operation, metric, run, before }) => {
    const share = medianOf(run.values);
    const lasting = lastingFacts(run);
    const text = `${metric}: ${shareText(share)} of the requests fail since ${lasting.since}`;
    return {
      service,
      operation,
      facts: { form: 'metric', metric, share, before: before ?? -1, ...lasting },
      evidence: [{ kind: 'metric', ref: metric, text }],
    };
  });
}

function ofRefused(
  { service, operation, status, metric, share, before, sinceUs, untilUs, lines }: RefusedRequests,
  logs: readonly LogLine[],
): Sighting {
  const message = `${status} ${REFUSALS[status] ?? ''}`.trim();
  const text = `${service} ${operation}: ${shareText(share)} of the answers are ${message}`;
  return {
    service,
    operation,
    facts: { form: 'refused', status, message, metric, share, before, ...lastingFacts({ fromUs: sinceUs, untilUs }) },
    evidence: lines.length > 0 ? citedLines(logs, lines) : [{ kind: 'metric', ref: metric, text }],
  };
}

function sharesIn(now: Share, before: Share) {
  const { low, high } = shareInterval(now);
  return {
    failed: now.times,
    of: now.of,
    share: shareOf(now),
    low,
    high,
    before: before.of === 0 ? -1 : shareOf(before),
  };
}

function operationItem({ service, operation, failed, executions, examples }: OperationFailures): EvidenceItem {
  const [example] = examples;
  return {
    kind: 'span',
    ref: example === undefined ? service : example.spanId(example.root),
    text: `${service} ${operation}: ${failed} of ${executions} executions in failing requests are themselves the origin`,
  };
}
