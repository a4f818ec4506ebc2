/**
 * The one place that wires. A function for each thing composed, each importing what it needs when it is called: all
 * together costs 200 ms and 100 MB that a command line reading one file does not have to spend.
 */
import type { Receiver } from '@slack/bolt';
import type { FetchFunction, WebClient } from '@slack/web-api';
import type { Express } from 'express';
import type { RedactionConfig } from '#analyse/start-redaction.ts';
import type { AnalysisConfig } from '#config/analysis.ts';
import { DEFAULTS } from '#config/defaults.ts';
import { detectorsInForce } from '#config/detectors-in-force.ts';
import type { Config } from '#config/schema.ts';
import { type Clock, isoFromUs, playedClock, systemClock } from '#core/clock.ts';
import { ConfigError } from '#core/errors.ts';
import { uuidV7 } from '#core/ids.ts';
import type { Log } from '#core/log.ts';
import type { Webhooks } from '#core/webhook.ts';
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
import type { ChangesWebhookOptions } from '#listeners/webhooks/changes.ts';
import { fishboneCategories } from '#model/finding/cause-fields.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { CaseDisk } from '#model/incident/case.ts';
import type { Store } from '#record/store.ts';
import type { SendRequest } from '#utilities/http-request.ts';
import type { AnswerParts } from '#workflows/answer-trace.ts';
import type { WhoLooks } from '#workflows/check-store.ts';
import type { CompareParts, CompareSides } from '#workflows/compare.ts';
import type { DiagnoseTraceParts } from '#workflows/diagnose-trace.ts';
import type { KeepCase } from '#workflows/keep-case.ts';
import type { TakeDelivery } from '#workflows/receive-alert.ts';
import type { ReminderMinutes } from '#workflows/remind.ts';
import type { ToldIncident } from '#workflows/tell-incident.ts';

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
  redactionKey?: 'kept' | 'made' | 'drawn';
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

/** The cluster, where the configuration says that one may be read. */
async function composePlatform({ kubernetes: asked, gather }: InvestigationConfig): Promise<PlatformSource[]> {
  if (asked?.kubeconfig === undefined && !asked?.inCluster) return [];
  const { kubeconfig: files, context, inCluster, namespaces } = asked;
  if (files !== undefined && inCluster) {
    throw new ConfigError('KUBECONFIG and KUBERNETES_IN_CLUSTER are both set: one cluster is read, so set one of them');
  }
  const [{ kubernetes }, { guardPlatformSource }] = await Promise.all([
    import('#adapters/kubernetes/client.ts'),
    import('#gather/guard.ts'),
  ]);
  const kubeconfig = files === undefined ? undefined : { files, context };
  const timeoutMs = gather.sourceTimeoutSeconds * 1_000;
  return [guardPlatformSource(kubernetes({ kubeconfig, namespaces, timeoutMs, maxBytes: gather.maxBytes }))];
}

/** The databases that may be asked for their statistics; of none, no driver is loaded. */
async function composeDatabases({ databases }: InvestigationConfig): Promise<DatabaseSource[]> {
  const { postgres: ofPostgres = [], mysql: ofMysql = [] } = databases ?? {};
  if (ofPostgres.length + ofMysql.length === 0) return [];
  const [{ guardDatabaseSource }, { databaseAddress }] = await Promise.all([
    import('#gather/guard.ts'),
    import('#model/sql/database-address.ts'),
  ]);
  const sources: DatabaseSource[] = [];
  if (ofPostgres.length > 0) {
    const { postgres } = await import('#adapters/postgres/client.ts');
    sources.push(...ofPostgres.map((text) => postgres({ address: databaseAddress(text, 'postgresql') })));
  }
  if (ofMysql.length > 0) {
    const { mysql } = await import('#adapters/mysql/client.ts');
    sources.push(...ofMysql.map((text) => mysql({ address: databaseAddress(text, 'mysql') })));
  }
  return sources.map((source) => guardDatabaseSource(source));
}

/** Where changes can be read by themselves, and what they changed. */
async function composeChanges({
  grafana: marked,
  github: hub,
  gitlab: lab,
  changes,
  gather,
}: InvestigationConfig): Promise<Pick<Investigation, 'changeSources' | 'diffSources'>> {
  const changeSources: ChangeSource[] = [];
  const diffSources: DiffSource[] = [];
  const asked = { timeoutMs: gather.sourceTimeoutSeconds * 1_000, counts: countsAmong(changes?.environments) };
  const { timeoutMs } = asked;
  const guards = () => Promise.all([import('#gather/guard.ts'), import('#gather/known-diffs.ts')]);
  const add = async (source: ChangeSource & DiffSource, lists: number) => {
    const [{ guardChangeSource }, { withKnownDiffs }] = await guards();
    const guarded = withKnownDiffs(guardChangeSource(source));
    diffSources.push(guarded);
    if (lists > 0) changeSources.push(guarded);
  };
  if (marked?.url && marked.token !== undefined) {
    const [{ grafana }, [{ guardChangeSource }]] = await Promise.all([import('#adapters/grafana/client.ts'), guards()]);
    changeSources.push(guardChangeSource(grafana({ url: marked.url, token: marked.token, timeoutMs })));
  }
  if (hub && (hub.token !== undefined || hub.repositories.length > 0)) {
    const { github } = await import('#adapters/github/client.ts');
    const { repositories, ...access } = hub;
    await add(github({ ...access, ...asked, repositories: repositories.map(codeOf) }), repositories.length);
  }
  if (lab && (lab.token !== undefined || lab.projects.length > 0)) {
    const { gitlab } = await import('#adapters/gitlab/client.ts');
    const { projects, ...access } = lab;
    await add(gitlab({ ...access, ...asked, projects: projects.map(codeOf) }), projects.length);
  }
  return { changeSources, diffSources };
}

/** Without any that are named, all environments count. */
function countsAmong(environments: readonly string[] = []): (environment: string) => boolean {
  const named = new Set(environments.map((name) => name.toLowerCase()));
  return (environment) => named.size === 0 || named.has(environment.toLowerCase());
}

/** `checkout=acme/shop`; without a service it is named like the repository. */
function codeOf(text: string): Readonly<{ path: string; service: string }> {
  const at = text.indexOf('=');
  const path = text.slice(at + 1);
  return { path, service: at > 0 ? text.slice(0, at) : path.slice(path.lastIndexOf('/') + 1) };
}

/** Starts redaction in this thread as it is configured. */
export async function composeRedaction(
  { redaction, dataFolder }: Pick<Config, 'redaction' | 'dataFolder'>,
  from: NonNullable<InvestigationOptions['redactionKey']> = 'kept',
): Promise<RedactionConfig> {
  const [keys, { startRedaction }] = await Promise.all([
    import('#adapters/files/redaction-key.ts'),
    import('#analyse/start-redaction.ts'),
  ]);
  const key = {
    kept: () => keys.keptRedactionKey(dataFolder) ?? '',
    made: () => keys.madeRedactionKey(dataFolder),
    drawn: keys.drawnRedactionKey,
  };
  const config = { ...redaction, key: redaction.key ?? key[from]() };
  startRedaction(config);
  return config;
}

async function slackHealth({ botToken = '', appToken, apiUrl }: Config['slack'], signal: AbortSignal): Promise<Health> {
  const { checkSlack } = await import('#adapters/slack/check.ts');
  return await checkSlack({ botToken, appToken, apiUrl: apiUrl?.href }, signal);
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

/** Reads the alert in a file, `-` for standard input. */
export async function composeAlertReader({ readFile }: Investigation): Promise<(path: string) => Promise<Alert>> {
  const [{ readPagerDutyWebhook }, { readAlertmanagerWebhook }, { alertIn }] = await Promise.all([
    import('#adapters/pagerduty/webhook.ts'),
    import('#adapters/alertmanager/webhook.ts'),
    import('#workflows/read-alert.ts'),
  ]);
  const readers = [
    (body: unknown) => readPagerDutyWebhook(body, systemClock.nowUs()),
    (body: unknown) => readAlertmanagerWebhook(body),
  ].map((read) => (body: unknown) => {
    const said = read(body);
    return said.kind === 'delivery' ? said.delivery.subject : undefined;
  });
  return async (path) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readFile(path)) chunks.push(chunk);
    return alertIn(Buffer.concat(chunks).toString(), readers, path);
  };
}

/** Sends what people ask to be sent, to whom the configuration names. */
export async function composeRequestSender({ http }: Pick<Config, 'http'>): Promise<SendRequest> {
  const { requestSender } = await import('#adapters/request/client.ts');
  return requestSender(http);
}

const NOBODY: Config['http'] = { allow: [], methods: [], networks: [] };

/** Loaded with the first request, for few bots ever send one. */
function whenAsked(http = NOBODY): SendRequest {
  return async (request, signal) => (await composeRequestSender({ http }))(request, signal);
}

/** Where cases lie, for whoever reads them. */
export async function composeCaseDisk({ gather }: AnalysisConfig): Promise<CaseDisk> {
  const { caseDisk } = await import('#adapters/files/case-folder.ts');
  return caseDisk({ maxBytes: gather.maxBytes });
}

/** The same investigation with its evidence kept, and what keeps it. */
async function composeCases(
  investigation: Investigation,
  { store, log, dataFolder }: Readonly<{ store: Store; log: Log; dataFolder: string }>,
): Promise<Readonly<{ investigation: Investigation; keepCase: KeepCase }>> {
  const [{ caseDisk }, { caseKeeper }, { readFile }] = await Promise.all([
    import('#adapters/files/case-folder.ts'),
    import('#workflows/keep-case.ts'),
    import('node:fs/promises'),
  ]);
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const disk = caseDisk({ maxBytes: MAX_CASE_BYTES });
  return {
    investigation: {
      ...investigation,
      settings: { ...investigation.settings, evidence: { maxBytes: MAX_CASE_BYTES } },
    },
    keepCase: caseKeeper({ store, disk, dataFolder, sealedBy: `spanhound ${version}`, log }),
  };
}

/** A trace of some thirty thousand spans: an ordinary one has a few hundred, and a disk should hold years of them. */
const MAX_CASE_BYTES = 32_000_000;

/** The store of a data folder; without one, a store that ends with the process. `asItIs` looks and does not migrate. */
export async function composeStore(
  dataFolder: string | undefined,
  { asItIs = false, clock = systemClock }: Readonly<{ asItIs?: boolean; clock?: Clock | undefined }> = {},
): Promise<Store> {
  const [{ sqlite }, { openStore }, { join }] = await Promise.all([
    import('#adapters/sqlite/sqlite.ts'),
    import('#record/store.ts'),
    import('node:path'),
  ]);
  const file = dataFolder === undefined ? ':memory:' : join(dataFolder, STORE_FILE);
  return openStore({ ...sqlite(file), clock, newId: uuidV7(clock), asItIs });
}

/** The store of a data folder where there is one: a verb that only reads makes none. */
export async function composeStoreToRead(dataFolder: string): Promise<Store | undefined> {
  const [{ existsSync }, { join }] = await Promise.all([import('node:fs'), import('node:path')]);
  return existsSync(join(dataFolder, STORE_FILE)) ? await composeStore(dataFolder) : undefined;
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

export type BotParts = Readonly<{
  store: Store;
  investigation: Investigation;
  slack: SlackSide;
  log: Log;
  /** Where the evidence of each diagnosis is kept; nowhere without it. */
  dataFolder?: string | undefined;
  /** Webhooks are refused without it; alerts in channels are answered all the same. */
  alerts?: AlertConfig | undefined;
  /** How often an update of an incident is asked for, by severity; what is usual without it. */
  reminderMinutes?: ReminderMinutes | undefined;
  /** Whom people may have asked over HTTP; nobody without it. */
  http?: Config['http'] | undefined;
}>;

/** Who may send alerts by webhook, and where those are answered. */
export type AlertConfig = Pick<Config, 'alerts' | 'pagerduty' | 'alertmanager' | 'changes'>;

export type Bot = Readonly<{
  /** To be served by whoever has the web server. */
  webhooks: Webhooks;
  /** Works on what an earlier process left, then takes new requests. */
  start(): Promise<void>;
  /** Nothing is left to do but what is due later. */
  idle(): Promise<void>;
  /** Takes nothing new, ends what it can within the deadline; the rest is stored and goes on at the next start. */
  stop(deadlineMs: number): Promise<void>;
}>;

/** The Slack side: inbox, listeners, jobs, outbox. */
export async function composeBot({
  store,
  investigation: gathering,
  slack,
  log,
  dataFolder,
  alerts,
  reminderMinutes,
  http,
}: BotParts): Promise<Bot> {
  const cases = dataFolder === undefined ? undefined : await composeCases(gathering, { store, log, dataFolder });
  const { changeNoter, storedChanges } = await import('#workflows/note-changes.ts');
  const investigation = {
    ...(cases?.investigation ?? gathering),
    changeSources: [storedChanges(store), ...gathering.changeSources],
  };
  const [
    { openSlackApp, slackClient },
    { slackSender, tellPerson },
    { registerListeners },
    { runOutbox },
    { tableJobs },
    { forget },
    { investigator },
    { ANSWER_ALERT, ANSWER_FORMS, ANSWER_TRACE, answerGivenUp, answerTrace },
    { detailSharer },
    { feedbackRecorder },
    { checkStore, readableBy },
    { diagnoseTrace },
    { alertMessageReceiver, deliveryReceiver, deliveryTaker, RECEIVE_DELIVERY },
    { answerAlert },
    { diagnoseAlert },
    { knownTroubles },
    { toolUser },
    { requestAsker, SEND_REQUEST, sendRequest },
    { readPagerDutyMessage },
    { ownWorkspace },
    { givenUpTeller, LASTING_KINDS },
    { tokenRefused },
    { mendFutureTimes },
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
    import('#workflows/receive-alert.ts'),
    import('#workflows/answer-alert.ts'),
    import('#workflows/diagnose-alert.ts'),
    import('#workflows/known-troubles.ts'),
    import('#workflows/use-tool.ts'),
    import('#workflows/send-request.ts'),
    import('#adapters/pagerduty/message.ts'),
    import('#adapters/slack/workspace.ts'),
    import('#workflows/tell-given-up.ts'),
    import('#present/slack-message.ts'),
    import('#record/future-times.ts'),
  ]);
  const { clock } = store;
  const fetch: FetchFunction = slack.fetch ?? globalThis.fetch;
  const { app, receiver } = openSlackApp(slack, store, log, (message) => readPagerDutyMessage(message) !== undefined);

  const client = slackClient(slack, log);
  const sender = slackSender({ client, fetch, clock, log });
  /** In a worker, so that nobody waits for a picture. */
  const draw = async (svg: string) => {
    const session = investigation.openSession(investigation.settings);
    try {
      return await session.draw(svg);
    } finally {
      await session.close();
    }
  };
  const incidents = await composeIncidents({ store, client, log, minutes: reminderMinutes, draw, kick: () => kick() });
  const outbox = runOutbox({
    store,
    sender,
    log,
    onUndelivered: incidents.onUndelivered,
    unauthorizedText: tokenRefused,
  });
  const kick = () => {
    outbox.kick();
    jobs.kick();
  };
  const traces = investigation.traceSources.map(nameOf);
  const { diagnosed, alertHeard } = incidents.evidence;
  const { mayShowIn } = incidents.access;
  const answering = { store, log, keepCase: cases?.keepCase, mayShowIn, diagnosed, kick };
  const diagnosing = { forms: ANSWER_FORMS, deadlineMs: investigation.deadlineMs };
  const receiving = { store, jobs: tableJobs, sources: traces, alertHeard, kick };
  const comparing = await composeComparing({ store, log, gathering, mayShowIn, kick: () => kick() });
  const tellGivenUp = givenUpTeller({ channelId: alerts?.alerts.channel });
  const jobs = tableJobs.runJobs({
    store,
    handlers: {
      ...incidents.handlers,
      [ANSWER_TRACE]: answerTrace({
        ...answering,
        diagnose: (reference, signal) => diagnoseTrace(investigation, { ...diagnosing, reference, signal }),
      }),
      [ANSWER_ALERT]: answerAlert({
        ...answering,
        diagnose: (request, signal) => {
          const known = knownTroubles(store, request.workspaceId, (channelId) =>
            mayShowIn(request.channelId, channelId),
          );
          return diagnoseAlert(investigation, { ...diagnosing, ...request, known, signal });
        },
      }),
      [SEND_REQUEST]: sendRequest({ store, clock, kick, send: whenAsked(http) }),
      ...comparing.handlers,
      [RECEIVE_DELIVERY]: deliveryReceiver({
        ...receiving,
        log,
        channelId: alerts?.alerts.channel,
        workspace: ownWorkspace(client),
      }),
    },
    log,
    lasting: LASTING_KINDS,
    onDead: async (tx, job, reason) => {
      await answerGivenUp(tx, job, reason);
      await comparing.onDead(tx, job, reason);
      await tellGivenUp(tx, job, reason);
    },
  });
  const workflows = {
    investigate: investigator({ store, jobs: tableJobs, sources: traces, kick }),
    useTool: toolUser(clock),
    askRequest: requestAsker({ store, jobs: tableJobs, kick }),
    shareDetail: detailSharer({ store, kick }),
    ...comparing.asking,
    recordFeedback: feedbackRecorder({ store, kick }),
    incident: incidents.incident,
    noticeMessage: incidents.noticeMessage,
    askForPostmortem: incidents.askForPostmortem,
    addActionItem: incidents.addActionItem,
    shareMethod: incidents.shareMethod,
    readAlert: readPagerDutyMessage,
    receiveAlert: alertMessageReceiver(receiving),
    tellPerson: tellPerson(fetch),
    home: {
      traces,
      logs: investigation.logSources.map(nameOf),
      givenUp: async (who: WhoLooks) => await readableBy(who, (await checkStore(store)).givenUp, incidents.access),
    },
  };
  registerListeners(app, workflows, log);

  const stopped = new AbortController();
  async function repeat(everyMs: number, what: string, work: () => Promise<unknown>): Promise<void> {
    while (!stopped.signal.aborted) {
      await work().catch((err: unknown) => log.warn({ err }, `${what} failed`));
      await clock.sleep(everyMs, stopped.signal);
    }
  }

  return {
    webhooks: {
      ...(await composeWebhooks(alerts, { take: deliveryTaker(receiving), log, clock })),
      ...(await composeChangeWebhooks(alerts?.changes, { note: changeNoter(store), log })),
    },
    async start() {
      void repeat(FORGET_EVERY_MS, 'forgetting old deliveries', () => forget(store, clock.nowUs()));
      void repeat(MEND_EVERY_MS, 'bringing future times to the present', () => mendFutureTimes(store));
      await receiver.replay();
      // Mounted on our own server, Bolt's receiver is never started itself.
      if (slack.transport.kind !== 'http') await receiver.start();
    },
    async idle() {
      // A job leaves messages, and a message that cannot be delivered leaves a job.
      for (const runner of [jobs, outbox, jobs, outbox]) await runner.idle();
    },
    async stop(deadlineMs) {
      stopped.abort();
      const untilUs = clock.elapsedUs() + deadlineMs * 1_000;
      const leftMs = () => Math.max(0, (untilUs - clock.elapsedUs()) / 1_000);
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

/** When the recorded outage was alerted: 2025-01-06 14:30:00 UTC. */
const DEMO_ALERT_US = Date.UTC(2025, 0, 6, 14, 30, 0) * 1_000;
/** For the bot to start in. */
const DEMO_LEAD_US = 60_000_000;
/** The story is told in half an hour. */
const DEMO_LONGEST_US = 3_600_000_000;
/** Slack's pace of a message a second is kept, in a quarter of the time. */
const DEMO_SPEED = 4;

/** Plays the recorded outage into the store of the data folder, in a workspace of its own; no configured backend or Slack is asked. */
export async function composeDemo(config: Config, tell: (line: string) => void): Promise<ToldIncident> {
  const [{ silentLog }, { DEMO_WORKSPACE, playDemo }, { tellNewestEnded }, { mkdtemp, rm }, { tmpdir }, { join }] =
    await Promise.all([
      import('#core/log.ts'),
      import('#web/playground/demo.ts'),
      import('#workflows/tell-incident.ts'),
      import('node:fs/promises'),
      import('node:os'),
      import('node:path'),
    ]);
  const clock = playedClock(DEMO_ALERT_US - DEMO_LEAD_US, DEMO_SPEED);
  const newId = uuidV7(systemClock); // two demos must not make the same ids, though they tell of the same time
  const evidenceFolder = await mkdtemp(join(tmpdir(), 'spanhound-demo-'));
  const store = await composeStore(config.dataFolder, { clock });
  const recorded = () => tellNewestEnded(store, { workspaceId: DEMO_WORKSPACE, names: new Map(), iso: isoFromUs });
  try {
    const before = await recorded();
    if (before !== undefined) {
      tell(
        `The demo was played into ${config.dataFolder} before, as ${before.incident}: this is what was recorded then.`,
      );
      tell('To see it played again, name another folder: SPANHOUND_DATA=/tmp/demo');
      return before;
    }
    await endInterrupted(store, DEMO_WORKSPACE);
    const { redaction, detectors, gather, analysis, clockSkew, fishbone, runbooksUrl, dataFolder } = config;
    const settings = { redaction, detectors, gather, analysis, clockSkew, fishbone, runbooksUrl, dataFolder };
    const investigation = await composeInvestigation(settings, {
      threads: true,
      redactionKey: 'made',
      samples: evidenceFolder,
    });
    await playDemo({
      root: new URL('../', import.meta.url),
      evidenceFolder,
      clock,
      alertUs: DEMO_ALERT_US,
      newId,
      tell,
      connect: async ({ receiver, ...side }) => {
        const transport = { kind: 'given', receiver } as const;
        const bot = await composeBot({
          store,
          investigation,
          log: silentLog,
          dataFolder: config.dataFolder,
          slack: { ...side, transport },
        });
        await bot.start();
        return { idle: bot.idle, stop: () => bot.stop(DEMO_STOP_MS) };
      },
    });
    const told = await recorded();
    if (told === undefined) throw new Error('the demo ended without an incident that has a diagnosis and a postmortem');
    return told;
  } finally {
    await store.close();
    await rm(evidenceFolder, { recursive: true, force: true });
  }
}

const DEMO_STOP_MS = 10_000;

/** A demo that was stopped half-way left its incident open, and the next one would be taken for that. */
async function endInterrupted(store: Store, workspaceId: string): Promise<void> {
  const { openIncidents } = await import('#record/find-incidents.ts');
  const { changeIncident } = await import('#record/incidents.ts');
  await store.transaction(async (tx) => {
    for (const { id } of await openIncidents(tx, { workspaceId })) {
      await changeIncident(tx, {
        incidentId: id,
        key: 'demo-stopped',
        by: 'spanhound',
        // After all that happens in it: a status that came before another does not end an incident.
        atUs: DEMO_ALERT_US + DEMO_LONGEST_US,
        status: 'resolved',
        text: 'The demo was stopped half-way',
      });
    }
  });
}

/** What keeps the record of an incident while people work. */
async function composeIncidents({
  store,
  client,
  log,
  minutes = DEFAULTS.incidents.reminderMinutes,
  draw,
  kick,
}: Readonly<{
  store: Store;
  client: WebClient;
  log: Log;
  minutes: ReminderMinutes | undefined;
  draw(svg: string): Promise<Uint8Array>;
  kick(): void;
}>) {
  const [
    { slackReader },
    { channelAccess },
    { tableJobs },
    { incidentDeclarer },
    { incidentChanger },
    { entryNoter },
    { timelineShower },
    { afterUndelivered, SHOW_OVERVIEW, showOverview },
    { REMIND, remind },
    { FOLLOW_MESSAGE, followMessage, messageNoticer },
    { evidenceNoter },
    { DRAFT_POSTMORTEM, draftPostmortem, postmortemAsker },
    { actionItemAdder },
    { methodSharer, methodShower },
    { methodTelling },
  ] = await Promise.all([
    import('#adapters/slack/reader.ts'),
    import('#adapters/slack/channel-access.ts'),
    import('#record/table-jobs.ts'),
    import('#workflows/declare-incident.ts'),
    import('#workflows/change-incident.ts'),
    import('#workflows/note-entry.ts'),
    import('#workflows/show-timeline.ts'),
    import('#workflows/show-overview.ts'),
    import('#workflows/remind.ts'),
    import('#workflows/follow-message.ts'),
    import('#workflows/note-evidence.ts'),
    import('#workflows/draft-postmortem.ts'),
    import('#workflows/add-action-item.ts'),
    import('#workflows/show-method.ts'),
    import('#workflows/tell-method.ts'),
  ]);
  const { clock } = store;
  const directory = slackReader({ client, clock, log });
  const access = channelAccess({ client, clock, log, person: directory.person });
  const parts = { store, jobs: tableJobs, directory, mayRead: access.mayRead, minutes, kick };
  return {
    directory,
    access,
    handlers: {
      [SHOW_OVERVIEW]: showOverview(parts),
      [REMIND]: remind(parts),
      [FOLLOW_MESSAGE]: followMessage({ ...parts, look: directory.message }),
      [DRAFT_POSTMORTEM]: draftPostmortem({ ...parts, mayShowIn: access.mayShowIn }),
    },
    onUndelivered: afterUndelivered(tableJobs),
    incident: {
      ...incidentChanger(parts),
      ...entryNoter(parts),
      declareIncident: incidentDeclarer(parts),
      showTimeline: timelineShower(parts),
      showMethod: methodShower(parts),
      ...methodTelling(parts),
    },
    noticeMessage: messageNoticer(parts),
    evidence: evidenceNoter(tableJobs),
    askForPostmortem: postmortemAsker(parts),
    addActionItem: actionItemAdder(parts),
    shareMethod: methodSharer({ ...parts, draw }),
  };
}

/** What answers the buttons "Compare with healthy" and "Verify fix". No evidence is kept of it: the diagnosis has its own. */
async function composeComparing({
  store,
  log,
  gathering,
  mayShowIn,
  kick,
}: Readonly<{ store: Store; log: Log; gathering: Investigation; kick(): void }> & Pick<AnswerParts, 'mayShowIn'>) {
  const [
    {
      comparisonAsker,
      comparisonGivenUp,
      verificationAsker,
      compareWithHealthy,
      verifyFix,
      COMPARE_WITH_HEALTHY,
      VERIFY_FIX,
    },
    { compareSides },
    { tableJobs },
  ] = await Promise.all([
    import('#workflows/answer-comparison.ts'),
    import('#workflows/compare.ts'),
    import('#record/table-jobs.ts'),
  ]);
  const asking = { store, jobs: tableJobs, kick };
  const { deadlineMs } = gathering;
  const answering = {
    store,
    log,
    mayShowIn,
    kick,
    compare: (sides: CompareSides) => compareSides(gathering, { ...sides, deadlineMs }),
  };
  return {
    handlers: {
      [COMPARE_WITH_HEALTHY]: compareWithHealthy(answering),
      [VERIFY_FIX]: verifyFix(answering),
    },
    asking: { askForComparison: comparisonAsker(asking), askForVerification: verificationAsker(asking) },
    onDead: comparisonGivenUp,
  };
}

async function composeWebhooks(
  config: AlertConfig | undefined,
  { take, log, clock }: Readonly<{ take: TakeDelivery; log: Log; clock: Clock }>,
): Promise<Webhooks> {
  const [pagerduty, alertmanager, { pagerdutyWebhook }, { alertmanagerWebhook }] = await Promise.all([
    import('#adapters/pagerduty/webhook.ts'),
    import('#adapters/alertmanager/webhook.ts'),
    import('#listeners/webhooks/pagerduty.ts'),
    import('#listeners/webhooks/alertmanager.ts'),
  ]);
  const secrets = (config?.pagerduty.webhookSecret ?? '').split(',').map((secret) => secret.trim());
  const known = secrets.filter((secret) => secret !== '');
  const token = config?.alertmanager.token;
  return {
    '/webhooks/pagerduty': pagerdutyWebhook({
      proof:
        known.length === 0
          ? undefined
          : {
              mayBe: ({ header }) => pagerduty.bearsPagerDutySignature(header('x-pagerduty-signature')),
              isSigned: ({ header, body }) =>
                pagerduty.isSignedByPagerDuty(known, header('x-pagerduty-signature'), body),
            },
      read: (body) => pagerduty.readPagerDutyWebhook(body, clock.nowUs()),
      take,
      log,
    }),
    '/webhooks/alertmanager': alertmanagerWebhook({
      proof:
        token === undefined
          ? undefined
          : { mayBe: ({ header }) => alertmanager.isAllowedByToken(token, header('authorization')) },
      read: alertmanager.readAlertmanagerWebhook,
      take,
      log,
    }),
  };
}

/** Who may tell what was changed. */
async function composeChangeWebhooks(
  config: AlertConfig['changes'] | undefined,
  noting: Pick<ChangesWebhookOptions, 'note' | 'log'>,
): Promise<Webhooks> {
  const [{ readPostedChanges }, github, gitlab, launchDarkly, { isAllowedByToken }, { changesWebhook }] =
    await Promise.all([
      import('#adapters/changes/webhook.ts'),
      import('#adapters/github/webhook.ts'),
      import('#adapters/gitlab/webhook.ts'),
      import('#adapters/launchdarkly/webhook.ts'),
      import('#adapters/alertmanager/webhook.ts'),
      import('#listeners/webhooks/changes.ts'),
    ]);
  const { token, githubSecret, gitlabToken, launchDarklySecret, environments } = config ?? {};
  const counts = countsAmong(environments);
  return {
    '/changes': changesWebhook({
      source: 'POST /changes',
      setting: 'CHANGES_TOKEN, and send it as the bearer token',
      proof:
        token === undefined ? undefined : { mayBe: ({ header }) => isAllowedByToken(token, header('authorization')) },
      read: readPostedChanges,
      ...noting,
    }),
    '/webhooks/github': changesWebhook({
      source: 'GitHub',
      setting: 'GITHUB_WEBHOOK_SECRET, and the same as the secret of the webhook',
      maxBytes: github.LARGEST_EVENT_BYTES,
      proof:
        githubSecret === undefined
          ? undefined
          : {
              mayBe: ({ header }) => github.bearsGitHubSignature(header('x-hub-signature-256')),
              isSigned: ({ header, body }) =>
                github.isSignedByGitHub(githubSecret, header('x-hub-signature-256'), body),
            },
      read: (body, { header }) => github.readGitHubEvent(header('x-github-event') ?? '', body, counts),
      ...noting,
    }),
    '/webhooks/gitlab': changesWebhook({
      source: 'GitLab',
      setting: 'GITLAB_WEBHOOK_TOKEN, and the same as the secret token of the webhook',
      proof:
        gitlabToken === undefined
          ? undefined
          : { mayBe: ({ header }) => gitlab.isGitLabToken(gitlabToken, header('x-gitlab-token')) },
      read: (body) => gitlab.readGitLabEvent(body, { nowUs: systemClock.nowUs(), counts }),
      ...noting,
    }),
    '/webhooks/launchdarkly': changesWebhook({
      source: 'LaunchDarkly',
      setting: 'LAUNCHDARKLY_WEBHOOK_SECRET, and the same as the secret of the signed webhook',
      proof:
        launchDarklySecret === undefined
          ? undefined
          : {
              mayBe: ({ header }) => launchDarkly.bearsLaunchDarklySignature(header('x-ld-signature')),
              isSigned: ({ header, body }) =>
                launchDarkly.isSignedByLaunchDarkly(launchDarklySecret, header('x-ld-signature'), body),
            },
      read: (body) => launchDarkly.readLaunchDarklyEntry(body, counts),
      ...noting,
    }),
  };
}

/** Ids of deliveries are kept for days: a few rows more or less do not matter. */
const FORGET_EVERY_MS = 6 * 3_600_000;
/** A clock is corrected at any time; what it left in the future waits no longer than this. */
const MEND_EVERY_MS = 60_000;

/** Of the time left, what running diagnoses may take: what they found still wants to be sent. */
const JOBS_SHARE = 0.7;

function nameOf({ name }: Readonly<{ name: string }>): string {
  return name;
}
