import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { timed } from '#core/measures.ts';
import { endsWithin } from '#test/ends-within.ts';
import { sendOwnTraces } from '#web/own-traces.ts';

type Sent = Readonly<{ name: string; kind: number; spanId: string; parentSpanId?: string; traceId: string }> &
  Readonly<{ status: { code?: number } }>;

type Export = Readonly<{ resourceSpans: readonly { scopeSpans: readonly { spans: readonly Sent[] }[] }[] }>;

async function collector(answer: Parameters<typeof createServer>[1]): Promise<URL> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`);
}

async function work(): Promise<void> {
  await timed('job', 'answer-trace', async () => {
    await Promise.all([
      timed('backend', 'jaeger', async () => await timed('analysis', 'judge', async () => undefined)),
      timed(
        'slack',
        'chat.postMessage',
        async () => 503,
        (status) => status < 400,
      ),
    ]);
  });
  await timed('backend', 'loki', () => Promise.reject(new Error('away'))).catch(() => undefined);
}

test('sends a span for each step, below the step that it runs in', async () => {
  const bodies: string[] = [];
  const paths: (string | undefined)[] = [];
  const endpoint = await collector((request, response) => {
    const chunks: Buffer[] = [];
    paths.push(request.url);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  const own = sendOwnTraces({ endpoint, version: '1.2.3' });
  await work();
  await own.stop();
  await timed('job', 'after the stop', async () => undefined);

  expect(new Set(paths)).toEqual(new Set(['/base/v1/traces']));
  const exported = bodies.map((body) => JSON.parse(body) as Export);
  const spans = exported.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
  );
  const named = new Map(spans.map((span) => [span.spanId, span.name]));
  const told = spans.map(({ name, parentSpanId = '', status }) => [name, named.get(parentSpanId) ?? '', status.code]);
  expect(told.toSorted()).toEqual([
    ['analysis judge', 'backend jaeger', 0],
    ['backend jaeger', 'job answer-trace', 0],
    ['backend loki', '', 2],
    ['job answer-trace', '', 0],
    ['slack chat.postMessage', 'job answer-trace', 2],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
  expect(bodies.join('')).toContain('"service.version"');
});

test.each([
  ['refuses', 503],
  ['answers with nonsense', 200],
])('a collector that %s costs only its spans', async (_, status) => {
  const endpoint = await collector((_request, response) => response.writeHead(status).end('<html>'));
  const own = sendOwnTraces({ endpoint, version: '1' });
  await work();
  await own.stop();
});

test('a stop does not wait for a collector that never answers', async () => {
  const endpoint = await collector(() => undefined);
  const own = sendOwnTraces({ endpoint, version: '1' });
  await work();
  expect(await endsWithin(10, own.stop())).toBe(true);
});
