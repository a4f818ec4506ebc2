/** `GET /status.json` and `GET /status.rss`: approved updates for customers. Everybody may read them. */
import type { RequestHandler } from 'express';
import type { WebApp } from '#web/server.ts';

export type StatusFeed = Readonly<{ json(): Promise<string>; rss(): Promise<string> }>;

/** However many read it, the store is asked this often. */
const FRESH_MS = 5_000;
/** Readers and proxies between may keep it for as long. */
const CACHE = 'public, max-age=30';

export function serveStatusFeed({ express: app }: WebApp, feed: StatusFeed, nowMs = () => performance.now()): void {
  app.get('/status.json', served('application/json', keptFor(FRESH_MS, feed.json, nowMs)));
  app.get('/status.rss', served('application/rss+xml', keptFor(FRESH_MS, feed.rss, nowMs)));
}

function served(type: string, read: () => Promise<string>): RequestHandler {
  return async (_request, response) => {
    try {
      const text = await read();
      // A page of the team's own may show it.
      response.set({ 'cache-control': CACHE, 'access-control-allow-origin': '*' });
      response.type(type).send(text);
    } catch {
      // The log and /readyz say why; strangers need not know.
      response.status(503).type('text/plain').send('not available now\n');
    }
  };
}

/** Many at once share one reading. */
function keptFor(ms: number, read: () => Promise<string>, nowMs: () => number): () => Promise<string> {
  let kept: Readonly<{ text: Promise<string>; untilMs: number }> | undefined;
  return async () => {
    if (kept === undefined || kept.untilMs <= nowMs()) {
      const text = read();
      kept = { text, untilMs: nowMs() + ms };
      text.catch(() => {
        kept = undefined;
      });
    }
    return await kept.text;
  };
}
