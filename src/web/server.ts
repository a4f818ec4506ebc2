/**
 * The one express app of every mode: health, Slack's HTTP endpoint, the playground, later webhooks and report pages.
 * There is no global body parser: Slack and webhooks sign the raw bytes.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { ConfigError } from '#core/errors.ts';

/** Why the process is not ready to take work; empty when it is. */
export type Readiness = () => readonly string[];

export function webApp(notReady: Readiness): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  // Alive says only that the event loop turns: a store or a backend that is down is no reason to kill the process.
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const reasons = notReady();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .type('text/plain')
      .send(reasons.length === 0 ? 'ready\n' : `not ready: ${reasons.join('; ')}\n`);
  });
  return app;
}

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
