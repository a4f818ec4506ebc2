/** Sends happenings to the real backends the way a collector and a log shipper do, and waits until they can be read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Happening, lokiPushOf, otlpOf } from '#test/otlp.ts';
import type { Jaeger, Loki } from './servers.ts';

/** Jaeger's batch processor holds spans for up to 200 ms, Loki answers at once; a busy machine takes longer. */
const READABLE_WITHIN_MS = 20_000;

export async function send(happened: Happening, { jaeger, loki }: { jaeger: Jaeger; loki: Loki }): Promise<void> {
  await post(`${jaeger.otlpUrl}/v1/traces`, otlpOf(happened));
  await post(`${loki.url}/loki/api/v1/push`, lokiPushOf(happened));
}

/** One line more, whatever it says. */
export async function sendLine(
  loki: Loki,
  {
    service,
    line,
    atUs,
    fields,
    level = 'info',
  }: { service: string; line: string; atUs: number; fields: Readonly<Record<string, string>>; level?: string },
): Promise<void> {
  const stream = { service_name: service, level, namespace: 'shop' };
  await post(`${loki.url}/loki/api/v1/push`, { streams: [{ stream, values: [[`${atUs}000`, line, fields]] }] });
}

export type ManyLines = Readonly<{
  service: string;
  count: number;
  at: (index: number) => number;
  text: (index: number) => string;
  fields: Readonly<Record<string, string>>;
  level?: string;
}>;

/** So many at once: Loki takes 4 MB a second and a body of a few. */
const LINES_A_PUSH = 2_000;

/** In order of time, which Loki wants within an hour. */
export async function sendLines(
  loki: Loki,
  { service, count, at, text, fields, level = 'info' }: ManyLines,
): Promise<void> {
  const stream = { service_name: service, level, namespace: 'shop' };
  for (let from = 0; from < count; from += LINES_A_PUSH) {
    const numbers = Array.from({ length: Math.min(LINES_A_PUSH, count - from) }, (_, i) => from + i);
    const values = numbers.map((i) => [`${at(i)}000`, text(i), fields]);
    await post(`${loki.url}/loki/api/v1/push`, { streams: [{ stream, values }] });
  }
}

/** Until Jaeger has every span and Loki every line that can be tied to the trace. */
export async function readable(happened: Happening, { jaeger, loki }: { jaeger: Jaeger; loki: Loki }): Promise<void> {
  const lines = happened.scenario.logs.filter((log) => log.tie === 'fields').length;
  await until(`all spans of ${happened.scenario.name} in Jaeger`, async () => {
    return (await spansIn(jaeger, happened.traceId)) === happened.rows.length;
  });
  await until(`all lines of ${happened.scenario.name} in Loki`, async () => (await linesIn(loki, happened)) === lines);
}

export async function until(what: string, holds: () => Promise<boolean>, withinMs = READABLE_WITHIN_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await sleep(100);
  }
}

async function spansIn(jaeger: Jaeger, traceId: string): Promise<number> {
  const answer = await fetch(`${jaeger.url}/api/traces/${traceId}`);
  const { data } = (await answer.json()) as { data: { spans: unknown[] }[] | null };
  return data?.[0]?.spans.length ?? 0;
}

async function linesIn(loki: Loki, { traceId, startUs }: Happening): Promise<number> {
  const url = new URL('/loki/api/v1/query_range', loki.url);
  url.searchParams.set('query', `{namespace="shop"} | trace_id="${traceId}"`);
  url.searchParams.set('start', `${startUs - 60_000_000}000`);
  url.searchParams.set('end', `${startUs + 60_000_000}000`);
  const { data } = (await (await fetch(url)).json()) as { data: { result: { values: unknown[] }[] } };
  return data.result.reduce((sum, { values }) => sum + values.length, 0);
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
}
