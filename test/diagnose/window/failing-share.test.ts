/** Whatever a time is compared with: one in which requests fail is never told as well. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withFailures } from '#diagnose/window/failing-share.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { Report } from '#present/json/report.ts';
import { newFolder, replayed } from '#test/cases.ts';
import { METRICS_WINDOW, series, seriesOf } from '#test/metrics.ts';
import { type DrawnRequest, otlpBody, requestAt } from '#test/requests.ts';
import { call, type SpanOptions, server, times, traceOf } from '#test/trace.ts';
import { every, said, windowPresented } from '#test/window.ts';

const FORMS = { text: { width: 100, colour: false }, slack: true, markdown: true };

/** `GET /orders` on `web`, which asks `stock`; one request in so many fails there. */
function orders(count: number, { failEvery = 0, from = 0, status = 503, ms = 40 } = {}): DrawnRequest[] {
  return times(count, (i) => {
    const failed = failEvery > 0 && i % failEvery === 0;
    const jitter = (i * 7) % 5;
    const answer: SpanOptions = failed ? { failed, attributes: { 'http.response.status_code': status } } : {};
    const root = server('web', 'GET /orders', { ms: ms + jitter, ...answer }, [
      call('web', 'stock', 'GET /stock', { at: 3, ms: 20 + jitter, ...answer }, [
        server('stock', 'GET /stock', { at: 4, ms: 18 + jitter, ...answer }),
      ]),
    ]);
    return requestAt(from + i * 5, root);
  });
}

type Drawn = Readonly<{
  now: readonly DrawnRequest[];
  healthy?: readonly DrawnRequest[];
  logs?: string;
  service?: string;
}>;

/** A recorded case. */
async function investigated({ now, healthy, logs, service = 'web' }: Drawn) {
  const folder = join(newFolder(), 'case');
  mkdirSync(folder);
  const starts = now.map(({ at }) => at);
  const iso = (seconds: number) => new Date(Date.UTC(2026, 0, 6, 14, 30) + seconds * 1_000).toISOString();
  const subject = { kind: 'window', service, from: iso(Math.min(...starts)), to: iso(Math.max(...starts) + 1) };
  writeFileSync(join(folder, 'case.json'), JSON.stringify({ schema: 'spanhound.case/1', subject }));
  writeFileSync(join(folder, 'traces.json'), otlpBody(now, 'now'));
  if (healthy) writeFileSync(join(folder, 'baseline.json'), otlpBody(healthy, 'healthy'));
  if (logs) writeFileSync(join(folder, 'logs.jsonl'), logs);
  return await replayed(folder, FORMS);
}

/** No form of an answer may say that nothing is wrong. */
function expectNamed({ report, text = '', markdown = '', slack }: Awaited<ReturnType<typeof investigated>>) {
  const head = text.split('\n\n')[0];
  const title = markdown.split('\n\n')[0];
  for (const form of [head, title, JSON.stringify(slack?.blocks[0]), slack?.text ?? ''])
    expect(form).not.toMatch(/nothing wrong|nothing differs|shows anything wrong/i);
  expect(report.diagnosis).not.toBeNull();
  return report.diagnosis as NonNullable<Report['diagnosis']>;
}

const HEALTHY = { from: 1_000 };

describe('a time in which one request in twenty fails', () => {
  test('is not well because as many failed in the time that it is compared with', async () => {
    const analysed = await investigated({
      now: orders(12, { failEvery: 4, ...HEALTHY }),
      healthy: orders(40, { failEvery: 4 }),
    });
    expect(expectNamed(analysed)).toMatchObject({
      verdict: expect.stringMatching(
        /^3 of 12 requests fail with 503 Service Unavailable; all of the failures begin in stock GET \/stock$/,
      ),
      status: 'inconclusive',
      kind: 'error-rate',
      service: 'stock',
    });
    expect(analysed.report.gaps).toContainEqual({
      source: 'health',
      problem: '10 of the 40 requests of the healthy time window failed',
      consequence: 'failures were counted without a comparison; calls that are slow in both time windows do not show',
    });
  });

  test('stands for no health: a time without failures beside it is not called well', async () => {
    const { report, text } = await investigated({ now: orders(20, HEALTHY), healthy: orders(40, { failEvery: 4 }) });
    expect(report.diagnosis).toBeNull();
    expect(text).toMatch(
      /^Requests to `web` cannot be judged: 10 of the 40 requests of the healthy time window failed/,
    );
  });

  test('still shows what got worse: it fails more often than in a time that was bad as well', async () => {
    const now = orders(60, { failEvery: 1, ...HEALTHY });
    const analysed = await investigated({ now, healthy: orders(60, { failEvery: 5 }) });
    expect(expectNamed(analysed)).toMatchObject({ service: 'stock', status: 'inconclusive' });
  });

  test('is not well because so few requests do not differ clearly from health', async () => {
    const analysed = await investigated({
      now: orders(12, { failEvery: 12, ...HEALTHY }),
      healthy: orders(40),
    });
    expect(expectNamed(analysed)).toMatchObject({
      verdict:
        '1 of 12 requests fails with 503 Service Unavailable, none of 40 in the baseline; the failure begins in stock GET /stock',
      status: 'inconclusive',
      confidence: expect.closeTo(0.49, 2),
    });
  });

  test('is not well without anything to compare it with', async () => {
    const analysed = await investigated({ now: orders(12, { failEvery: 4 }) });
    expect(expectNamed(analysed)).toMatchObject({ service: 'stock' });
  });

  test('keeps the verdict of whoever is to blame', async () => {
    const analysed = await investigated({ now: orders(60, { failEvery: 2, ...HEALTHY }), healthy: orders(60) });
    expect(expectNamed(analysed)).toMatchObject({ service: 'stock', status: 'inconclusive' });
  });

  test('is one where only a log says so', async () => {
    const lines = every(60, 0, 60, (at, n) =>
      said(at, 'web', 'info', `GET /orders/${n} ${n % 12 === 3 ? 500 : 200} ${3 + (n % 5)}ms`),
    );
    const analysed = await windowPresented(lines, { forms: FORMS });
    expect(expectNamed(analysed)).toMatchObject({
      verdict: '5 of 60 requests in the log fail with 500',
      status: 'inconclusive',
      service: 'web',
    });
  });
});

describe('a metric that counts all requests', () => {
  const ofMetrics = (value: (minute: number) => number, traces: readonly Trace[] = []) => {
    const metrics = seriesOf([series('http_5xx_ratio', { service: 'shop' }, value)]);
    const window = { ...METRICS_WINDOW, service: 'shop' };
    const nothing = {
      symptom: { kind: 'none', text: '' },
      findings: [],
      diagnosis: undefined,
      seenShare: undefined,
    } as const;
    return withFailures(nothing, {
      window,
      traces,
      seen: [],
      healthySeen: [],
      logs: [],
      series: metrics,
      detectors: knownDetectors(detectors),
    });
  };

  test('says that a fifth fails, though as much failed before', () => {
    expect(ofMetrics(() => 0.2)).toMatchObject({
      symptom: { kind: 'failed' },
      diagnosis: { verdict: 'shop: 20 % of all requests fail', status: 'inconclusive', service: 'shop' },
    });
  });

  test('is not believed against requests that were seen', () => {
    expect(ofMetrics(() => 1, [traceOf(server('shop', 'GET /orders'))]).diagnosis).toBeUndefined();
  });

  test('and nothing of less than one in twenty', () => {
    expect(ofMetrics((minute) => (minute < 3 ? 0.01 : 0.049)).diagnosis).toBeUndefined();
  });
});

describe('the nearest misses', () => {
  test.each([401, 404, 409, 422, 499])('%d is an answer and no failure', async (status) => {
    const analysed = await investigated({
      now: orders(20, { failEvery: 2, status, ...HEALTHY }),
      healthy: orders(40, { failEvery: 2, status }),
    });
    expect(analysed.report.diagnosis?.kind).not.toBe('error-rate');
    expect(analysed.text).toContain('No clear difference from the baseline in 20 requests');
  });

  test('one in thirty is what every service has now and then', async () => {
    const analysed = await investigated({
      now: orders(60, { failEvery: 30, ...HEALTHY }),
      healthy: orders(60, { failEvery: 30 }),
    });
    expect(analysed.text).toContain('No clear difference from the baseline in 60 requests');
  });

  test('a log in which requests are refused, and one with a number that is no status', async () => {
    const lines = every(60, 0, 60, (at, n) =>
      said(at, 'web', 'info', n % 2 === 0 ? `GET /orders/${n} 404 3ms` : `GET /orders took 500.5 ms, 503 rows`),
    );
    const { report, text } = await windowPresented(lines, { forms: FORMS });
    expect(report.diagnosis).toBeNull();
    expect(text).toContain('Nothing wrong found in 60 log lines');
  });
});
