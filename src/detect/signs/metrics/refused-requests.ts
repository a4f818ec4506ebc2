/**
 * Requests that a proxy or a service refuses since some minute, and hardly refused before: because of their size, or
 * because there are too many. No span and no 5xx shows them, since they never reach the service behind.
 *
 *   POST /photos   200 200 200 200 | 413 413 200 413 413      a limit was lowered
 *   POST /photos   200 413 200 200 | 200 413 200 200          one huge client, as always
 */
import { MINUTE_US } from '#core/time-units.ts';
import { type Run, sustainedRun } from '#detect/signs/metrics/sustained.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { answeredStatus, answerIn } from '#model/logs/log-answers.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logText } from '#model/logs/log-text.ts';
import { levelBefore } from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { sumByMinute } from '#model/metrics/minutes.ts';
import { STATUS_LABELS } from '#model/metrics/request-status.ts';
import type { Series } from '#model/metrics/series.ts';
import { hasRisen, type Share, shareInterval, shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween } from '#model/stats/trend.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';

export type RefusedRequests = Readonly<{
  service: string;
  /** Empty for all requests of the service. */
  operation: string;
  status: number;
  /** The metric that counts them; empty where lines show them. */
  metric: string;
  share: number;
  before: number;
  sinceUs: number;
  untilUs: number;
  /** Places of the lines that show it. */
  lines: readonly number[];
}>;

type Limits = Readonly<Record<'minShare' | 'minOperationShare' | 'forMinutes' | 'minFailures', number>>;

/** What a server refuses by its own limits, in the words of HTTP (RFC 9110 and RFC 6585). */
export const REFUSALS: Readonly<Record<number, string>> = {
  413: 'Content Too Large',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
};

/** One client may ask one thing too often, and the limit is there for that: of these, all requests count. */
const TOO_MANY = 429;

/** As a share of the new one: more were refused before, too, so that no limit was lowered. */
const USUAL = 0.2;

/** The service in question first, then the highest share. What lines show names the server that refuses. */
export function refusedRequests(
  {
    metrics,
    logs,
    baselineLogs,
  }: Readonly<{ metrics: readonly Series[]; logs: readonly LogLine[]; baselineLogs: readonly LogLine[] }>,
  window: TimeWindow,
  limits: Limits,
): readonly RefusedRequests[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const ofLines = inLines(logs, baselineLogs, limits);
  const known = new Set(ofLines.map(({ status }) => status));
  const ofMetrics = inMetrics(metrics, window, limits).filter(({ status }) => !known.has(status));
  // Several metrics count the same requests.
  const each = Map.groupBy(ofMetrics, ({ service, operation, status }) => [service, operation, status].join('\n'));
  return [...ofLines, ...[...each.values()].flatMap(([one]) => one ?? [])].sort(
    (a, b) =>
      Number(b.service === window.service) - Number(a.service === window.service) ||
      b.share - a.share ||
      (a.service + a.operation < b.service + b.operation ? -1 : 1),
  );
}

function inMetrics(metrics: readonly Series[], window: TimeWindow, limits: Limits): readonly RefusedRequests[] {
  const requests = measured(metrics).filter(
    ({ concept, scope, service }) => concept === 'requests' && scope === 'service' && service !== '',
  );
  const services = Map.groupBy(requests, ({ service, metric }) => `${service}\n${metric}`);
  return [...services.values()].flatMap((own) => {
    const statuses = new Set(own.map(statusOf).filter((status) => status in REFUSALS));
    return [...statuses].flatMap((status) => {
      const whole = refusedAmong(own, status, '', window, limits);
      if (whole !== undefined) return [whole];
      if (status === TOO_MANY) return [];
      const operations = Map.groupBy(own, operationOf);
      return [...operations].flatMap(([operation, some]) =>
        operation === '' ? [] : (refusedAmong(some, status, operation, window, limits) ?? []),
      );
    });
  });
}

function refusedAmong(
  own: readonly Measured[],
  status: number,
  operation: string,
  window: TimeWindow,
  { minShare, minOperationShare, forMinutes }: Limits,
): RefusedRequests | undefined {
  const [first] = own;
  const points = sharesOf(own, status);
  const least = operation === '' ? minShare : minOperationShare;
  const within = pointsBetween(points, window.fromUs, window.toUs + MINUTE_US);
  const run: Run | undefined = sustainedRun(within, (value) => value > least, forMinutes * MINUTE_US);
  if (first === undefined || run === undefined) return undefined;
  const share = medianOf(run.values);
  const before = levelBefore(points, window) ?? 0;
  if (before > USUAL * share || isOver(run, within.atUs)) return undefined;
  const { service, metric } = first;
  const { fromUs: sinceUs, untilUs } = run;
  return { service, operation, status, metric, share, before, sinceUs, untilUs, lines: [] };
}

/** It ended, and two points later nobody was refused any more. */
function isOver({ untilUs }: Run, atUs: ArrayLike<number>): boolean {
  return Array.from(atUs).filter((us) => us > untilUs).length > 2;
}

function sharesOf(own: readonly Measured[], status: number): Readonly<{ atUs: Float64Array; values: Float64Array }> {
  const all = sumByMinute(own);
  const refused = sumByMinute(own.filter((one) => statusOf(one) === status));
  const minutes = [...all].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  return {
    atUs: Float64Array.from(minutes, ([minute]) => minute * MINUTE_US),
    values: Float64Array.from(minutes, ([minute, count]) => (refused.get(minute) ?? 0) / count),
  };
}

function statusOf({ labels }: Measured): number {
  const label = STATUS_LABELS.find((name) => (labels[name] ?? '') !== '');
  return Number(labels[label ?? ''] ?? 0);
}

function operationOf({ labels, part }: Measured): string {
  const method = labels.method ?? labels.http_request_method ?? labels.http_method ?? '';
  return `${method} ${part}`.trim();
}

type Answer = Readonly<{ place: number; us: number; status: number }>;

/** Access logs of proxies and of services: the share of the answers to one kind of request. */
function inLines(
  logs: readonly LogLine[],
  baselineLogs: readonly LogLine[],
  { minOperationShare, minFailures, forMinutes }: Limits,
): readonly RefusedRequests[] {
  const now = answersOf(logs);
  const statuses = new Set([...now.values()].flatMap((own) => own.map(({ status }) => status)));
  const refusing = [...statuses].filter((status) => status in REFUSALS && status !== TOO_MANY);
  if (refusing.length === 0) return [];
  const usual = answersOf(baselineLogs);
  return [...now].flatMap(([key, own]) =>
    refusing.flatMap((status): RefusedRequests[] => {
      const refused = own.filter((one) => one.status === status);
      const [first, last] = [refused[0], refused.at(-1)];
      if (first === undefined || last === undefined || refused.length < minFailures) return [];
      const since = own.filter(({ us }) => us >= first.us);
      const share: Share = { times: refused.length, of: since.length };
      const past = [...(usual.get(key) ?? []), ...own.filter(({ us }) => us < first.us)];
      const before: Share = { times: past.filter((one) => one.status === status).length, of: past.length };
      const isLong = last.us - first.us >= forMinutes * MINUTE_US;
      const isNew = hasRisen(share, before) && shareOf(before) <= USUAL * shareOf(share);
      if (!isLong || before.of < minFailures || !isNew || shareInterval(share).low <= minOperationShare) return [];
      const [service = '', operation = ''] = key.split('\n');
      const shares = { share: shareOf(share), before: shareOf(before) };
      const lines = refused.map(({ place }) => place);
      return [{ service, operation, status, metric: '', ...shares, sinceUs: first.us, untilUs: last.us, lines }];
    }),
  );
}

/** By writer and kind of request, in order of time. */
function answersOf(logs: readonly LogLine[]): ReadonlyMap<string, readonly Answer[]> {
  const answers = new Map<string, Answer[]>();
  for (const [place, line] of logs.entries()) {
    const status = answeredStatus(line);
    const operation = status === 0 || line.service === '' ? '' : askedIn(line);
    if (operation === '') continue;
    const key = `${line.service}\n${operation}`;
    const known = answers.get(key) ?? [];
    answers.set(key, known);
    known.push({ place, us: epochUsOf(line), status });
  }
  for (const own of answers.values()) own.sort((a, b) => a.us - b.us);
  return answers;
}

function askedIn(line: LogLine): string {
  const { method = '', path = answerIn(line)?.path ?? '' } = logText(line.line).parts;
  return path === '' ? '' : operationTemplate(`${method} ${path}`.trim());
}
