/**
 * Which functions used the processor: a profile of a service over a time. A session holds it as series, so that a case
 * keeps it like its metrics. No series has a meaning in `metric-names.ts`, because a function is no resource.
 *
 *   profile:all   service=checkout  of=cpu                         0.8  0.8
 *   profile:self  service=checkout  of=cpu  function=json.Marshal  0.4  0.4
 *                                                                  from  to
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { minuteText } from '#model/metrics/limited.ts';
import type { Series } from '#model/metrics/series.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';

/** `cores`: seconds of the processor per second. */
export type Profile = Readonly<{
  service: string;
  /** What it measures: `cpu`, or `wall` for the time that passed. */
  kind: string;
  /** The title of the store: `Pyroscope`. */
  source: string;
  /** Microseconds since the epoch. */
  fromUs: number;
  toUs: number;
  /** The cores that all functions used together. */
  total: number;
  /** Without the functions that each called; the most first. */
  functions: readonly Readonly<{ name: string; cores: number }>[];
}>;

const ALL = 'profile:all';
const SELF = 'profile:self';

/** The series of a profile, in the form of a case's `metrics.json`. */
export function profileSeries({ service, kind, source, fromUs, toUs, total, functions }: Profile): readonly object[] {
  const one = (name: string, cores: number, labels: Readonly<Record<string, string>>) => ({
    metric: { __name__: name, service, of: kind, source, ...labels },
    values: [fromUs, toUs].map((us) => [us / 1e6, `${cores}`]),
  });
  return [one(ALL, total, {}), ...functions.map(({ name, cores }) => one(SELF, cores, { function: name }))];
}

export function isOfProfile({ name }: Pick<Series, 'name'>): boolean {
  return name === ALL || name === SELF;
}

/** In order of service and kind. Of several times of one service, the last. */
export function profilesIn(series: readonly Series[]): readonly Profile[] {
  const of = Map.groupBy(
    series.filter(isOfProfile),
    ({ labels }) => `${labels.service}\n${labels.of}\n${labels.source}`,
  );
  return [...of.keys()].sort().flatMap((key) => {
    const own = of.get(key) ?? [];
    const all = own.find(({ name }) => name === ALL);
    const total = all?.values.at(-1) ?? 0;
    if (all === undefined || total <= 0) return [];
    const { service = '', of: kind = '', source = '' } = all.labels;
    const toUs = all.atUs.at(-1) ?? 0;
    const functions = own
      .filter(({ name, atUs }) => name === SELF && atUs.at(-1) === toUs)
      .map(({ labels, values }) => ({ name: labels.function ?? '', cores: values.at(-1) ?? 0 }))
      .sort((a, b) => b.cores - a.cores || (a.name < b.name ? -1 : 1));
    return [{ service, kind, source, fromUs: all.atUs.at(-2) ?? toUs, toUs, total, functions }];
  });
}

const MOST_SHOWN = 3;
const LONGEST_NAME = 80;
/** Less is noise of the sampling. */
const LEAST_SHARE = 0.05;

type Asked = Readonly<{ service: string; fromUs: number; toUs: number }>;

/**
 * One line for each kind of profile of the service whose time overlaps with the asked one. It says what the whole service
 * did then, and not what one request did.
 */
export function profileItems(profiles: readonly Profile[], { service, fromUs, toUs }: Asked): readonly EvidenceItem[] {
  const key = serviceKey(service);
  return profiles
    .filter((one) => serviceKey(one.service) === key && one.fromUs <= toUs && one.toUs >= fromUs)
    .map((one) => ({ kind: 'metric', ref: `${one.kind} profile in ${one.source}`, text: textOf(one) }));
}

function textOf({ kind, service, fromUs, toUs, total, functions }: Profile): string {
  const shares = functions.map(({ name, cores }) => ({ name, share: cores / total }));
  const [first, ...more] = shares;
  const shown = [first, ...more.filter(({ share }) => share >= LEAST_SHARE)].slice(0, MOST_SHOWN);
  const named = shown.flatMap((one) =>
    one === undefined ? [] : [`${Math.round(one.share * 100)} % ${cutText(redact(one.name), LONGEST_NAME)}`],
  );
  const cores = kind === 'cpu' ? `, ${total.toFixed(2)} cores` : '';
  const when = `${minuteText(fromUs).replace(' UTC', '')} to ${minuteText(toUs)}`;
  return `${kind} profile of ${redact(service)}, ${when}${cores}: ${named.join(', ') || 'no function is named'}`;
}
