/** A part of a request whose parent is lost: where its place fits, it may hold the verdict, and its estimate is said. */
import { describe, expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, rowsOf, type SpanNode, type SpanOptions, server, span } from '#test/trace.ts';

const judged = (...roots: readonly SpanNode[]) => diagnosed(traceFrom(rowsOf(...roots), 'drawn'));
const failed = { failed: true, attributes: { 'http.response.status_code': 500 } };
const front = (to: SpanOptions, options: SpanOptions = failed) =>
  server('kiosk', 'POST /print', { ms: 900, ...options }, [
    call('kiosk', 'printer', 'POST /jobs', { at: 10, ms: 860, ...to }),
  ]);
/** No parent is named: a proxy dropped the header. */
const stray = (options: SpanOptions = {}) =>
  server('printer', 'POST /jobs', { at: 20, ms: 840, failed: true, ...options }, [
    span('printer', 'rasterise', {
      at: 40,
      ms: 600,
      failed: true,
      events: [{ at: 630, name: 'exception', attributes: { 'exception.message': 'glyph table is corrupt' } }],
    }),
  ]);
const ESTIMATE = 'the evidence says so, but a parent is lost: its place in the request is an estimate';

describe('a request below the call that fits', () => {
  test('leads where the request failed and nothing else did, and is likely at most', () => {
    for (const to of [{ failed: true }, {}])
      expect(judged(front(to), stray()).diagnosis).toMatchObject({
        status: 'likely',
        statusReason: ESTIMATE,
        kind: 'error-origin',
        service: 'printer',
        verdict: 'POST /print of kiosk failed because rasterise of printer failed: “glyph table is corrupt”',
      });
  });

  test('says once that its place is an estimate', () => {
    const { findings } = judged(front({ failed: true }), stray());
    expect(findings.filter(({ detector }) => detector === 'broken-trace')).toHaveLength(1);
    expect(findings.at(-1)?.explanation).toContain('No parent is named');
  });

  test('shows its slow query and its lock, which words would confirm in an unbroken trace', () => {
    const slow = (statement: string, events: SpanOptions['events'] = []) =>
      judged(
        front({}, {}),
        server('printer', 'POST /jobs', { at: 20, ms: 840 }, [
          query('printer', statement, { at: 30, ms: 800, events }),
        ]),
      ).diagnosis;
    expect(slow('SELECT body FROM templates WHERE lang = 7')).toMatchObject({ kind: 'slow-query', status: 'likely' });
    expect(
      slow('UPDATE spool SET n = 1 WHERE id = 7', [
        { at: 820, name: 'lock wait', attributes: { 'lock.wait_ms': 780 } },
      ]),
    ).toMatchObject({ kind: 'lock-contention', status: 'likely', statusReason: ESTIMATE });
  });
});

describe('a request that no call fits', () => {
  const origin = (...roots: readonly SpanNode[]) => judged(...roots).diagnosis;

  test('outlives the call, or belongs to a service that nobody called: the call leads', () => {
    for (const other of [stray({ ms: 4000 }), server('audit', 'POST /audit', { at: 20, ms: 100, failed: true })])
      expect(origin(front({ failed: true }), other)).toMatchObject({ status: 'inconclusive', service: 'kiosk' });
  });

  test('does not take the place of a callee that has its span', () => {
    const answered = server('kiosk', 'POST /print', { ms: 900, ...failed }, [
      call('kiosk', 'printer', 'POST /jobs', { at: 10, ms: 860, failed: true }, [
        server('printer', 'POST /jobs', { at: 15, ms: 850, failed: true, statusText: 'out of paper' }),
      ]),
    ]);
    expect(origin(answered, stray())?.verdict).toContain('out of paper');
  });
});

test('a parent that a span names but that never came limits the word as well', () => {
  const whole = server('kiosk', 'POST /print', { ms: 900 }, [
    call('kiosk', 'printer', 'POST /jobs', { at: 10, ms: 860 }, [
      server('printer', 'POST /jobs', { at: 20, ms: 840 }, [
        query('printer', 'UPDATE spool SET n = 1 WHERE id = 7', {
          at: 30,
          ms: 800,
          events: [{ at: 820, name: 'lock wait', attributes: { 'lock.wait_ms': 780 } }],
        }),
      ]),
    ]),
  ]);
  const without = (lost: string) =>
    diagnosed(
      traceFrom(
        rowsOf(whole).filter(({ id }) => id !== lost),
        'drawn',
      ),
    );
  expect(without('').diagnosis).toMatchObject({ kind: 'lock-contention', status: 'confirmed' });
  expect(without('0.0.0').diagnosis).toMatchObject({ kind: 'lock-contention', status: 'likely' });
});

describe('a request whose spans show nothing wrong', () => {
  const whole = (options: SpanOptions = {}) =>
    server('kiosk', 'POST /print', { ms: 900, ...options }, [
      call('kiosk', 'printer', 'POST /jobs', { at: 10, ms: 60 }, [
        server('printer', 'POST /jobs', { at: 20, ms: 40 }, [query('printer', 'SELECT 1', { at: 30, ms: 2 })]),
      ]),
      span('kiosk', 'cut paper', { at: 80, ms: 800 }),
    ]);
  const told = (root: SpanNode, lost: string) =>
    diagnosed(
      traceFrom(
        rowsOf(root).filter(({ id }) => id !== lost),
        'drawn',
      ),
    );

  test('gets no verdict for spans that were lost on the way: they stand beside it', () => {
    const { diagnosis, findings, symptom } = told(whole(), '0.0.0');
    expect(diagnosis).toBeUndefined();
    expect(symptom.kind).toBe('none');
    expect(findings.map(({ detector }) => detector)).toContain('broken-trace');
  });

  test('gets one for a context that a service does not pass on, and for a failure', () => {
    const caller = server('kiosk', 'POST /print', { ms: 62 }, [
      call('kiosk', 'printer', 'POST /jobs', { at: 1, ms: 60 }, [server('printer', 'POST /jobs', { at: 2, ms: 58 })]),
    ]);
    const lone = server('ink', 'POST /levels', { at: 950, ms: 40 });
    expect(judged(caller, lone).diagnosis).toMatchObject({ kind: 'broken-trace' });
    expect(told(whole(failed), '0.0.0').diagnosis).toMatchObject({ kind: 'error-origin' });
  });
});
