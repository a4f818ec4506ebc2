/**
 * The express app of every mode: health, Slack's HTTP endpoint, webhooks, the playground.
 * There is no global body parser: Slack and webhooks sign the raw bytes, and each route checks the headers first.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { ConfigError } from '#core/errors.ts';
import { publish } from '#core/measures.ts';
import type { Webhooks } from '#core/webhook.ts';
import { limitConnections, oneRequestAtATime } from '#web/connections.ts';
import { limitRefused, type RefusedLimit } from '#web/rate-limit.ts';
import {
  type BodyRules,
  headersOf,
  type RequestBodies,
  rawBodyOf,
  refuse,
  requestBodies,
} from '#web/request-bodies.ts';
import { inTurn, type Turns } from '#web/turns.ts';

/** Why the process is not ready to take work; empty when it is. */
export type Readiness = () => Promise<readonly string[]>;

export type WebApp = Readonly<{ express: Express; bodies: RequestBodies }>;

export type WebAppOptions = Readonly<{
  /** Rules by path. The bodies are read here, and requests take turns; another handler on the app answers. */
  admitted?: Readonly<Record<string, BodyRules & Readonly<{ turns?: Turns }>>>;
  bodies?: RequestBodies;
  /** Without it, refused requests are not limited. */
  refused?: RefusedLimit | undefined;
  /** What is wrong although it takes work, for the operator; asked at each question, so it must not wait for others. */
  warnings?: () => readonly string[];
}>;

export function webApp(
  notReady: Readiness,
  { admitted = {}, bodies = requestBodies(), refused, warnings = () => [] }: WebAppOptions = {},
): WebApp {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  // Alive means only that the event loop runs: a store or a backend that is down is no reason to kill the process.
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const reasons = await notReady();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .type('text/plain')
      .send([reasons.length === 0 ? 'ready' : `not ready: ${reasons.join('; ')}`, ...warnings(), ''].join('\n'));
  });
  if (refused !== undefined) {
    app.set('trust proxy', refused.proxies);
    app.use(limitRefused(refused));
  }
  for (const [path, { turns, ...rules }] of Object.entries(admitted)) {
    app.post(path, bodies.read(rules));
    if (turns !== undefined) app.post(path, inTurn(turns));
  }
  return { express: app, bodies };
}

/** Passes unchanged bytes: signed content must not be unpacked or parsed first. */
export function serveWebhooks({ express: app, bodies }: WebApp, webhooks: Webhooks): void {
  for (const [path, webhook] of Object.entries(webhooks)) {
    app.post(path, measureResponse(path.slice(path.lastIndexOf('/') + 1)));
    app.post(path, bodies.read(webhook), async (request, response) => {
      const { status, text } = await webhook.answer({
        body: rawBodyOf(request),
        ...headersOf(request),
      });
      response.status(status).type('text/plain').send(text);
    });
  }
}

/** Publishes how long the sender waited for its answer. */
export function measureResponse(source: string): RequestHandler {
  return (_request, response, next) => {
    const since = performance.now();
    response.once('close', () => {
      const isOk = response.writableFinished && response.statusCode < 400;
      publish({ kind: 'received', name: source, isOk, seconds: (performance.now() - since) / 1_000 });
    });
    next();
  };
}

export function serveMetrics({ express: app }: WebApp, page: RequestHandler): void {
  app.get('/metrics', page);
}

/**
 * Slack and alerting systems open a few connections at a time. 500 leave room below the 1,024 open files that many
 * systems allow a process.
 */
const MOST_CONNECTIONS = 500;

/** Node's default, named here because it limits the headers. Slack's headers have less than 2 kB. */
const MOST_HEADER_BYTES = 16_384;
/** Headers come in one packet or two. */
const HEADERS_TIMEOUT_MS = 5_000;
/** Above the time limit of a body, so that a slow sender gets that answer first. */
const REQUEST_TIMEOUT_MS = 15_000;
/** How often Node checks connections against these limits. */
const CHECK_EVERY_MS = 1_000;
const KEEP_ALIVE_MS = 5_000;
/** While the server stops. */
const SWEEP_EVERY_MS = 50;

export type Listening = Readonly<{
  port: number;
  /** Accepts no new connections, lets running requests finish, closes idle connections. */
  stop(): Promise<void>;
}>;

export type ListenOptions = Readonly<{
  /** How long an idle connection stays open. */
  keepAliveMs?: number;
  /** The setting that people change if the port is taken. */
  portSetting?: string;
}>;

export async function listen(
  { express: app }: WebApp,
  port: number,
  host?: string,
  { keepAliveMs = KEEP_ALIVE_MS, portSetting = 'PORT' }: ListenOptions = {},
): Promise<Listening> {
  const server = createServer({
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: keepAliveMs,
  });
  oneRequestAtATime(server);
  limitConnections(server, MOST_CONNECTIONS);
  app.use((request, response) =>
    refuse(request, response, { status: 404, text: 'not found, or not with this method\n' }),
  );
  server.on('request', (request, response) => {
    if (!request.socket.destroyed) app(request, response);
  });
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusedPort(error, port, portSetting)));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
  return { port: (server.address() as AddressInfo).port, stop: () => stop(server) };
}

/** Answers malformed requests too, so that the sender learns the reason. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const [status, text] = CLIENT_ERRORS[error.code ?? ''] ?? ['400 Bad Request', 'not an HTTP request'];
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n`;
    socket.write(`${head}Content-Length: ${text.length + 1}\r\n\r\n${text}\n`);
  }
  socket.destroySoon();
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [status: string, text: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    `the request did not arrive in time: headers within ${HEADERS_TIMEOUT_MS / 1_000} s, all of it within ${REQUEST_TIMEOUT_MS / 1_000} s`,
  ],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', `the headers have more than ${MOST_HEADER_BYTES} bytes`],
};

function refusedPort(error: NodeJS.ErrnoException, port: number, setting: string): Error {
  if (error.code === 'EADDRINUSE') return new ConfigError(`port ${port} is in use: set ${setting} to another one`);
  if (error.code === 'EACCES')
    return new ConfigError(`port ${port} needs more permissions: set ${setting} to one above 1023`);
  return error;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A sender keeps its connection after its answer: one that becomes idle now would stay for the whole keep-alive time.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
