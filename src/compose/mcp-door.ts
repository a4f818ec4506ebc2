/** Composes the ways by which clients reach the MCP server. */
import type { Readable, Writable } from 'node:stream';
import type { Config } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { ConfigError } from '#core/errors.ts';
import { uuidV7 } from '#core/ids.ts';
import type { McpServers } from '#mcp/server.ts';

export type HttpPlace = Readonly<{ host: string; port: number; mcp: Config['mcp'] }>;

/** Resolves when the client has closed the input and has its answers. */
export async function serveStdio(
  servers: McpServers,
  { input, output }: Readonly<{ input: Readable; output: Writable }>,
): Promise<void> {
  const [{ stdioTransport }, { MOST_MESSAGE_BYTES }] = await Promise.all([
    import('#mcp/stdio.ts'),
    import('#operations/sent-texts.ts'),
  ]);
  const transport = stdioTransport({ input, output, maxBytes: MOST_MESSAGE_BYTES });
  const server = servers.open();
  await server.connect(transport);
  await transport.ended;
  await server.close();
}

/** Throws ConfigError if others than this machine could ask without a token. */
export async function serveHttp(
  servers: McpServers,
  { host, port, mcp: { token, hosts } }: HttpPlace,
): Promise<Readonly<{ url: string; stop(): Promise<void> }>> {
  if (token === undefined && !isLoopback(host)) {
    throw new ConfigError(`other machines reach ${host}, and MCP_TOKEN is not set: set it, or leave --host away`);
  }
  if (token !== undefined && !/[^\s,]/.test(token)) throw new ConfigError('MCP_TOKEN contains no token');
  const [{ httpSessions }, { MOST_MESSAGE_BYTES }, { webApp, listen }, { MCP_PATH, serveMcp }, { isAllowedByToken }] =
    await Promise.all([
      import('#mcp/http-sessions.ts'),
      import('#operations/sent-texts.ts'),
      import('#web/server.ts'),
      import('#web/mcp.ts'),
      import('#adapters/bearer-token.ts'),
    ]);
  const sessions = httpSessions(servers, uuidV7(systemClock));
  const app = webApp(async () => []);
  const names = new Set(hosts.map((name) => name.toLowerCase()));
  serveMcp(app, {
    isAllowed: token === undefined ? undefined : (authorization) => isAllowedByToken(token, authorization),
    hosts: names,
    maxBytes: MOST_MESSAGE_BYTES,
    handle: sessions.handle,
  });
  const listening = await listen(app, port, host, { portSetting: '--port' });
  for (const name of [...LOOPBACK, host]) names.add(`${inAddress(name)}:${listening.port}`.toLowerCase());
  return {
    url: `http://${inAddress(host)}:${listening.port}${MCP_PATH}`,
    async stop() {
      await sessions.close();
      await listening.stop();
    },
  };
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function inAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
