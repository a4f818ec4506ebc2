/**
 * The playground: a page on this machine that looks like a Slack channel and uses the same listeners as Slack.
 *
 *   page ──HTTP──► interactions ──► receiver ──► Bolt, our listeners, jobs, outbox
 *     ▲                                                        │ the real Slack client
 *     └──events── workspace (Slack in memory) ◄──── fetch ◄────┘
 *
 * Nothing leaves the machine, and only this machine has access.
 */
import { readFile } from 'node:fs/promises';
import type { Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import type { Clock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import type { Log } from '#core/log.ts';
import { type AlertApp, postAlert, pressAlert } from '#web/playground/alert-app.ts';
import { INCIDENTS } from '#web/playground/channels.ts';
import { openInteractions } from '#web/playground/interactions.ts';
import { readManifest } from '#web/playground/manifest.ts';
import { playgroundPage } from '#web/playground/page.ts';
import { p0Player } from '#web/playground/played-p0.ts';
import { inProcessReceiver } from '#web/playground/receiver.ts';
import { PLAYGROUND_API_URL, PLAYGROUND_TOKEN, slackFetch } from '#web/playground/web-api.ts';
import { type RecordedCase, welcome } from '#web/playground/welcome.ts';
import { type Message, openWorkspace } from '#web/playground/workspace.ts';
import { listen, type Readiness, webApp } from '#web/server.ts';
import { type StatusFeed, serveStatusFeed } from '#web/status-feed.ts';

/** The bot's replacement for Slack. */
export type PlaygroundSlack = Readonly<{ botToken: string; apiUrl: string; fetch: FetchFunction; receiver: Receiver }>;

export type PlaygroundOptions = Readonly<{
  /** 0 lets the system choose. */
  port: number;
  /** The folder with `manifest.json` and `samples/`. */
  root: URL;
  /** The evidence of each played incident goes here. The bot reads it as a source. */
  evidenceFolder: string;
  /** Further sources of `/trace`, in words: `Jaeger at http://localhost:16686`. */
  sources?: readonly string[];
  /** The settings for your own traces and logs. */
  settings?: readonly string[];
  notReady?: Readiness;
  /** What customers would read at `/status.json` and `/status.rss`. */
  statusFeed?: StatusFeed;
  clock: Clock;
  newId: NewId;
  log: Log;
  /** How long it waits for an acknowledgement and for a form. Slack waits three seconds. */
  waitMs: number;
  /** Between two steps of the played P0. @default so long that people can read along */
  stepMs?: number;
  /** Makes the bot over this Slack, with its listeners registered and its jobs and outbox running. */
  connect(slack: PlaygroundSlack): Promise<Readonly<{ stop(): Promise<void> }>>;
}>;

const STEP_MS = 1_500;

export type Playground = Readonly<{ url: string; port: number; stop(): Promise<void> }>;

export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const {
    port,
    root,
    evidenceFolder,
    sources = [],
    settings = [],
    notReady = async () => [],
    statusFeed,
    clock,
    newId,
    log,
    waitMs,
    stepMs = STEP_MS,
    connect,
  } = options;
  const manifest = readManifest(await readFile(new URL('manifest.json', root), 'utf8'));
  const cases = await recordedCases(new URL('samples/index.json', root), log);

  const workspace = openWorkspace({ clock, newId, triggerLifeMs: waitMs });
  const receiver = inProcessReceiver({ clock, waitMs });
  const bot = await connect({
    botToken: PLAYGROUND_TOKEN,
    apiUrl: PLAYGROUND_API_URL,
    fetch: slackFetch(workspace),
    receiver,
  });

  const pressApp = (message: Message, actionId: string) => pressAlert(alertApp, message, actionId);
  const interactions = openInteractions({ workspace, receiver, manifest, pressApp, clock, newId });
  const recorded = new URL('samples/login-outage/', root);
  const alertApp: AlertApp = { workspace, deliver: interactions.deliver, recorded, evidenceFolder, clock, newId };
  const sendAlert = () => postAlert(alertApp, INCIDENTS);
  const playP0 = p0Player({ workspace, interactions, channelId: INCIDENTS, clock, stepMs });
  const web = webApp(notReady);
  const page = playgroundPage({ workspace, interactions, manifest, cases, sendAlert, playP0, bodies: web.bodies, log });
  web.express.use(page.router);
  if (statusFeed !== undefined) serveStatusFeed(web, statusFeed);
  const listening = await listen(web, port, '127.0.0.1').catch(async (error: unknown) => {
    await bot.stop();
    throw error;
  });

  workspace.post(INCIDENTS, welcome(cases, sources, settings));
  return {
    url: `http://localhost:${listening.port}`,
    port: listening.port,
    async stop() {
      // The page's event streams never end by themselves.
      page.close();
      await listening.stop();
      await bot.stop();
    },
  };
}

/** Without its samples, the page still works with the configured sources. */
async function recordedCases(index: URL, log: Log): Promise<readonly RecordedCase[]> {
  try {
    return JSON.parse(await readFile(index, 'utf8')) as RecordedCase[];
  } catch (error) {
    log.warn({ index: index.pathname, error: String(error) }, 'cannot read the recorded cases');
    return [];
  }
}
