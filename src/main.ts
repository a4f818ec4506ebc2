/**
 * `npm start`: says in one screen what is configured and what is missing, then runs the bot, or the playground where
 * no Slack is configured. On SIGTERM it takes nothing new, ends what it can and stops; what is left is stored.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, parseArgs } from 'node:util';
import { tell } from '#cli/tell.ts';
import { type Bot, composeBot } from '#compose/bot.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { type SlackMode, slackMode } from '#compose/slack-mode.ts';
import { composeStore } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { ConfigError, errorRecord, SpanhoundError } from '#core/errors.ts';
import { uuidV7 } from '#core/ids.ts';
import { type Log, openLog } from '#core/log.ts';
import { redact } from '#model/redaction.ts';
import { shown, shownLines } from '#present/plain-text.ts';

const ROOT = new URL('../', import.meta.url);

/** Below the 30 s after which Kubernetes and Heroku kill. */
const STOP_DEADLINE_MS = 10_000;
const SLACK_CHECK_MS = 10_000;
/** What did not stop by then hangs. */
const GIVE_UP_AFTER_MS = STOP_DEADLINE_MS + 2_000;

type Running = Readonly<{ port: number; stop(): Promise<void> }>;

main().catch(fail);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = loadConfig(process.env, values.config);
  const log = openLog(config.logLevel, redact);
  const slack = slackMode(config);
  const running = slack.kind === 'none' ? await startPlayground(config, log) : await startBot(config, slack, log);
  console.log(screen(config, slack, running.port));
  stopOnSignal(running, log);
}

async function startBot(config: Config, slack: Exclude<SlackMode, { kind: 'none' }>, log: Log): Promise<Running> {
  const [{ listen, serveWebhooks, webApp }, { checkSlack }, { slackBodies }, { storeTrouble }] = await Promise.all([
    import('#web/server.ts'),
    import('#adapters/slack/check.ts'),
    import('#adapters/slack/request-headers.ts'),
    import('#workflows/check-store.ts'),
  ]);
  const notReady = new Set(['starting']);
  const store = await composeStore(config.dataFolder);
  const trouble = storeTrouble(store);
  const web = webApp(async () => [...notReady, ...[await trouble()].filter((why) => why !== undefined)], {
    admitted: slack.kind === 'http' ? slackBodies(systemClock) : {},
  });
  const investigation = await composeInvestigation(config, { threads: true, redactionKey: 'made', systems: config });
  const apiUrl = config.slack.apiUrl?.href;
  const transport = slack.kind === 'http' ? { ...slack, express: web.express } : slack;
  const bot = await composeBot({
    store,
    investigation,
    slack: { botToken: slack.botToken, transport, apiUrl },
    log,
    dataFolder: config.dataFolder,
    reminderMinutes: config.incidents.reminderMinutes,
    alerts: config,
    http: config.http,
  });
  serveWebhooks(web, bot.webhooks);
  const server = await listen(web, config.port);
  const started = bot.start().then(() => {
    notReady.clear();
    if (slack.kind === 'socket') console.log('Connected to Slack by Socket Mode.');
  });
  // Socket Mode waits for Slack, which may be away for longer than an orchestrator waits for a start.
  if (slack.kind === 'http') await started;
  else started.catch(fail);
  checkSlack({ botToken: slack.botToken, apiUrl }, AbortSignal.timeout(SLACK_CHECK_MS)).then(sayHealth, fail);
  return {
    port: server.port,
    async stop() {
      notReady.add('stopping');
      await stopAll([() => server.stop(), () => bot.stop(STOP_DEADLINE_MS), () => store.close()]);
    },
  };
}

async function startPlayground(config: Config, log: Log): Promise<Running> {
  const { startPlayground } = await import('#web/playground/start.ts');
  const store = await composeStore(undefined);
  const evidenceFolder = await mkdtemp(join(tmpdir(), 'spanhound-played-'));
  const forget = () => rm(evidenceFolder, { recursive: true, force: true });
  const samples = [fileURLToPath(new URL('samples', ROOT)), evidenceFolder];
  const investigation = await composeInvestigation(config, {
    threads: true,
    redactionKey: 'drawn',
    systems: config,
    samples,
  });
  const playground = await startPlayground({
    port: config.port,
    root: ROOT,
    evidenceFolder,
    sources: sourcesOf(config),
    clock: systemClock,
    newId: uuidV7(systemClock),
    log,
    connect: async ({ receiver, ...side }) => {
      const transport = { kind: 'given', receiver } as const;
      const { reminderMinutes } = config.incidents;
      const bot: Bot = await composeBot({
        store,
        investigation,
        slack: { ...side, transport },
        log,
        reminderMinutes,
        http: config.http,
      });
      await bot.start();
      return { stop: () => bot.stop(STOP_DEADLINE_MS) };
    },
  }).catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  return { port: playground.port, stop: () => stopAll([() => playground.stop(), () => store.close(), forget]) };
}

/** In this order, and each even where the one before it failed. */
async function stopAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) {
    await step().catch((error: unknown) => console.error(shownLines(`spanhound: stopping: ${inspect(error)}`)));
  }
}

function stopOnSignal(running: Running, log: Log): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1); // asked twice: whoever asks knows why
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), GIVE_UP_AFTER_MS).unref();
    running.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(error: unknown): never {
  const { message, advice } = errorRecord(error);
  tell(error instanceof ConfigError ? message.split('\n') : message, advice);
  if (!(error instanceof SpanhoundError)) console.error(shownLines(inspect(error)).replaceAll('\n', '\n  '));
  process.exit(error instanceof SpanhoundError ? 2 : 1);
}

function sayHealth({ ok, detail, remedy }: Readonly<{ ok: boolean; detail: string; remedy: string }>): void {
  const line = shown(['Slack:', detail + (remedy === '' ? '' : '.'), remedy].join(' '));
  if (ok) console.log(line);
  else console.error(line);
}

function screen(config: Config, slack: SlackMode, port: number): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  const here = `http://localhost:${port}`;
  const rows = [
    ['Slack', slackLine(slack, here)],
    ['Traces', tracesLine(config) || missing(slack, 'JAEGER_URL or TEMPO_URL')],
    ['Logs', config.loki ? `Loki at ${shownUrl(config.loki.url)}` : missing(slack, 'LOKI_URL')],
    ['Metrics', config.prometheus ? `Prometheus at ${shownUrl(config.prometheus.url)}` : 'none. Set PROMETHEUS_URL'],
    ['Pods', podsLine(config)],
    ['Store', slack.kind === 'none' ? 'in memory; it ends with this process' : `SQLite in ${config.dataFolder}/`],
  ];
  const title = slack.kind === 'none' ? `Spanhound ${version}, the playground` : `Spanhound ${version}`;
  const start =
    slack.kind === 'none'
      ? `Open ${here} and send the alert, or type /trace with one of the ids there.`
      : `Ready on ${here}.`;
  return ['', title, ...rows.map(([name, value]) => `  ${name?.padEnd(7)} ${shown(value ?? '')}`), '', start, ''].join(
    '\n',
  );
}

function tracesLine({ jaeger, tempo }: Config): string {
  const sources = [jaeger && `Jaeger at ${shownUrl(jaeger.url)}`, tempo && `Tempo at ${shownUrl(tempo.url)}`];
  return sources.filter((source) => source !== undefined).join(', ');
}

function slackLine(slack: SlackMode, here: string): string {
  switch (slack.kind) {
    case 'none':
      return 'not connected. Set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): docs/slack.md';
    case 'socket':
      return 'Socket Mode';
    case 'http':
      return `HTTP: requests come to ${here}/slack/events`;
  }
}

function podsLine({ kubernetes: { kubeconfig, inCluster } }: Config): string {
  if (kubeconfig !== undefined) return `Kubernetes by ${kubeconfig}`;
  return inCluster ? 'Kubernetes, the cluster around' : 'none. Set KUBECONFIG, or KUBERNETES_IN_CLUSTER=true';
}

function missing(slack: SlackMode, variable: string): string {
  return slack.kind === 'none'
    ? `the recorded cases in samples/. For your own set ${variable}`
    : `none. Set ${variable}`;
}

function sourcesOf({ jaeger, loki, prometheus }: Config): readonly string[] {
  const named = [
    ['Jaeger', jaeger],
    ['Loki', loki],
    ['Prometheus', prometheus],
  ] as const;
  return named.flatMap(([name, source]) => (source ? [`${name} at ${shownUrl(source.url)}`] : []));
}

/** Addresses may hold a password. */
function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href.replace(/\/$/, '');
}
