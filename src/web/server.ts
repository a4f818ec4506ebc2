/**
 * The one express app of every mode: health, Slack's HTTP endpoint, webhooks, the playground.
 * There is no global body parser: Slack and webhooks sign the raw bytes.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { ConfigError } from '#core/errors.ts';
import type { Webhooks } from '#core/webhook.ts';

/** Why the process is not ready to take work; empty when it is. */
export type Readiness = () => Promise<readonly string[]>;

export function webApp(notReady: Readiness): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  // Alive says only that the event loop turns: a store or a backend that is down is no reason to kill the process.
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const reasons = await notReady();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .type('text/plain')
      .send(reasons.length === 0 ? 'ready\n' : `not ready: ${reasons.join('; ')}\n`);
  });
  return app;
}

/** An alert has a few kilobytes, a group of a thousand of them less than this. */
const WEBHOOK_BYTES = 1_000_000;

/** Bytes as they came: what is signed must not be unpacked or parsed before. */
export function serveWebhooks(app: Express, webhooks: Webhooks): void {
  const raw = express.raw({ type: () => true, limit: WEBHOOK_BYTES, inflate: false });
  for (const [path, webhook] of Object.entries(webhooks)) {
    app.post(path, raw, async (request, response) => {
      const body: unknown = request.body;
      const { status, text } = await webhook({
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        header: (name) => request.get(name),
      });
      response.status(status).type('text/plain').send(text);
    });
    app.use(path, refused);
  }
}

/** Too large, packed, broken off: told by its status, without a page that shows our innards. */
const refused: ErrorRequestHandler = (error, _request, response, _next) => {
  const given: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
  const status = typeof given === 'number' && given >= 400 ? given : 500;
  response
    .status(status)
    .type('text/plain')
    .send(status === 413 ? `more than ${WEBHOOK_BYTES} bytes\n` : 'the request could not be read\n');
};

export type Listening = Readonly<{
  port: number;
  /** Takes no new connections, lets running requests end, closes idle ones. */
  stop(): Promise<void>;
}>;

export async function listen(app: Express, port: number, host?: string): Promise<Listening> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusedPort(error, port)));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
  return { port: (server.address() as AddressInfo).port, stop: () => stop(server) };
}

function refusedPort(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new ConfigError(`port ${port} is in use: set PORT to another one`);
  if (error.code === 'EACCES') return new ConfigError(`port ${port} needs more rights: set PORT to one above 1023`);
  return error;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
