/**
 * One trace as Jaeger's query API gives it, of any size, always the same bytes for the same size: about 730 bytes a span,
 * with the tags that SDKs send. Spans come as they end, children before their parents, as exporters send them.
 *
 *   gateway: POST /import
 *     worker: import page                          one for every fifty orders
 *       worker: GET /orders/{id}                   eleven spans an order: three services, SQL, Redis, a message and its
 *                                                  consumer; one order in a thousand fails at a deadlock
 */
import { open } from 'node:fs/promises';

/** Spans of one order; see `order`. */
const SPANS_AN_ORDER = 11;
const ORDERS_A_PAGE = 50;
/** Between two orders the worker thinks. */
const BETWEEN_US = 400;
/** One order in so many fails. */
const FAILS_ONCE_IN = 997;
/** One order in so many takes five times as long. */
const SLOW_ONCE_IN = 101;
/** 2026-01-06T14:30:00Z in microseconds. */
const BEGINS_US = 1_767_709_800_000_000;
/** Written at once: a trace of a million spans is longer than the longest string. */
const PIECE_CHARS = 1_000_000;

type Tag = Readonly<{ key: string; type: 'string' | 'int64' | 'bool'; value: string | number | boolean }>;
type Log = Readonly<{ timestamp: number; fields: readonly Tag[] }>;
type Place = Readonly<{ id: number; parent: number; atUs: number; us: number }>;
type Made = Readonly<{ endUs: number; json: string }>;

export const GENERATED_TRACE_ID = 'b1a5edc0ffee4dad8badf00dcafe2026';

const SERVICES = ['gateway', 'worker', 'order-service', 'stock-service', 'mail-service'];

/** In memory, exactly that many spans, at least one. */
export function generateTrace(spans: number): Buffer {
  return Buffer.concat([...tracePieces(spans)].map((piece) => Buffer.from(piece)));
}

/** The same bytes as a file, however many they are. */
export async function writeTrace(path: string, spans: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const piece of tracePieces(spans)) await file.write(piece);
  } finally {
    await file.close();
  }
}

function* tracePieces(spans: number): Generator<string> {
  let piece = `{"data":[{"traceID":"${GENERATED_TRACE_ID}","spans":[`;
  for (const json of spansOf(spans)) {
    piece += json;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  const processes = SERVICES.map((service, index) => `"p${index + 1}":${processOf(service)}`).join(',');
  yield `${piece}],"processes":{${processes}},"warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}\n`;
}

/** With a comma after each but the last, which is the root. */
function* spansOf(spans: number): Generator<string> {
  const orders = Math.max(0, Math.floor((spans - 1) / (SPANS_AN_ORDER + 1 / ORDERS_A_PAGE)));
  let id = 1;
  let atUs = 1_000;
  for (let first = 0; first < orders; first += ORDERS_A_PAGE) {
    const page = ++id;
    const pageAtUs = atUs;
    for (let index = first; index < Math.min(orders, first + ORDERS_A_PAGE); index += 1) {
      const made = order(index, { page, lastId: id, atUs });
      for (const { json } of made.spans) yield `${json},`;
      id += SPANS_AN_ORDER;
      atUs = made.endUs + BETWEEN_US;
    }
    const us = atUs - pageAtUs;
    yield `${span('import page', 'p2', { id: page, parent: 1, atUs: pageAtUs, us }, 'internal', []).json},`;
  }
  // What is left over are short steps at the end.
  for (; id < spans; atUs += 2) {
    id += 1;
    yield `${span('finish', 'p1', { id, parent: 1, atUs, us: 1 }, 'internal', []).json},`;
  }
  const place = { id: 1, parent: 0, atUs: 0, us: atUs + 1_000 };
  yield span('POST /import', 'p1', place, 'server', http('POST', '/import', 200)).json;
}

/** One order: its spans as they end. Offsets are microseconds from its start, stretched by how slow the order is. */
function order(
  index: number,
  { page, lastId, atUs }: { page: number; lastId: number; atUs: number },
): { spans: readonly Made[]; endUs: number } {
  const stretch = (0.7 + (mixed(index) % 600) / 1_000) * (index % SLOW_ONCE_IN === 7 ? 5 : 1);
  const fails = index % FAILS_ONCE_IN === 500;
  const at = (number: number, parent: number, offsetUs: number, us: number): Place => ({
    id: lastId + number,
    parent: parent === 0 ? page : lastId + parent,
    atUs: atUs + Math.round(offsetUs * stretch),
    us: Math.round(us * stretch),
  });
  const sql = (verb: string, table: string, rest: string) => database('postgresql', verb, `${verb} ${rest}`, table);
  const customer = 10_000 + (mixed(index) % 90_000);
  const status = fails ? 500 : 200;
  const query = at(9, 8, 5_400, 2_600);
  const spans = [
    span('GET', 'p2', at(1, 0, 300, 10_800), 'client', http('GET', `/orders/${index}`, 200)),
    span('GET /orders/{id}', 'p3', at(2, 1, 700, 10_000), 'server', http('GET', `/orders/${index}`, 200)),
    span('authorize', 'p3', at(3, 2, 800, 300), 'internal', [
      text('enduser.id', `u-${customer}`),
      text('auth.method', 'session'),
    ]),
    span('GET', 'p3', at(4, 2, 1_200, 400), 'client', database('redis', 'GET', `GET order:${index}`, '0')),
    span(
      'SELECT orders',
      'p3',
      at(5, 2, 1_800, 1_500),
      'client',
      sql('SELECT', 'orders', `id, state, total FROM orders WHERE id = ${index} AND tenant = 'acme'`),
    ),
    span(
      'SELECT customers',
      'p3',
      at(6, 2, 3_500, 900),
      'client',
      sql('SELECT', 'customers', `id, name, tier FROM customers WHERE id = ${customer}`),
    ),
    span('POST', 'p3', at(7, 2, 4_600, 4_800), 'client', [
      ...http('POST', '/stock/reserve', status),
      ...(fails ? FAILED : []),
    ]),
    span('POST /stock/reserve', 'p4', at(8, 7, 5_000, 4_000), 'server', [
      ...http('POST', '/stock/reserve', status),
      ...(fails ? FAILED : []),
    ]),
    span(
      'UPDATE stock',
      'p4',
      query,
      'client',
      [
        ...sql('UPDATE', 'stock', `stock SET reserved = reserved + 1 WHERE sku = 'KX-${customer}'`),
        ...(fails ? [...FAILED, text('otel.status_description', 'deadlock detected')] : []),
      ],
      fails ? [deadlock(BEGINS_US + query.atUs + query.us)] : [],
    ),
    span('orders publish', 'p3', at(10, 2, 9_600, 600), 'producer', message('publish', index)),
    span('orders process', 'p5', at(11, 10, 11_400, 3_000), 'consumer', message('process', index)),
  ];
  const [call] = spans;
  return { spans: spans.toSorted((a, b) => a.endUs - b.endUs), endUs: call?.endUs ?? atUs };
}

function span(
  operation: string,
  process: string,
  { id, parent, atUs, us }: Place,
  kind: string,
  own: readonly Tag[],
  logs: readonly Log[] = [],
): Made {
  const references = parent === 0 ? [] : [{ refType: 'CHILD_OF', traceID: GENERATED_TRACE_ID, spanID: spanId(parent) }];
  const json = JSON.stringify({
    traceID: GENERATED_TRACE_ID,
    spanID: spanId(id),
    operationName: operation,
    references,
    startTime: BEGINS_US + atUs,
    duration: us,
    tags: [text('otel.scope.name', scopeOf(own)), ...own, text('span.kind', kind)],
    logs,
    processID: process,
    warnings: null,
  });
  return { endUs: atUs + us, json };
}

/** The library that makes spans with such tags. */
function scopeOf([first]: readonly Tag[]): string {
  if (first?.key === 'db.system') return `@opentelemetry/instrumentation-${first.value === 'redis' ? 'ioredis' : 'pg'}`;
  if (first?.key === 'messaging.system') return '@opentelemetry/instrumentation-kafkajs';
  return first?.key === 'http.request.method' ? '@opentelemetry/instrumentation-http' : 'shop';
}

function http(method: string, path: string, status: number): Tag[] {
  return [
    text('http.request.method', method),
    text('url.path', path),
    number('http.response.status_code', status),
    text('server.address', 'shop.internal'),
  ];
}

function database(system: string, operation: string, statement: string, name: string): Tag[] {
  return [
    text('db.system', system),
    text('db.operation', operation),
    text('db.name', name),
    text('db.statement', statement),
    text('server.address', `${system}-main.shop.internal`),
  ];
}

function message(operation: string, index: number): Tag[] {
  return [
    text('messaging.system', 'kafka'),
    text('messaging.operation.type', operation),
    text('messaging.destination.name', 'orders'),
    number('messaging.kafka.destination.partition', index % 12),
  ];
}

/** What Jaeger makes of a status that is an error. */
const FAILED: readonly Tag[] = [{ key: 'error', type: 'bool', value: true }, text('otel.status_code', 'ERROR')];

function deadlock(timestamp: number): Log {
  return {
    timestamp,
    fields: [
      text('event', 'exception'),
      text('exception.type', 'DatabaseError'),
      text('exception.message', 'deadlock detected'),
      text(
        'exception.stacktrace',
        'DatabaseError: deadlock detected\n    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:285:98)\n    at reserve (/app/src/stock.js:41:18)',
      ),
    ],
  };
}

function processOf(service: string): string {
  return JSON.stringify({
    serviceName: service,
    tags: [
      text('host.name', `${service}-7d9f4-x2`),
      text('k8s.pod.name', `${service}-7d9f4-x2`),
      text('service.version', '4.2.0'),
      text('telemetry.sdk.language', 'nodejs'),
    ],
  });
}

function text(key: string, value: string): Tag {
  return { key, type: 'string', value };
}

function number(key: string, value: number): Tag {
  return { key, type: 'int64', value };
}

/** Sixteen digits that look like chance; two ids are never equal, since an odd factor loses no bit. */
function spanId(id: number): string {
  return hex(mixed(id)) + hex(mixed(id ^ 0x5bd1e995));
}

function mixed(value: number): number {
  const once = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 12)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
