/** `spanhound mcp`: serves the tools of the Model Context Protocol, over standard input and output or over HTTP. */
import { readFileSync } from 'node:fs';
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { composeMcp } from '#compose/mcp.ts';
import { serveHttp, serveStdio } from '#compose/mcp-door.ts';
import { loadConfig } from '#config/load.ts';
import { UsageError } from '#core/errors.ts';
import { shownLines } from '#present/words/plain-text.ts';

export type McpOptions = Readonly<{ http?: true; host?: string; port?: string; case?: readonly string[] }>;

/** Beside the bot's 3000. */
const DEFAULT_PORT = 3100;
const DEFAULT_HOST = '127.0.0.1';

export async function mcp(call: Call, { http, host, port, case: offered = [] }: McpOptions): Promise<number> {
  if (call.options.out !== undefined) {
    throw new UsageError('a server writes no file', 'Leave --out away: the client reads standard output.');
  }
  if (http === undefined && (host ?? port) !== undefined) {
    throw new UsageError('--host and --port belong to --http', 'Usage: spanhound mcp --http --port 3100');
  }
  const config = loadConfig(call.env, call.options.config);
  const portNumber = port === undefined ? DEFAULT_PORT : portIn(port);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { servers, stop } = await composeMcp(config, { offered, version, onBug: (error) => tellBug(error, call.env) });
  try {
    if (http === undefined) {
      if (process.stdin.isTTY) say('waiting for an MCP client on standard input; Ctrl-C ends the server');
      await serveStdio(servers, { input: process.stdin, output: process.stdout });
      return EXIT.done;
    }
    const server = await serveHttp(servers, { host: host ?? DEFAULT_HOST, port: portNumber, mcp: config.mcp });
    say(`MCP server at ${server.url}${config.mcp.token === undefined ? ', without a token' : ''}`);
    await signalled();
    await server.stop();
    return EXIT.done;
  } finally {
    await stop();
  }
}

function portIn(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError('--port is not a port', 'Write a number from 0 to 65535; 0 takes any free port.');
}

/** Standard output belongs to the protocol. */
function say(text: string): void {
  process.stderr.write(`spanhound: ${text}\n`);
}

function tellBug(error: unknown, env: Call['env']): void {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  say(shownLines(`bug: ${env.SPANHOUND_DEBUG ? stack : message}`));
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
