/**
 * One service of the shop, as a process of its own. Its faults are real: its loop is busy, its pool has one connection,
 * its lock is held by somebody else, its code throws.
 *
 *   frontend ─► cart ─────────────► store
 *            └► checkout ─► inventory ─┘
 */
import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenSpan, openTelemetry, type Place } from './telemetry.ts';

export type Role = 'frontend' | 'cart' | 'checkout' | 'inventory' | 'store';

/** `busy`: something else computes on its loop. `pool`: one connection to the store. `lock`: a recount holds the stock. */
export type Fault = 'busy' | 'pool' | 'lock' | 'error' | 'coupon' | 'one-by-one';

export type Program = Readonly<{
  role: Role;
  service: string;
  version: string;
  pod: string;
  /** Shared with the version that it replaces. */
  port: number;
  /** Its own: faults come in here. */
  adminPort: number;
  upstreams: Readonly<Partial<Record<Role, string>>>;
  otlpUrl: string;
  lokiUrl: string;
  /** From its start on. */
  faults: readonly Fault[];
}>;

const program = JSON.parse(process.env.SHOP_PROGRAM ?? '') as Program;
const { role, service, upstreams } = program;
const telemetry = openTelemetry(program);
const faults = new Set<Fault>(program.faults);

type Answer = Readonly<Record<string, unknown>>;
type Asked = Readonly<{ place: Place; body: Answer }>;

class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
}
class StockMismatchError extends Error {
  override readonly name = 'StockMismatchError';
}

/** So many waiters and holders at once; who comes first is served first. */
function openTurns(size: () => number) {
  const waiting: (() => void)[] = [];
  let used = 0;
  const next = () => {
    while (used < size() && waiting.length > 0) {
      used += 1;
      waiting.shift()?.();
    }
  };
  return {
    used: () => used,
    waiting: () => waiting.length,
    async take(): Promise<() => void> {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        next();
      });
      return () => {
        used -= 1;
        next();
      };
    },
  };
}

const POOL_SIZE = 10;
const pool = openTurns(() => (faults.has('pool') ? 1 : POOL_SIZE));
const lock = openTurns(() => 1);

/** About a millisecond of its own. */
function work(rounds = 300): void {
  let digest = Buffer.from(service);
  for (let round = 0; round < rounds; round += 1) digest = createHash('sha256').update(digest).digest();
}

/** Differs from request to request as a disk does, and alike in each run. */
let asked = 0;
async function read(ms: number): Promise<void> {
  asked += 1;
  await sleep(ms + ((asked * 7) % 5));
}

/** Every second one. */
let tried = 0;
function isUnlucky(): boolean {
  tried += 1;
  return tried % 2 === 0;
}

const ITEMS = ['sku-12', 'sku-31', 'sku-47', 'sku-58', 'sku-63', 'sku-70', 'sku-84', 'sku-91'];

/** What waited longer than this is worth a line. */
const TOLD_MS = 100;

const ROUTES: Readonly<Record<string, (asked: Asked) => Promise<Answer>>> = {
  'frontend GET /cart': async ({ place }) => await call(place, 'cart', 'GET /items'),
  'frontend POST /orders': async ({ place }) => {
    const { items } = await call(place, 'cart', 'GET /items');
    return await call(place, 'checkout', 'POST /checkout', { items });
  },
  'cart GET /items': async ({ place }) => {
    work();
    const rows = await call(place, 'store', 'GET /carts');
    if (faults.has('error') && isUnlucky()) throw new RangeError('cart has 0 rows of version 3');
    telemetry.line('info', 'cart read', place);
    return rows;
  },
  'checkout POST /checkout': async ({ place, body }) => {
    work();
    if (faults.has('coupon')) {
      // A cart of one who has no coupon.
      const cart: { coupon?: { percent: number } } = isUnlucky() ? {} : { coupon: { percent: 15 } };
      telemetry.line('info', `discount of ${(cart.coupon as { percent: number }).percent} percent`, place);
    }
    const reserved = await call(place, 'inventory', 'POST /reserve', body);
    telemetry.line('info', 'order placed', place);
    return reserved;
  },
  'inventory POST /reserve': async ({ place, body }) => {
    work();
    const items = body.items as readonly string[];
    if (faults.has('error') && isUnlucky()) throw new StockMismatchError('stock of sku-31 is negative: -4');
    const begunMs = performance.now();
    const release = await pool.take();
    const waitedMs = Math.round(performance.now() - begunMs);
    if (waitedMs > TOLD_MS) {
      const words = `no free connection to the store for ${waitedMs} ms: ${pool.used()} of 1 in use, ${pool.waiting()} waiting`;
      telemetry.line('warn', words, place);
    }
    try {
      if (!faults.has('one-by-one')) await call(place, 'store', 'GET /stock', { items });
      else for (const item of items) await call(place, 'store', 'GET /stock', { items: [item] });
      work();
      // What it weighs it weighs with the connection in its hands.
      await read(80);
      await call(place, 'store', 'POST /stock', { items });
    } finally {
      release();
    }
    telemetry.line('info', `reserved ${items.length} items`, place);
    return { reserved: items };
  },
  'store GET /carts': async () => {
    await read(8);
    return { items: ITEMS };
  },
  'store GET /stock': async ({ body }) => {
    await read(30);
    return { stock: (body.items as readonly string[]).length };
  },
  'store POST /stock': async ({ place }) => {
    await read(30);
    const begunMs = performance.now();
    const waiters = lock.waiting();
    const release = await lock.take();
    const waitedMs = Math.round(performance.now() - begunMs);
    if (waitedMs > TOLD_MS)
      telemetry.line('warn', `waited ${waitedMs} ms for the lock on table stock behind ${waiters + 1} others`, place);
    work();
    release();
    return { ok: true };
  },
};

/** A report that somebody asked for, in pieces on the loop that serves the requests. */
function compute(): void {
  if (!faults.has('busy')) return;
  const untilMs = performance.now() + 45;
  while (performance.now() < untilMs) work();
  setImmediate(compute);
}

/** A recount of all rows, again and again. */
async function recount(): Promise<void> {
  while (faults.has('lock')) {
    const release = await lock.take();
    await sleep(600);
    release();
    await sleep(20);
  }
}

async function call(place: Place, to: Role, route: string, body: Answer = {}): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const span = telemetry.span(`${method} ${path}`, 'client', place, {
    'http.request.method': method,
    'url.path': path,
    'server.address': service.replace(role, to),
  });
  try {
    const { status, text } = await send(`${upstreams[to]}${path}`, method, JSON.stringify({ body }), span);
    if (status >= 400) throw new UpstreamError(`${route} of ${to} answered ${status}`);
    span.end({ 'http.response.status_code': status });
    return JSON.parse(text) as Answer;
  } catch (error) {
    span.end({}, error);
    throw error;
  }
}

/** A connection for each request: a service that is replaced must not leave one behind. */
function send(url: string, method: string, body: string, { traceId, spanId, isSampled }: Place) {
  return new Promise<Readonly<{ status: number; text: string }>>((resolve, reject) => {
    const headers = {
      traceparent: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`,
      'content-length': Buffer.byteLength(body),
    };
    const sending = httpRequest(url, { method, agent: false, headers }, async (answer) => {
      resolve({ status: answer.statusCode ?? 0, text: await textOf(answer) });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function serve(request: IncomingMessage): Promise<Readonly<{ status: number; text: string }>> {
  const { method = '', url = '', headers } = request;
  const text = await textOf(request);
  if (url === '/metrics') return { status: 200, text: telemetry.page(gauges()) };
  const route = `${method} ${url}`;
  const handler = ROUTES[`${role} ${route}`];
  if (handler === undefined) return { status: 404, text: '{}' };
  const [, traceId, spanId, flags] = String(headers.traceparent ?? '').split('-');
  const parent = traceId && spanId ? { traceId, spanId, isSampled: flags === '01' } : undefined;
  const about = { 'http.request.method': method, 'http.route': url };
  const span = telemetry.span(route, 'server', parent, about);
  const begunMs = performance.now();
  const { status, answer, error } = await answered(handler, span, text);
  span.end({ 'http.response.status_code': status }, error);
  telemetry.took(route, status, (performance.now() - begunMs) / 1_000);
  return { status, text: JSON.stringify(answer) };
}

async function answered(handler: (asked: Asked) => Promise<Answer>, span: OpenSpan, text: string) {
  try {
    const { body = {} } = (text === '' ? {} : JSON.parse(text)) as { body?: Answer };
    return { status: 200, answer: await handler({ place: span, body }), error: undefined };
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    telemetry.line('error', `${name}: ${message}`, span, name === 'UpstreamError' ? {} : { stack });
    return { status: name === 'UpstreamError' ? 502 : 500, answer: { error: name }, error };
  }
}

function turn(now: readonly Fault[]): void {
  faults.clear();
  for (const fault of now) faults.add(fault);
  compute();
  void recount();
}

function gauges(): Readonly<Record<string, number>> {
  if (role !== 'inventory') return {};
  const labels = 'db_client_connection_pool_name="store"';
  return {
    [`db_client_connection_count{${labels},db_client_connection_state="used"}`]: pool.used(),
    [`db_client_connection_max{${labels}}`]: faults.has('pool') ? 1 : POOL_SIZE,
    [`db_client_connection_pending_requests{${labels}}`]: pool.waiting(),
  };
}

const server = createServer(async (request, response) => {
  const { status, text } = await serve(request);
  response.writeHead(status, { connection: 'close' });
  response.end(text);
});
const admin = createServer(async (request, response) => {
  if (request.method === 'POST') turn(JSON.parse(await textOf(request)) as Fault[]);
  response.end();
});
process.once('SIGTERM', () => {
  admin.close();
  server.close(() => void telemetry.close().then(() => process.exit(0)));
});
const host = '127.0.0.1';
server.listen({ port: program.port, host, reusePort: true }, () => admin.listen(program.adminPort, host));
