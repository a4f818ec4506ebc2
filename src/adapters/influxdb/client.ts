/**
 * Reads metrics from InfluxDB by InfluxQL, which versions 1, 2 and 3 answer at `/query`. It first asks which measurements
 * name the service in a tag, and which fields they have, and then asks for those with a known meaning.
 *
 *  SHOW TAG VALUES ─► measurements of the services ─► SHOW FIELD KEYS ─► one SELECT for each measurement
 *        └─► hosts on which they run ─► measurements of these machines ──┘
 *
 * https://docs.influxdata.com/influxdb/v1/tools/api/#query-http-endpoint
 * https://docs.influxdata.com/influxdb/v2/api-guide/influxdb-1x/query/
 * https://docs.influxdata.com/influxdb3/core/query-data/execute-queries/influxdb-v1-api/
 */
import { stepOf } from '#adapters/counted-steps.ts';
import { exploreLink, exploreRange } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { type BackendOptions, openBackend, readJson } from '#adapters/http.ts';
import { onlyChunk, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import { BackendError } from '#core/errors.ts';
import type {
  FoundMetrics,
  Health,
  MetricQuery,
  MetricSearch,
  MetricSource,
  OpenBody,
  Query,
} from '#gather/sources.ts';
import { type Answered, answeredIn } from './answers.ts';
import { DATABASES, fieldMeaning, MACHINES, wholeOf } from './fields.ts';
import { asPeopleAsk, fieldKeys, isOneOf, selected, tagValues, timed } from './influxql.ts';
import { HOST_TAGS, hostLabels, NAMING_TAGS, type Naming, namingIn, seriesOf } from './tags.ts';

export type InfluxDbOptions = Omit<BackendOptions, 'tenant'> &
  Readonly<{
    database: string;
    /** @default that of the database */
    retentionPolicy?: string | undefined;
    /** The address of Grafana; with it, queries are links into Explore. InfluxDB has no page for a query. */
    grafanaUrl?: URL | undefined;
  }>;

const NAME = 'influxdb';
const PATH = 'query';

/** More queries are more than a person would read, and too slow. */
const MOST_QUERIES = 60;
/** A service on more machines than this is queried without them. */
const MOST_MACHINES = 20;

export function influxDb({ database, retentionPolicy, grafanaUrl, ...options }: InfluxDbOptions): MetricSource {
  const backend = openBackend(NAME, '', options);

  async function ask(query: string, signal: AbortSignal): Promise<Answered & Readonly<{ version: string }>> {
    const policy = retentionPolicy === undefined ? [] : [['rp', retentionPolicy] as const];
    const search = [['db', database], ...policy, ['epoch', 'ms'], ['q', query]] as const;
    const answer = await backend.get(PATH, { signal, search, headers: { accept: 'application/json' } });
    if (answer.kind !== 'body') throw backend.error(PATH, answer);
    const answered = answeredIn(await readJson(answer.chunks));
    if (answered === undefined) throw backend.misplaced(PATH);
    const { error } = answered;
    // Version 1 answers 200 where the others answer 404.
    const status = /not found/.test(error) ? 404 : 200;
    if (error !== '')
      throw new BackendError(NAME, status, PATH, { reason: backend.quoted(error), check: options.errors });
    return { ...answered, version: answer.header('x-influxdb-version') };
  }

  async function findMetrics({ services, fromUs, toUs }: MetricSearch, signal: AbortSignal): Promise<FoundMetrics> {
    const tagged = await ask(tagValues(NAMING_TAGS), signal);
    const naming = namingIn(tagged.series, services);
    const hosts = await hostsOf(naming, services, signal);
    const measurements = [...new Set([...naming.keys(), ...(hosts.size === 0 ? [] : MACHINES), ...DATABASES])];
    const fields = await ask(fieldKeys(measurements), signal);
    const stepSeconds = stepOf({ fromUs, toUs }, WANTED_POINTS);
    const queries = fields.series.flatMap(({ name, values }) => {
      const where = whereOf(name, naming, hosts);
      const known = values.flatMap(([field]) =>
        typeof field === 'string' ? (fieldMeaning(name, field, stepSeconds) ?? []) : [],
      );
      if (where === undefined || known.length === 0) return [];
      return [{ text: selected(name, known, [where, wholeOf(name)]), fromUs, toUs, stepSeconds }];
    });
    const isPartial = tagged.isPartial || fields.isPartial;
    return { queries: queries.slice(0, MOST_QUERIES), warnings: isPartial ? [PARTIAL] : [] };
  }

  /** The machines of the services, by the tag that names them. */
  async function hostsOf(naming: Naming, services: readonly string[], signal: AbortSignal) {
    const own = [...naming.keys()].filter((measurement) => !MACHINES.includes(measurement));
    if (services.length === 0 || own.length === 0) return new Map<string, readonly string[]>();
    const conditions = [...new Set([...naming.values()].map(({ tag, values }) => isOneOf(tag, values)))];
    const { series } = await ask(`${tagValues(HOST_TAGS, own)} WHERE ${conditions.join(' OR ')}`, signal);
    return hostLabels(series, MOST_MACHINES);
  }

  async function openMetrics(query: MetricQuery, signal: AbortSignal): Promise<OpenBody> {
    const { series, isPartial } = await ask(timed(query.text, query), signal);
    const result = series.flatMap(seriesOf);
    return {
      source: NAME,
      format: 'prometheus-json',
      query: shown(query),
      chunks: onlyChunk(prometheusMatrix(result, isPartial ? [PARTIAL] : [])),
    };
  }

  function shown(query: MetricQuery): Query {
    const text = asPeopleAsk(timed(query.text, query));
    if (grafanaUrl === undefined) return { text, url: '' };
    const explored = { type: 'influxdb', query: { query: text, rawQuery: true }, range: exploreRange(query) };
    return { text, url: exploreLink(grafanaUrl, 'metrics', explored) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      try {
        const { series, version } = await ask('SHOW MEASUREMENTS LIMIT 1', signal);
        const plain = /^[\w.+~-]{1,40}$/.test(version) ? `; version ${version}` : '';
        if (series.length > 0) return { ok: true, detail: `answers${plain}`, remedy: '' };
        return {
          ok: true,
          detail: `answers, but ${database} holds no measurement${plain}`,
          remedy: `Check INFLUXDB_DATABASE (now ${database}).`,
        };
      } catch (error) {
        if (!(error instanceof BackendError) || error.status !== 404) throw error;
        return { ok: false, detail: error.message, remedy: `Check INFLUXDB_DATABASE (now ${database}).` };
      }
    });
  }

  return { name: NAME, findMetrics, openMetrics, check };
}

const PARTIAL = 'left out a part of the series, because its answer was longer than it allows (max-row-limit)';

/** More than a picture's columns. */
const WANTED_POINTS = 720;

/** Which points of the measurement belong to the services; undefined if it is not read. */
function whereOf(
  measurement: string,
  naming: Naming,
  hosts: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const own = naming.get(measurement);
  if (own !== undefined) return isOneOf(own.tag, own.values);
  if (DATABASES.includes(measurement)) return '';
  if (!MACHINES.includes(measurement)) return undefined;
  const all = [...hosts].map(([tag, values]) => isOneOf(tag, values));
  return all.length === 0 ? undefined : all.join(' OR ');
}
