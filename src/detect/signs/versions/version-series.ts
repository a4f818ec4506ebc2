/**
 * Series of metrics by the instance and the version that they are about, a value a minute: the share of requests that
 * fail, latency, memory, CPU, restarts. What differs only by instance has one stratum, and only series of one stratum are
 * compared: p90 with p90, calls of one caller with calls of the same caller.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { familyKey, type VersionSighting } from '#detect/signs/versions/releases-seen.ts';
import type { Measured } from '#model/metrics/measured.ts';
import { meanByMinute, sumByMinute } from '#model/metrics/minutes.ts';
import { ratesAmong } from '#model/metrics/request-rates.ts';
import type { Series } from '#model/metrics/series.ts';
import { type InstanceVersion, isOfInstance, versionOf } from '#model/platform/instance-version.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { Points } from '#model/stats/trend.ts';

export type VersionMeasure = 'failing' | 'latency' | 'memory' | 'cpu' | 'restarts';

export type VersionSeries = Readonly<{
  /** The `familyKey` of the service. */
  family: string;
  service: string;
  who: InstanceVersion;
  measure: VersionMeasure;
  unit: 'share' | 'seconds' | 'bytes' | 'cores' | 'times';
  metric: string;
  stratum: string;
  /** By minute since the epoch. */
  values: ReadonlyMap<number, number>;
  /** Requests in each of these minutes; undefined where nothing counts them. */
  counts: ReadonlyMap<number, number> | undefined;
}>;

const MEASURES: Readonly<Partial<Record<Measured['concept'], readonly [VersionMeasure, VersionSeries['unit']]>>> = {
  error_share: ['failing', 'share'],
  latency: ['latency', 'seconds'],
  memory_used: ['memory', 'bytes'],
  memory_share: ['memory', 'share'],
  heap_used: ['memory', 'bytes'],
  cpu_used: ['cpu', 'cores'],
  cpu_share: ['cpu', 'share'],
  restarts: ['restarts', 'times'],
};

/**
 * Series whose labels name a version, of services and their instances. `unnamed` stands for instances whose version nothing
 * names; without it their series are left out.
 */
export function versionSeries(
  meant: readonly Measured[],
  platform: Platform | undefined,
  unnamed?: InstanceVersion,
): readonly VersionSeries[] {
  const pods = podVersions(platform);
  const named = meant.flatMap((one) => {
    const { service, scope } = one;
    const who = scope === 'node' || scope === 'database' ? undefined : (whoOf(one.labels, service, pods) ?? unnamed);
    return who === undefined || service === '' ? [] : [{ one, who }];
  });
  const gauges = named.flatMap(({ one, who }): VersionSeries[] => {
    const [measure, unit] = MEASURES[one.concept] ?? [];
    if (measure === undefined || unit === undefined) return [];
    const { service, metric } = one;
    const stratum = `${measure} ${metric} ${one.concept} ${stratumOf(one.labels)}`;
    return [
      { ...familyAnd(service), who, measure, unit, metric, stratum, values: meanByMinute(one), counts: undefined },
    ];
  });
  return [...gauges, ...failingOf(named)].filter(({ values }) => values.size > 0);
}

function familyAnd(service: string): Pick<VersionSeries, 'family' | 'service'> {
  return { family: familyKey(service), service };
}

type Pods = ReadonlyMap<string, InstanceVersion>;

/** What the cluster knows of its pods, for series and lines that only name the pod. */
export function podVersions(platform: Platform | undefined): Pods {
  return new Map(
    (platform?.pods ?? []).flatMap(({ name, labels, replicaSet, node, containers }) => {
      const images = containers.filter(({ isInit }) => !isInit).map(({ image }) => image);
      const who = versionOf({ ...labels, pod: name, replicaset: replicaSet, node, image: images[0] ?? '' }, '');
      return who === undefined ? [] : [[name, who] as const];
    }),
  );
}

export function whoOf(
  labels: Readonly<Record<string, unknown>>,
  service: string,
  pods: Pods,
): InstanceVersion | undefined {
  const own = versionOf(labels, service);
  const instance = own?.instance ?? String(labels.pod ?? labels.k8s_pod_name ?? labels['k8s.pod.name'] ?? '');
  const known = pods.get(instance);
  if (known === undefined || own === undefined) return own ?? known;
  return { ...own, names: [...new Set([...own.names, ...known.names])], node: own.node || known.node };
}

/** All labels that say what is measured. */
function stratumOf(labels: Series['labels']): string {
  const kept = Object.entries(labels).filter(([name]) => !isOfInstance(name) && !OF_SCRAPE.test(name));
  return JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** They follow from the instance, or from its service. */
const OF_SCRAPE = /^(?:service|service_name|app|application|job|metric|endpoint|exported_\w+|destination_service\w*)$/;

/** When the series has values. */
export function seriesSighting({ service, who, values }: VersionSeries): VersionSighting {
  const minutes = [...values.keys()].sort((a, b) => a - b);
  return {
    service,
    who,
    firstUs: (minutes[0] ?? Number.NaN) * MINUTE_US,
    lastUs: (minutes.at(-1) ?? Number.NaN) * MINUTE_US,
  };
}

type Named = Readonly<{ one: Measured; who: InstanceVersion }>;

/** The failing share of requests that are counted by their outcome, or beside their errors. */
function failingOf(named: readonly Named[]): readonly VersionSeries[] {
  const counted = named.filter(
    ({ one }) => one.scope === 'service' && (one.concept === 'requests' || one.concept === 'errors'),
  );
  const groups = Map.groupBy(counted, ({ one, who }) => [familyKey(one.service), who.instance, who.version].join('\n'));
  return [...groups.values()].flatMap((group): VersionSeries[] => {
    const [first] = group;
    if (first === undefined) return [];
    const own = familyAnd(first.one.service);
    const requests = group.flatMap(({ one }) => (one.concept === 'requests' ? [one] : []));
    const rates = ratesAmong(requests, 'requests');
    const coded = rates.flatMap(({ metric, all, failing }): VersionSeries[] =>
      failing === undefined
        ? []
        : [
            {
              ...own,
              who: first.who,
              measure: 'failing',
              unit: 'share',
              metric,
              stratum: `failing ${metric}`,
              values: meanByMinute(failing),
              counts: perMinute(all),
            },
          ],
    );
    const [all] = rates;
    if (coded.length > 0 || all === undefined) return coded;
    const errors = group.flatMap(({ one }) => (one.concept === 'errors' ? [one] : []));
    const [metric] = errors.map((one) => one.metric).sort();
    if (metric === undefined) return [];
    const [of, failed] = [meanByMinute(all.all), sumByMinute(errors.filter((one) => one.metric === metric))];
    const values = new Map(
      [...of].flatMap(([minute, rate]) =>
        rate > 0 ? [[minute, Math.min(1, (failed.get(minute) ?? 0) / rate)] as const] : [],
      ),
    );
    return [
      {
        ...own,
        who: first.who,
        measure: 'failing',
        unit: 'share',
        metric,
        stratum: `failing ${metric}`,
        values,
        counts: perMinute(all.all),
      },
    ];
  });
}

const SECONDS = 60;

function perMinute(rate: Points): ReadonlyMap<number, number> {
  return new Map([...meanByMinute(rate)].map(([minute, value]) => [minute, value * SECONDS]));
}
