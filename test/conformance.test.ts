/** What other projects expect of the same traces. They are pinned: `test/support/shared-files.ts`. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { traceBody } from '#decode/trace-body.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import type { Trace } from '#model/trace/trace.ts';
import { criticalPath } from '#model/trace/views/critical-path.ts';
import { shared } from '#test/shared-files.ts';

type CriticalPathExpectation = Readonly<{
  peers_agree_on_critical_path?: boolean;
  oracle?: Readonly<{
    critical_path_span_ids: readonly string[];
    exclusive_us_by_span: Readonly<Record<string, number>>;
    total_us: number;
  }>;
}>;

describe('the critical path', () => {
  const cases = shared.files('conformance/{crisp,crisp-oracle-synthetic}/*/expect.json');

  test('is compared with a number of cases', () => {
    expect(cases.length).toBeGreaterThan(10);
  });

  test.each(cases)('of %s', (file) => {
    const expected = shared.json<CriticalPathExpectation>(file);
    const trace = readTrace(file.replace('expect.json', 'trace.json'));
    const total = criticalPath(trace).reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
    expect(total).toBe(trace.durationOfUs(trace.root));
    if (expected.peers_agree_on_critical_path !== true || expected.oracle === undefined) return;

    const exclusive = new Map<string, number>();
    for (const { span, startUs, endUs } of criticalPath(trace)) {
      exclusive.set(trace.spanId(span), (exclusive.get(trace.spanId(span)) ?? 0) + endUs - startUs);
    }
    const nonZero = Object.entries(expected.oracle.exclusive_us_by_span).filter(([, us]) => us > 0);
    expect(Object.fromEntries(exclusive)).toEqual(Object.fromEntries(nonZero));
  });
});

function readTrace(file: string): Trace {
  const bytes = shared.has(file) ? shared.bytes(file) : gunzipSync(shared.bytes(`${file}.gz`));
  const body = traceBody('auto', file);
  body.push(bytes);
  const [first] = body.end();
  // The peers read the clocks as they are.
  if (first === undefined) throw new Error(`${file} holds no trace`);
  return buildTrace(first.spans, first.traceId, 0);
}
