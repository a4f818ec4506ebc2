/** A window is judged by all its requests and by what single ones name. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import type { Presented } from '#present/present.ts';
import { send } from '#test/cases.ts';
import { type DrawnRequest, otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { call, type SpanNode, server, span, times } from '#test/trace.ts';

type Cause = 'none' | 'loop' | 'pool' | 'query';

/** `GET /orders` of `web`, which asks `orders`, which asks its database once, or for each row. */
function request(at: number, cause: Cause, { owner = 'orders' } = {}): DrawnRequest {
  const jitter = (at * 7) % 5;
  const { ms, children } = workOf(cause, jitter, owner);
  const root = server('web', 'GET /orders', { ms: ms + 12 }, [
    call('web', owner, 'GET /list', { at: 3, ms: ms + 6 }, [
      server(owner, 'GET /list', { at: 5, ms: ms + 2 }, [...children]),
    ]),
  ]);
  return requestAt(at, root);
}

function workOf(cause: Cause, jitter: number, owner: string): Readonly<{ ms: number; children: readonly SpanNode[] }> {
  const query = (at: number, ms: number, text: string) =>
    span(owner, 'SELECT', {
      at,
      ms,
      kind: 'client',
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': text, 'server.address': 'db' },
    });
  const list = query(6, 5 + jitter, 'SELECT id FROM orders WHERE shop = $1');
  switch (cause) {
    case 'loop': {
      const rows = times(40, (row) => query(14 + jitter + row * 9, 8, `SELECT * FROM items WHERE order_id = ${row}`));
      return { ms: 40 * 9 + 14 + jitter, children: [list, ...rows] };
    }
    case 'query':
      return { ms: 900 + jitter, children: [query(6, 890 + jitter, 'SELECT id FROM orders WHERE shop = $1')] };
    case 'pool': {
      const event = { at: 6, name: 'connection pool exhausted: waiting for a connection' };
      const wait = span(owner, 'pool.acquire', { at: 6, ms: 600 + jitter, events: [event] });
      return { ms: 620 + jitter, children: [wait, query(607 + jitter, 8, 'SELECT id FROM orders WHERE shop = $1')] };
    }
    default:
      return { ms: 12 + jitter, children: [list] };
  }
}

type Drawn = Readonly<{ now: readonly DrawnRequest[]; healthy: readonly DrawnRequest[] }>;

async function judged({ now, healthy }: Drawn, traceIds?: readonly string[]): Promise<Presented> {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  const bytes = (drawn: readonly DrawnRequest[], name: string) => new TextEncoder().encode(otlpBody(drawn, name));
  await send(session, 'baseline', bytes(healthy, 'healthy'));
  await send(session, 'trace', bytes(now, 'now'));
  const window = { kind: 'window', ...timeOf(now, 'web') } as const;
  const [only] = await session.reports({ window, ...(traceIds && { traceIds }) });
  await session.close();
  if (only === undefined) throw new Error('no report was made of the window');
  return only;
}

/** In the window from the 1,000th second, `affected` of them with the cause; before it, `known` of them. */
type Times = Readonly<{ count?: number; affected?: number; known?: number; owner?: string }>;

function drawn(cause: Cause, { count = 40, affected = count, known = 0, owner = 'orders' }: Times = {}): Drawn {
  return {
    now: times(count, (i) => request(1_000 + i * 3, i < affected ? cause : 'none', { owner })),
    healthy: times(count, (i) => request(i * 3, i < known ? cause : 'none', { owner })),
  };
}

const verdictOf = ({ report: { diagnosis } }: Presented) =>
  diagnosis && { kind: diagnosis.kind, service: diagnosis.service, status: diagnosis.status };

test('what most affected requests name, and healthy ones do not, is the verdict of the window', async () => {
  const loop = await judged(drawn('loop'));
  expect(verdictOf(loop)).toEqual({ kind: 'n-plus-one-queries', service: 'orders', status: 'likely' });
  expect(loop.report.diagnosis?.statusReason).toBe('40 of 40 affected requests show it and 0 of 40 in the baseline');
  expect(loop.report.diagnosis?.ranking[0]).toMatchObject({ service: 'orders', kind: 'n-plus-one-queries' });
  expect(verdictOf(await judged(drawn('query')))).toMatchObject({ kind: 'slow-query', service: 'orders' });
});

test('words in the evidence of a request that is sure by itself confirm it', async () => {
  const pool = await judged(drawn('pool'));
  expect(verdictOf(pool)).toMatchObject({ kind: 'pool-exhaustion', service: 'orders' });
  expect(pool.report.diagnosis?.signals.said).toBe(1);
});

test('what all requests together show stays in the report, as a consequence', async () => {
  const { report } = await judged(drawn('loop'));
  const together = report.findings.findIndex(({ spanIds, detector }) => spanIds.length === 0 && detector === 'latency');
  expect(together).toBeGreaterThan(0);
  expect(report.diagnosis?.chain).toContainEqual({ finding: together, because: 0 });
});

test('what requests have always shown is no cause, and the report says why', async () => {
  const { report } = await judged({
    now: times(40, (i) => request(1_000 + i * 3, 'loop')).map((one, i) =>
      i % 2 === 0 ? one : request(one.at, 'query'),
    ),
    healthy: times(40, (i) => request(i * 3, 'loop')),
  });
  expect(report.diagnosis?.kind).not.toBe('n-plus-one-queries');
  const always = report.findings.find(({ detector }) => detector === 'n-plus-one-queries');
  expect(always?.whyNotFirst ?? 'not affected').toMatch(/healthy requests show it, too|not affected/);
});

test('a window in which nothing is wrong lists nothing that its requests always show', async () => {
  const { report } = await judged(drawn('loop', { known: 40 }));
  expect(report.diagnosis).toBeNull();
  expect(report.findings).toEqual([]);
});

test('a cause in one request of ten is found', async () => {
  expect(verdictOf(await judged(drawn('query', { count: 80, affected: 8 })))).toMatchObject({
    kind: 'slow-query',
    service: 'orders',
  });
});

test('the trace that shows it best is shown with the judgement of the window and its own spans', async () => {
  const asked = drawn('loop');
  const window = await judged(asked);
  expect(window.shownBy).toMatch(/^[\da-f]{32}$/);
  const shown = await judged(asked, [window.shownBy ?? '']);
  expect(shown.traceId).toBe(window.shownBy);
  expect(shown.report.diagnosis).toMatchObject({
    verdict: window.report.diagnosis?.verdict,
    confidence: window.report.diagnosis?.confidence,
  });
  expect(shown.report.findings[0]?.spanIds.length).toBeGreaterThan(30);
  const kinds = (report: Presented['report']) =>
    report.findings.map(({ detector, service }) => `${detector} ${service}`);
  expect(kinds(shown.report)).toEqual(expect.arrayContaining(kinds(window.report)));
});

test('order, doubling and the name of the service change nothing', async () => {
  const asked = drawn('loop');
  const verdict = verdictOf(await judged(asked));
  const turned = { now: asked.now.toReversed(), healthy: asked.healthy.toReversed() };
  expect(verdictOf(await judged(turned))).toEqual(verdict);
  const twice = (all: readonly DrawnRequest[]) => all.flatMap((one) => [one, { ...one, at: one.at + 1 }]);
  expect(verdictOf(await judged({ now: twice(asked.now), healthy: twice(asked.healthy) }))).toEqual(verdict);
  const renamed = await judged(drawn('loop', { owner: 'lager' }));
  expect(verdictOf(renamed)).toEqual({ ...verdict, service: 'lager' });
});

test('half of the requests make it no surer', async () => {
  const sure = async (count: number) => (await judged(drawn('loop', { count }))).report.diagnosis?.confidence ?? 0;
  expect(await sure(20)).toBeLessThanOrEqual(await sure(40));
});

test('a baseline in which the fault began is compared as far as it was healthy', async () => {
  const failing = (at: number, isBroken: boolean) =>
    requestAt(
      at,
      server('web', 'GET /orders', { ms: 20, failed: isBroken }, [
        call('web', 'orders', 'GET /list', { at: 3, ms: 12, failed: isBroken }, [
          server('orders', 'GET /list', {
            at: 4,
            ms: 10,
            failed: isBroken,
            statusText: isBroken ? 'the table of rates has no row for CHF' : '',
          }),
        ]),
      ]),
    );
  const now = times(40, (i) => failing(1_000 + i * 3, true));
  const begun = await judged({ now, healthy: times(60, (i) => failing(i * 3, i >= 40)) });
  expect(verdictOf(begun)).toMatchObject({ service: 'orders' });
  expect(verdictOf(begun)?.status).not.toBe('inconclusive');
  const gap = begun.report.gaps.find(({ source }) => source === 'health');
  expect(gap?.problem).toBe('20 of the 60 requests of the healthy time window failed');
  expect(gap?.consequence).toMatch(/^only its better part was compared: 4\d of the 60 requests, from 14:30:00 UTC to /);

  // As many failures all over it: that is how it always is, and no part is better.
  const always = await judged({ now, healthy: times(60, (i) => failing(i * 3, i % 3 === 0)) });
  expect(always.report.gaps.find(({ source }) => source === 'health')?.consequence).toContain(
    'failures were counted without a comparison',
  );
});
