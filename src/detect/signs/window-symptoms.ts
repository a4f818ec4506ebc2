/** What is wrong in a window of time, and since when: from metrics that left their past and from what a log newly complains of. */
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { type Complaint, FAILURE_KINDS, type FailureKind, newComplaint } from '#model/logs/complaint.ts';
import { meaningOf } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import { type Growth, growthOf, onsetOf, type SeriesOnset } from '#model/metrics/series-onset.ts';
import { codeWords } from '#model/text/code-words.ts';

export type WindowSymptoms = Readonly<{
  service: string;
  onsetUs: number;
  complaint: Complaint | undefined;
  /** Those whose own metrics left their past. */
  suffering: ReadonlySet<string>;
  /** Words of metrics that left their past. */
  metricWords: ReadonlySet<string>;
  kinds: ReadonlySet<FailureKind>;
  /** More requests than before, by themselves enough to explain it. */
  isLoad: boolean;
}>;

type Seen = Partial<Pick<Evidence, 'logs' | 'templates' | 'baselineLogs' | 'metrics'>>;

/** Undefined where nothing left its past and nothing new is complained of: then there is no trouble that a change could have caused. */
export function windowSymptoms(
  window: Evidence['window'],
  changes: readonly Change[],
  { logs = [], templates, baselineLogs, metrics = [] }: Seen,
): WindowSymptoms | undefined {
  const services = new Set([
    window.service,
    ...changes.map(({ service }) => service),
    ...logs.map(({ service }) => service),
  ]);
  services.delete('');
  const complaint =
    templates && newComplaint(logs, templates, { healthy: baselineLogs, fromUs: window.fromUs, services });
  const isOwn = (series: Series) => window.service === '' || serviceOf(series) === window.service;
  const own = metrics.filter(isOwn);
  const all = metrics.flatMap((series): Left[] => {
    const onset = onsetOf(series, window);
    return onset === undefined || isUsualTalk(series, onset) ? [] : [{ series, onset }];
  });
  const left = all.filter(({ series }) => isOwn(series));
  const growths = own.filter(({ name }) => RESOURCE.test(name)).flatMap((series) => growthOf(series, window) ?? []);
  const onsetUs = beganAt(left, growths, complaint, window.onsetUs);
  if (onsetUs === undefined) return undefined;
  const metricWords = new Set(left.flatMap(({ series }) => codeWords(series.name)));
  return {
    service: window.service,
    onsetUs,
    complaint,
    suffering: new Set(all.map(({ series }) => serviceOf(series))),
    metricWords,
    kinds: kindsOf(left, complaint),
    isLoad: left.some(isLoad),
  };
}

/** More lines, and other attributes, are no trouble, and one error in ten minutes is that of somebody else's wrong request. */
function isUsualTalk(series: Series, { extreme }: SeriesOnset): boolean {
  const concept = meaningOf(series)?.concept;
  return (
    concept === 'log_lines' || concept === 'spans' || (concept === 'log_errors' && extreme < LEAST_ERRORS_A_SECOND)
  );
}

/** Six a minute. */
const LEAST_ERRORS_A_SECOND = 0.1;

type Left = Readonly<{ series: Series; onset: SeriesOnset }>;

function serviceOf({ labels }: Series): string {
  // Prometheus knows a job by its namespace as well: `shop/checkout`.
  const job = labels.job?.replace(/^.*\//, '');
  return labels.service ?? labels.service_name ?? labels.app ?? job ?? labels.container ?? '';
}

/** What grows until there is no more of it. */
const RESOURCE =
  /mem|heap|rss|disk|storage|conn|thread|goroutine|handle|descriptor|fds?\b|capacity|queue|backlog|lag|cache|pool|session/i;
const STILL_US = 15 * 60_000_000;
/** A heap grows for a while before it is swept. */
const LEADS_US = 5 * 60_000_000;

/** When the requests show it or lines first complain, else the first sign: of many metrics one always moves for reasons of its own. A growth that leads up to it began earlier. */
function beganAt(
  left: readonly Left[],
  growths: readonly Growth[],
  complaint: Complaint | undefined,
  ofRequestsUs: number | undefined,
): number | undefined {
  const said = complaint ? [complaint.firstUs] : [];
  const signs = [...left.map(({ onset }) => onset.atUs), ...said];
  if (signs.length === 0) return undefined;
  const first = ofRequestsUs === undefined ? Math.min(...signs) : Math.min(ofRequestsUs, ...said);
  const leading = growths.filter(({ sinceUs, peakUs }) => sinceUs <= first - LEADS_US && peakUs >= first - STILL_US);
  return Math.min(first, ...leading.map(({ sinceUs }) => sinceUs));
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
