/**
 * The protocol over streamable HTTP: one session for each client, with a server of its own. `web/mcp.ts` has checked the
 * request and read its body.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { NewId } from '#core/ids.ts';
import type { McpServers } from '#mcp/server.ts';

export type HttpSessions = Readonly<{
  /** `body`: the parsed JSON of a POST. */
  handle(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void>;
  close(): Promise<void>;
}>;

/** A session keeps a hundred kilobytes. Beyond this number, the server ends the session that was idle for the longest time, and its client begins a new one. */
const MOST_SESSIONS = 100;

export function httpSessions(servers: Pick<McpServers, 'open'>, newId: NewId): HttpSessions {
  /** The longest idle first. */
  const sessions = new Map<string, StreamableHTTPServerTransport>();

  async function begin(): Promise<StreamableHTTPServerTransport> {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: newId,
      onsessioninitialized: (id) => {
        sessions.set(id, transport);
        const [oldest] = sessions;
        if (sessions.size > MOST_SESSIONS && oldest !== undefined) void oldest[1].close();
      },
    });
    transport.onclose = () => void (transport.sessionId && sessions.delete(transport.sessionId));
    // The stream of a cancelled request would stay open, because no response ends it.
    await servers.open((id) => transport.closeSSEStream(id)).connect(transport as Connectable);
    return transport;
  }

  return {
    async handle(request, response, body) {
      const id = request.headers['mcp-session-id'];
      if (typeof id === 'string') {
        const known = sessions.get(id);
        if (known === undefined) return answerUnknown(response);
        sessions.delete(id);
        sessions.set(id, known);
        return await known.handleRequest(request, response, body);
      }
      const transport = await begin();
      await transport.handleRequest(request, response, body);
      if (transport.sessionId === undefined) await transport.close(); // the message did not begin a session
    },
    async close() {
      await Promise.all([...sessions.values()].map((transport) => transport.close()));
    },
  };
}

/** By 404 a client knows that it has to begin a session: modelcontextprotocol.io, 2025-11-25, basic/transports. */
function answerUnknown(response: ServerResponse): void {
  const error = { code: -32_001, message: 'unknown session: initialize again' };
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
}

/** The SDK's own types of its callbacks differ by an `undefined`. */
type Connectable = Parameters<ReturnType<McpServers['open']>['connect']>[0];
