/**
 * What a server does by a setting and reports in a number of its own: a proxy puts out instances, a server keeps its old
 * configuration because it cannot load the new one, a store deletes what has expired.
 *
 *   ejections_active         0  0  0 │ 4  3  4        since some minute, and never in the hour before
 *   last_reload_successful   1  1  1 │ 0  0  0
 *   ttl_deleted_documents    7  7  7 │ 9k 17k 23k     a burst of deletions, and hardly any before
 */

import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { rates, type Series } from '#model/metrics/series.ts';
import { serviceOfCluster } from '#model/metrics/series-labels.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';

export type ToldAction = Readonly<{
  /** As a failure would say it, in lower case. */
  said: string;
  /** The callee of a proxy, the job, or the instance of a store; empty where no label says it. */
  name: string;
  metric: string;
  sinceUs: number;
}>;

type Told = Readonly<{
  metric: RegExp;
  said: string;
  nameOf: (labels: Series['labels']) => string;
  /** The points of what is going on, and whether one shows that. A burst ends by itself. */
  pointsOf: (series: Series) => Points;
  isShown: (value: number) => boolean;
  isBurst: boolean;
}>;

/** Ten documents a second: work of every day deletes a few at a time. */
const MANY_DELETIONS = 10;
/** Milliseconds. A shorter wait nobody feels: https://www.nngroup.com/articles/response-times-3-important-limits/ */
const FELT_MS = 100;
const asWritten = (series: Series): Points => series;
const serverOf = ({ job = '', instance = '' }: Series['labels']) => job || instance;

/** The servers whose configuration is meant, by the beginning of their metrics. */
const RELOADS: readonly (readonly [RegExp, string])[] = [
  // https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/
  [/^nginx_ingress_controller_config_last_reload_success(?:ful)?$/, 'nginx'],
  [/^prometheus_config_last_reload_success(?:ful)?$/, 'prometheus'],
  [/^alertmanager_config_last_reload_success(?:ful)?$/, 'alertmanager'],
];

const TOLD: readonly Told[] = [
  {
    // https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats#outlier-detection-statistics
    metric: /^envoy_cluster_outlier_detection_ejections_active$/,
    said: 'outlier detection ejects hosts',
    nameOf: ({ envoy_cluster_name: name = '' }) => serviceOfCluster(name),
    pointsOf: asWritten,
    isShown: (value) => value >= 1,
    isBurst: false,
  },
  ...RELOADS.map(
    ([metric, server]): Told => ({
      ...{ metric, said: `${server} could not load its configuration`, nameOf: serverOf },
      ...{ pointsOf: asWritten, isShown: (value) => value === 0, isBurst: false },
    }),
  ),
  {
    // https://kafka.apache.org/documentation/#producer_monitoring, …/#consumer_monitoring, of Micrometer and of the JMX exporter.
    metric: /(?:^|_)(?:produce|fetch)_throttle_time_avg(?:_ms|_milliseconds)?$/,
    said: 'the broker throttles a client by its quota',
    nameOf: ({ job = '', service = '', client_id: client = '' }) => service || job || client,
    pointsOf: asWritten,
    isShown: (value) => value >= FELT_MS,
    isBurst: false,
  },
  {
    // https://www.mongodb.com/docs/manual/reference/command/serverStatus/#metrics.ttl
    metric: /^mongodb_(?:ss|mongod)_metrics_ttl_deleted_?documents(?:_total)?$/i,
    said: 'a ttl index deletes documents',
    nameOf: ({ instance = '' }) => instance.replace(/:\d{1,5}$/, ''),
    pointsOf: rates,
    isShown: (value) => value >= MANY_DELETIONS,
    isBurst: true,
  },
];

const FEWEST_BEFORE = 5;
const FEWEST_NOW = 3;

/** The first of each server, sorted by time. */
export function toldActions(metrics: readonly Series[], window: TimeWindow): readonly ToldAction[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const found = metrics.flatMap((series) => {
    const told = TOLD.find(({ metric }) => metric.test(series.name));
    return told === undefined ? [] : actionIn(series, told, window);
  });
  const sorted = found.toSorted((a, b) => a.sinceUs - b.sinceUs);
  return [...Map.groupBy(sorted, ({ said, name }) => `${said} ${name}`).values()].flatMap(([first]) => first ?? []);
}

function actionIn(series: Series, told: Told, { fromUs, toUs }: TimeWindow): ToldAction[] {
  const points = told.pointsOf(series);
  const before = pointsBetween(points, fromUs - HOUR_US, fromUs).values;
  const within = pointsBetween(points, fromUs, toUs + MINUTE_US);
  if (before.length < FEWEST_BEFORE || Array.from(before).some((value) => told.isShown(value))) return [];
  const shown = Array.from(within.values, (value) => told.isShown(value));
  const first = shown.indexOf(true);
  const since = shown.slice(first);
  const lasts = told.isBurst ? since.slice(0, FEWEST_NOW) : since;
  if (first < 0 || since.length < FEWEST_NOW || !lasts.every(Boolean)) return [];
  const { said, nameOf } = told;
  return [{ said, name: nameOf(series.labels), metric: series.name, sinceUs: within.atUs[first] ?? 0 }];
}
