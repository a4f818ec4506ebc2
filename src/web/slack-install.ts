/**
 * Installs the app in a workspace by a link. The addresses carry Slack's code and the state, so the answers are kept
 * nowhere, and no other site learns the address.
 *
 *   GET /slack/install          ──► Slack's page of consent
 *   GET /slack/oauth_redirect   ──► installed · refused, with a sentence
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { installedHtml, notInstalledHtml } from '#present/documents/install-page.ts';
import type { WebApp } from '#web/server.ts';

export type InstallPages = Readonly<{
  begin(request: IncomingMessage, response: ServerResponse): Promise<void>;
  finish(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<
    Readonly<{ kind: 'installed'; workspace: string }> | Readonly<{ kind: 'refused'; status: number; problem: string }>
  >;
}>;

const POLICY = ["default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "frame-ancestors 'none'"].join(
  '; ',
);

const WINDOW_MS = 60_000;
/**
 * How many requests one address may send in the window; behind a proxy, all people together. A finished installation calls
 * Slack twice, and Slack takes about a hundred calls of `oauth.v2.access` a minute. Few people install an app at a time.
 */
const MOST_REQUESTS = 30;
/** Slack's codes have about 100 characters, our states 120. */
const MOST_ADDRESS_CHARS = 2_000;

export function serveInstall({ express: app }: WebApp, { begin, finish }: InstallPages): void {
  const paths = ['/slack/install', '/slack/oauth_redirect'];
  app.use(paths, (_request, response, next) => {
    response.set({
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
    next();
  });
  app.get(paths, limited(), (request, response, next) => {
    if (request.originalUrl.length <= MOST_ADDRESS_CHARS) return next();
    response.status(414).type('text/plain').send('the address is too long\n');
  });
  app.get('/slack/install', async (request, response) => await begin(request, response));
  app.get('/slack/oauth_redirect', async (request, response) => {
    const outcome = await finish(request, response);
    const isInstalled = outcome.kind === 'installed';
    response
      .status(isInstalled ? 200 : outcome.status)
      .type('text/html')
      .send(isInstalled ? installedHtml(outcome.workspace) : notInstalledHtml(outcome.problem));
  });
}

function limited(): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: MOST_REQUESTS,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false },
    handler: (_request, response) => {
      response.set('retry-after', `${WINDOW_MS / 1_000}`);
      response.status(429).type('text/plain').send(`more than ${MOST_REQUESTS} requests in a minute: wait a minute\n`);
    },
  });
}
