/**
 * Creates the Bolt app of each workspace, and the receiver of all. The transport differs (HTTP, Socket Mode, the
 * playground). In all of them, the inbox wraps the receiver, so every request is stored first.
 *
 *   HTTP          ExpressReceiver, mounted on our express app and never started itself
 *   Socket Mode   SocketModeReceiver, which connects out
 *   playground    a receiver from the caller
 */
import {
  App,
  type AppOptions,
  ExpressReceiver,
  type ExpressReceiverOptions,
  HTTPModuleFunctions,
  type Logger,
  LogLevel,
  type Receiver,
  type ReceiverEvent,
  type ReceiverProcessEventErrorHandlerArgs,
  SocketModeReceiver,
} from '@slack/bolt';
import { WebAPIPlatformError, WebClient, type WebClientOptions } from '@slack/web-api';
import { Agent, buildConnector } from 'undici';
import { systemClock, within } from '#core/clock.ts';
import { ConfigError, UnreadableInputError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { ACKNOWLEDGE_WITHIN_MS, type InboxOptions, type InboxReceiver, inboxReceiver } from './inbox-receiver.ts';
import { LARGEST_SLACK_BYTES } from './request-headers.ts';
import { webApiFetch } from './slack-answer.ts';

export type SlackTransport =
  | Readonly<{ kind: 'http'; signingSecret: string; express: NonNullable<ExpressReceiverOptions['app']> }>
  | Readonly<{ kind: 'socket'; appToken: string }>
  | Readonly<{ kind: 'given'; receiver: Receiver }>;

export type SlackSettings = Readonly<{
  botToken: string;
  transport: SlackTransport;
  /** Slack's own if missing. Ends in `/`. */
  apiUrl?: string | undefined;
  /** The network if missing; the playground answers in memory. */
  fetch?: WebClientOptions['fetch'];
  /** As in `InboxOptions`. */
  acknowledgeWithinMs?: number;
  /** The time limit of one call to Slack. The outbox decides about retries. @default 10000 */
  callTimeoutMs?: number;
}>;

const CALL_TIMEOUT_MS = 10_000;

/**
 * The client's own retries are off because they post twice: a lost answer is not a lost message. Its own waiting after
 * a 429 is off because it blocks every channel of the workspace. The outbox does both.
 */
export function slackClientOptions(
  settings: Pick<SlackSettings, 'apiUrl' | 'fetch' | 'callTimeoutMs'>,
  log: Log,
): WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: settings.callTimeoutMs ?? CALL_TIMEOUT_MS,
    logger: boltLogger(log),
    ...(settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl }),
    ...(settings.fetch === undefined ? {} : { fetch: settings.fetch }),
  };
}

export function slackClient(settings: SlackSettings, log: Log): WebClient {
  // Not for Bolt: it calls response URLs with the same fetch, and those answer a plain `ok`.
  return new WebClient(settings.botToken, {
    ...slackClientOptions(settings, log),
    fetch: webApiFetch(settings.fetch),
  });
}

/** Gives each request to the app of its workspace. Throws what the sender has to repeat. */
export type RouteEvent = (event: ReceiverEvent) => Promise<void>;

/** Stores each request, and gives it to the route. */
export function openSlackReceiver(
  settings: Omit<SlackSettings, 'botToken'>,
  { route, ...options }: Pick<InboxOptions, 'store' | 'log' | 'isForUs'> & Readonly<{ route: RouteEvent }>,
): InboxReceiver {
  const { log } = options;
  const inner = innerReceiver(settings, boltLogger(log));
  const receiver = inboxReceiver(inner, { ...options, acknowledgeWithinMs: settings.acknowledgeWithinMs });
  // The receivers use the app only to pass on events.
  receiver.init(Object.create(App.prototype, { processEvent: { value: route } }) as App);
  return receiver;
}

/** The app of one workspace, which gets its requests from the route. */
export function slackApp(settings: SlackSettings, log: Log): App {
  const options: AppOptions = {
    receiver: NO_RECEIVER,
    logger: boltLogger(log),
    clientOptions: slackClientOptions(settings, log),
    // Ours, because Bolt's own remembers a failed auth.test for the life of the process.
    authorize: async ({ teamId }) => ({
      botToken: settings.botToken,
      ...(teamId === undefined ? {} : { teamId }),
    }),
    ignoreSelf: false, // it would need our own ids, which must be requested
    convoStore: false,
    extendedErrorHandler: true,
  };
  return new App(options);
}

const NO_RECEIVER: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };

/** Bolt answers 404 so long after an event had to be acknowledged: then Slack does not wait any more. */
const REFUSED_AFTER_MS = 1_000;

function innerReceiver(settings: Omit<SlackSettings, 'botToken'>, logger: Logger): Receiver {
  const { transport, apiUrl, acknowledgeWithinMs = ACKNOWLEDGE_WITHIN_MS } = settings;
  switch (transport.kind) {
    case 'http':
      return new ExpressReceiver({
        signingSecret: transport.signingSecret,
        app: transport.express,
        logger,
        processEventErrorHandler,
        unhandledRequestTimeoutMillis: acknowledgeWithinMs + REFUSED_AFTER_MS,
      });
    case 'socket':
      return socketReceiver(transport.appToken, apiUrl, logger);
    case 'given':
      return transport.receiver;
  }
}

/** What is no request of Slack will be none the next time either: not a 500, which Slack repeats. */
async function processEventErrorHandler(args: ReceiverProcessEventErrorHandlerArgs): Promise<boolean> {
  if (!(args.error instanceof UnreadableInputError)) return HTTPModuleFunctions.defaultProcessEventErrorHandler(args);
  args.response.writeHead(400).end(`${args.error.message}\n`);
  return false;
}

/** Slack gets pings every few seconds: a connection without any byte for this long is dead. */
const DEAD_AFTER_MS = 60_000;

/** The connection to Slack: a message may be as large as one over HTTP. The client's default is 128 MB. */
function socketDispatcher(): Agent {
  const connect = buildConnector({ allowH2: false });
  return new Agent({
    webSocket: { maxPayloadSize: LARGEST_SLACK_BYTES },
    connect: (options, callback) =>
      connect(options, (...result) => {
        const socket = result[1];
        socket?.setTimeout(DEAD_AFTER_MS, () => socket.destroy());
        callback(...result);
      }),
  });
}

/**
 * Slack renews each connection every few hours, and the client connects anew after five seconds. The other connection
 * takes what comes meanwhile: Slack sends each request to one that is open. It allows ten for one app.
 */
const CONNECTIONS = 2;
/** The second connection may have to wait for a place: the bot works with one. */
const SECOND_WITHIN_MS = 5_000;
const CONNECT_AGAIN_MS = 5_000;

function socketReceiver(appToken: string, apiUrl: string | undefined, logger: Logger): Receiver {
  const connections = Array.from({ length: CONNECTIONS }, () => socketConnection(appToken, apiUrl, logger));
  return {
    init(app) {
      for (const { init } of connections) init(app);
    },
    async stop() {
      await Promise.all(connections.map(({ stop }) => stop()));
    },
    async start() {
      const [first, ...others] = connections;
      await first?.start();
      const opened = Promise.all(others.map(({ start }) => start()));
      await within(systemClock, SECOND_WITHIN_MS, opened.catch(logger.error));
    },
  };
}

function socketConnection(appToken: string, apiUrl: string | undefined, logger: Logger): Receiver {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    dispatcher: socketDispatcher(),
    // Its own retries stay on: a repeated request for a connection posts nothing twice.
    installerOptions: {
      clientOptions: { timeout: CALL_TIMEOUT_MS, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) },
    },
  });
  const stopped = new AbortController();
  const { client } = receiver;
  const { start } = client;
  const connect = async () => {
    const opened = await Reflect.apply(start, client, []);
    if (stopped.signal.aborted) await receiver.stop();
    return opened;
  };
  let isFirst = true;
  // The client also calls it to connect anew. Nobody hears a failure then, so that it would end the process: of a token
  // that Slack refuses for a moment, or of a connection that is stopped while it waits for a place.
  client.start = async () => {
    if (isFirst) {
      isFirst = false;
      return await connect();
    }
    while (!stopped.signal.aborted) {
      try {
        return await connect();
      } catch (error) {
        logger.error('the connection to Slack could not be renewed', error);
        await systemClock.sleep(CONNECT_AGAIN_MS, stopped.signal);
      }
    }
    return { ok: false };
  };
  return {
    init: (app) => receiver.init(app),
    async stop() {
      stopped.abort();
      await receiver.stop();
    },
    async start() {
      try {
        await receiver.start();
      } catch (error) {
        if (!(error instanceof WebAPIPlatformError)) throw error;
        throw new ConfigError(`Slack does not accept SLACK_APP_TOKEN (${error.data.error})`, { cause: error });
      }
    },
  };
}

/** Bolt's log in ours. Its debug lines contain whole bodies, so they are dropped at every level. */
export function boltLogger(log: Log): Logger {
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (first: unknown, ...rest: unknown[]) =>
      log[level]({ said: [first, ...rest].map(text).join(' ') }, 'slack library');
  return {
    debug: () => undefined,
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

function text(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
