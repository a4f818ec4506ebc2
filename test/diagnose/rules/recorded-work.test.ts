/** Time on record as work of its own is no headline for as long as people put up with it; an unrecorded time is. */
import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const verdictOf = (root: SpanNode) => diagnosed(traceOf(root)).diagnosis?.kind;

const withWork = (ms: number, operation: string, attributes: Attributes = {}) =>
  verdictOf(server('shop', 'POST /order', { ms: ms + 60 }, [span('shop', operation, { at: 30, ms, attributes })]));

describe('any work with a span of its own', () => {
  test('may take a second', () => {
    expect(withWork(800, 'render label')).toBeUndefined();
    expect(withWork(1500, 'render label')).toBe('bottleneck');
  });

  test('while a wait is no work', () => {
    expect(withWork(800, 'acquire slot')).toBe('bottleneck');
    expect(withWork(800, 'waitForPermit')).toBe('bottleneck');
  });

  test('while a handler without spans, or a gap, is a question from a second on', () => {
    const gap = (ms: number) =>
      verdictOf(server('shop', 'POST /order', { ms }, [call('shop', 'stock', 'GET', { at: 5, ms: 10 })]));
    expect(verdictOf(server('shop', 'POST /order', { ms: 800 }))).toBeUndefined();
    expect(verdictOf(server('shop', 'POST /order', { ms: 1300 }))).toBe('bottleneck');
    expect(gap(900)).toBeUndefined();
    expect(gap(1900)).toBe('unexplained-gap');
  });

  test('while a call to a language model may take ten seconds', () => {
    const asked = (url: string, ms: number) =>
      verdictOf(
        server('shop', 'POST /text', { ms: ms + 60 }, [
          call('shop', 'llm.example', 'POST', { at: 20, ms, attributes: { 'url.full': url } }),
        ]),
      );
    expect(asked('https://llm.example/v1/chat/completions', 3200)).toBeUndefined();
    expect(asked('https://llm.example/v1/chat/completions', 14_000)).toBe('bottleneck');
    expect(asked('https://llm.example/v1/models', 3200)).toBe('bottleneck');
  });
});

test('a recording may take as long as it plays', () => {
  expect(withWork(21_000, 'whisper.transcribe', { 'audio.duration_s': 240 })).toBeUndefined();
  expect(withWork(21_000, 'whisper.transcribe', { 'audio.duration_s': 12 })).toBe('bottleneck');
  expect(withWork(21_000, 'whisper.transcribe', { 'audio.duration_ms': 240 })).toBe('bottleneck');
});

test('an archive may take as long as its bytes, and an engine the time that it was given', () => {
  expect(withWork(3600, 'zip.stream', { 'zip.bytes': 90_000_000 })).toBeUndefined();
  expect(withWork(3600, 'zip.stream', { 'zip.bytes': 3_000_000 })).toBe('bottleneck');
  expect(withWork(4000, 'engine.go', { movetime_ms: 4000 })).toBeUndefined();
});

test('pages and pictures may take half a second each, in ten seconds', () => {
  expect(withWork(2600, 'draw atlas', { 'atlas.pages': 12 })).toBeUndefined();
  expect(withWork(2600, 'draw atlas', { 'atlas.pages': 3 })).toBe('bottleneck');
  expect(withWork(2600, 'draw atlas', { 'atlas.countries': 12 })).toBe('bottleneck');
  expect(withWork(14_000, 'draw atlas', { 'atlas.pages': 90 })).toBe('bottleneck');
});

test('work that reports its progress may take long, from a second on', () => {
  const reported = (name: (i: number) => string, ms = 2400) =>
    verdictOf(
      server('shop', 'POST /fit', { ms: ms + 20 }, [
        span('shop', 'fit model', {
          at: 10,
          ms,
          events: times(4, (i) => ({ at: 10 + ((i + 1) * ms) / 5, name: name(i), attributes: {} })),
        }),
      ]),
    );
  expect(reported((i) => `progress: {"epoch": ${i}}`)).toBeUndefined();
  expect(reported((i) => `epoch ${i} of 4`)).toBeUndefined();
  expect(reported((i) => `row ${i}`)).toBe('bottleneck');
  expect(reported((i) => `epoch ${i} failed`)).toBe('bottleneck');
});

test('a third party may take a second for its answer', () => {
  const third = (host: string, ms: number) =>
    verdictOf(server('shop', 'POST /order', { ms: ms + 60 }, [call('shop', host, 'POST', { at: 30, ms })]));
  expect(third('api.pay.example', 900)).toBeUndefined();
  expect(third('api.pay.example', 1700)).toBe('bottleneck');
  expect(third('stock', 1700)).toBe('bottleneck');
});

test('computing may take two seconds, where its CPU time is on record', () => {
  expect(withWork(1800, 'merge', { cpu_time_ms: 1790 })).toBeUndefined();
  expect(withWork(1800, 'merge', { busy_ns: 1_790_000_000 })).toBeUndefined();
  expect(withWork(1800, 'merge', { cpu_time_ms: 40 })).toBe('bottleneck');
  expect(withWork(9000, 'merge', { cpu_time_ms: 8990 })).toBe('bottleneck');
});

describe('batches', () => {
  const inserts = (ms: number, attributes: Attributes) =>
    verdictOf(
      server('ledger', 'POST /eod', { ms: 30 * ms + 100 }, [
        ...times(30, (i) => query('ledger', 'INSERT INTO posting SELECT 1', { at: i * ms, ms: ms - 5, attributes })),
      ]),
    );

  test('take as long as their rows', () => {
    expect(inserts(280, { 'db.operation.batch.size': 5000 })).toBeUndefined();
  });

  test('and so do pages of a list, and statements that copy very many rows', () => {
    const pages = (method: string, system = 'aws-api') =>
      verdictOf(
        server('files', 'GET /folder', { ms: 2200 }, [
          ...times(5, (i) =>
            call('files', 's3', `S3.${method}`, {
              at: i * 430,
              ms: 420,
              attributes: { 'rpc.system': system, 'rpc.method': method },
            }),
          ),
        ]),
      );
    expect(pages('ListObjectsV2')).toBeUndefined();
    expect(pages('ListObjectsV2', 'grpc')).toBeDefined();
    expect(pages('GetObject')).toBeDefined();
    const copy = (rows: number) =>
      verdictOf(
        server('load', 'POST /load', { ms: 3000 }, [
          query('load', 'COPY items FROM STDIN', {
            at: 20,
            ms: 2900,
            attributes: { 'db.response.affected_rows': rows },
          }),
        ]),
      );
    expect(copy(900_000)).toBeUndefined();
    expect(copy(9000)).toBe('slow-query');
  });

  test('and so do statements that each fill a table from another', () => {
    const load = (ms: number) =>
      verdictOf(
        span('etl', 'load partitions', { ms: 30 * ms + 100 }, [
          ...times(30, (i) =>
            query('etl', 'INSERT INTO facts SELECT * FROM raw WHERE day = 7', { at: i * ms, ms: ms - 5 }),
          ),
        ]),
      );
    expect(load(1900)).toBeUndefined();
    expect(load(60)).toBe('n-plus-one-queries');
  });

  test('while single rows, or batches of many seconds, are looked at', () => {
    expect(inserts(280, {})).toBeDefined();
    expect(inserts(2800, { 'db.operation.batch.size': 5000 })).toBeDefined();
  });
});

describe('work with a limit', () => {
  test('that it was given uses all of it', () => {
    expect(withWork(3000, 'solve', { 'solver.time_limit_ms': 3000 })).toBeUndefined();
    expect(withWork(3000, 'solve', { 'search.budget_s': 3 })).toBeUndefined();
    expect(withWork(3000, 'solve', { 'solver.termination.spent_limit_seconds': 3 })).toBeUndefined();
    expect(withWork(3000, 'solve', { 'solver.time_limit_ms': 30_000 })).toBe('bottleneck');
  });

  test('is no call that reached its time limit', () => {
    const waits = call('shop', 'stock', 'Get', { at: 30, ms: 3000, attributes: { time_limit_ms: 3000 } });
    expect(verdictOf(server('shop', 'GET /', { ms: 3060 }, [waits]))).toBe('bottleneck');
  });
});

test('keys and films may take ten seconds', () => {
  expect(withWork(4000, 'rsa_generate_key')).toBeUndefined();
  expect(withWork(4000, 'KeyPairGenerator.generateKeyPair')).toBeUndefined();
  expect(withWork(4000, 'Replay.transcodeVideo')).toBeUndefined();
  expect(withWork(14_000, 'Replay.transcodeVideo')).toBe('bottleneck');
  expect(withWork(4000, 'generateInvoice')).toBe('bottleneck');
});
