/**
 * `npm start`: shows on one screen what is configured and what is missing, then runs the bot, or the playground if
 * Slack is not configured. On SIGTERM it accepts nothing new, finishes what it can and stops; the rest is stored.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { type SlackMode, slackMode } from '#adapters/slack/mode.ts';
import { START_USAGE, startOptions } from '#cli/start-options.ts';
import { tell } from '#cli/tell.ts';
import { type Bot, composeBot } from '#compose/bot.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { requireSharedKey } from '#compose/redaction.ts';
import { startScreen } from '#compose/start-screen.ts';
import { composeStore } from '#compose/store.ts';
import { checkStoreFile } from '#compose/store-file.ts';
import { placesOf, settingsFor } from '#compose/systems.ts';
import { loadConfig } from '#config/load.ts';
import { loadPostmortemTemplates } from '#config/postmortem-templates.ts';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { ConfigError, errorRecord, SpanhoundError } from '#core/errors.ts';
import { uuidV7 } from '#core/ids.ts';
import { type Log, openLog } from '#core/log.ts';
import { redact } from '#model/redaction/redaction.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

const ROOT = new URL('../', import.meta.url);

const SLACK_CHECK_MS = 10_000;
/** After the time for stopping. What has not stopped by then hangs. */
const GIVE_UP_AFTER_MS = 2_000;

type Running = Readonly<{ port: number; stop(): Promise<void> }>;

main().catch(fail);

async function main(): Promise<void> {
  const options = startOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(START_USAGE);
    return;
  }
  const config = loadConfig(process.env, options.config);
  const log = openLog(config.logLevel, redact);
  const slack = slackMode(config.slack);
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  const ownTraces = await startOwnTraces(config, version);
  const bot = slack.kind === 'none' ? await startPlayground(config, log) : await startBot(config, slack, log);
  const running = { port: bot.port, stop: () => stopAll([() => bot.stop(), () => ownTraces.stop()]) };
  console.log(await startScreen(config, { isPlayground: slack.kind === 'none', port: running.port, version }));
  stopOnSignal(running, { log, withinMs: stopMs(config) });
}

/** Its libraries are loaded only where somebody wants the traces. */
async function startOwnTraces({ operators }: Config, version: string): Promise<Pick<Running, 'stop'>> {
  if (operators.tracesUrl === undefined) return { stop: async () => undefined };
  const { sendOwnTraces } = await import('#web/own-traces.ts');
  return sendOwnTraces({ endpoint: operators.tracesUrl, version });
}

async function startBot(config: Config, slack: Exclude<SlackMode, { kind: 'none' }>, log: Log): Promise<Running> {
  const [
    { listen, serveMetrics, serveWebhooks, webApp },
    { metricsPage },
    { serveStatusFeed },
    { servePersonalPages },
    { statusFeed },
    { metricsReader },
    { checkSlack, watchedSlack },
    { slackBodies },
    { storeTrouble },
    { ownHealth },
    { serveApi },
    { composeApi },
    { serveInstall },
  ] = await Promise.all([
    import('#web/server.ts'),
    import('#web/metrics.ts'),
    import('#web/status-feed.ts'),
    import('#web/personal-pages.ts'),
    import('#compose/status-pages.ts'),
    import('#compose/metrics-reader.ts'),
    import('#adapters/slack/check.ts'),
    import('#adapters/slack/request-headers.ts'),
    import('#workflows/upkeep/check-store.ts'),
    import('#workflows/upkeep/own-health.ts'),
    import('#web/api.ts'),
    import('#compose/api.ts'),
    import('#web/slack-install.ts'),
  ]);
  requireSharedKey(config);
  const postmortemTemplates = loadPostmortemTemplates(config.incidents.postmortemTemplates);
  const notReady = new Set(['starting']);
  if (config.store.url === undefined) await checkStoreFile(config.dataFolder);
  const store = await composeStore(config);
  const trouble = storeTrouble(store);
  const apiUrl = config.slack.apiUrl?.href;
  const { botToken } = slack;
  const ask = botToken && (async () => await checkSlack({ botToken, apiUrl }, AbortSignal.timeout(SLACK_CHECK_MS)));
  const token = ask ? watchedSlack(ask, systemClock) : undefined;
  const web = webApp(async () => [...notReady, ...[await trouble()].filter((why) => why !== undefined)], {
    admitted: slack.kind === 'http' ? slackBodies(systemClock) : {},
    refused: config.proxies === undefined ? undefined : { proxies: config.proxies },
    warnings: () => (token?.warnings() ?? []).map((line) => shown(line)),
  });
  const investigation = await composeInvestigation(config, { threads: true, redactionKey: 'made', systems: config });
  const transport =
    slack.kind === 'http'
      ? ({ kind: 'http', signingSecret: slack.signingSecret, express: web.express } as const)
      : ({ kind: 'socket', appToken: slack.appToken } as const);
  const bot = await composeBot({
    store,
    investigation,
    slack: { botToken: slack.botToken, installs: slack.installs, transport, apiUrl },
    log,
    dataFolder: config.dataFolder,
    cases: config.cases,
    reminderMinutes: config.incidents.reminderMinutes,
    commanderCalls: config.incidents.commander,
    pages: config.incidents.page,
    onCall: config.incidents.onCall,
    ownRoles: config.incidents.roles,
    postmortemTemplates,
    incidentChannel: config.incidents.channel,
    statusPage: config.incidents.statusPage,
    issues: config.incidents.issues,
    looksAfterEnd: config.incidents.lookAfterEnd,
    pagesUrl: config.incidents.pagesUrl,
    alerts: config,
    operators: config.operators,
    reviews: config.reviews,
    retention: config.retention,
    waits: config.waits,
    http: config.http,
    guests: config.guests,
    rights: config.rights,
  });
  serveWebhooks(web, bot.webhooks);
  if (bot.pages !== undefined) servePersonalPages(web, bot.pages);
  if (bot.install !== undefined) serveInstall(web, bot.install);
  serveApi(web, composeApi(config, { store, investigation, isForAll: bot.isForAll, isOwn: bot.isOwn, log }));
  const metrics = metricsPage({ mayRead: metricsReader(config.operators.metricsToken), health: ownHealth(store) });
  serveMetrics(web, metrics.page);
  const { feedUrl } = config.incidents.statusPage;
  if (feedUrl !== undefined) serveStatusFeed(web, statusFeed(store, feedUrl));
  const server = await listen(web, config.port);
  const started = bot.start().then(() => {
    notReady.clear();
    if (slack.kind === 'socket') console.log('Connected to Slack by Socket Mode.');
  });
  // Socket Mode waits for Slack, which may be unavailable for longer than an orchestrator waits for a start.
  if (slack.kind === 'http') await started;
  else started.catch(fail);
  token?.check().then(sayHealth, fail);
  return {
    port: server.port,
    async stop() {
      notReady.add('stopping');
      await stopAll([() => server.stop(), () => bot.stop(stopMs(config)), () => store.close()]);
    },
  };
}

async function startPlayground(config: Config, log: Log): Promise<Running> {
  const { startPlayground } = await import('#web/playground/start.ts');
  const { playedAutomation } = await import('#web/playground/automation.ts');
  const { playedRota } = await import('#web/playground/people.ts');
  const { statusFeed } = await import('#compose/status-pages.ts');
  const store = await composeStore({});
  const evidenceFolder = await mkdtemp(join(tmpdir(), 'spanhound-played-'));
  const forget = () => rm(evidenceFolder, { recursive: true, force: true });
  const samples = [fileURLToPath(new URL('samples', ROOT)), evidenceFolder];
  const investigation = await composeInvestigation(config, {
    threads: true,
    redactionKey: 'drawn',
    systems: config,
    samples,
  });
  // Visitors have no customers: a feed that is there can be tried.
  const { feedUrl = new URL(`http://localhost:${config.port}/status.json`), ...settings } = config.incidents.statusPage;
  const playground = await startPlayground({
    port: config.port,
    root: ROOT,
    statusFeed: statusFeed(store, feedUrl),
    evidenceFolder,
    sources: (await Promise.all(READ_ALONE.map((kind) => placesOf(kind, config)))).flat(),
    settings: await Promise.all([settingsFor('traces', asCode), settingsFor('logs', asCode)]),
    clock: systemClock,
    newId: uuidV7(systemClock),
    log,
    waitMs: config.playground.waitSeconds * 1_000,
    connect: async ({ receiver, ...side }) => {
      const transport = { kind: 'given', receiver } as const;
      const { reminderMinutes, commander: commanderCalls, page: pages } = config.incidents;
      const { onCall, roles: ownRoles, channel: incidentChannel } = config.incidents;
      const bot: Bot = await composeBot({
        store,
        investigation,
        slack: { ...side, transport },
        log,
        reminderMinutes,
        commanderCalls,
        pages: { ...pages, onCall: playedRota(pages.onCall) },
        automation: playedAutomation(config.mitigations.actions),
        onCall,
        ownRoles,
        postmortemTemplates: loadPostmortemTemplates(config.incidents.postmortemTemplates),
        incidentChannel,
        statusPage: { ...settings, feedUrl },
        waits: config.waits,
        http: config.http,
        guests: config.guests,
      });
      await bot.start();
      return { stop: () => bot.stop(stopMs(config)) };
    },
  }).catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  return { port: playground.port, stop: () => stopAll([() => playground.stop(), () => store.close(), forget]) };
}

/** The sources that the playground's page lists besides the recorded cases. */
const READ_ALONE = ['traces', 'logs', 'metrics'] as const;

/** Several that belong together are joined: `DATADOG_API_KEY and DATADOG_APP_KEY`. */
function asCode(variables: string): string {
  return variables
    .split(' and ')
    .map((variable) => `\`${variable}\``)
    .join(' and ');
}

/** In this order, each even if the one before it failed. */
async function stopAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) {
    await step().catch((error: unknown) => console.error(shownLines(`spanhound: stopping: ${inspect(error)}`)));
  }
}

function stopMs({ waits }: Pick<Config, 'waits'>): number {
  return waits.stopSeconds * 1_000;
}

function stopOnSignal(running: Running, { log, withinMs }: Readonly<{ log: Log; withinMs: number }>): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1); // a second signal: the person wants it to stop now
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), withinMs + GIVE_UP_AFTER_MS).unref();
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
