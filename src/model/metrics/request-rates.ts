/**
 * What metrics say about the requests of services: how many, and how many fail. They cover all requests, not a sample.
 */
import { type Measured, measured } from '#model/metrics/measured.ts';
import { STATUS_LABELS } from '#model/metrics/request-status.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Points } from '#model/stats/trend.ts';

export type RequestRate = Readonly<{
  service: string;
  /** The metric's name in its store. */
  metric: string;
  /** Lines stand in where no metric counts requests: a service mostly logs about its requests. */
  counts: 'requests' | 'log lines';
  /** Requests or lines per second. */
  all: Points;
  /** The share that failed; undefined where nothing shows it. */
  failing: Points | undefined;
}>;

/** Each service's requests by each metric that counts them, over all instances, operations and outcomes. */
export function requestRates(series: readonly Series[]): readonly RequestRate[] {
  return ratesOf(series, 'requests');
}

/** For services without a request metric, how many lines they write. */
export function lineRates(series: readonly Series[]): readonly RequestRate[] {
  const known = new Set(requestRates(series).map(({ service }) => service));
  return ratesOf(series, 'log lines').filter(({ service }) => !known.has(service));
}

function ratesOf(series: readonly Series[], counts: RequestRate['counts']): readonly RequestRate[] {
  const wanted = counts === 'requests' ? 'requests' : 'log_lines';
  const all = measured(series).filter(({ scope }) => scope === 'service');
  const counting = all.filter(({ concept }) => concept === wanted);
  const failing = all.filter(({ concept, metric }) => concept === 'errors' && OF_PRODUCT.test(metric));
  return ratesAmong(counting, counts).map((rate) => withFailing(rate, failing));
}

/** Clouds count failures beside the requests, under a name of their own: `aws_lambda_errors_sum` of `aws_lambda_invocations_sum`. */
const OF_PRODUCT = /^(?:aws_[a-z]+|azure_microsoft_[a-z]+_[a-z]+)(?=_)/;

function withFailing(rate: RequestRate, failing: readonly Measured[]): RequestRate {
  const product = OF_PRODUCT.exec(rate.metric)?.[0];
  const isOfIt = ({ service, metric }: Measured) =>
    service === rate.service && OF_PRODUCT.exec(metric)?.[0] === product;
  const own = rate.failing === undefined && product !== undefined ? failing.filter(isOfIt) : [];
  return own.length === 0 ? rate : { ...rate, failing: sharesOf(summed(own), rate.all) };
}

/** The same for some of the series that count requests or lines, such as those of one instance. */
export function ratesAmong(counting: readonly Measured[], counts: RequestRate['counts']): readonly RequestRate[] {
  const groups = Map.groupBy(counting, ({ service, metric }) => `${service}\n${metric}`);
  return [...groups.values()].flatMap((unordered): RequestRate[] => {
    // Sums of the same numbers in another order differ in the last digit.
    const own = unordered.toSorted((a, b) => (labelsText(a) < labelsText(b) ? -1 : 1));
    const [first] = own;
    if (first === undefined || first.service === '') return [];
    const all = summed(own);
    const coded = own.filter((one) => codeOf(one) !== undefined);
    const failed = summed(coded.filter((one) => FAILED.test(codeOf(one) ?? '')));
    const failing = coded.length === 0 ? undefined : sharesOf(failed, all);
    return [{ service: first.service, metric: first.metric, counts, all, failing }];
  });
}

/** Failures of the server: 5xx, and the corresponding codes of gRPC. */
const FAILED =
  /^(?:5\d\d|5xx|SERVER_ERROR|failure|error|STATUS_CODE_ERROR|(?:grpc )?(?:UNKNOWN|DEADLINE_?EXCEEDED|RESOURCE_?EXHAUSTED|INTERNAL|UNAVAILABLE|DATA_?LOSS))$/i;

function codeOf({ labels }: Measured): string | undefined {
  const label = STATUS_LABELS.find((name) => (labels[name] ?? '') !== '');
  const code = labels[label ?? ''];
  return label?.includes('grpc') ? (GRPC_FAILURES[code ?? ''] ?? code) : code;
}

/** By number, as OpenTelemetry and some servers write them. */
const GRPC_FAILURES: Readonly<Record<string, string>> = {
  2: 'UNKNOWN',
  4: 'DEADLINE_EXCEEDED',
  8: 'RESOURCE_EXHAUSTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  15: 'DATA_LOSS',
};

function labelsText({ labels }: Measured): string {
  return JSON.stringify(Object.entries(labels).sort());
}

/** Points of the same time are added up. */
function summed(all: readonly Pick<Measured, 'atUs' | 'values'>[]): Points {
  const sums = new Map<number, number>();
  for (const { atUs, values } of all) {
    for (const [at, us] of atUs.entries()) sums.set(us, (sums.get(us) ?? 0) + (values[at] ?? 0));
  }
  const times = [...sums.keys()].sort((a, b) => a - b);
  return { atUs: times, values: times.map((us) => sums.get(us) ?? 0) };
}

function sharesOf(failed: Points, all: Points): Points {
  const failures = new Map(Array.from(failed.atUs, (us, at) => [us, failed.values[at] ?? 0]));
  const places = Array.from(all.values, (_, at) => at).filter((at) => (all.values[at] ?? 0) > 0);
  return {
    atUs: places.map((at) => all.atUs[at] ?? 0),
    // What a function has no room for, it does not count among its calls.
    values: places.map((at) => Math.min(1, (failures.get(all.atUs[at] ?? 0) ?? 0) / (all.values[at] ?? 1))),
  };
}
