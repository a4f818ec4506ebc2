/**
 * The one place that wires. A function for each thing composed, each importing what it needs when it is called: all
 * together costs 200 ms and 100 MB that a command line reading one file does not have to spend.
 */
import type { Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import type { Express } from 'express';
import type { AnalysisConfig } from '#config/analysis.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { ConfigError } from '#core/errors.ts';
import { uuidV7 } from '#core/ids.ts';
import type { Log } from '#core/log.ts';
import type { Health, LogSource, TraceSource } from '#gather/sources.ts';
import type { Store } from '#record/store.ts';
import type { DiagnoseTraceParts } from '#workflows/diagnose-trace.ts';

export type Investigation = DiagnoseTraceParts &
  Readonly<{
    deadlineMs: number;
    /** The bytes of a file, or of standard input for `-`, uncompressed. */
    readFile(path: string): AsyncIterable<Uint8Array>;
    /** What Slack says of the configured tokens; undefined where there are none. */
    checkSlack: ((signal: AbortSignal) => Promise<Health>) | undefined;
    /** Ends the worker threads, if there are any. */
    stop(): Promise<void>;
  }>;

export type InvestigationOptions = Readonly<{
  /** Analyses run in worker threads, so that the event loop goes on. A command line has nothing else to do. */
  threads?: boolean;
  /** A folder of recorded cases that is read as a source of traces and logs. */
  samples?: string | undefined;
}>;

/** Where it names no backend, nothing of a backend's client is loaded. */
export type InvestigationConfig = AnalysisConfig & Partial<Pick<Config, 'jaeger' | 'loki' | 'slack'>>;

/** What is needed to diagnose a trace: the configured sources and the sessions that analyse what they send. */
export async function composeInvestigation(
  config: InvestigationConfig,
  { threads = false, samples }: InvestigationOptions = {},
): Promise<Investigation> {
  const traceSources: TraceSource[] = [];
  const logSources: LogSource[] = [];
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
  if (config.loki) {
    const [{ loki }, { guardLogSource }] = await Promise.all([
      import('#adapters/loki/client.ts'),
      import('#gather/guard.ts'),
    ]);
    logSources.push(guardLogSource(loki({ ...config.loki, ...limits })));
  }
  if (samples !== undefined) {
    const { files } = await import('#adapters/files/client.ts');
    const source = files({ folder: samples });
    traceSources.push(source);
    logSources.push(source);
  }
  const { openSession, stop } = threads ? await threadedSessions() : await sessionsHere();
  const { slack } = config;
  return {
    traceSources,
    logSources,
    openSession,
    stop,
    async *readFile(path) {
      const { readFileBytes } = await import('#adapters/files/bytes.ts');
      yield* readFileBytes(path);
    },
    checkSlack: slack?.botToken === undefined ? undefined : (signal) => slackHealth(slack, signal),
    clock: systemClock,
    deadlineMs: config.gather.deadlineSeconds * 1_000,
    settings: {
      thresholds: config.detectors,
      links: { trace: '', span: '', logs: '', runbooks: config.runbooksUrl?.href ?? '' },
      maxClockSkewUs: config.clockSkew.maxSeconds * 1_000_000,
    },
  };
}

async function slackHealth({ botToken = '', appToken, apiUrl }: Config['slack'], signal: AbortSignal): Promise<Health> {
  const { checkSlack } = await import('#adapters/slack/check.ts');
  return await checkSlack({ botToken, appToken, apiUrl: apiUrl?.href }, signal);
}

async function sessionsHere(): Promise<Pick<Investigation, 'openSession' | 'stop'>> {
  const { openSession } = await import('#analyse/open-session.ts');
  return { openSession, stop: async () => undefined };
}

async function threadedSessions(): Promise<Pick<Investigation, 'openSession' | 'stop'>> {
  const { workerPool } = await import('#analyse/pool.ts');
  const pool = workerPool();
  return { openSession: pool.open, stop: pool.stop };
}

/** The store of a data folder; without one, a store that ends with the process. */
export async function composeStore(dataFolder: string | undefined): Promise<Store> {
  const [{ sqlite }, { openStore }, { join }] = await Promise.all([
    import('#adapters/sqlite/sqlite.ts'),
    import('#record/store.ts'),
    import('node:path'),
  ]);
  const file = dataFolder === undefined ? ':memory:' : join(dataFolder, STORE_FILE);
  return openStore({ ...sqlite(file), clock: systemClock, newId: uuidV7(systemClock) });
}

export const STORE_FILE = 'spanhound.db';

/** How Slack's requests come in. */
export type SlackMode =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'socket'; botToken: string; appToken: string }>
  | Readonly<{ kind: 'http'; botToken: string; signingSecret: string }>;

/** Half a configuration is refused: a bot that starts and hears nothing is harder to understand than one that does not. */
export function slackMode({ slack: { botToken, appToken, signingSecret } }: Config): SlackMode {
  if (botToken === undefined) {
    const set = appToken === undefined ? signingSecret && 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
    if (set === undefined) return { kind: 'none' };
    throw new ConfigError(`${set} is set and SLACK_BOT_TOKEN (xoxb-…) is not: the bot could not say anything`);
  }
  if (appToken !== undefined) return { kind: 'socket', botToken, appToken };
  if (signingSecret !== undefined) return { kind: 'http', botToken, signingSecret };
  throw new ConfigError(
    'SLACK_BOT_TOKEN is set, but not how Slack reaches the bot: set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP',
  );
}

export type SlackSide = Readonly<{
  botToken: string;
  transport:
    | Readonly<{ kind: 'http'; signingSecret: string; express: Express }>
    | Readonly<{ kind: 'socket'; appToken: string }>
    | Readonly<{ kind: 'given'; receiver: Receiver }>;
  apiUrl?: string | undefined;
  fetch?: FetchFunction | undefined;
}>;

export type BotParts = Readonly<{ store: Store; investigation: Investigation; slack: SlackSide; log: Log }>;

export type Bot = Readonly<{
  /** Works on what an earlier process left, then takes new requests. */
  start(): Promise<void>;
  /** Takes nothing new, ends what it can within the deadline; the rest is stored and goes on at the next start. */
  stop(deadlineMs: number): Promise<void>;
}>;

/** The Slack side: inbox, listeners, jobs, outbox. */
export async function composeBot({ store, investigation, slack, log }: BotParts): Promise<Bot> {
  const [
    { openSlackApp, slackClient },
    { slackSender, tellPerson },
    { registerListeners },
    { runOutbox },
    { tableJobs },
    { forget },
    { investigator },
    { ANSWER_FORMS, ANSWER_TRACE, answerGivenUp, answerTrace },
    { detailSharer },
    { feedbackRecorder },
    { checkStore },
    { diagnoseTrace },
  ] = await Promise.all([
    import('#adapters/slack/app.ts'),
    import('#adapters/slack/sender.ts'),
    import('#listeners/register.ts'),
    import('#record/outbox-runner.ts'),
    import('#record/table-jobs.ts'),
    import('#record/inbox.ts'),
    import('#workflows/investigate.ts'),
    import('#workflows/answer-trace.ts'),
    import('#workflows/share-detail.ts'),
    import('#workflows/record-feedback.ts'),
    import('#workflows/check-store.ts'),
    import('#workflows/diagnose-trace.ts'),
  ]);
  const { clock } = store;
  const fetch: FetchFunction = slack.fetch ?? globalThis.fetch;
  const { app, receiver } = openSlackApp(slack, store, log);

  const sender = slackSender({ client: slackClient(slack, log), fetch, clock, log });
  const outbox = runOutbox({ store, sender, log });
  const answer = answerTrace({
    store,
    log,
    kick: outbox.kick,
    diagnose: (reference, signal) =>
      diagnoseTrace(investigation, { reference, forms: ANSWER_FORMS, deadlineMs: investigation.deadlineMs, signal }),
  });
  const jobs = tableJobs.runJobs({ store, handlers: { [ANSWER_TRACE]: answer }, log, onDead: answerGivenUp });
  const kick = () => {
    outbox.kick();
    jobs.kick();
  };
  const traces = investigation.traceSources.map(nameOf);
  const workflows = {
    investigate: investigator({ store, jobs: tableJobs, sources: traces, kick }),
    shareDetail: detailSharer({ store, kick }),
    recordFeedback: feedbackRecorder({ store, kick }),
    tellPerson: tellPerson(fetch),
    home: {
      traces,
      logs: investigation.logSources.map(nameOf),
      givenUp: async () => (await checkStore(store)).givenUp,
    },
  };
  registerListeners(app, workflows, log);

  const stopped = new AbortController();
  async function forgetOldDeliveries(): Promise<void> {
    while (!stopped.signal.aborted) {
      await forget(store, clock.nowUs()).catch((err: unknown) =>
        log.warn({ err }, 'old deliveries were not forgotten'),
      );
      await clock.sleep(FORGET_EVERY_MS, stopped.signal);
    }
  }

  return {
    async start() {
      void forgetOldDeliveries();
      await receiver.replay();
      // Mounted on our own server, Bolt's receiver is never started itself.
      if (slack.transport.kind !== 'http') await receiver.start();
    },
    async stop(deadlineMs) {
      stopped.abort();
      const untilUs = clock.nowUs() + deadlineMs * 1_000;
      const leftMs = () => Math.max(0, (untilUs - clock.nowUs()) / 1_000);
      if (slack.transport.kind !== 'http') await receiver.stop();
      const left = await receiver.drain(leftMs());
      if (left > 0) log.warn({ left }, 'requests were still being worked on at the end; the next start goes on');
      await jobs.stop(leftMs() * JOBS_SHARE);
      const late = new AbortController();
      await Promise.race([outbox.idle(), clock.sleep(leftMs(), late.signal)]);
      late.abort();
      await outbox.stop(leftMs());
      await investigation.stop();
    },
  };
}

/** Ids of deliveries are kept for days: a few rows more or less do not matter. */
const FORGET_EVERY_MS = 6 * 3_600_000;

/** Of the time left, what running diagnoses may take: what they found still wants to be sent. */
const JOBS_SHARE = 0.7;

function nameOf({ name }: Readonly<{ name: string }>): string {
  return name;
}
