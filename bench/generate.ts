/**
 * One trace as Jaeger's query API gives it, of any size, always the same bytes for the same size: about 730 bytes a span,
 * with the tags that SDKs send.
 *
 *   gateway: POST /import
 *     worker: import page                          one for every fifty orders
 *       worker: GET /orders/{id}                   ten spans an order: two services, SQL, Redis, a message
 */

/** Spans of one order; see `order`. */
const SPANS_AN_ORDER = 10;
const ORDERS_A_PAGE = 50;
const ORDER_US = 12_000;
/** 2026-01-06T14:30:00Z in microseconds. */
const BEGINS_US = 1_767_709_800_000_000;

type Tag = Readonly<{ key: string; type: 'string' | 'int64' | 'bool'; value: string | number | boolean }>;
type Place = Readonly<{ id: number; parent: number; atUs: number; us: number }>;

export const GENERATED_TRACE_ID = 'b1a5edc0ffee4dad8badf00dcafe2026';

/** Exactly that many spans, at least one. */
export function generateTrace(spans: number): Buffer {
  const parts: string[] = [];
  const push = (span: string) => parts.push(span);
  const orders = Math.max(0, Math.floor((spans - 1) / (SPANS_AN_ORDER + 1 / ORDERS_A_PAGE)));
  const totalUs = Math.max(1, orders) * ORDER_US + 2_000;
  let id = 1;
  push(span('POST /import', 'p1', { id, parent: 0, atUs: 0, us: totalUs }, 'server', http('POST', '/import', 200)));

  for (let first = 0; first < orders; first += ORDERS_A_PAGE) {
    const ofPage = Math.min(ORDERS_A_PAGE, orders - first);
    const page = ++id;
    const pageUs = ofPage * ORDER_US;
    push(span('import page', 'p2', { id: page, parent: 1, atUs: first * ORDER_US, us: pageUs }, 'internal', []));
    for (let index = first; index < first + ofPage; index += 1) {
      for (const made of order(index, page, id)) push(made);
      id += SPANS_AN_ORDER;
    }
  }
  // What is left over are short steps at the end.
  for (let left = 0; id < spans; left += 1) {
    id += 1;
    push(span('finish', 'p1', { id, parent: 1, atUs: totalUs - 1_000 + left, us: 1 }, 'internal', []));
  }
  const processes = `"processes":{${['gateway', 'worker', 'order-service', 'stock-service']
    .map((service, index) => `"p${index + 1}":${processOf(service)}`)
    .join(',')}}`;
  const text = `{"data":[{"traceID":"${GENERATED_TRACE_ID}","spans":[${parts.join(',')}],${processes},"warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}\n`;
  return Buffer.from(text);
}

/** One order: where its spans lie, in microseconds from the order's start. */
function order(index: number, page: number, lastId: number): string[] {
  const atUs = index * ORDER_US;
  const at = (number: number, parent: number, offsetUs: number, us: number): Place => ({
    id: lastId + number,
    parent: parent === 0 ? page : lastId + parent,
    atUs: atUs + offsetUs,
    us: us + (index % 7) * 10,
  });
  const sql = (verb: string, table: string, rest: string) => database('postgresql', verb, `${verb} ${rest}`, table);
  const customer = 10_000 + ((index * 7919) % 90_000);
  return [
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
    span('POST', 'p3', at(7, 2, 4_600, 4_800), 'client', http('POST', '/stock/reserve', 200)),
    span('POST /stock/reserve', 'p4', at(8, 7, 5_000, 4_000), 'server', http('POST', '/stock/reserve', 200)),
    span(
      'UPDATE stock',
      'p4',
      at(9, 8, 5_400, 2_600),
      'client',
      sql('UPDATE', 'stock', `stock SET reserved = reserved + 1 WHERE sku = 'KX-${customer}'`),
    ),
    span('orders publish', 'p3', at(10, 2, 9_600, 600), 'producer', [
      text('messaging.system', 'kafka'),
      text('messaging.destination.name', 'orders'),
      number('messaging.kafka.destination.partition', index % 12),
    ]),
  ];
}

function span(
  operation: string,
  process: string,
  { id, parent, atUs, us }: Place,
  kind: string,
  own: readonly Tag[],
): string {
  const references = parent === 0 ? [] : [{ refType: 'CHILD_OF', traceID: GENERATED_TRACE_ID, spanID: spanId(parent) }];
  const tags = [text('otel.scope.name', '@opentelemetry/instrumentation-http'), ...own, text('span.kind', kind)];
  return JSON.stringify({
    traceID: GENERATED_TRACE_ID,
    spanID: spanId(id),
    operationName: operation,
    references,
    startTime: BEGINS_US + atUs,
    duration: us,
    tags,
    logs: [],
    processID: process,
    warnings: null,
  });
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

function spanId(id: number): string {
  return (id * 2_654_435_761).toString(16).padStart(16, '0');
}
