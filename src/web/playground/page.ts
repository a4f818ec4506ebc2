/**
 * The playground's page and its requests. It listens on this machine only, but a web site in the same browser can reach
 * this machine too. So it refuses a foreign host name (DNS rebinding) and a foreign origin (a request from another site),
 * and the page may load and run only its own files.
 */
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import type { Log } from '#core/log.ts';
import type { Chosen, Interactions, Marked, Pressed, Submitted, Typed } from '#web/playground/interactions.ts';
import type { SlackManifest } from '#web/playground/manifest.ts';
import { BOT, YOU } from '#web/playground/people.ts';
import { Refusal } from '#web/playground/refusal.ts';
import type { RecordedCase } from '#web/playground/welcome.ts';
import { ARCHIVES, type Workspace } from '#web/playground/workspace.ts';
import { type RequestBodies, rawBodyOf } from '#web/request-bodies.ts';

export type PlaygroundPage = Readonly<{
  router: Router;
  /** Ends the open event streams, which would keep the server open. */
  close(): void;
}>;

const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page sends a line of text or a form; Slack's limit of a message is 40,000 characters. */
const LARGEST_BODY_BYTES = 200_000;

export function playgroundPage(options: {
  workspace: Workspace;
  interactions: Interactions;
  manifest: SlackManifest;
  cases: readonly RecordedCase[];
  /** Makes PagerDuty post the alert of the recorded incident. */
  sendAlert(): Promise<unknown>;
  /** Lets the colleagues play a P0. Resolves at its end. */
  playP0(): Promise<void>;
  bodies: RequestBodies;
  log: Log;
}): PlaygroundPage {
  const { workspace, interactions, manifest, cases, sendAlert, playP0, bodies, log } = options;
  const streams = new Set<Response>();
  const router = Router();
  router.use(onlyThisMachine, strictPolicy);

  router.get('/', (_request, response) => response.sendFile(CLIENT_PAGE));
  router.use('/playground', express.static(CLIENT_FOLDER, { index: false, cacheControl: false }));

  router.get('/playground/events', (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    // Snapshot and subscription in one turn of the event loop: no change falls between them.
    const { people } = workspace;
    send('snapshot', {
      you: YOU.id,
      bot: BOT.id,
      archives: ARCHIVES,
      people,
      manifest,
      cases,
      ...workspace.snapshot(),
    });
    const unsubscribe = workspace.subscribe((change) => send('change', change));
    streams.add(response);
    request.on('close', () => {
      unsubscribe();
      streams.delete(response);
    });
  });

  router.get('/playground/files/:id', (request, response) => {
    const found = workspace.file(request.params.id);
    if (found === undefined) return response.sendStatus(404);
    const { name, mimetype } = found.file;
    // Only pictures are shown directly; everything else is a download, never a page.
    if (!mimetype.startsWith('image/')) response.attachment(name);
    return response.type(mimetype).send(Buffer.from(found.bytes));
  });

  const json = bodies.read({
    maxBytes: LARGEST_BODY_BYTES,
    // Another site's form can send any type but JSON without a preflight request.
    refuse: ({ header }) =>
      /^application\/json\b/.test(header('content-type') ?? '') ? undefined : { status: 415, text: 'send JSON\n' },
  });
  router.post(
    '/playground/say',
    json,
    answering((body: Typed) => interactions.say(body)),
  );
  router.post(
    '/playground/press',
    json,
    answering((body: Pressed) => interactions.press(body)),
  );
  router.post(
    '/playground/shortcut',
    json,
    answering((body: Chosen) => interactions.shortcut(body)),
  );
  router.post(
    '/playground/mark',
    json,
    answering((body: Marked) => interactions.mark(body)),
  );
  router.post(
    '/playground/send-alert',
    json,
    answering(async () => {
      await sendAlert();
    }),
  );
  router.post(
    '/playground/play-p0',
    json,
    answering(() => playP0()),
  );
  router.post(
    '/playground/submit',
    json,
    answering((body: Submitted) => interactions.submit(body)),
  );
  router.post(
    '/playground/close-modal',
    json,
    answering(() => interactions.closeModal()),
  );
  router.post(
    '/playground/open-home',
    json,
    answering((body: Pick<Typed, 'as'>) => interactions.openHome(body)),
  );

  return {
    router,
    close() {
      for (const stream of streams) stream.end();
    },
  };

  function answering<Body, Result>(work: (body: Body) => Promise<Result> | Result) {
    return async (request: Request, response: Response): Promise<void> => {
      try {
        response.json({ result: (await work(bodyOf<Body>(request))) ?? null });
      } catch (error) {
        if (error instanceof Refusal) {
          response.status(400).json({ error: error.message });
          return;
        }
        log.error({ error }, 'the playground could not do what the page asked');
        response.status(500).json({ error: 'internal_error' });
      }
    };
  }
}

function bodyOf<Body>(request: Request): Body {
  try {
    return JSON.parse(new TextDecoder().decode(rawBodyOf(request))) as Body;
  } catch {
    throw new Refusal('no_json');
  }
}

const CLIENT_FOLDER = fileURLToPath(new URL('client/', import.meta.url));
const CLIENT_PAGE = fileURLToPath(new URL('client/index.html', import.meta.url));

function onlyThisMachine(request: Request, response: Response, next: NextFunction): void {
  const host = request.headers.host ?? '';
  const { origin } = request.headers;
  const ownHost = URL.canParse(`http://${host}`) && OWN_NAMES.has(new URL(`http://${host}`).hostname);
  const ownOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (ownHost && ownOrigin) {
    next();
    return;
  }
  response
    .status(403)
    .type('text/plain')
    .send('The playground answers only to a browser on this machine, as http://localhost.\n');
}

function strictPolicy(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  next();
}
