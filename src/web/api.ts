/**
 * Serves the REST API. A request passes these in order, and nothing of its body is kept before the last:
 *
 *   rate ──► token ──► route ──► scope ──► type, length ──► body ──► operation
 *   429      401       404, 405  403       415, 411, 413    408
 */
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { type ApiReply, refusal } from '#api/calls.ts';
import type { ProblemStatus } from '#api/problem.ts';
import { API_PATH, type Matched, matchRoute } from '#api/routes.ts';
import type { WebhookReply } from '#core/webhook.ts';
import type { Operation } from '#operations/operation.ts';
import { discardRest, rawBodyOf } from '#web/request-bodies.ts';
import { measureResponse, type WebApp } from '#web/server.ts';

/** A token that was checked. */
export type Holder = Readonly<{ id: string; scopes: readonly string[] }>;

export type ApiDoor<Checked extends Holder> = Readonly<{
  maxBytes: number;
  /** Requests of one token within a minute. */
  perMinute: number;
  deadlineMs: number;
  /** The JSON of the OpenAPI document. */
  document(): string;
  /** The id of the token in an `Authorization` header, if there is a token with this id. Its secret is not looked at. */
  idIn(authorization: string | undefined): Promise<string | undefined>;
  /** Undefined if no valid token is in the header. */
  check(authorization: string | undefined): Promise<Checked | undefined>;
  /** Before the call, so that no answer leaves without its entry in the audit log. */
  noteUse(holder: Checked, operation: Operation): Promise<void>;
  answer(
    holder: Checked,
    asked: Readonly<{
      operation: Operation;
      inPath: Readonly<Record<string, string>>;
      query: URLSearchParams;
      body?: Uint8Array | undefined;
      signal: AbortSignal;
    }>,
  ): Promise<ApiReply>;
  /** Hears why a request failed before its operation. */
  onFailure(error: unknown): ApiReply;
}>;

const WINDOW_MS = 60_000;
/** One address may send so many requests without a known token. They are refused in any case. */
const STRANGERS_PER_MINUTE = 60;

export function serveApi<Checked extends Holder>({ express: app, bodies }: WebApp, door: ApiDoor<Checked>): void {
  /** What the earlier handlers found. */
  const found = new WeakMap<IncomingMessage, { id?: string | undefined; holder?: Checked; matched?: Operational }>();
  const ofRequest = (request: IncomingMessage) => {
    const known = found.get(request) ?? {};
    found.set(request, known);
    return known;
  };

  const identify: RequestHandler = async (request, _response, next) => {
    ofRequest(request).id = await door.idIn(request.get('authorization'));
    next();
  };
  const limit = rateLimit({
    windowMs: WINDOW_MS,
    // Senders behind one proxy share its address. A token counts for itself, so that no stranger locks it out.
    keyGenerator: (request) => {
      const { id } = ofRequest(request);
      return id === undefined ? `address ${ipKeyGenerator(request.ip ?? '')}` : `token ${id}`;
    },
    limit: (request) => (ofRequest(request).id === undefined ? STRANGERS_PER_MINUTE : door.perMinute),
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false },
    handler: (request, response) => {
      response.set('retry-after', `${WINDOW_MS / 1_000}`);
      const detail = 'More requests within a minute than are allowed.';
      send(request, response, refusal(429, 'too-many-requests', detail, 'Wait a minute.'));
    },
  });
  const admit: RequestHandler = async (request, response, next) => {
    const authorization = request.get('authorization');
    const holder = await door.check(authorization);
    if (holder === undefined) {
      const error = authorization === undefined ? '' : ' error="invalid_token"';
      response.set('www-authenticate', `Bearer${error}`);
      const advice = 'Send `Authorization: Bearer spanhound_…`. `spanhound token create` makes a token.';
      return send(request, response, refusal(401, 'no-token', 'A valid token is missing.', advice));
    }
    const [path = ''] = request.url.split('?');
    const matched = matchRoute(request.method, path);
    if (matched.kind !== 'operation') return sendUnmatched(request, response, matched);
    const { scope } = matched.operation;
    if (!holder.scopes.includes(scope)) {
      response.set('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
      const detail = `The token lacks the scope ${scope}.`;
      return send(
        request,
        response,
        refusal(403, 'scope', detail, `Make one: spanhound token create --scope ${scope}`),
      );
    }
    Object.assign(ofRequest(request), { holder, matched });
    next();
  };
  const read = bodies.read({
    maxBytes: door.maxBytes,
    refuse: ({ header }) =>
      isJson(header('content-type')) ? undefined : { status: 415, text: 'the content type is not application/json\n' },
    write: (request, response, reply) => send(request, response, replyFor(reply)),
  });
  const call: RequestHandler = async (request, response) => {
    const { holder, matched } = ofRequest(request);
    if (holder === undefined || matched === undefined) throw new Error('the request was not admitted');
    await door.noteUse(holder, matched.operation);
    const left = new AbortController();
    response.once('close', () => left.abort());
    const query = new URLSearchParams(request.url.slice((request.url.split('?')[0] ?? '').length));
    const body = request.method === 'POST' ? rawBodyOf(request) : undefined;
    const signal = AbortSignal.any([left.signal, AbortSignal.timeout(door.deadlineMs)]);
    const { operation, inPath } = matched;
    const reply = await door.answer(holder, { operation, inPath, query, body, signal });
    if (!response.closed) send(request, response, reply);
  };

  app.use(API_PATH, measureResponse('api'), (_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  app.get(`${API_PATH}/openapi.json`, (request, response) => {
    send(request, response, { status: 200, type: 'application/json', body: door.document() });
  });
  app.use(API_PATH, identify, limit, admit);
  app.use(API_PATH, (request, response, next) => (request.method === 'POST' ? read(request, response, next) : next()));
  app.use(API_PATH, call);
  app.use(API_PATH, (error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    send(request, response, door.onFailure(error));
  });
}

type Operational = Extract<Matched, { kind: 'operation' }>;

function send(request: Request, response: Response, { status, type, body }: ApiReply): void {
  response.status(status).set('content-type', `${type}; charset=utf-8`);
  if (status === 503) response.set('retry-after', '5');
  response.end(body);
  discardRest(request);
}

function sendUnmatched(request: Request, response: Response, matched: Exclude<Matched, Operational>): void {
  if (matched.kind === 'unknown') {
    const advice = `GET ${API_PATH}/openapi.json lists the routes.`;
    send(request, response, refusal(404, 'no-route', 'There is no such route.', advice));
    return;
  }
  const allow = matched.allowed.join(', ');
  response.set('allow', allow);
  send(request, response, refusal(405, 'wrong-method', 'The route has no such method.', `Use ${allow}.`));
}

function isJson(type: string | undefined): boolean {
  return /^application\/json\s*(?:;|$)/i.test(type ?? '');
}

const ADVICE: Readonly<Record<number, string>> = {
  408: 'Send the whole body at once.',
  411: 'Send a JSON object, with its Content-Length.',
  413: 'Send less, or give the id of the trace instead of its JSON.',
  415: 'Send `Content-Type: application/json`, and the body uncompressed.',
  503: 'Send it again in a moment.',
};

/** What `bodies` refuses, as a problem. */
function replyFor({ status, text }: WebhookReply): ApiReply {
  const said = text.trimEnd();
  const detail = `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
  return refusal(status as ProblemStatus, 'body', detail, ADVICE[status] ?? 'Send it again in another form.');
}
