/** `--baseline` from the files to the report, with traces that are drawn here and sent as OTLP. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Report } from '#present/json/report.ts';
import { happening, otlpOf } from '#test/otlp.ts';
import { call, query, type SpanNode, server, times } from '#test/trace.ts';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const AGAINST_BASELINE = ['missing-service', 'shrunk-response', 'slower-than-baseline', 'span-count-anomaly'];

type Request = Readonly<{ stockMs?: number; queries?: number; offers?: boolean; bytes?: number; failed?: boolean }>;

/** Each request for the page asks stock, its own database and, at last, for offers. */
function page({ stockMs = 30, queries = 3, offers = true, bytes = 41_000, failed = false }: Request = {}): SpanNode {
  const queriesAt = 10 + stockMs;
  const offersAt = queriesAt + queries * 4 + 2;
  const attributes = { 'http.response.status_code': failed ? 500 : 200, 'http.response.body.size': bytes };
  return server('web', 'GET /page', { ms: offersAt + 30, failed, attributes }, [
    call('web', 'stock', 'GET /stock', { at: 5, ms: stockMs + 4 }, [
      server('stock', 'GET /stock', { at: 7, ms: stockMs }),
    ]),
    ...times(queries, (i) => query('web', `SELECT * FROM users WHERE id = ${i}`, { at: queriesAt + i * 4, ms: 3 })),
    ...(offers
      ? [
          call('web', 'offers', 'GET /offers', { at: offersAt, ms: 20 }, [
            server('offers', 'GET /offers', { at: offersAt + 1, ms: 18 }),
          ]),
        ]
      : []),
  ]);
}

function drawn(name: string, root: SpanNode) {
  return otlpOf(happening({ name, title: name, what: '', roots: [root], logs: [], expected: undefined }));
}

/** One file of many traces, one value a line, as a collector writes them. */
function baselineFile(name: string, roots: readonly SpanNode[]): string {
  const path = join(folder, name);
  const lines = roots.map((root, i) => JSON.stringify(drawn(`${name} ${i}`, root))).join('\n');
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(lines) : lines);
  return path;
}

function traceFile(name: string, root: SpanNode): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(drawn(name, root)));
  return path;
}

async function report(...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await spanhound([...args, '--json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const HEALTHY = times(12, (i) => page({ stockMs: 28 + (i % 3) * 2, bytes: 40_000 + i * 200 }));

describe('analyze --baseline', () => {
  const healthy = baselineFile('healthy.jsonl.gz', HEALTHY);

  test('names the service whose own time grew, and says how the request usually is', async () => {
    const file = traceFile('slow.json', page({ stockMs: 1500 }));
    const { diagnosis, findings, checked, gaps } = await report('analyze', file, '--baseline', healthy);
    expect(diagnosis).toMatchObject({ kind: 'slower-than-baseline', service: 'stock', operation: 'GET /stock' });
    expect(diagnosis?.verdict).toMatch(
      /^stock: GET \/stock takes by itself 1\.5 s, usually 30 ms: 100 % of the 1\.5 s/,
    );
    expect(findings.map(({ detector }) => detector)).toEqual(['slower-than-baseline']);
    expect(checked.skipped.map(({ detector }) => detector)).not.toContain('slower-than-baseline');
    expect(gaps).toEqual([]);
    const { stdout } = await spanhound(['analyze', file, '--baseline', healthy]);
    expect(stdout).toContain('stock: GET /stock takes by itself 1.5 s');
  });

  test('says how often an operation usually runs, and what makes it run more often comes first', async () => {
    const file = traceFile('more.json', page({ queries: 300 }));
    const { diagnosis, findings } = await report('analyze', file, '--baseline', healthy);
    expect(diagnosis).toMatchObject({ kind: 'n-plus-one-queries', service: 'web' });
    const more = findings.findIndex(({ detector }) => detector === 'span-count-anomaly');
    expect(findings[more]?.title).toMatch(
      /SELECT users runs 300 times in one request below GET \/page, usually 3: 100 times/,
    );
    expect(diagnosis?.chain).toContainEqual({ finding: more, because: 0 });
  });

  test('names a service that is left out, and an answer that is small for it', async () => {
    const file = traceFile('less.json', page({ offers: false, bytes: 900 }));
    const { diagnosis, findings } = await report('analyze', file, '--baseline', healthy);
    expect(findings.map(({ detector }) => detector)).toEqual(['missing-service', 'shrunk-response']);
    expect(diagnosis).toMatchObject({
      kind: 'missing-service',
      service: 'offers',
      chain: [{ finding: 1, because: 0 }],
    });
  });

  test('finds nothing in a request that is as healthy as the others', async () => {
    const { diagnosis, checked } = await report('analyze', traceFile('well.json', page()), '--baseline', healthy);
    expect(diagnosis).toBeNull();
    expect(checked.clear).toEqual(expect.arrayContaining(AGAINST_BASELINE));
  });

  test('compares with what did not fail, and not with the trace itself', async () => {
    const slow = page({ stockMs: 1500 });
    const file = traceFile('same.json', slow);
    const others = baselineFile('mixed.jsonl', [
      ...times(5, () => page()),
      ...times(20, () => page({ stockMs: 1500, failed: true })),
    ]);
    const { diagnosis } = await report('analyze', file, '--baseline', others);
    expect(diagnosis?.kind).toBe('slower-than-baseline');
    const { checked, gaps } = await report('analyze', file, '--baseline', file);
    const forWantOfTraces = checked.skipped.filter(({ missing }) => missing.includes('baseline'));
    expect(forWantOfTraces.map(({ detector }) => detector).toSorted()).toEqual(AGAINST_BASELINE);
    expect(gaps).toEqual([
      {
        source: file,
        problem: 'holds no healthy trace of GET /page on web',
        consequence: 'nothing was compared with healthy requests',
      },
    ]);
  });

  test('says that few traces show little', async () => {
    const few = baselineFile('few.jsonl', [page()]);
    const file = traceFile('left.json', page({ offers: false }));
    const { findings, gaps } = await report('analyze', file, '--baseline', few);
    expect(findings).toEqual([]);
    expect(gaps.map(({ problem }) => problem)).toEqual(['holds 1 healthy trace of GET /page on web, fewer than 5']);
  });

  test('is looked for only where there is one, and the report says so', async () => {
    const { checked } = await report('analyze', traceFile('alone.json', page({ stockMs: 1500 })));
    expect(checked.skipped).toEqual(
      expect.arrayContaining(AGAINST_BASELINE.map((detector) => ({ detector, missing: ['baseline'] }))),
    );
  });

  test('that holds no trace, or comes from the same standard input, spoils the whole call', async () => {
    const file = traceFile('fine.json', page());
    const prose = join(folder, 'prose.json');
    writeFileSync(prose, '{"hello": "world"}');
    for (const baseline of [prose, join(folder, 'nowhere.json')]) {
      const { code, stdout, stderr } = await spanhound(['analyze', file, '--baseline', baseline]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(baseline);
    }
    expect((await spanhound(['analyze', '-', '--baseline', '-'], { stdin: '{}' })).code).toBe(2);
  });
});

describe('investigate --case', () => {
  test('compares with the healthy traces that the case holds, and diagnoses none of them', async () => {
    const dir = join(folder, 'case');
    mkdirSync(dir);
    writeFileSync(join(dir, 'traces.json'), JSON.stringify(drawn('case', page({ stockMs: 1500 }))));
    HEALTHY.forEach((root, i) => {
      writeFileSync(join(dir, `baseline-${i}.json.gz`), gzipSync(JSON.stringify(drawn(`healthy ${i}`, root))));
    });
    writeFileSync(join(dir, 'baseline-logs.jsonl'), '');
    const { diagnosis, subject, gaps } = await report('investigate', '--case', dir);
    expect(subject.kind).toBe('trace');
    expect(diagnosis).toMatchObject({ kind: 'slower-than-baseline', service: 'stock' });
    expect(gaps.filter(({ source }) => source.startsWith('baseline'))).toEqual([
      {
        source: 'baseline-logs.jsonl',
        problem: 'is empty',
        consequence: 'no log lines were compared with a healthy time window',
      },
    ]);
  });
});
