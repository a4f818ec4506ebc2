/** Jaeger and Loki as they answered for HotROD, on loopback: enough of both for `/trace` from end to end. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const WIRE = new URL('../fixtures/wire/', import.meta.url);

/** MySQL's slow query: the trace, and its log lines. */
export const SLOW_QUERY_TRACE = { id: 'ac7a085ac1e7444f87fffebd9299acd6', recording: 'serial-01' };

/** What a search finds, by recording: four rides with MySQL's slow query, one that failed, one that was slow for Redis. */
const SEARCHED = ['serial-01', 'serial-02', 'serial-03', 'serial-04', 'fixed-01', 'fixed-02'];

type Recording = { spans: { startTime: number; logs: { timestamp: number }[] }[] };

/** As if they had been recorded a minute ago: alerts of the tests fire now. */
async function recentRecordings(): Promise<readonly Recording[]> {
  const files = SEARCHED.map((name) => readFile(new URL(`jaeger/hotrod/${name}.json`, WIRE), 'utf8'));
  const recordings: Recording[] = (await Promise.all(files)).flatMap((file) => JSON.parse(file).data);
  const began = Math.min(...recordings.flatMap(({ spans }) => spans.map(({ startTime }) => startTime)));
  const shift = (Date.now() - 60_000) * 1_000 - began;
  for (const span of recordings.flatMap(({ spans }) => spans)) {
    span.startTime += shift;
    for (const log of span.logs) log.timestamp += shift;
  }
  return recordings;
}

/** `plant`: each value of a tag or a log field, and each log line, becomes what it returns. */
export async function openHotrodBackends({ plant }: Readonly<{ plant?: (text: string) => string }> = {}) {
  const { id, recording } = SLOW_QUERY_TRACE;
  const read = async (file: string) => plantedInto(await readFile(new URL(file, WIRE), 'utf8'), plant);
  const trace = await read(`jaeger/hotrod/${recording}.json`);
  const logs = await read(`loki/hotrod/${recording}.json`);
  const recordings: readonly Recording[] = JSON.parse(plantedInto(JSON.stringify(await recentRecordings()), plant));
  const state = { down: false };
  /** What was asked, for tests that count. */
  const asked: string[] = [];

  const answers: Readonly<Record<string, (asked: URLSearchParams) => string>> = {
    '/jaeger/api/services': () => '{"data":["customer","driver","frontend","mysql","redis-manual","route"]}',
    '/jaeger/api/traces': (search) => searchAnswer(recordings, search),
    [`/jaeger/api/traces/${id}`]: () => trace,
    '/loki/loki/api/v1/query_range': (search) => (search.get('query')?.includes(id) ? logs : NO_LINES),
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    asked.push(pathname);
    if (state.down) return void response.writeHead(503).end('upstream connect error');
    response.setHeader('content-type', 'application/json');
    const found = answers[pathname]?.(searchParams);
    if (found !== undefined) return void response.end(found);
    const isTrace = pathname.startsWith('/jaeger/api/traces/');
    response.writeHead(404).end(isTrace ? NO_TRACE : '404 page not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    jaegerUrl: `${url}/jaeger`,
    lokiUrl: `${url}/loki`,
    asked: asked as readonly string[],
    down: (down: boolean) => {
      state.down = down;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Jaeger has a value beside its `key`; Loki has a line behind its time. */
function plantedInto(answer: string, plant: ((text: string) => string) | undefined): string {
  if (plant === undefined) return answer;
  const parsed: unknown = JSON.parse(answer, (key, value) => {
    if (Array.isArray(value) && value.length === 2 && /^\d{19}$/.test(value[0])) return [value[0], plant(value[1])];
    const isText = typeof value === 'object' && value !== null && key !== '' && typeof value.value === 'string';
    return isText && !MEANT.has(value.key) ? { ...value, value: plant(value.value) } : value;
  });
  return JSON.stringify(parsed);
}

/** Values that choose a span's meaning: with other words behind them the trace would tell nothing. */
const MEANT: ReadonlySet<string> = new Set(['span.kind', 'error', 'otel.status_code']);

const NO_TRACE = '{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}';

function searchAnswer(recordings: readonly Recording[], asked: URLSearchParams): string {
  const [from, to] = [Number(asked.get('start')), Number(asked.get('end'))];
  const data = recordings.filter(({ spans }) => spans.some(({ startTime }) => startTime >= from && startTime <= to));
  return JSON.stringify({ data, total: 0, limit: 0, offset: 0, errors: null });
}

const NO_LINES = '{"status":"success","data":{"resultType":"streams","result":[],"stats":{}}}';
