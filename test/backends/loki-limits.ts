/** Real Loki, every form of question, and what it hands out: pages, lines of one instant, and the limits of a tenant. */
import assert from 'node:assert/strict';
import { loki as lokiSource } from '#adapters/loki/client.ts';
import { SpanhoundError } from '#core/errors.ts';
import { logBody } from '#decode/log-body.ts';
import { guardLogSource } from '#gather/guard.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery } from '#gather/sources.ts';
import type { Context } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { sendLines, until } from './feed.ts';
import { type Loki, startLoki } from './servers.ts';

const LINES = 12_000;
/** Three lines at each microsecond: pages end among them. */
const AT_ONCE = 3;
/** More than Loki hands out at once. */
const BURST = 6_000;
const AGO_US = 600_000_000;
/** A tenant with little. */
const TIGHT = { max_entries_limit_per_query: 700, max_query_length: '2m' };

type Question = LogQuery extends infer Each
  ? Each extends LogQuery
    ? Omit<Each, 'fromUs' | 'toUs' | 'limit' | 'services'>
    : never
  : never;

export async function checkLokiLimits({ folder, loki, check }: Context): Promise<void> {
  const run = drawnHex(4);
  const traceId = drawnHex(16);
  const startUs = Math.floor(Date.now() / 1000) * 1_000_000 - AGO_US;
  const window = { services: [`paged-${run}`], fromUs: startUs, toUs: startUs + 60_000_000, limit: 20_000 };
  const ask = (source: Loki, query: LogQuery) => linesOf(source, query);

  await sendLines(loki, {
    service: `paged-${run}`,
    count: LINES,
    at: (i) => startUs + Math.floor(i / AT_ONCE),
    text: (i) => `order-${run} line ${i} (a+b)`,
    fields: { trace_id: traceId, request_id: `r-${run}` },
  });
  await until(
    'the lines can be read',
    async () => (await ask(loki, { by: 'service', ...window, limit: 1 })).lines.length === 1,
  );

  const forms: Readonly<Record<string, Question>> = {
    'of a service': { by: 'service' },
    'by a text': { by: 'text', text: `order-${run}` },
    'by any of several texts': { by: 'any-text', texts: ['(a+b)', '"no such'] },
    'by a trace id in a field': { by: 'trace-field', traceId },
    'by a field': { by: 'field', names: ['request_id', 'requestId'], values: [`r-${run}`, '" or 1=1'] },
  };
  for (const [form, question] of Object.entries(forms)) {
    await check(`loki limits: ${LINES} lines ${form} come page by page, none lost, none twice`, async () => {
      const { lines, failure } = await ask(loki, { ...question, ...window } as LogQuery);
      assert.equal(failure, undefined);
      assert.equal(lines.length, LINES);
      assert.equal(new Set(lines).size, LINES);
    });
  }

  await check('loki limits: a window of one page and a line asks twice, and ends', async () => {
    const { lines } = await ask(loki, { by: 'service', ...window, limit: 5_001 });
    assert.equal(new Set(lines).size, 5_001);
  });

  await check('loki limits: a query that Loki refuses says why, in its words', async () => {
    const { failure } = await ask(loki, { by: 'any-text', texts: ['x'.repeat(200_000)], ...window });
    assert.ok(failure instanceof SpanhoundError);
    assert.match(failure.message, /loki/);
  });

  await check('loki limits: more lines of one nanosecond than it hands out are told', async () => {
    const service = `burst-${run}`;
    await sendLines(loki, { service, count: BURST, at: () => startUs, text: (i) => `burst ${i}`, fields: {} });
    await sendLines(loki, { service, count: 5, at: () => startUs + 1_000_000, text: (i) => `later ${i}`, fields: {} });
    const { lines, failure } = await ask(loki, { by: 'service', ...window, services: [service] });
    assert.ok(failure instanceof SpanhoundError && failure.code === 'SH_TOO_MANY_LINES', `${failure}`);
    assert.equal(lines.filter((line) => line.startsWith('later')).length, 5);
    assert.equal(new Set(lines).size, lines.length);
  });

  const tight = await startLoki(`${folder}/tight`, TIGHT);
  await check('loki limits: a tenant’s own limits of lines and of time are learned, and everything comes', async () => {
    const service = `tight-${run}`;
    const count = 3_000;
    // Over nine minutes, at most two of which may be asked for at once.
    await sendLines(tight, { service, count, at: (i) => startUs + i * 180_000, text: (i) => `line ${i}`, fields: {} });
    const query = {
      by: 'service',
      services: [service],
      fromUs: startUs,
      toUs: startUs + AGO_US,
      limit: 20_000,
    } as const;
    await until('the lines can be read', async () => (await ask(tight, { ...query, limit: 1 })).lines.length === 1);
    const { lines, failure } = await ask(tight, query);
    assert.equal(failure, undefined);
    assert.equal(lines.length, count);
    assert.equal(new Set(lines).size, count);
  });
  await tight.stop();
}

async function linesOf({ url }: Loki, query: LogQuery): Promise<{ lines: readonly string[]; failure: unknown }> {
  const source = pagedLogSource(guardLogSource(lokiSource({ url: new URL(url) })));
  const decoder = logBody('loki-json', 'loki');
  let failure: unknown;
  try {
    const body = await source.openLogs(query, AbortSignal.timeout(60_000));
    for await (const chunk of body.chunks) decoder.push(chunk);
  } catch (error) {
    failure = error;
    if (!(error instanceof SpanhoundError)) throw error;
    if (error.code !== 'SH_TOO_MANY_LINES') return { lines: [], failure };
  }
  return { lines: decoder.end().map(({ line }) => line), failure };
}
