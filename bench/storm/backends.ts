/**
 * Jaeger and Loki of five systems that have nothing to do with each other. Each has six services and, from an instant
 * on, a fault of its own:
 *
 *   web ─► gateway ─► orders ─► store ─► what fails
 *   app ─► gateway ─► stock  ─► store ─► what fails
 *
 * A request of each way begins every second. Jaeger's searches are answered as Jaeger does: newest first, up to a limit.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const CAUSES = ['refused', 'slow', 'thrown', 'timeout', 'limited'] as const;
export type CauseName = (typeof CAUSES)[number];

const ROLES = ['web', 'app', 'gateway', 'orders', 'stock', 'store'] as const;

export function servicesOf(cause: CauseName): readonly string[] {
  return ROLES.map((role) => `${cause}-${role}`);
}

type Tags = Readonly<Record<string, string | number | boolean>>;
type Drawn = Readonly<{
  service: string;
  operation: string;
  atMs: number;
  ms: number;
  tags: Tags;
  logs?: Tags;
  children?: readonly Drawn[];
}>;

const EVERY_US = 1_000_000;
const NO_LINES = '{"status":"success","data":{"resultType":"streams","result":[],"stats":{}}}';

export async function openStormBackends(faultsFromUs: () => number) {
  let asked = 0;
  const answerTo = (path: string, search: URLSearchParams): string | undefined => {
    if (path === '/jaeger/api/services') return JSON.stringify({ data: CAUSES.flatMap(servicesOf) });
    if (path === '/jaeger/api/traces') return JSON.stringify({ data: found(search, faultsFromUs()) });
    if (path.startsWith('/jaeger/api/traces/')) return one(path.slice('/jaeger/api/traces/'.length), faultsFromUs());
    return path === '/loki/loki/api/v1/query_range' ? NO_LINES : undefined;
  };
  const server = createServer((request, response) => {
    asked += 1;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const answer = answerTo(pathname, searchParams);
    response.setHeader('content-type', 'application/json');
    if (answer === undefined)
      response.writeHead(404).end('{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}');
    else response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    jaegerUrl: `${url}/jaeger`,
    lokiUrl: `${url}/loki`,
    asked: () => asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function found(search: URLSearchParams, faultsFromUs: number): object[] {
  const service = search.get('service') ?? '';
  const cause = CAUSES.find((name) => service.startsWith(`${name}-`));
  if (cause === undefined) return [];
  const [fromUs, toUs] = [Number(search.get('start')), Math.min(Number(search.get('end')), Date.now() * 1_000)];
  const limit = Number(search.get('limit') ?? 20);
  const isFailed = (search.get('tags') ?? '').includes('error');
  const since = Math.ceil((isFailed ? Math.max(fromUs, faultsFromUs) : fromUs) / EVERY_US);
  const ways = waysThrough(service);
  const traces: object[] = [];
  for (let n = Math.floor(toUs / EVERY_US); n >= since && traces.length < limit; n -= 1) {
    const isFaulty = n * EVERY_US >= faultsFromUs;
    traces.push(...ways.map((way) => traceOf({ cause, way, n, isFaulty })));
  }
  return traces.slice(0, limit);
}

function waysThrough(service: string): readonly Way[] {
  if (/-(web|orders)$/.test(service)) return ['web'];
  return /-(app|stock)$/.test(service) ? ['app'] : ['web', 'app'];
}

type Way = 'web' | 'app';

type Asked = Readonly<{ cause: CauseName; way: Way; n: number; isFaulty: boolean }>;

/** The id of the n-th of all requests that began in that second. */
export function traceIdAt(n: number, second: number): string {
  const cause = CAUSES[n % CAUSES.length] ?? 'refused';
  return idOf({ cause, way: n % 2 === 0 ? 'web' : 'app', n: second, isFaulty: true });
}

function idOf({ cause, way, n }: Asked): string {
  return `${CAUSES.indexOf(cause) + 1}${way === 'web' ? 1 : 2}${n.toString(16).padStart(30, '0')}`;
}

function one(id: string, faultsFromUs: number): string | undefined {
  const cause = CAUSES[Number(id[0]) - 1];
  const n = Number.parseInt(id.slice(2), 16);
  if (cause === undefined || !Number.isFinite(n)) return undefined;
  const asked: Asked = { cause, way: id[1] === '1' ? 'web' : 'app', n, isFaulty: n * EVERY_US >= faultsFromUs };
  return JSON.stringify({ data: [traceOf(asked)] });
}

function traceOf(asked: Asked): object {
  const { cause, way, n, isFaulty } = asked;
  const traceID = idOf(asked);
  const spans: object[] = [];
  const processes: Record<string, object> = {};
  const write = (drawn: Drawn, parentId: string | undefined): void => {
    const spanID = (spans.length + 1).toString(16).padStart(16, '0');
    processes[drawn.service] = { serviceName: drawn.service, tags: [] };
    const startTime = n * EVERY_US + drawn.atMs * 1_000;
    spans.push({
      traceID,
      spanID,
      operationName: drawn.operation,
      references: parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID, spanID: parentId }],
      startTime,
      duration: drawn.ms * 1_000,
      tags: tagsOf(drawn.tags),
      logs: drawn.logs ? [{ timestamp: startTime + drawn.ms * 1_000 - 1, fields: tagsOf(drawn.logs) }] : [],
      processID: drawn.service,
    });
    for (const child of drawn.children ?? []) write(child, spanID);
  };
  write(rootOf(cause, way, isFaulty), undefined);
  return { traceID, spans, processes };
}

function tagsOf(tags: Tags): object[] {
  return Object.entries(tags).map(([key, value]) => ({
    key,
    type: typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string',
    value,
  }));
}

function rootOf(cause: CauseName, way: Way, isFaulty: boolean): Drawn {
  const leaf = isFaulty ? FAULTS[cause](cause) : healthyLeaf(cause);
  const failed = leaf.tags.error === true;
  const middle = way === 'web' ? 'orders' : 'stock';
  const status = failed ? 500 : 200;
  const hop = (name: string, path: string, inner: Drawn): Drawn => {
    const server = wrapped(`${cause}-${name}`, `POST ${path}`, 'server', inner, status, failed);
    return server;
  };
  const called = (name: string, path: string, inner: Drawn): Drawn =>
    wrapped(`${cause}-${name}`, `POST ${path}`, 'client', inner, status, failed);
  const store = hop('store', '/reserve', leaf);
  const own = hop(middle, `/${middle}`, called(middle, '/reserve', store));
  const gateway = hop('gateway', `/${middle}`, called('gateway', `/${middle}`, own));
  return hop(way, '/checkout', called(way, `/${middle}`, gateway));
}

function wrapped(
  service: string,
  operation: string,
  kind: string,
  inner: Drawn,
  status: number,
  failed: boolean,
): Drawn {
  const [, path = ''] = operation.split(' ');
  return {
    service,
    operation,
    atMs: inner.atMs - 1,
    ms: inner.ms + 2,
    tags: {
      'span.kind': kind,
      'http.request.method': 'POST',
      'http.route': path,
      'http.response.status_code': status,
      ...(failed && { error: true, 'otel.status_code': 'ERROR' }),
    },
    children: [inner],
  };
}

const QUERY = 'SELECT id, amount FROM reservations WHERE sku = $1';

function sql(cause: CauseName, ms: number, tags: Tags = {}, logs?: Tags): Drawn {
  return {
    service: `${cause}-store`,
    operation: 'SELECT reservations',
    atMs: 10,
    ms,
    tags: {
      'span.kind': 'client',
      'db.system.name': 'postgresql',
      'db.query.text': QUERY,
      'server.address': `pg-${cause}.internal`,
      ...tags,
    },
    ...(logs && { logs }),
  };
}

function healthyLeaf(cause: CauseName): Drawn {
  return sql(cause, 6);
}

function failing(type: string, message: string): { tags: Tags; logs: Tags } {
  return {
    tags: { error: true, 'otel.status_code': 'ERROR', 'otel.status_description': message, 'error.type': type },
    logs: { event: 'exception', 'exception.type': type, 'exception.message': message },
  };
}

const FAULTS: Readonly<Record<CauseName, (cause: CauseName) => Drawn>> = {
  refused(cause) {
    const { tags, logs } = failing('ConnectionRefused', `connect ECONNREFUSED pg-${cause}.internal:5432`);
    return sql(cause, 20, tags, logs);
  },
  slow: (cause) => sql(cause, 3_200),
  thrown(cause) {
    const { tags, logs } = failing('NullPointerException', 'Cannot invoke "Price.amount()" because "price" is null');
    return {
      service: `${cause}-store`,
      operation: 'reserve',
      atMs: 10,
      ms: 4,
      tags: { 'span.kind': 'internal', ...tags },
      logs,
    };
  },
  timeout(cause) {
    const { tags, logs } = failing('QueryTimeout', 'canceling statement due to statement timeout');
    return sql(cause, 5_000, tags, logs);
  },
  limited(cause) {
    const { tags, logs } = failing('TooManyRequests', '429 Too Many Requests');
    return {
      service: `${cause}-store`,
      operation: 'POST /v1/charges',
      atMs: 10,
      ms: 35,
      tags: {
        'span.kind': 'client',
        'http.request.method': 'POST',
        'url.full': 'https://api.payments.example/v1/charges',
        'server.address': 'api.payments.example',
        'http.response.status_code': 429,
        ...tags,
      },
      logs,
    };
  },
};
