/** Composes the sources of evidence: the configured systems, and recorded cases. */
import type { AnySettings, Sources, Surroundings, System } from '#adapters/system.ts';
import { registeredSystems } from '#compose/systems.ts';
import type { SystemSettings } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { errorRecord, SpanhoundError } from '#core/errors.ts';
import type {
  ChangeSource,
  DatabaseSource,
  DiffSource,
  Health,
  LogSource,
  MetricSource,
  PlatformSource,
  ServiceFactSource,
  TraceSource,
} from '#gather/sources.ts';

export type ComposedSources = Readonly<{
  traceSources: readonly TraceSource[];
  logSources: readonly LogSource[];
  metricSources: readonly MetricSource[];
  platformSources: readonly PlatformSource[];
  databaseSources: readonly DatabaseSource[];
  changeSources: readonly ChangeSource[];
  diffSources: readonly DiffSource[];
  serviceSources: readonly ServiceFactSource[];
  /** Each connection once, whatever is read through it, with the id of its system. */
  connections: readonly Connection[];
}>;

export type Connection = Readonly<{ system: string; name: string; check(signal: AbortSignal): Promise<Health> }>;

export const NO_SOURCES: ComposedSources = {
  traceSources: [],
  logSources: [],
  metricSources: [],
  platformSources: [],
  databaseSources: [],
  changeSources: [],
  diffSources: [],
  serviceSources: [],
  connections: [],
};

/** The budget of each system. */
type RequestLimit = Readonly<{ requestsPerHour: number }>;

/** Without settings, opens only systems that need none. */
export async function composeSources(
  settings: SystemSettings | undefined,
  { requestsPerHour, ...surroundings }: Pick<Surroundings, 'timeoutMs' | 'maxBytes' | 'samples'> & RequestLimit,
): Promise<ComposedSources> {
  const around = {
    ...surroundings,
    grafanaUrl: settings?.grafana.url,
    counts: countsAmong(settings?.changes.environments),
  };
  const opened = await Promise.all(
    (await registeredSystems()).map(async (system) => {
      const needsNone = Object.keys(system.settings).length === 0;
      if (settings === undefined && !needsNone) return { system, sources: {} };
      return { system, sources: await openOrFail(system, settings ?? {}, { ...around, requestsPerHour }) };
    }),
  );
  const all = <Kind extends keyof Sources>(kind: Kind) =>
    opened.flatMap(({ sources }) => (sources[kind] === undefined ? [] : [sources[kind]]));
  return {
    traceSources: all('traces'),
    logSources: all('logs'),
    metricSources: [...all('metrics'), ...all('profiles')],
    platformSources: all('platform'),
    databaseSources: all('databases').flat(),
    changeSources: all('changes'),
    diffSources: all('diffs'),
    serviceSources: all('services'),
    connections: opened.flatMap(({ system, sources }) => {
      const checked = new Map(
        Object.values(sources)
          .flat()
          .map(({ name, check }) => [name, check]),
      );
      return [...checked].map(([name, check]) => ({ system: system.id, name, check }));
    }),
  };
}

/** A system that cannot be opened fails where it is asked, so that the others are read. */
async function openOrFail(
  system: System,
  settings: AnySettings,
  surroundings: Omit<Surroundings, 'errors'> & RequestLimit,
): Promise<Partial<Sources>> {
  try {
    return await open(system, settings, surroundings);
  } catch (error) {
    return failingSources(system, new NotOpenedError(system, error));
  }
}

/** Its settings contradict each other, or its client cannot be loaded. */
class NotOpenedError extends SpanhoundError {
  override readonly name = 'NotOpenedError';
  readonly code = 'SH_NOT_OPENED';
  readonly advice: string;

  constructor({ id, title, docs }: System, cause: unknown) {
    const { code, message, advice } = errorRecord(cause);
    super(`${id} cannot be read: ${message}`, { cause });
    this.advice =
      code === 'SH_BUG'
        ? `Check the settings of ${title} (docs/${docs}). If they are right, this is a bug in Spanhound.`
        : advice;
  }
}

type AnySource = TraceSource &
  LogSource &
  MetricSource &
  PlatformSource &
  DatabaseSource &
  ChangeSource &
  DiffSource &
  ServiceFactSource;

function failingSources({ id, evidence }: System, error: SpanhoundError): Partial<Sources> {
  const fail = () => Promise.reject(error);
  const source: AnySource = {
    name: id,
    links: { trace: '', span: '', logs: '' },
    openTrace: fail,
    search: fail,
    services: fail,
    openLogs: fail,
    findMetrics: fail,
    openMetrics: fail,
    alertRules: fail,
    queries: [{ what: 'pods', namespace: '' }],
    openPlatform: fail,
    openStatistics: fail,
    findChanges: fail,
    // The diffs of other systems are read.
    holds: () => false,
    readDiff: fail,
    readFacts: fail,
    check: fail,
  };
  return Object.fromEntries((evidence?.kinds ?? []).map((kind) => [kind, kind === 'databases' ? [source] : source]));
}

async function open(
  { title, evidence, errors }: System,
  settings: AnySettings,
  { requestsPerHour, ...surroundings }: Omit<Surroundings, 'errors'> & RequestLimit,
): Promise<Partial<Sources>> {
  const sources = (await evidence?.open(settings, { ...surroundings, errors })) ?? {};
  return evidence?.isLocal || Object.keys(sources).length === 0
    ? sources
    : await guarded(sources, { title, requestsPerHour });
}

async function guarded(
  sources: Partial<Sources>,
  { title, requestsPerHour }: Readonly<{ title: string }> & RequestLimit,
): Promise<Partial<Sources>> {
  const [guard, { pagedLogSource }, { withKnownDiffs }, { requestBudget }] = await Promise.all([
    import('#gather/guard.ts'),
    import('#gather/log-pages.ts'),
    import('#gather/known-diffs.ts'),
    import('#gather/request-budget.ts'),
  ]);
  const options = { spend: requestBudget(requestsPerHour, systemClock) };
  const { traces, logs, metrics, profiles, platform, databases, changes, diffs, services } = sources;
  const readsDiffs = diffs && withKnownDiffs(guard.guardChangeSource(diffs, options));
  return {
    ...(traces && { traces: { ...guard.guardTraceSource(traces, options), title } }),
    ...(logs && { logs: { ...pagedLogSource(guard.guardLogSource(logs, options)), title } }),
    ...(metrics && { metrics: guard.guardMetricSource(metrics, options) }),
    ...(profiles && { profiles: guard.guardMetricSource(profiles, options) }),
    ...(platform && { platform: guard.guardPlatformSource(platform, options) }),
    ...(databases && { databases: databases.map((source) => guard.guardDatabaseSource(source, options)) }),
    ...(readsDiffs && { diffs: readsDiffs }),
    ...(services && { services: guard.guardServiceFacts(services, options) }),
    ...(changes && {
      changes: readsDiffs && changes === diffs ? readsDiffs : guard.guardChangeSource(changes, options),
    }),
  };
}

/** If none are named, all environments count. */
export function countsAmong(environments: readonly string[] = []): (environment: string) => boolean {
  const named = new Set(environments.map((name) => name.toLowerCase()));
  return (environment) => named.size === 0 || named.has(environment.toLowerCase());
}
