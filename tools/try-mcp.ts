/**
 * Tries the MCP server with the inspector of the protocol's authors, over standard input and over HTTP: lists, calls of
 * tools, and refusals. Both ways have to give the same answers. Ends with 2 if the inspector cannot be installed.
 *
 * https://github.com/modelcontextprotocol/inspector
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const INSPECTOR = '@modelcontextprotocol/inspector@2.12.0';
const NOT_INSTALLED = 2;
const CALL_MS = 60_000;
const START_MS = 20_000;

const root = fileURLToPath(new URL('../', import.meta.url));
const SERVER = [join(root, 'spanhound'), 'mcp', '--case', join(root, 'samples/login-outage')];
const TRACE_ID = 'fce0337fbacae56c700ae61350afce97';

/** The inspector ends with 5 for a tool that answers with an error. */
const TOOL_ERROR = 5;
const call = (tool: string, ...args: readonly string[]) => [
  ...['tools/call', '--tool-name', tool],
  ...args.flatMap((arg) => ['--tool-arg', arg]),
];
const TRIED: readonly Readonly<{ asks: readonly string[]; code: number; says: RegExp }>[] = [
  // It ends with another code if a schema has an error.
  { asks: ['tools/list', '--strict'], code: 0, says: /"name": "diagnose_trace"/ },
  { asks: ['resources/list'], code: 0, says: /"resources": \[\]/ },
  { asks: ['prompts/list'], code: 0, says: /"prompts": \[\]/ },
  { asks: call('list_services'), code: 0, says: /"name": "user-service"/ },
  { asks: call('read_case', 'case=login-outage'), code: 0, says: /has run out of database connections/ },
  { asks: call('diagnose_trace', `id=${TRACE_ID}`), code: 0, says: /user-service/ },
  { asks: call('diagnose_trace', 'id=nothing'), code: TOOL_ERROR, says: /"isError": true/ },
];

type Ended = Readonly<{ code: number; said: string; wrong: string }>;

const folder = mkdtempSync(join(tmpdir(), 'spanhound-inspected-'));
/** The inspector keeps a file of its own in the home of whoever runs it. */
const env = { ...process.env, HOME: folder };

async function ended(program: string, args: readonly string[]): Promise<Ended> {
  const child = execFile(program, args, { cwd: folder, env, timeout: CALL_MS, maxBuffer: 10_000_000 });
  const closed = once(child, 'close');
  const [said, wrong] = await Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')));
  const [code] = await closed;
  return { code: typeof code === 'number' ? code : -1, said: said ?? '', wrong: wrong ?? '' };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What is wrong with the answers to all questions; '' if nothing is. */
async function tried(inspector: string, port: number): Promise<string> {
  const ask = (target: readonly string[], asks: readonly string[]) =>
    ended(process.execPath, [inspector, '--cli', ...target, '--method', ...asks]);
  for (const { asks, code, says } of TRIED) {
    const own = await ask(SERVER, asks);
    const served = await ask([`http://127.0.0.1:${port}/mcp`, '--transport', 'http'], asks);
    const name = asks.join(' ');
    if (own.code !== code || !says.test(own.said)) return `${name} ended with ${own.code}: ${own.wrong.slice(0, 300)}`;
    if (served.code !== code || served.said !== own.said) return `${name} has another answer over HTTP`;
    console.log(`${name}: as it should be`);
  }
  return '';
}

async function inspected(): Promise<number> {
  const installed = await ended('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, INSPECTOR]);
  if (installed.code !== 0) {
    console.log(`the inspector cannot be installed: ${installed.wrong.trim().split('\n').at(-1)}`);
    return NOT_INSTALLED;
  }
  const port = await freePort();
  const [program = '', ...args] = SERVER;
  const server = spawn(program, [...args, '--http', '--port', `${port}`], { stdio: ['ignore', 'inherit', 'pipe'] });
  try {
    await once(server.stderr, 'data', { signal: AbortSignal.timeout(START_MS) });
    const wrong = await tried(join(folder, 'node_modules', '.bin', 'mcp-inspector'), port);
    console.log(wrong === '' ? `the inspector asked ${TRIED.length} questions twice` : `WRONG: ${wrong}`);
    return wrong === '' ? 0 : 1;
  } finally {
    server.kill();
  }
}

try {
  process.exitCode = await inspected();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
