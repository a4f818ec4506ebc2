/**
 * Reads profiles from Grafana Pyroscope by its Connect API: which functions used the processor, merged over a time. What
 * comes back are series as `model/metrics/hot-functions.ts` describes them.
 *
 * https://grafana.com/docs/pyroscope/latest/reference-server-api/
 */
import { z } from 'zod';
import { exploreLink, exploreRange } from '#adapters/explore-link.ts';
import { checked, namedText, remedyByStatus } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import type { Health, MetricQuery, MetricSource, OpenBody, Query } from '#gather/sources.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { profileSeries } from '#model/metrics/hot-functions.ts';
import { cutText } from '#model/text/cut-text.ts';
import { quoted } from '#model/text/query-string.ts';
import { Merged, ownTimes } from './flame-graph.ts';

export type PyroscopeOptions = BackendOptions &
  Readonly<{
    serviceLabel: string;
    profileType: string;
    /** The address of Grafana, which shows profiles in Explore. @default Pyroscope's own page */
    grafanaUrl?: URL | undefined;
    clock?: Pick<Clock, 'nowUs'>;
  }>;

const NAME = 'pyroscope';
const TENANT_HEADER = 'x-scope-orgid';
const SERVICE = 'querier.v1.QuerierService';
const MERGE = `${SERVICE}/SelectMergeStacktraces`;
const VALUES = `${SERVICE}/LabelValues`;
const TYPES = `${SERVICE}/ProfileTypes`;

const MAX_ANSWER_BYTES = 32_000_000;
/** Enough that the functions with the most time are whole; Pyroscope's own default is 8,192. */
const MOST_NODES = 2_048;
const MOST_FUNCTIONS = 10;
const LONGEST_NAME = 300;
const MOST_SERVICES = 10;
/** A merge over more is expensive, and shows less of the trouble. */
const LONGEST_US = 3_600_000_000;
/** Profiles are taken for 10 to 15 seconds each. */
const SHORTEST_US = 60_000_000;
const CHECKED_US = 3_600_000_000;

/** Never changes anything. Throws only what `gather/sources.ts` names. */
export function pyroscope(options: PyroscopeOptions): MetricSource {
  const { serviceLabel, profileType, grafanaUrl, clock = systemClock, maxBytes = MAX_ANSWER_BYTES } = options;
  const backend = openBackend(NAME, TENANT_HEADER, { ...options, maxBytes: Math.min(maxBytes, MAX_ANSWER_BYTES) });

  async function ask<Said>(path: string, json: object, form: z.ZodType<Said>, signal: AbortSignal): Promise<Said> {
    const answer = await backend.post(path, { signal, json });
    if (answer.kind !== 'body') throw backend.error(path, answer);
    const said = form.safeParse(await readJson(answer.chunks));
    if (!said.success) throw backend.misplaced(path);
    return said.data;
  }

  async function services(time: Time, signal: AbortSignal): Promise<readonly string[]> {
    const { names } = await ask(VALUES, { ...milliseconds(time), name: serviceLabel }, Values, signal);
    return names.toSorted();
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const { text, fromUs, toUs } = query;
    const labelSelector = text.slice(profileType.length);
    const asked = { ...milliseconds(query), profileTypeID: profileType, labelSelector, maxNodes: MOST_NODES };
    const { flamegraph } = await ask(MERGE, asked, Merged, signal);
    const { total, functions } = ownTimes(flamegraph ?? { names: [], levels: [], total: 0 }, MOST_FUNCTIONS);
    const profile = {
      service: serviceIn(labelSelector),
      kind: profileType.split(':')[1] ?? '',
      ...{ source: 'Pyroscope', fromUs, toUs, total: coresOf(total, query) },
      functions: functions.map(({ name, ns }) => ({ name: cutText(name, LONGEST_NAME), cores: coresOf(ns, query) })),
    };
    const chunks = onlyChunk(prometheusMatrix(total === 0 ? [] : profileSeries(profile)));
    return { source: NAME, format: 'prometheus-json', query: shown(query), chunks };
  }

  /** The label and its quotes are ours: see `findMetrics`. */
  function serviceIn(labelSelector: string): string {
    return z
      .string()
      .catch('')
      .parse(JSON.parse(labelSelector.slice(serviceLabel.length + 2, -1)));
  }

  function shown({ text, fromUs, toUs }: MetricQuery): Query {
    const range = exploreRange({ fromUs, toUs });
    if (grafanaUrl === undefined) {
      const url = addressUnder(options.url, '', [
        ['query', text],
        ['from', range.from],
        ['until', range.to],
      ]);
      return { text, url };
    }
    const query = { profileTypeId: profileType, labelSelector: text.slice(profileType.length), queryType: 'profile' };
    return { text, url: exploreLink(grafanaUrl, 'profiles', { type: 'grafana-pyroscope-datasource', query, range }) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const time = { fromUs: clock.nowUs() - CHECKED_US, toUs: clock.nowUs() };
      const types = await ask(TYPES, milliseconds(time), Types, signal);
      if (!types.includes(profileType)) return { ok: types.length === 0, ...otherTypes(types, profileType) };
      const names = await services(time, signal);
      const remedy = names.length === 0 ? `Check PYROSCOPE_SERVICE_LABEL: no profile has ${serviceLabel}.` : '';
      return { ok: remedy === '', detail: `profiles of ${namedText('service', names)}`, remedy };
    }, remedyByStatus(REMEDIES));
  }

  return {
    name: NAME,
    gives: { what: 'profiles', lack: 'what the processor did is not known' },
    async findMetrics({ services: named, fromUs, toUs, sinceUs = fromUs }, signal) {
      const time = atLeast({ fromUs: Math.max(sinceUs, toUs - LONGEST_US), toUs });
      const keys = new Set(named.filter((name) => name !== '').map(serviceKey));
      const found = (await services(time, signal)).filter((name) => keys.size === 0 || keys.has(serviceKey(name)));
      const queries = found.slice(0, MOST_SERVICES).map((name) => ({
        text: `${profileType}{${serviceLabel}=${quoted(name)}}`,
        ...{ ...time, stepSeconds: Math.ceil((time.toUs - time.fromUs) / 1e6), isOnce: true as const },
      }));
      const isCut = found.length > MOST_SERVICES;
      return { queries, warnings: isCut ? [`was asked for ${MOST_SERVICES} of ${found.length} services`] : [] };
    },
    openMetrics,
    check,
  };
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Check PYROSCOPE_TOKEN, or the user in PYROSCOPE_URL. If Pyroscope serves several tenants, set PYROSCOPE_TENANT.',
  403: 'Give the token the right to read profiles; in Grafana Cloud it is the scope profiles:read.',
  404: 'Check PYROSCOPE_URL: there is no Connect API of Pyroscope. Versions before 1.0 have none.',
};

type Time = Readonly<{ fromUs: number; toUs: number }>;

const Values = z.object({ names: z.array(z.string()).default([]) });
/** JSON of protobuf leaves out an empty list: `{}`, and no other object without it. */
const Types = z
  .looseObject({ profileTypes: z.array(z.object({ ID: z.string() })).optional() })
  .refine(({ profileTypes, ...others }) => profileTypes !== undefined || Object.keys(others).length === 0)
  .transform(({ profileTypes = [] }) => profileTypes.map(({ ID }) => ID));

function otherTypes(types: readonly string[], asked: string): Pick<Health, 'detail' | 'remedy'> {
  if (types.length === 0) {
    const remedy = 'Send it profiles, or check the tenant if there are some already.';
    return { detail: 'answers, but has no profiles of the last hour', remedy };
  }
  const fitting = types.filter((type) => type.split(':')[2] === 'nanoseconds');
  const remedy = `Set PYROSCOPE_PROFILE_TYPE to a type that counts nanoseconds: there are ${namedText('type', fitting)}.`;
  return { detail: `has no profiles of the type ${asked}`, remedy };
}

/** Pyroscope takes milliseconds. */
function milliseconds({ fromUs, toUs }: Time): Readonly<{ start: number; end: number }> {
  return { start: Math.floor(fromUs / 1_000), end: Math.ceil(toUs / 1_000) };
}

function atLeast({ fromUs, toUs }: Time): Time {
  return { fromUs: Math.min(fromUs, toUs - SHORTEST_US), toUs };
}

function coresOf(ns: number, { fromUs, toUs }: Time): number {
  return ns / 1_000 / (toUs - fromUs);
}
