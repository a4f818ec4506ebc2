/**
 * Jaeger and Loki as they answered about the drawn outage (recorded by `test/backends/record-outage.ts`), on loopback.
 * The alert can be at any time: everything that was recorded moves with it.
 */
import { readFileSync } from 'node:fs';
import { refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

const RECORDED = new URL('../fixtures/outage/', import.meta.url);

type Span = { startTime: number; logs: { timestamp: number }[] | null };
type JaegerTraces = { data: { traceID: string; spans: Span[] }[] };
type LokiLines = { data: { result: { stream: Record<string, string>; values: [string, string][] }[] } };

/** `nowUs`: what begins later is not in them yet, as if it was only to come. */
export async function openOutageBackends(alertUs: number, nowUs: () => number = () => Number.POSITIVE_INFINITY) {
  const shiftUs = alertUs - read<{ alertUs: number }>('alert').alertUs;
  const traces = moved(read<JaegerTraces>('traces'), shiftUs);
  const lines = movedLines(read<LokiLines>('lines'), shiftUs);
  const server = await startRecordedServer((request) => answer(request, traces, lines, nowUs()));
  return {
    jaegerUrl: `${server.url}jaeger`,
    lokiUrl: `${server.url}loki`,
    close: () => server[Symbol.asyncDispose](),
  };
}

function moved(traces: JaegerTraces, shiftUs: number): JaegerTraces {
  for (const span of traces.data.flatMap(({ spans }) => spans)) {
    span.startTime += shiftUs;
    for (const log of span.logs ?? []) log.timestamp += shiftUs;
  }
  return traces;
}

function movedLines(lines: LokiLines, shiftUs: number): LokiLines {
  for (const stream of lines.data.result) {
    stream.values = stream.values.map(([ns, line]) => [String(BigInt(ns) + BigInt(shiftUs) * 1000n), line]);
  }
  return lines;
}

function answer({ path, search }: SeenRequest, traces: JaegerTraces, lines: LokiLines, nowUs: number) {
  if (path === '/jaeger/api/services') return json(read<object>('services'));
  if (path === '/jaeger/api/traces') return json({ ...traces, data: begunWithin(traces, search, nowUs) });
  if (path.startsWith('/jaeger/api/traces/')) {
    const found = traces.data.filter(({ traceID }) => path.endsWith(traceID));
    return found.length > 0 ? json({ ...traces, data: found }) : refuse(404);
  }
  if (path === '/loki/loki/api/v1/query_range') return json(linesFor(lines, search.get('query') ?? ''));
  return refuse(404);
}

function begunWithin(traces: JaegerTraces, search: URLSearchParams, nowUs: number): JaegerTraces['data'] {
  const from = Number(search.get('start'));
  const to = Math.min(Number(search.get('end')), nowUs);
  return traces.data.filter(({ spans }) => {
    const startUs = Math.min(...spans.map(({ startTime }) => startTime));
    return startUs >= from && startUs <= to;
  });
}

/** Loki filters by what a query says; here the trace id that stands in it is enough. */
function linesFor(lines: LokiLines, query: string): LokiLines {
  const result = lines.data.result.filter(
    ({ stream }) => stream.trace_id !== undefined && query.includes(stream.trace_id),
  );
  return { ...lines, data: { ...lines.data, result } };
}

function json(body: object) {
  return replay({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  });
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, RECORDED), 'utf8')) as T;
}
