/** A request put together from its lines, in every form. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { Forms } from '#analyse/session.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { cascadeFromLogs, cascadeWithItsCause, latencyFromLogs, REQUEST_ID } from '#test/guide-timelines.ts';
import { logLine } from '#test/log-line.ts';
import { times } from '#test/trace.ts';
import { jsonlOf } from '#test/window.ts';

const ALL: Forms = { text: { width: 100, colour: false }, markdown: true, html: true, svg: true, slack: true };

async function presented(lines: readonly LogLine[], requestId = REQUEST_ID) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: 0,
  });
  session.body('logs', { kind: 'logs', format: 'auto', source: 'loki', file: '', query: { text: '', url: '' } });
  await session.bytes('logs', new TextEncoder().encode(jsonlOf(lines)));
  await session.end('logs');
  const window = { kind: 'window', service: '', fromUs: Number.NaN, toUs: Number.NaN, requestId } as const;
  const [only] = await session.reports({ ...ALL, window });
  await session.close();
  if (only === undefined) throw new Error('no report was made');
  const { text = '', markdown = '', html = '', svg = '', report, slack } = only;
  return { text, markdown, html, svg, report, slack: JSON.stringify(slack) };
}

describe('who failed first', () => {
  test('is the verdict where no detector says more, and never confirmed', async () => {
    const { report } = await presented(cascadeFromLogs);
    expect(report.diagnosis).toMatchObject({ kind: 'error-origin', service: 'user-service', status: 'inconclusive' });
    expect(report.diagnosis?.verdict).toBe(
      'user-service failed first (order-worker says so: “first attempt: call to user-service failed with 503”), then order-worker, order-service and api-gateway',
    );
  });

  test('is what a detector found where it began', async () => {
    const { report } = await presented(cascadeWithItsCause);
    expect(report.diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'user-service', share: 1 });
    expect(report.diagnosis?.status).not.toBe('confirmed');
  });

  test('is nobody where nothing failed', async () => {
    const { report, text } = await presented(latencyFromLogs);
    expect(report.diagnosis).toBeNull();
    expect(text).toContain('630 ms · 57 % · user-service “query begins” → user-service “query ended”');
    expect(report.timeline?.map(({ deltaUs }) => deltaUs / 1_000)).toEqual([0, 50, 1, 69, 630, 350]);
  });
});

test('every form shows the lanes and how the failure travelled', async () => {
  const { text, markdown, html, svg, slack } = await presented(cascadeWithItsCause);
  for (const form of [text, markdown, html, slack]) expect(form).toContain('How the failure spread');
  for (const form of [text, markdown, html, svg]) expect(form).toContain('failed first');
  expect(svg).toMatch(/<title[^>]*>Request /);
});

test('texts of lines and services are escaped and redacted in every form', async () => {
  const evil =
    'failed: password=hunter2345 </text><script>alert(1)</script> <!channel> [a](http://evil.example) \u202e';
  const lines = [logLine('<b>cart</b>', 0, `request_id=req-91 ${evil}`, { level: 'error' })];
  const { text, markdown, html, svg, slack, report } = await presented(lines, 'req-91');
  for (const form of [text, markdown, html, svg, slack, JSON.stringify(report)]) {
    expect(form).not.toContain('hunter2345');
    expect(form).not.toContain('\u202e');
  }
  for (const form of [html, svg]) expect(form).not.toMatch(/<script|<b>cart/);
  expect(markdown).not.toContain('](http://evil.example)');
});

test('the shown lines of many include those that report a failure', async () => {
  const lines = times(500, (n) =>
    logLine('cart', n, `request_id=req-91 step ${n === 400 ? 'failed' : 'done'} ${n}`, {
      level: n === 400 ? 'error' : 'info',
    }),
  );
  const { text, report } = await presented(lines, 'req-91');
  expect(text).toContain('step failed 400');
  expect(text).toMatch(/… \d+ lines …/);
  expect(text.split('\n').length).toBeLessThan(200);
  expect(report.timeline).toHaveLength(500);
});
