/**
 * What an investigation needs. All of src/compose/ imports what it needs when it is called: all together costs 200 ms and
 * 100 MB that a command line reading one file does not have to spend.
 */

import { composeRedaction, type RedactionKey } from '#compose/redaction.ts';
import { slackHealth } from '#compose/slack-mode.ts';
import { composeChanges, composeDatabases, composePlatform } from '#compose/sources.ts';
import type { AnalysisConfig } from '#config/analysis.ts';
import { detectorsInForce } from '#config/detectors-in-force.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import type {
  ChangeSource,
  DatabaseSource,
  DiffSource,
  Health,
  LogSource,
  MetricSource,
  PlatformSource,
  TraceSource,
} from '#gather/sources.ts';
import { fishboneCategories } from '#model/cause-fields.ts';
import type { CompareParts } from '#workflows/compare.ts';
import type { DiagnoseTraceParts } from '#workflows/diagnose-trace.ts';

export type Investigation = DiagnoseTraceParts &
  Pick<CompareParts, 'openPair'> &
  Readonly<{
    metricSources: readonly MetricSource[];
    platformSources: readonly PlatformSource[];
    databaseSources: readonly DatabaseSource[];
    changeSources: readonly ChangeSource[];
    diffSources: readonly DiffSource[];
    deadlineMs: number;
    /** The bytes of a file, or of standard input for `-`, uncompressed. */
    readFile(path: string): AsyncIterable<Uint8Array>;
    /** The same, but a piece holds only until the next is asked for. */
    passFile(path: string): AsyncIterable<Uint8Array>;
    /** What Slack says of the configured tokens; undefined where there are none. */
    checkSlack: ((signal: AbortSignal) => Promise<Health>) | undefined;
    /** Ends the worker threads, if there are any. */
    stop(): Promise<void>;
  }>;

export type InvestigationOptions = Readonly<{
  /** Analyses run in worker threads, so that the event loop goes on. A command line has nothing else to do. */
  threads?: boolean;
  /** Where the names of what is redacted come from: a bot keeps its key, a play forgets it, a command line makes none. */
  redactionKey?: RedactionKey;
  /** Folders of recorded cases that are read as one source of traces and logs. */
  samples?: string | readonly string[] | undefined;
}>;

/** Where it names no backend, nothing of a backend's client is loaded. */
export type InvestigationConfig = AnalysisConfig &
  Partial<
    Pick<
      Config,
      | 'jaeger'
      | 'tempo'
      | 'loki'
      | 'prometheus'
      | 'grafana'
      | 'kubernetes'
      | 'databases'
      | 'github'
      | 'gitlab'
      | 'changes'
      | 'slack'
    >
  >;

/** What is needed to diagnose a trace: the configured sources and the sessions that analyse what they send. */
export async function composeInvestigation(
  config: InvestigationConfig,
  { threads = false, redactionKey = 'kept', samples }: InvestigationOptions = {},
): Promise<Investigation> {
  const traceSources: TraceSource[] = [];
  const logSources: LogSource[] = [];
  const metricSources: MetricSource[] = [];
  const [platformSources, databaseSources, changes] = await Promise.all([
    composePlatform(config),
    composeDatabases(config),
    composeChanges(config),
  ]);
  const grafanaUrl = config.grafana?.url;
  const limits = {
    timeoutMs: config.gather.sourceTimeoutSeconds * 1_000,
    maxBytes: config.gather.maxBytes,
  };
  if (config.jaeger) {
    const [{ jaeger }, { guardTraceSource }] = await Promise.all([
      import('#adapters/jaeger/client.ts'),
      import('#gather/guard.ts'),
    ]);
    traceSources.push(guardTraceSource(jaeger({ ...config.jaeger, ...limits })));
  }
  if (config.tempo) {
    const [{ tempo }, { guardTraceSource }] = await Promise.all([
      import('#adapters/tempo/client.ts'),
      import('#gather/guard.ts'),
    ]);
    traceSources.push(guardTraceSource(tempo({ ...config.tempo, grafanaUrl, ...limits })));
  }
  if (config.loki) {
    const [{ loki }, { guardLogSource }, { pagedLogSource }] = await Promise.all([
      import('#adapters/loki/client.ts'),
      import('#gather/guard.ts'),
      import('#gather/log-pages.ts'),
    ]);
    logSources.push(pagedLogSource(guardLogSource(loki({ ...config.loki, grafanaUrl, ...limits }))));
  }
  if (config.prometheus) {
    const [{ prometheus }, { guardMetricSource }] = await Promise.all([
      import('#adapters/prometheus/client.ts'),
      import('#gather/guard.ts'),
    ]);
    metricSources.push(guardMetricSource(prometheus({ ...config.prometheus, grafanaUrl, ...limits })));
  }
  if (samples !== undefined) {
    const { files } = await import('#adapters/files/client.ts');
    const source = files({ folder: samples });
    traceSources.push(source);
    logSources.push(source);
  }
  const { openSession, openPair, stop } = threads
    ? await threadedSessions(config.analysis.deadlineSeconds * 1_000)
    : await sessionsHere();
  const { slack } = config;
  const redaction = await composeRedaction(config, redactionKey);
  return {
    traceSources,
    logSources,
    metricSources,
    platformSources,
    databaseSources,
    ...changes,
    openSession,
    openPair,
    stop,
    async *passFile(path) {
      const { passingFileBytes } = await import('#adapters/files/bytes.ts');
      yield* passingFileBytes(path);
    },
    async *readFile(path) {
      const { readFileBytes } = await import('#adapters/files/bytes.ts');
      yield* readFileBytes(path);
    },
    checkSlack: slack?.botToken === undefined ? undefined : (signal) => slackHealth(slack, signal),
    clock: systemClock,
    deadlineMs: config.gather.deadlineSeconds * 1_000,
    settings: {
      ...detectorsInForce(config.detectors),
      links: { trace: '', span: '', logs: '', runbooks: config.runbooksUrl?.href ?? '' },
      maxClockSkewUs: config.clockSkew.maxSeconds * 1_000_000,
      fishbone: fishboneCategories(config.fishbone.categories),
      redaction,
    },
  };
}

async function sessionsHere(): Promise<Pick<Investigation, 'openSession' | 'openPair' | 'stop'>> {
  const { openSession, openPair } = await import('#analyse/open-session.ts');
  return { openSession, openPair, stop: async () => undefined };
}

async function threadedSessions(deadlineMs: number): Promise<Pick<Investigation, 'openSession' | 'openPair' | 'stop'>> {
  const { workerPool } = await import('#analyse/pool.ts');
  const pool = workerPool({ deadlineMs });
  return { openSession: pool.open, openPair: pool.openPair, stop: pool.stop };
}
