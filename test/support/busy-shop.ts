/**
 * A backend that holds the requests of a shop over days, drawn when they are asked for: as many as are asked for, the
 * latest of the time first, as Jaeger gives them.
 *
 *   web GET /checkout ──► checkout ──► stock            every request
 *                                └──► payment           one in a hundred
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { later } from '#test/later.ts';

export type ShopRequest = Readonly<{ number: number; atUs: number; rare: boolean }>;

/** Of one request: how long the stock takes, how often it is asked, whether it fails there, or nobody answers; how long the payment takes. */
export type ShopTimes = Readonly<{
  stockUs: number;
  stockCalls?: number;
  stockFails?: boolean;
  stockIsGone?: boolean;
  paymentUs?: number;
}>;

export type BusyShop = TraceSource & Readonly<{ asked: TraceSearch[] }>;

const EVERY_US = 250_000;
const RARE = 100;

export function busyShop(
  timesOf: (request: ShopRequest) => ShopTimes,
  { fromUs, toUs, everyUs = EVERY_US }: Readonly<{ fromUs: number; toUs: number; everyUs?: number }>,
): BusyShop {
  const asked: TraceSearch[] = [];
  const search = async (query: TraceSearch): Promise<readonly OpenBody[]> => {
    asked.push(query);
    const found: string[] = [];
    const first = Math.max(query.fromUs, fromUs);
    for (let at = Math.floor(Math.min(query.toUs, toUs) / everyUs); at * everyUs >= first; at -= 1) {
      const request = { number: at, atUs: at * everyUs, rare: at % RARE === 0 };
      const times = timesOf(request);
      if (isFound(query, request, times)) found.push(traceJson(request, times));
      if (found.length >= query.limit) break;
    }
    const text = JSON.stringify(query);
    return [
      {
        source: 'jaeger',
        format: 'jaeger-json',
        query: { text, url: '' },
        chunks: bytesOf(`{"data":[${found.join()}]}`),
      },
    ];
  };
  return {
    name: 'jaeger',
    asked,
    search,
    services: async () => ['web', 'checkout', 'stock', 'payment'],
    openTrace: async () => {
      throw new Error('nobody asks for one trace');
    },
    links: { trace: '', span: '' },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
  };
}

/** The shop behind Jaeger's API, on loopback. */
export async function serveShop(shop: BusyShop): Promise<Readonly<{ url: string; close(): Promise<void> }>> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams: asked } = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-type', 'application/json');
    if (pathname.endsWith('/api/services')) return void response.end('{"data":["web","checkout","stock","payment"]}');
    const [body] =
      (await shop.search?.(
        {
          service: asked.get('service') ?? '',
          fromUs: Number(asked.get('start')),
          toUs: Number(asked.get('end')),
          limit: Number(asked.get('limit')),
          failing: asked.has('tags'),
          minDurationUs: Number.parseInt(asked.get('minDuration') ?? '0', 10),
        },
        later(),
      )) ?? [];
    response.end(body === undefined ? '{"data":[]}' : await buffer(body.chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isFound(
  { service, failing, minDurationUs = 0 }: TraceSearch,
  { rare }: ShopRequest,
  times: ShopTimes,
): boolean {
  if (service === 'payment' && !rare) return false;
  if (service === 'stock' && times.stockIsGone) return false;
  if (failing && !times.stockFails && !times.stockIsGone) return false;
  return totalUs(times) >= minDurationUs;
}

function totalUs({ stockUs, stockCalls = 1, paymentUs = 0 }: ShopTimes): number {
  return stockCalls * stockUs + paymentUs + 8_000;
}

function traceJson({ number, atUs, rare }: ShopRequest, times: ShopTimes): string {
  const { stockUs, stockCalls = 1, stockIsGone = false, stockFails = stockIsGone, paymentUs = 5_000 } = times;
  const traceID = number.toString(16).padStart(32, 'a');
  const span = (
    name: string,
    parent: string,
    operationName: string,
    processID: string,
    startUs: number,
    duration: number,
    failed = false,
  ) => ({
    traceID,
    spanID: name.padStart(16, '0'),
    operationName,
    references: parent === '' ? [] : [{ refType: 'CHILD_OF', traceID, spanID: parent.padStart(16, '0') }],
    startTime: atUs + startUs,
    duration,
    tags: [
      { key: 'span.kind', type: 'string', value: name.length === 2 ? 'client' : 'server' },
      ...(failed ? [{ key: 'error', type: 'bool', value: true }] : []),
    ],
    logs: [],
    processID,
  });
  // What nobody asked for differs a little from request to request.
  const jitterUs = (number * 7919) % 400;
  const stockedUs = stockUs + jitterUs;
  const paidUs = rare ? paymentUs + jitterUs : 0;
  const againUs = (stockCalls - 1) * (stockedUs + 1_500);
  const all = stockedUs + againUs + paidUs + 8_000;
  const spans = [
    span('1', '', 'GET /checkout', 'p1', 0, all, stockFails),
    span('11', '1', 'POST /order', 'p1', 1_000, all - 2_000, stockFails),
    span('2', '11', 'POST /order', 'p2', 2_000, all - 4_000, stockFails),
    span('22', '2', 'reserve', 'p2', 2_500, stockedUs + 1_000, stockFails),
    ...(stockIsGone ? [] : [span('3', '22', 'reserve', 'p3', 3_000, stockedUs, stockFails)]),
    ...Array.from({ length: stockCalls - 1 }, (_, at) => at + 1).flatMap((at) => {
      const call = `${30 + at}`;
      const afterUs = at * (stockedUs + 1_500);
      return [
        span(call, '2', 'reserve', 'p2', 2_500 + afterUs, stockedUs + 1_000),
        span(`${call}3`, call, 'reserve', 'p3', 3_000 + afterUs, stockedUs),
      ];
    }),
    ...(rare
      ? [
          span('23', '2', 'pay', 'p2', 3_800 + stockedUs + againUs, paidUs + 200),
          span('4', '23', 'pay', 'p4', 3_900 + stockedUs + againUs, paidUs),
        ]
      : []),
  ];
  const processes = Object.fromEntries(
    ['web', 'checkout', 'stock', 'payment'].map((serviceName, at) => [`p${at + 1}`, { serviceName, tags: [] }]),
  );
  return JSON.stringify({ traceID, spans, processes });
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
