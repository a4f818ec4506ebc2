/** Pictures in a thread: narrow, so that their letters can be read where Slack and a phone shrink them. */
import { describe, expect, test } from 'vitest';
import { compareTraces } from '#diagnose/comparison.ts';
import type { Fishbone } from '#model/finding/methods.ts';
import { fishboneSvg } from '#present/pictures/fishbone-svg.ts';
import { presentComparison } from '#present/present-comparison.ts';
import { waterfallSvg } from '#present/waterfall/svg.ts';
import { analysisOf, spanAt } from '#test/analysis.ts';
import { cascadeFromLogs, REQUEST_ID } from '#test/guide-timelines.ts';
import { shopAnswer } from '#test/shop-answer.ts';
import { errorChainAnalysis, largeAnalysis } from '#test/shown-traces.ts';
import { query, type SpanNode, server, span, traceOf } from '#test/trace.ts';
import { windowPresented } from '#test/window.ts';

/** How wide Slack shows a picture in a thread on a phone. */
const SHOWN_PX = 360;
const LEAST_PX = 11;

const FISHBONE: Fishbone = {
  effect: 'GET /orders took 5 s',
  categories: ['People', 'Process', 'Technology'].map((name) => ({ name, state: 'nothing-found', entries: [] })),
};

async function comparedInSlack(): Promise<string> {
  const side = (ms: number) => ({
    traces: [traceOf(server('shop', 'GET /', { ms: ms + 20 }, [query('shop', 'SELECT * FROM orders', { at: 5, ms })]))],
    chosen: '',
  });
  let drawn = '';
  await presentComparison(compareTraces(side(20), side(900), undefined), { slack: true, png: true }, async (svg) => {
    drawn = svg;
    return new Uint8Array();
  });
  return drawn;
}

describe('the picture of', () => {
  test.each([
    ['a trace', async () => waterfallSvg(errorChainAnalysis(), { paper: 'thread' })],
    ['many requests', async () => (await shopAnswer({ stockUs: 220_000, stockFails: true })).svg ?? ''],
    [
      'log lines',
      async () =>
        (await windowPresented(cascadeFromLogs, { requestId: REQUEST_ID, forms: { slack: true, svg: true } })).svg ??
        '',
    ],
    ['a comparison', comparedInSlack],
    ['a fishbone', async () => fishboneSvg(FISHBONE, 'thread')],
  ])('%s has letters of at least 11 pixels in a thread, and stays inside its width', async (_, draw) => {
    const svg = await draw();
    const [, width = Number.NaN] = /viewBox="0 0 ([\d.]+) /.exec(svg)?.map(Number) ?? [];
    const sizes = [...svg.matchAll(/font-size="(\d+)"/g)].map(([, size]) => Number(size));
    expect(sizes.length).toBeGreaterThan(3);
    expect((Math.min(...sizes) * SHOWN_PX) / width).toBeGreaterThanOrEqual(LEAST_PX);
    for (const [, x = '', wide = ''] of svg.matchAll(/<rect x="([\d.-]+)"[^>]* width="([\d.-]+)"/g)) {
      expect(Number(x) + Number(wide)).toBeLessThanOrEqual(width);
    }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test('a large trace has fewer rows in a thread than on a page', () => {
  const rows = (paper: 'page' | 'thread') => waterfallSvg(largeAnalysis(), { paper }).match(/<g>/g)?.length;
  expect(rows('page')).toBeGreaterThan(10);
  expect(rows('thread')).toBeLessThanOrEqual(10);
});

test('a cause below many services, each with other calls, is marked in a thread', () => {
  const chain = (depth: number): SpanNode =>
    server(`service-${depth}`, `POST /step/${depth}`, { at: depth, ms: 400 - 20 * depth, failed: true }, [
      query(`service-${depth}`, `SELECT * FROM table_${depth}`, { at: depth + 1, ms: 3 }),
      span(`service-${depth}`, 'validate', { at: depth + 5, ms: 2 }),
      ...(depth < 9 ? [chain(depth + 1)] : []),
    ]);
  const trace = traceOf(chain(0));
  const analysis = analysisOf(trace, { cause: { spans: [spanAt(trace, '0.2.2.2.2.2.2.2.2.2')] } });
  const svg = waterfallSvg(analysis, { paper: 'thread' });
  expect(svg).toContain('levels between');
  expect(svg).toMatch(/>cause<\/tspan>/);
  expect(svg.match(/<g>/g)?.length).toBeLessThanOrEqual(10);
});

test('a long name stands on a line of its own and is not cut', () => {
  const operation = 'GET /tenants/{tenant}/resources/{id}';
  const analysis = analysisOf(traceOf(server('tenant-directory', operation, { ms: 5 })));
  expect(waterfallSvg(analysis, { paper: 'thread' })).toContain(`>${operation}</tspan>`);
});
