import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fontFiles } from '#analyse/fonts.ts';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { textOf } from '#present/documents/terminal.ts';
import { renderPng } from '#present/svg/png.ts';
import { waterfallAlt, waterfallSvg } from '#present/waterfall/svg.ts';
import { analysisOf, spanAt } from '#test/analysis.ts';
import {
  errorChainAnalysis,
  healthyAnalysis,
  largeAnalysis,
  nPlusOneAnalysis,
  slowQueryAnalysis,
} from '#test/shown-traces.ts';
import { query, server, span, times, traceOf } from '#test/trace.ts';

const ALL = [slowQueryAnalysis, nPlusOneAnalysis, errorChainAnalysis, largeAnalysis, healthyAnalysis];

/** Names as long as they come, in as many rows as there are. */
function denseAnalysis(): TraceAnalysis {
  const name = (i: number) => `GET /api/v${i}/tenants/{tenant}/resources/{resource}/details-${i}`;
  const trace = traceOf(
    server('gateway-with-a-long-name', 'GET /everything', { ms: 1000 }, [
      ...times(60, (i) => span(`service-with-a-long-name-${i % 12}`, name(i), { at: i * 16, ms: 16 })),
    ]),
  );
  return analysisOf(trace, { cause: { spans: [7], title: `One ${'very '.repeat(60)}long verdict` } });
}

it('has a title and a description, so that it can be read without being seen', () => {
  const svg = waterfallSvg(slowQueryAnalysis());
  expect(svg).toContain('<title id="waterfall-title-page">GET /orders · 2026-01-06 14:30 UTC</title>');
  expect(svg).toContain('role="img" aria-labelledby="waterfall-title-page waterfall-desc-page"');
  expect(waterfallAlt(slowQueryAnalysis())).toBe(
    'Waterfall of 7 spans over 2.34 s in 7 rows. Marked as cause: order-service SELECT orders, 2.23 s, from 45 ms to 2.28 s.',
  );
});

describe('where two waits are the cause', () => {
  const trace = traceOf(
    server('user-service', 'POST /login', { ms: 6750 }, [
      span('user-service', 'pg-pool.connect', { at: 8, ms: 1150 }),
      query('user-service', 'SELECT * FROM users WHERE email = $1', { at: 1160, ms: 530 }),
      span('user-service', 'pg-pool.connect', { at: 1700, ms: 5000 }),
    ]),
  );
  const analysis = analysisOf(trace, { cause: { spans: [spanAt(trace, '0.0'), spanAt(trace, '0.2')] } });

  it('names the longer one first in its alternative text, and their sum', () => {
    expect(waterfallAlt(analysis)).toContain(
      'Marked as cause, 6.2 s together: user-service pg-pool.connect, 5 s, from 1.7 s to 6.7 s; user-service pg-pool.connect, 1.15 s, from 8 ms to 1.16 s.',
    );
  });

  it('has the sum that the message says, as picture and as text', () => {
    expect(waterfallSvg(analysis)).toContain('>cause: 6.2 s together</text>');
    expect(textOf(analysis, { width: 100, colour: false })).toContain('◀ cause: 6.2 s together');
    expect(waterfallSvg(slowQueryAnalysis())).toContain('>cause</text>');
  });

  it('counts overlapping waits once', () => {
    const parallel = traceOf(
      server('shop', 'GET /', { ms: 1000 }, [
        span('shop', 'wait a', { at: 0, ms: 600 }),
        span('shop', 'wait b', { at: 400, ms: 600 }),
      ]),
    );
    const both = analysisOf(parallel, { cause: { spans: [spanAt(parallel, '0.0'), spanAt(parallel, '0.1')] } });
    expect(waterfallSvg(both)).toContain('>cause: 1 s together</text>');
  });
});

it('names the service of the cause whole in a thread, however little room the cause leaves', () => {
  const trace = traceOf(server('recommendation-gateway-eu', 'GET /', { ms: 5, failed: true }));
  const svg = waterfallSvg(analysisOf(trace, { cause: { spans: [0] } }), { paper: 'thread' });
  expect(svg).toMatch(/>recommendation-gateway-eu +<\/tspan><tspan[^>]*>GET \/</);
});

it('keeps every bar inside the picture', () => {
  for (const make of [...ALL, denseAnalysis]) {
    for (const [, x, width] of waterfallSvg(make()).matchAll(/<rect x="([\d.-]+)"[^>]* width="([\d.-]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(721);
    }
  }
});

describe('names from a trace', () => {
  const hostile = `</text><script>alert("1")</script> & 'quoted' \u0000\u0008\u202e ]]> \ud800`;
  const svg = waterfallSvg(
    analysisOf(traceOf(server(hostile, hostile, { ms: 5 })), { cause: { spans: [0], title: hostile } }),
  );

  it('cannot add elements', () => {
    expect(svg).not.toMatch(/<script|<\/text><[^g/]*script/);
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)');
  });

  it('cannot make it ill-formed: control characters and half characters are gone', async () => {
    expect(svg.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    await expect(renderPng(svg, fontFiles(svg), { crc32, deflateSync })).resolves.toBeInstanceOf(Uint8Array);
  });
});

describe('as a PNG', () => {
  it('is a picture with a palette, twice as large as its units, and three times in a thread', async () => {
    const svg = waterfallSvg(healthyAnalysis());
    const png = await renderPng(svg, fontFiles(svg), { crc32, deflateSync });
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const header = new DataView(png.buffer, png.byteOffset);
    expect(header.getUint32(16)).toBe(1440);
    const inThread = waterfallSvg(healthyAnalysis(), { paper: 'thread' });
    const narrow = await renderPng(inThread, fontFiles(inThread), { crc32, deflateSync });
    expect(new DataView(narrow.buffer, narrow.byteOffset).getUint32(16)).toBe(1200);
    expect(header.getUint8(25)).toBe(3);
  });

  it('stays under 200 KB, even with as many and as long names as fit', async () => {
    for (const [make, paper] of [...ALL, denseAnalysis].flatMap(
      (make) =>
        [
          [make, 'page'],
          [make, 'thread'],
        ] as const,
    )) {
      const svg = waterfallSvg(make(), { paper });
      const png = await renderPng(svg, fontFiles(svg), { crc32, deflateSync });
      expect(png.length).toBeLessThan(200_000);
    }
  });
});

it('marks a span whose place is an estimate, in the picture and in the text', () => {
  const row = (id: string, parentId: string | undefined, startUs: number, endUs: number) => {
    const span = { service: 'shop', operation: id, kind: 'internal', failed: undefined, attributes: {} } as const;
    return { ...span, id, parentId, startUs: 1_000_000 + startUs, durationUs: endUs - startUs };
  };
  const trace = traceFrom([
    row('root', undefined, 0, 100_000),
    row('outer', 'root', 10_000, 90_000),
    row('found', 'lost', 30_000, 40_000),
  ]);
  const analysis = analysisOf(trace);
  expect(waterfallSvg(analysis)).toContain('>estimated</text>');
  const text = textOf(analysis, { width: 100, colour: false });
  expect(text).toMatch(/^ +┄ shop found/m);
  expect(text).toContain('┄ estimated');
  expect(text.replace(/\s+/g, ' ')).toContain('the places of these spans are estimates by time and service');
  expect(waterfallSvg(slowQueryAnalysis())).not.toContain('>estimated</text>');
});
