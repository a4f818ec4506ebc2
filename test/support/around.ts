/** A drawn request with what happened around it, judged as a session judges it. */
import { analyseTrace } from '#analyse/analyse-trace.ts';
import { around } from '#analyse/around-request.ts';
import { lookWith } from '#analyse/look.ts';
import { kubernetesBody } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import type { Change } from '#model/changes/change.ts';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import { baselines } from '#model/requests/baseline.ts';
import type { Trace } from '#model/trace/trace.ts';
import { ASKED_US, printed } from '#test/platform.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

export type DrawnAround = Readonly<{
  changes?: readonly Change[];
  series?: readonly Series[];
  platform?: Platform;
  logs?: readonly LogLine[];
  healthy?: readonly Trace[];
  /** Further requests of the session. */
  requests?: readonly Trace[];
}>;

export function judgedAround(
  trace: Trace,
  { changes, series = [], platform, logs, healthy = [], requests }: DrawnAround = {},
): TraceAnalysis {
  const isAny = changes !== undefined || series.length > 0 || platform !== undefined;
  const ofTime = isAny ? around({ series, platform, changes, lines: logs ?? [], requests }) : undefined;
  const beside = {
    baseline: baselines(healthy).of(trace),
    baselineLogs: undefined,
    databases: undefined,
    earlierLogs: [],
    published: undefined,
  };
  const settings = { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 };
  const lines = logs?.map((line) => ({
    ...line,
    rung: line.traceId === '' ? ('time' as const) : ('trace-id' as const),
  }));
  return analyseTrace(lookWith(settings), { trace, logs: lines, around: ofTime, ...beside }, settings, [], [], '');
}

/** A change so many seconds before the drawn requests begin. */
export function changeBefore(seconds: number, more: Partial<Change> = {}): Change {
  const usual = { kind: 'deploy', service: '', id: `v${seconds}`, text: '', url: '', files: [], diff: '' } as const;
  return { ...usual, atUs: DRAWN_AT_US - seconds * 1e6, ...more };
}

/** A value every 15 seconds, by the seconds since the requests begin, from half an hour before to two minutes after. */
export function seriesAround(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: (seconds: number) => number,
): Series {
  const seconds = Array.from({ length: 129 }, (_, at) => at * 15 - 1800);
  return {
    name,
    labels,
    atUs: Float64Array.from(seconds, (second) => DRAWN_AT_US + second * 1e6),
    values: Float64Array.from(seconds, value),
  };
}

/** Objects drawn for another day (`#test/platform.ts`), where `ago(0)` is when the requests begin. */
export function clusterAround(objects: Parameters<typeof printed>[0]): Platform {
  const day = (us: number) => new Date(us / 1000).toISOString().slice(0, 10);
  const items = printed(objects).replaceAll(day(ASKED_US), day(DRAWN_AT_US));
  const asked = { kind: 'Asked', at: new Date(DRAWN_AT_US / 1000 + 300_000).toISOString() };
  const body = kubernetesBody('platform.json');
  body.push(new TextEncoder().encode(JSON.stringify([asked, JSON.parse(items)])));
  return platformOf(body.end());
}
