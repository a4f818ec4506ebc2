/**
 * Serves the Model Context Protocol at `/mcp`. Before a byte of a body is kept, a request needs a known Host, no foreign
 * Origin, and the token: a page in a browser on the same machine could reach the port, too (DNS rebinding).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { WebhookHeaders, WebhookReply } from '#core/webhook.ts';
import { hasFewValues } from '#operations/few-values.ts';
import { headersOf, rawBodyOf, refuse } from '#web/request-bodies.ts';
import type { WebApp } from '#web/server.ts';

export const MCP_PATH = '/mcp';

export type McpDoor = Readonly<{
  /** Whether the Authorization header has the token; undefined without one, which only loopback may have. */
  isAllowed: ((authorization: string | undefined) => boolean) | undefined;
  /** Names of this server as clients write them, in lower case, with or without the port. */
  hosts: ReadonlySet<string>;
  maxBytes: number;
  handle(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void>;
}>;

export function serveMcp({ express: app, bodies }: WebApp, { isAllowed, hosts, maxBytes, handle }: McpDoor): void {
  const refusal = ({ header }: WebhookHeaders) => refused({ header }, hosts, isAllowed);
  const admit: RequestHandler = (request, response, next) => {
    const reply = refusal(headersOf(request));
    if (reply === undefined) return next();
    if (reply.status === 401) response.set('www-authenticate', 'Bearer');
    refuse(request, response, reply);
  };
  app.all(MCP_PATH, admit);
  app.post(MCP_PATH, bodies.read({ maxBytes, refuse: () => undefined }), async (request, response) => {
    const raw = rawBodyOf(request);
    const body = hasFewValues(raw) ? jsonOf(raw) : TOO_MANY;
    if ('value' in body) return await handle(request, response, body.value);
    response.status(400).json({ jsonrpc: '2.0', error: body.error, id: null });
  });
  app.delete(MCP_PATH, async (request, response) => {
    await handle(request, response);
  });
  // The server sends nothing of its own accord, so it offers no stream.
  app.all(MCP_PATH, (request, response) => {
    response.set('allow', 'POST, DELETE');
    refuse(request, response, { status: 405, text: 'send POST with a JSON-RPC message\n' });
  });
}

type Refused = Readonly<{ error: Readonly<{ code: number; message: string }> }>;

/** The codes are of JSON-RPC 2.0, section 5.1. */
const NO_JSON: Refused = { error: { code: -32_700, message: 'the body is not JSON' } };
const TOO_MANY: Refused = { error: { code: -32_600, message: 'the message has more members than any call needs' } };

function refused(
  { header }: Pick<WebhookHeaders, 'header'>,
  hosts: ReadonlySet<string>,
  isAllowed: McpDoor['isAllowed'],
): WebhookReply | undefined {
  if (!isKnown(header('host'), hosts)) {
    return { status: 403, text: 'unknown Host: add the name of this server to MCP_HOSTS\n' };
  }
  const origin = header('origin');
  if (origin !== undefined && !isKnown(URL.parse(origin)?.host, hosts)) {
    return { status: 403, text: 'foreign Origin: add its host to MCP_HOSTS if it may ask\n' };
  }
  if (isAllowed !== undefined && !isAllowed(header('authorization'))) {
    return { status: 401, text: 'invalid or missing bearer token\n' };
  }
  return undefined;
}

/** `mcp.example.com:8080` is known as such, or as `mcp.example.com`. */
function isKnown(host: string | undefined, hosts: ReadonlySet<string>): boolean {
  const given = host?.toLowerCase() ?? '';
  return hosts.has(given) || hosts.has(given.replace(/:\d{1,5}$/, ''));
}

function jsonOf(raw: Uint8Array): Refused | Readonly<{ value: unknown }> {
  try {
    return { value: JSON.parse(Buffer.from(raw).toString()) ?? null };
  } catch {
    return NO_JSON;
  }
}
