/** The first message without a verdict: what was found to be in order, and what was examined. */

import type { WindowAnalysis } from '#model/finding/analysis.ts';
import type { MissingPart } from '#model/finding/gap.ts';
import { lineCount } from '#model/logs/log-line.ts';
import { someOf } from '#model/platform/cluster-seen.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import { listText } from '#model/text/list-text.ts';
import { percent } from '#model/text/percent.ts';
import { isIncomplete, isWithoutLength } from '#model/trace/build/repairs.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathByOperation } from '#model/trace/views/critical-path.ts';
import { saysClientError } from '#model/trace/views/error-origins.ts';
import { flaggedSpan, recordedFlags } from '#model/trace/views/recorded-flags.ts';
import { KEEPS_THOUGHT_US, type RequestNature, requestNature } from '#model/trace/views/request-nature.ts';
import { roundTimes } from '#present/words/first-amounts.ts';
import type { Shown } from '#present/words/first-reasons.ts';
import { rootInWords, withinLimits } from '#present/words/headline.ts';
import { shown } from '#present/words/plain-text.ts';

export function healthyHeadline(analysis: Shown): string {
  return withinLimits([[healthy(analysis)]]);
}

function healthy(analysis: Shown): string {
  const { trace, judgement } = analysis;
  if (trace === undefined) return healthyWindow(analysis);
  if (trace.spanCount === 0) return 'The trace has no spans';
  const { seenShare } = judgement;
  if (analysis.missing === 'trace')
    return `Nothing wrong found in the part of this request that was read: ${requestText(trace)}`;
  if (isWithoutLength(trace)) return 'Nothing wrong found, but the times of this request are missing or impossible';
  if (seenShare !== undefined)
    return `Nothing wrong found, but ${seenShare < 0.01 ? 'no span shows what happened inside' : `spans show only ${percent(seenShare)} of`} this request`;
  if (isIncomplete(trace)) return `Nothing wrong found in the part of this request that arrived: ${requestText(trace)}`;
  return `Nothing wrong found in this request: ${requestText(trace)}`;
}

/** `an event stream that was open for 5 min` */
function requestText(trace: Trace): string {
  const { kind, words } = requestNature(trace);
  const took = roundTimes(durationText(trace.durationOfUs(trace.root)));
  if (kind === 'cancelled') return `${words} after ${took}`;
  if (kind !== 'request') {
    // A second `that` would seem to belong to the words before it.
    const lasted = / that | on a message /.test(words) ? ', for' : ` ${LASTED[kind]}`;
    return `${words}${lasted} ${took}`.replace(' ,', ',');
  }
  const operation = rootInWords(trace);
  if (saysClientError(trace, trace.root)) return `${operation} was refused${whyRefused(trace)}`;
  const status = trace.httpStatus(trace.root);
  return status >= 400 ? `${operation} was answered with ${status}` : `${operation} took ${took}`;
}

/** A proxy's flags say who refused it. Without any, only the status is known: a wrong request, or a route that is gone. */
function whyRefused(trace: Trace): string {
  const span = flaggedSpan(trace, trace.root);
  const [flag] = recordedFlags(trace, span);
  const status = trace.httpStatus(trace.root);
  if (flag === undefined) return status === 0 ? '' : ` with ${status}`;
  const proxy = inWords(trace.service(span));
  return ` because ${flag.clause(proxy, `the upstream of ${proxy}`, 'the client')}`;
}

type Length = Exclude<RequestNature['kind'], 'request' | 'cancelled'>;

const LASTED: Readonly<Record<Length, string>> = {
  stream: 'that was open for',
  'long-poll': ', for',
  tokens: 'that took',
  transfer: 'that took',
  job: 'that ran for',
  unasked: ', for',
};

/** Why the length of such a request is not judged. */
const UNJUDGED: Readonly<Partial<Record<RequestNature['kind'], string>>> = {
  stream: 'Nobody waits for the end of a stream, so its length is not judged.',
  'long-poll': 'Waiting is its purpose, so its length is not judged.',
  tokens: 'It takes as long as its text, so its length is not judged.',
  transfer: 'It takes as long as its bytes, so its length is not judged.',
  job: 'No person waits for its end, so its length is not judged.',
  cancelled: 'Its client did not wait for its end.',
};

/** Says that nothing is wrong only where the evidence shows it. */
function healthyWindow({ window, requests, comparedWithBad, cluster, logs }: WindowAnalysis): string {
  const to = window.service === '' ? '' : ` to ${inWords(shown(window.service))}`;
  if (comparedWithBad !== undefined) return `Requests${to} cannot be judged: ${shown(comparedWithBad)}`;
  if ((cluster?.notReady.length ?? 0) > 0) {
    const seen = logs.length > 0 ? counted(lineCount(logs), 'log line') : counted(cluster?.pods ?? 0, 'pod');
    return `No cause found in ${seen}, but not everything is ready`;
  }
  if (requests > 0) return `No clear difference from the baseline in ${counted(requests, 'request')}${to}`;
  if (logs.length > 0) return `Nothing wrong found in ${counted(lineCount(logs), 'log line')}`;
  if (cluster === undefined) return `No verdict: no request${to} and no log line was found`;
  const pods = counted(cluster.pods, 'pod');
  if (cluster.pods === 0) return `No verdict: no matching pod was found`;
  return Number.isNaN(cluster.takenUs)
    ? `No verdict on ${pods}: the cluster data has no time`
    : `Nothing wrong found in ${pods}`;
}

/** `Looked for 31 kinds of problems in 4 spans and 12 log lines.` */
export function lookedAt(analysis: Shown): string {
  const { found, clear } = analysis.checked;
  const kinds = counted(found.length + clear.length, 'kind');
  const { trace, logs } = analysis;
  const places = [
    ...(trace === undefined ? [] : [counted(trace.arrivedCount, 'span')]),
    ...(trace === undefined && analysis.requests > 0 ? [counted(analysis.requests, 'request')] : []),
    ...(trace === undefined && (analysis.cluster?.pods ?? 0) > 0 ? [counted(analysis.cluster?.pods ?? 0, 'pod')] : []),
    ...(logs.length > 0 ? [counted(lineCount(logs), 'log line')] : []),
  ];
  const where = places.length === 0 ? '' : ` in ${listText(places)}`;
  const notReady = trace === undefined ? (analysis.cluster?.notReady ?? []) : [];
  const names = notReady.length === 0 ? '' : ` Not ready: ${shown(someOf(notReady))}.`;
  const unjudged = trace === undefined || trace.spanCount === 0 ? '' : unjudgedIn(trace);
  return `Looked for ${kinds} of problems${where}.${missingSentence(analysis)}${unjudged}${names}`;
}

function unjudgedIn(trace: Trace): string {
  const unjudged = UNJUDGED[requestNature(trace).kind];
  return `${unjudged === undefined ? '' : ` ${unjudged}`}${openQuestion(trace)}`;
}

/** What one request cannot show: whether a refusal was right, and why a client left after a long wait. */
function openQuestion(trace: Trace): string {
  const us = trace.durationOfUs(trace.root);
  if (requestNature(trace).kind === 'cancelled') {
    const [most] = us < KEEPS_THOUGHT_US ? [] : pathByOperation(trace).toSorted((a, b) => b.ownUs - a.ownUs);
    if (most === undefined || most.ownUs < us / 2) return '';
    const place = `${shown(trace.operation(most.first))} of ${shown(trace.service(most.first))}`;
    return ` It may have left because it waited too long: ${place} took most of the time.`;
  }
  const isRefused = trace.httpStatus(trace.root) >= 400 && trace.httpStatus(trace.root) < 500;
  return isRefused
    ? ' This request does not show whether the answer is right: other requests and the last change do.'
    : '';
}

function missingSentence({ missing }: Shown): string {
  return missing === undefined ? '' : ` ${capitalised(missingText(missing))}.`;
}

/** What broke off: the reader learns it before anything is concluded. */
export function missingText(missing: MissingPart): string {
  return `part of the ${missing} is missing`;
}
