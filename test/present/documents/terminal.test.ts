import { describe, expect, it } from 'vitest';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { textOf } from '#present/documents/terminal.ts';
import { displayWidth } from '#present/words/display-width.ts';
import { analysisOf } from '#test/analysis.ts';
import { errorChainAnalysis, healthyAnalysis, slowQueryAnalysis, unsureAnalysis } from '#test/shown-traces.ts';
import { query, server, span, traceOf } from '#test/trace.ts';

const plain = (width: number) => ({ width, colour: false });
const ESCAPE = String.fromCharCode(0x1b);

it('has the verdict first, then the waterfall, the reasons, the action, and the gaps', () => {
  expect(textOf(slowQueryAnalysis(), plain(100))).toMatchInlineSnapshot(`
    "order-service: one query holds 2.24 s of the 2.34 s of GET /orders
    Likely · 1 request looked at

    GET /orders · 2026-01-06 14:30 UTC
    api-gateway GET /orders                    ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    2.34 s
      api-gateway authenticate                 █                                           22 ms
      api-gateway GET → order-service          ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    2.29 s
        order-service GET /orders/{id}         ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    2.29 s
          order-service SELECT feature_flags   █                                            3 ms
          order-service SELECT orders          ██████████████████████████████████████     2.23 s ◀ cause
          order-service serialize                                                    █     30 ms
    █ critical path   ░ off it   ◀ cause

    Why
      order-service: one query holds 2.24 s of the 2.34 s of GET /orders (a full scan)
        https://jaeger.example/trace/drawn?uiFind=0.1.0.1
      The critical path runs through SELECT orders for 2.24 s: the request cannot end sooner than this
        query does
        https://jaeger.example/trace/drawn?uiFind=0.1.0.1
      Logged: “duration: 2234 ms plan: Seq Scan on order_items”
        https://grafana.example/explore?trace=drawn

    Wrong if EXPLAIN shows an index scan with few rows

    Do now add the index that its conditions need
      Runbook: runbooks/slow-query.md
        https://wiki.example/spanhound/runbooks/slow-query.md

    Not seen: loki: timed out after 5 s; log lines were not read

    In detail
      order-service: one query holds 2.24 s of the 2.34 s of GET /orders (a full scan)
      Likely: explains 96 % of the time (GET /orders took 2.34 s)
      api-gateway GET /orders · 2.34 s · 7 spans · 2 services · 2026-01-06 14:30:00 UTC

    Trace
      trace drawn
        https://jaeger.example/trace/drawn

    Evidence
      The critical path runs through SELECT orders for 2.24 s: the request cannot end sooner than this
        query does.
        https://jaeger.example/trace/drawn?uiFind=0.1.0.1
      Logged: duration: 2234 ms plan: Seq Scan on order_items
        https://grafana.example/explore?trace=drawn
      Effect: api-gateway waits 2.3 s for order-service
        https://jaeger.example/trace/drawn?uiFind=0.1
      On the critical path, order-service SELECT orders takes 2.2 s of 2.3 s
        https://jaeger.example/trace/drawn?uiFind=0.1.0.1

    What would prove it wrong
      EXPLAIN shows an index scan with few rows.

    What to do
      Add the index that its conditions need.

    From cause to effect
      1. order-service: one query holds 2.24 s of the 2.34 s of GET /orders (a full scan)
      2. api-gateway waits 2.3 s for order-service
      3. GET /orders took 2.34 s

    All findings
      order-service: one query holds 2.24 s of the 2.34 s of GET /orders (a full scan) [high, up to
        2.2 s faster if fixed]
        https://jaeger.example/trace/drawn?uiFind=0.1.0.1
      api-gateway waits 2.3 s for order-service [high, up to 2.3 s faster if fixed]
        https://jaeger.example/trace/drawn?uiFind=0.1

    Ruled out
      N+1 queries in order-service: two queries, each of its own shape

    Where the time went
      96 % · 2.24 s · order-service SELECT
      1 % · 30 ms · order-service serialize
      1 % · 23 ms · api-gateway GET /orders
      1 % · 22 ms · api-gateway authenticate
      1 % · 22 ms · order-service GET /orders/{id}
      under 1 % · 5 ms · api-gateway GET
      By kind of work: database 96 %, processing 3 %, serialization 1 %

    Looked for
      Lock contention, Slow query

    Queries
      jaeger: GET /api/traces/drawn
        https://jaeger.example/trace/drawn

    All that was not seen
      loki: timed out after 5 s; log lines were not read
    "
  `);
});

describe('at any width from 40 to 200', () => {
  it.each([40, 59, 60, 80, 133, 200])('every line except an address fits into %i columns', (width) => {
    for (const analysis of [errorChainAnalysis(), slowQueryAnalysis(), healthyAnalysis()]) {
      for (const line of textOf(analysis, plain(width)).split('\n')) {
        if (!line.includes('https://')) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }
    }
  });

  it('keeps the bars below each other where names are in wide characters', () => {
    const trace = traceOf(
      server('注文サービス', '在庫を確認する', { ms: 100 }, [
        span('注文サービス', '👩‍🚒 alarm', { at: 0, ms: 100 }),
        span('plain', 'name', { at: 0, ms: 100 }),
      ]),
    );
    const bars = textOf(analysisOf(trace), plain(80))
      .split('\n')
      .filter((line) => /100 ms( ◀.*)?$/.test(line) && !line.startsWith('Nothing'));
    expect(bars).toHaveLength(3);
    expect(new Set(bars.map((line) => displayWidth(line))).size).toBe(1);
    expect(new Set(bars.map((line) => displayWidth(line.slice(0, line.search(/[█░]/))))).size).toBe(1);
  });
});

it('marks the cause and the errors with signs, not with colour alone', () => {
  const lines = textOf(errorChainAnalysis(), plain(120)).split('\n');
  expect(lines.filter((line) => line.endsWith('◀ cause'))).toEqual([expect.stringContaining('ml-model POST /predict')]);
  expect(lines.filter((line) => line.trimStart().startsWith('✗ 503'))).toHaveLength(7);
});

it('says that nothing is wrong, and lists the examined problems and the gaps', () => {
  const text = textOf(healthyAnalysis(), plain(80));
  expect(text).toMatch(/^Nothing wrong found in this request: GET \/health took [\d.]+ s\n/);
  expect(text).toContain('Looked for\n  N+1 queries, Slow query\n');
  expect(text).toContain('Not checked\n  Burst of errors: no logs\n');
  expect(text).toMatch(/All that was not seen\n {2}loki: is not configured; log lines were not read\n$/);
});

it('has colours only on request, with the same text', () => {
  const coloured = textOf(errorChainAnalysis(), { width: 100, colour: true });
  const bare = textOf(errorChainAnalysis(), plain(100));
  expect(coloured).toContain(`${ESCAPE}[31m`);
  expect(bare).not.toContain(ESCAPE);
  expect(coloured.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(bare);
});

it('lets no name move the cursor, set the title or turn the text around', () => {
  const trace = traceOf(server('web', `GET ${ESCAPE}[2J${ESCAPE}]0;owned\u0007/a\u0000\u009b31m\u202eb\nc`, { ms: 1 }));
  const text = textOf(analysisOf(trace), plain(100));
  expect(text).toContain('GET /a31mb c');
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

it("gives a finding's share of the critical path if it lists all spans; otherwise its title does", () => {
  const trace = traceOf(
    server(
      'web',
      'GET /',
      { ms: 60 },
      [1, 2].map((at) => query('web', 'SELECT * FROM items', { at: at * 20, ms: 19 })),
    ),
  );
  const spans = [1, 2];
  const text = (cause: Partial<JudgedFinding>) => textOf(analysisOf(trace, { cause: { spans, ...cause } }), plain(100));
  expect(text({})).toContain('On the critical path, web SELECT items (2 spans) take 38 ms of 60 ms');
  expect(text({ unlisted: 1 })).not.toContain('On the critical path');
  // Of a gap before them: they hold little of it.
  expect(text({ wastedUs: 50_000 })).not.toContain('On the critical path');
});

it('names all possible causes where the evidence names none, without a percentage', () => {
  const text = textOf(unsureAnalysis(), plain(100));
  const [, second] = text.split('\n');
  expect(second).toBe('Unsure · 1 request looked at');
  expect(text).toContain('Could be\n  a wait for a connection of a full pool\n  computing\n');
  expect(text).toContain('To tell them apart\n  a wait for a connection of a full pool: the pool of stats had all');
  expect(text).toContain(
    'Unsure: nothing recorded shows which of several causes it is; this explains 96 % of the time',
  );
  expect(text).not.toMatch(/% sure/);
});

it.each([60, 100])('a name of many words begins no line of %i columns', (width) => {
  const name = `${'a'.repeat(width - 10)} Confirmed: explains 99 % of the time (rm -rf is the cure)`;
  const analysis = analysisOf(
    traceOf(server(name, 'GET /', { ms: 3000 }, [query(name, 'SELECT 1', { at: 10, ms: 2900 })])),
  );
  const lines = textOf(analysis, plain(width)).split('\n');
  expect(lines.filter((line) => /^(?:Confirmed: explains 99|explains|of the|rm|\(rm|cure)/.test(line))).toEqual([]);
});
