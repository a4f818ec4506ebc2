/** Jaeger and Loki as they answered for HotROD, on loopback: enough of both for `/trace` from end to end. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const WIRE = new URL('../fixtures/wire/', import.meta.url);

/** MySQL's slow query: the trace, and its log lines. */
export const SLOW_QUERY_TRACE = { id: 'ac7a085ac1e7444f87fffebd9299acd6', recording: 'serial-01' };

export async function openHotrodBackends() {
  const { id, recording } = SLOW_QUERY_TRACE;
  const trace = await readFile(new URL(`jaeger/hotrod/${recording}.json`, WIRE));
  const logs = await readFile(new URL(`loki/hotrod/${recording}.json`, WIRE));
  const state = { down: false };
  /** What was asked, for tests that count. */
  const asked: string[] = [];

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    asked.push(pathname);
    if (state.down) return void response.writeHead(503).end('upstream connect error');
    response.setHeader('content-type', 'application/json');
    if (pathname === '/jaeger/api/services') return void response.end('{"data":["frontend"]}');
    if (pathname === `/jaeger/api/traces/${id}`) return void response.end(trace);
    if (pathname.startsWith('/jaeger/api/traces/')) {
      return void response.writeHead(404).end('{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}');
    }
    if (pathname === '/loki/loki/api/v1/query_range') {
      return void response.end(searchParams.get('query')?.includes(id) ? logs : NO_LINES);
    }
    response.writeHead(404).end('404 page not found');
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

const NO_LINES = '{"status":"success","data":{"resultType":"streams","result":[],"stats":{}}}';
