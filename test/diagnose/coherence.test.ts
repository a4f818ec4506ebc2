/** A report does not contradict itself: what it names it does not rule out, and nothing stands as a sign of what it is none of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Judgement } from '#model/diagnosis.ts';
import { traceFrom } from '#model/span-rows.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { guideExamples } from '#test/guide-report.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import '#test/property-runs.ts';
import { reportOf } from '#test/report-of.ts';
import { scenarios } from '#test/scenarios.ts';
import { spanSoup } from '#test/span-soup.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

type Told = Pick<Judgement, 'findings' | 'diagnosis'> | Awaited<ReturnType<typeof reportOf>>;

/** What a reader takes a sentence to speak of. */
const SPOKEN_OF: Readonly<Record<string, RegExp>> = {
  'slow-query': /slow query|missing index|holds one for/i,
  'lock-contention': /\bdeadlock|\block\b/i,
  'pool-exhaustion': /\bpool\b|for a connection/i,
  'gc-pause': /garbage collection/i,
  'resource-exhausted': /out of memory|\bOOM\b|too many open files|no space left|exhausted/i,
  'retry-storm': /\bretries\b|\d+ attempts/i,
  'timeout-cascade': /timed out|time-?out|deadline exceeded/i,
  'circuit-open': /circuit breaker/i,
};

/** Kinds that a report names, in a finding or in words, and rules out all the same. */
function contradictions({ diagnosis, findings }: Told): string[] {
  const said = [diagnosis?.verdict, ...findings.flatMap(({ title, explanation }) => [title, explanation])];
  const couldBe = (diagnosis?.couldBe ?? []).map(({ what }) => what);
  const words = [...said, ...couldBe].join('\n');
  const found = findings.map(({ detector, service }) => `${detector} ${service}`);
  const kinds = [diagnosis?.kind, ...findings.map(({ detector }) => detector)];
  const isNamed = (kind: string) => kinds.includes(kind) || SPOKEN_OF[kind]?.test(words) === true;
  return (diagnosis?.ruledOut ?? [])
    .filter(({ kind, service }) => (service === '' ? isNamed(kind) : found.includes(`${kind} ${service}`)))
    .map(({ kind, service, why }) => `${kind} ${service}: ${why}`);
}

const failed = { failed: true };

describe('what a report names it does not rule out', () => {
  const samples: readonly Readonly<{ folder: string }>[] = JSON.parse(readFileSync('samples/index.json', 'utf8'));
  const drawn = [...scenarios, ...guideExamples, ...problemTraces].map(
    (scenario) => [scenario.name, scenario] as const,
  );

  test.each(samples)('in the sample $folder', async ({ folder }) => {
    const read = (name: string) => readFileSync(join('samples', folder, name));
    const traces: unknown = JSON.parse(read('traces.json').toString());
    const last =
      traces instanceof Object && 'data' in traces && Array.isArray(traces.data) ? traces.data.at(-1) : undefined;
    const one = last === undefined ? read('traces.json') : JSON.stringify({ data: [last] });
    expect(contradictions(await reportOf(one, { logs: read('logs.jsonl') }))).toEqual([]);
  });

  test.each(drawn)('in the drawn %s, with and without its log', async (_, scenario) => {
    const happened = happening(scenario);
    const trace = JSON.stringify(otlpOf(happened));
    expect(contradictions(await reportOf(trace, { logs: logsJsonlOf(happened) }))).toEqual([]);
    expect(contradictions(await reportOf(trace))).toEqual([]);
  });

  const CLAIMS = [
    'Connection pool exhausted',
    'deadlock detected',
    'java.lang.OutOfMemoryError: Java heap space',
    'CUDA out of memory',
    'slow query: missing index on users.email',
    'GC overhead limit exceeded',
    'circuit breaker is open',
    'deadline exceeded',
    'no space left on device',
    'quota exceeded, retries exhausted',
    'schema mismatch',
  ];

  test.each(CLAIMS)('in a failure that says “%s”', (statusText) => {
    const told = diagnosed(
      traceOf(
        server('bff', 'GET /page', { ms: 900, ...failed }, [
          call('bff', 'core', 'GET /core', { at: 5, ms: 880, ...failed, statusText }),
        ]),
      ),
    );
    expect(told.diagnosis).toBeDefined();
    expect(contradictions(told)).toEqual([]);
  });

  const FORMS: Readonly<Record<string, (options: SpanOptions) => SpanNode[]>> = {
    query: (options) => [query('shop', 'SELECT * FROM carts WHERE id = $1', options)],
    write: (options) => [query('shop', 'UPDATE carts SET total = $1 WHERE id = $2', options)],
    call: (options) => [call('shop', 'stock', 'GET /stock', options)],
    pool: (options) => [span('shop', 'pool.acquire', options)],
    work: (options) => [span('shop', 'price', options)],
    many: (options) => times(8, () => call('shop', 'stock', 'GET /stock', options)),
  };
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 900 }),
    pause: fc.integer({ min: 0, max: 700 }),
    failed: fc.boolean(),
    statusText: fc.constantFrom('', ...CLAIMS),
    form: fc.constantFrom(...Object.keys(FORMS)),
  });

  test('in any request of queries, calls, gaps, waits and failures', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.boolean(), (steps, isRootFailed) => {
        let at = 3;
        const children = steps.flatMap(({ pause, form, ...options }) => {
          const begun = at + pause;
          at = begun + options.ms;
          return FORMS[form]?.({ ...options, at: begun }) ?? [];
        });
        const trace = traceOf(server('shop', 'POST /orders', { ms: at + 5, failed: isRootFailed }, children));
        expect(contradictions(diagnosed(trace))).toEqual([]);
      }),
    );
  });

  test('in any soup of spans', () => {
    fc.assert(
      fc.property(spanSoup, (rows) => {
        expect(contradictions(diagnosed(traceFrom(rows, 'soup')))).toEqual([]);
      }),
    );
  });
});
