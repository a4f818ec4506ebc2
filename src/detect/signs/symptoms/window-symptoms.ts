/** The symptoms of a window and their onset, from metrics that moved and from new complaints in the log. */
import { type EdgeRefusal, edgeRefusals } from '#detect/signs/metrics/edge-refusals.ts';
import { strainSymptoms } from '#detect/signs/servers/strain-symptoms.ts';
import { strainedServers } from '#detect/signs/servers/strained-servers.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { type Complaint, FAILURE_KINDS, type FailureKind, newComplaint } from '#model/logs/complaint.ts';
import { acrossInstances } from '#model/metrics/across-instances.ts';
import { measured } from '#model/metrics/measured.ts';
import { isOfResources, meaningOf, seriesName } from '#model/metrics/metric-names.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { type Growth, growthOf, onsetOf, type SeriesOnset } from '#model/metrics/series-onset.ts';
import { codeWords } from '#model/text/code-words.ts';

type Seen = Partial<Pick<Evidence, 'logs' | 'templates' | 'baselineLogs' | 'metrics'>>;

/** Undefined without a metric that moved and without a new complaint: then a change has nothing to explain. */
export function windowSymptoms(
  window: Evidence['window'],
  changes: readonly Change[],
  { logs = [], templates, baselineLogs, metrics = [] }: Seen,
): ChangeSymptoms | undefined {
  const services = new Set([
    window.service,
    ...changes.map(({ service }) => service),
    ...logs.map(({ service }) => service),
  ]);
  services.delete('');
  const complaint =
    templates && newComplaint(logs, templates, { healthy: baselineLogs, fromUs: window.fromUs, services });
  const isOwn = (series: Series) => window.service === '' || serviceOf(series) === window.service;
  const each = [...metrics, ...ofServices(metrics)].flatMap(asMeasured);
  const own = each.filter(isOwn);
  const all = each.flatMap((series): Left[] => {
    const onset = onsetOf(series, window);
    return onset === undefined || isUsualTalk(series, onset) ? [] : [{ series, onset }];
  });
  const left = all.filter(({ series }) => isOwn(series));
  const refusals = edgeRefusals(metrics, window);
  const isShown = complaint !== undefined || window.onsetUs !== undefined || refusals.length > 0;
  if (!isShown && !isFelt(own, left)) return undefined;
  const growths = own.filter(({ name }) => RESOURCE.test(name)).flatMap((series) => growthOf(series, window) ?? []);
  const refusedUs = refusals.length === 0 ? undefined : Math.min(...refusals.map(({ sinceUs }) => sinceUs));
  const onsetUs = beganAt(left, growths, complaint, window.onsetUs ?? refusedUs);
  if (onsetUs === undefined) return undefined;
  const strain = strainSymptoms(changes.length === 0 ? [] : strainedServers(metrics, window));
  const metricWords = new Set(left.flatMap(({ series }) => codeWords(series.name)));
  return {
    service: window.service,
    onsetUs,
    complaint,
    suffering: new Set(all.map(({ series }) => serviceOf(series))),
    metricWords,
    kinds: new Set([...kindsOf(left, complaint), ...strain.kinds]),
    servers: strain.servers.union(new Set(refusals.map(({ name }) => name))),
    ...(refusals.length > 0 && { said: refusals.map(({ how }) => SAID[how]).join('\n') }),
    isLoad: left.some(isLoad),
  };
}

/** In the words of those that a failure would name. */
const SAID: Readonly<Record<EdgeRefusal['how'], string>> = {
  blocked: 'the firewall blocks requests',
  overflow: 'upstream overflow',
  again: 'messages are delivered again',
};

/** Latencies of services whose instances were all replaced: none of them shows both times. */
function ofServices(metrics: readonly Series[]): readonly Series[] {
  const latencies = acrossInstances(measured(metrics)).filter(({ concept }) => concept === 'latency');
  return latencies.map(({ service, metric, labels, atUs, values }) => ({
    name: seriesName({ scope: 'service', concept: 'latency' }),
    labels: { ...labels, service, metric },
    atUs,
    values,
  }));
}

/** A counter of a new pod only begins at 0: its rate counts. One bucket says nothing. */
function asMeasured(series: Series): readonly Series[] {
  const kind = meaningOf(series)?.kind ?? (COUNTER.test(series.name) ? 'counter' : 'gauge');
  if (kind === 'gauge') return [series];
  return series.name.endsWith('_bucket') ? [] : [{ ...series, ...rates(series) }];
}

const COUNTER = /_(?:total|bucket|sum)$|_(?:seconds|milliseconds|bytes|duration)_count$/;

/** A processor or a memory that does more is no symptom where requests are counted and are as before. */
function isFelt(own: readonly Series[], left: readonly Left[]): boolean {
  const conceptOf = (series: Series) => meaningOf(series)?.concept;
  const areCounted = own.some((series) => conceptOf(series) === 'requests' || conceptOf(series) === 'latency');
  return !areCounted || left.some(({ series }) => !isOfResources(conceptOf(series) ?? ''));
}

/** More lines or spans are no symptom, and one error in ten minutes is somebody's wrong request. */
function isUsualTalk(series: Series, { extreme }: SeriesOnset): boolean {
  const concept = meaningOf(series)?.concept;
  return (
    concept === 'log_lines' || concept === 'spans' || (concept === 'log_errors' && extreme < LEAST_ERRORS_A_SECOND)
  );
}

/** Six per minute. */
const LEAST_ERRORS_A_SECOND = 0.1;

type Left = Readonly<{ series: Series; onset: SeriesOnset }>;

function serviceOf({ labels }: Series): string {
  // A Prometheus job may begin with its namespace: `shop/checkout`.
  const job = labels.job?.replace(/^.*\//, '');
  return labels.service ?? labels.service_name ?? labels.app ?? labels.application ?? job ?? labels.container ?? '';
}

/** Resources that grow until they are exhausted. */
const RESOURCE =
  /mem|heap|rss|disk|storage|conn|thread|goroutine|handle|descriptor|fds?\b|capacity|queue|backlog|lag|cache|pool|session/i;
const STILL_US = 15 * 60_000_000;
/** A growth leads up to the problem if it begins this long before it: a heap grows between two collections. */
const LEADS_US = 5 * 60_000_000;

/**
 * The onset that requests show, or the first complaint, whichever is earlier. Without requests, the first sign of any
 * metric: with requests this would be too early, because one of many metrics always moves. A growth that leads up to the
 * problem moves the onset to its beginning.
 */
function beganAt(
  left: readonly Left[],
  growths: readonly Growth[],
  complaint: Complaint | undefined,
  ofRequestsUs: number | undefined,
): number | undefined {
  const said = complaint ? [complaint.firstUs] : [];
  const firm = left.filter((one) => !isPassing(one));
  const moved = (firm.length > 0 ? firm : left).map(({ onset }) => onset.atUs);
  const signs = [...(moved.length > 0 ? [whenMost(moved)] : []), ...said];
  if (signs.length === 0) return undefined;
  const first = ofRequestsUs === undefined ? Math.min(...signs) : Math.min(ofRequestsUs, ...said);
  const leading = growths.filter(({ sinceUs, peakUs }) => sinceUs <= first - LEADS_US && peakUs >= first - STILL_US);
  return Math.min(first, ...leading.map(({ sinceUs }) => sinceUs));
}

/** Series are read about once a minute, each at a moment of its own. */
const TOGETHER_US = 2 * 60_000_000;
/** One or two of many series always leave their past. */
const FEWEST_TOGETHER = 3;
const SHARE_TOGETHER = 1 / 3;

/** The time at which most of the series left their past together; else the first of them. */
function whenMost(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const [first = Number.NaN] = sorted;
  let best = { fromUs: first, count: 0 };
  let end = 0;
  for (const [at, fromUs] of sorted.entries()) {
    while ((sorted[end] ?? Number.POSITIVE_INFINITY) <= fromUs + TOGETHER_US) end += 1;
    if (end - at > best.count) best = { fromUs, count: end - at };
  }
  return best.count >= Math.max(FEWEST_TOGETHER, SHARE_TOGETHER * times.length) ? best.fromUs : first;
}

/** As a share of its usual value: less is noise where it does not last. */
const SLIGHT = 0.5;

/**
 * One failed request now and then, or a small rise that passes: most points after its onset are as before. Where other
 * series left their past for good, it says nothing about the time.
 */
function isPassing({ series: { atUs, values }, onset: { atUs: fromUs, usual, extreme } }: Left): boolean {
  const way = Math.abs(extreme - usual);
  const isSmall = usual === 0 ? way < LEAST_ERRORS_A_SECOND : way < SLIGHT * Math.abs(usual);
  const since = Array.from(values).filter((_, at) => (atUs[at] ?? 0) >= fromUs);
  return isSmall && since.filter((value) => Math.abs(value - usual) <= way / 2).length > since.length / 2;
}

function kindsOf(left: readonly Left[], complaint: Complaint | undefined): ReadonlySet<FailureKind> {
  const ofMetrics = (Object.keys(FAILURE_KINDS) as FailureKind[]).filter((kind) =>
    left.some(({ series }) => FAILURE_KINDS[kind].test(series.name)),
  );
  return new Set([...ofMetrics, ...(complaint?.kinds ?? [])]);
}

const REQUESTS = /requests?_(?:per|rate)|\brps\b|\bqps\b|request_rate|http_requests|throughput|calls_per/i;

function isLoad({ series, onset }: Left): boolean {
  return REQUESTS.test(series.name) && !/error|fail|5xx/i.test(series.name) && onset.extreme >= 2 * onset.usual;
}
