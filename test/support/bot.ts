/** The bot as `npm start` composes it, in this process, over HTTP, on any free port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installSettings } from '#adapters/slack/mode.ts';
import { slackBodies } from '#adapters/slack/request-headers.ts';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { walSync } from '#adapters/sqlite/wal-sync.ts';
import { composeApi } from '#compose/api.ts';
import { composeBot } from '#compose/bot.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { statusFeed } from '#compose/status-pages.ts';
import { composeStore, STORE_FILE } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { type Log, silentLog } from '#core/log.ts';
import { openStore, type Store } from '#record/store.ts';
import { layEmptyStore } from '#test/empty-store.ts';
import { countedSync } from '#test/in-flight.ts';
import { ACKNOWLEDGE_WITHIN_MS, CALL_PACES, PATIENCE } from '#test/patience.ts';
import { chanceOf } from '#test/random.ts';
import { BOT_TOKEN, SIGNING_SECRET, type SlackSide } from '#test/slack-side.ts';
import { serveApi } from '#web/api.ts';
import { servePersonalPages } from '#web/personal-pages.ts';
import { listen, serveWebhooks, type WebApp, webApp } from '#web/server.ts';
import { serveInstall } from '#web/slack-install.ts';
import { serveStatusFeed } from '#web/status-feed.ts';
import { storeTrouble } from '#workflows/upkeep/check-store.ts';

export type BotOptions = Readonly<{
  slack: SlackSide;
  jaegerUrl: string;
  lokiUrl: string;
  /** How Slack reaches it. @default http */
  mode?: 'http' | 'socket';
  /** The bot's own time. The limits of its calls and Slack's signatures stay on the real one. @default the system's */
  clock?: Clock;
  /** A folder to go on with; a new one without it. */
  dataFolder?: string;
  /** Further settings, as variables. An empty `SLACK_BOT_TOKEN`: there is none. */
  env?: Readonly<Record<string, string>>;
  /** @default nothing is logged */
  log?: Log;
  /** Opens the store of the data folder in another way. */
  openStore?: (dataFolder: string) => Promise<Store>;
  /** Analyses run in worker threads, as in the real bot. @default in this one */
  threads?: boolean;
}>;

/** What `npm start` reads to be the real bot against these. */
export function botEnvironment({
  slack,
  jaegerUrl,
  lokiUrl,
  dataFolder = '',
  env,
}: BotOptions): Record<string, string> {
  const { SLACK_BOT_TOKEN = BOT_TOKEN, ...further } = env ?? {};
  return {
    ...(SLACK_BOT_TOKEN === '' ? {} : { SLACK_BOT_TOKEN }),
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: slack.proxy.apiUrl,
    JAEGER_URL: jaegerUrl,
    LOKI_URL: lokiUrl,
    SPANHOUND_DATA: dataFolder,
    PORT: '0',
    ...further,
  };
}

export async function openBot(options: BotOptions) {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'spanhound-bot-')));
  const env = { ...PATIENCE, ...options.env };
  const config = loadConfig(botEnvironment({ ...options, dataFolder, env }));
  const store = await (options.openStore?.(dataFolder) ??
    (options.clock === undefined ? composeStore(config) : countedStore(dataFolder, options.clock)));
  const investigation = await composeInvestigation(config, { systems: config, threads: options.threads ?? false });
  const trouble = storeTrouble(store);
  const web = webApp(async () => [await trouble()].filter((why) => why !== undefined), {
    admitted: slackBodies(systemClock),
  });
  const bot = await composeBot({
    store,
    investigation,
    log: options.log ?? silentLog,
    dataFolder,
    alerts: config,
    operators: config.operators,
    reviews: config.reviews,
    commanderCalls: config.incidents.commander,
    pages: config.incidents.page,
    onCall: config.incidents.onCall,
    ownRoles: config.incidents.roles,
    incidentChannel: config.incidents.channel,
    statusPage: config.incidents.statusPage,
    issues: config.incidents.issues,
    pagesUrl: config.incidents.pagesUrl,
    looksAfterEnd: config.incidents.lookAfterEnd,
    waits: config.waits,
    http: config.http,
    guests: config.guests,
    rights: config.rights,
    slack: {
      botToken: config.slack.botToken,
      installs: installSettings(config.slack),
      transport:
        options.mode === 'socket'
          ? { kind: 'socket', appToken: 'xapp-of-the-tests' }
          : { kind: 'http', signingSecret: SIGNING_SECRET, express: web.express },
      apiUrl: config.slack.apiUrl?.href,
      acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
      callPaces: CALL_PACES,
    },
  });
  serveWebhooks(web, bot.webhooks);
  const { feedUrl } = config.incidents.statusPage;
  if (feedUrl !== undefined) serveStatusFeed(web, statusFeed(store, feedUrl));
  const { log = silentLog } = options;
  if (bot.pages !== undefined) servePersonalPages(web, bot.pages);
  if (bot.install !== undefined) serveInstall(web, bot.install);
  serveApi(web, composeApi(config, { store, investigation, isForAll: bot.isForAll, isOwn: bot.isOwn, log }));
  const routes = routesOf(web);
  const server = await listen(web, 0, '127.0.0.1');
  await bot.start();
  return {
    /** `GET /healthz`: each address of the web server with a handler of its own. */
    routes,
    url: `http://127.0.0.1:${server.port}`,
    store,
    dataFolder,
    /** As on SIGTERM. */
    async stop() {
      await server.stop();
      await bot.stop(config.waits.stopSeconds * 1_000);
      await store.close();
    },
    forget: () => rm(dataFolder, { recursive: true, force: true }),
  };
}

function routesOf({ express }: WebApp): readonly string[] {
  const found = express.router.stack.flatMap(({ route }) => {
    const methods = [...new Set(route?.stack.map(({ method }) => method.toUpperCase()))];
    return [route?.path ?? []].flat().flatMap((path) => methods.map((method) => `${method} ${path}`));
  });
  return [...new Set(found)];
}

export type TestBot = Awaited<ReturnType<typeof openBot>>;

/** On a clock that the test moves: its ticks wait for the commits too. */
async function countedStore(dataFolder: string, clock: Clock): Promise<Store> {
  const file = join(dataFolder, STORE_FILE);
  await layEmptyStore(file);
  openings += 1;
  const newId = uuidV7(clock, chanceOf(openings));
  return openStore({ ...sqlite(file, { log: countedSync(walSync(file)) }), clock, newId });
}

/** After a restart in the same instant, the ids must be others. */
let openings = 0;
