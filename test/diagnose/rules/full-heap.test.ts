/** A process that runs out of memory collects before: the failure leads, and not the pauses. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { server, span, traceOf } from '#test/trace.ts';

test.each([
  ['Java heap space', 'error-origin'],
  ['java.lang.OutOfMemoryError: GC overhead limit exceeded', 'error-origin'],
  ['no plan found for match 7', 'gc-pause'],
])('a process that collects before it fails with “%s”: %s', (text, kind) => {
  const trace = traceOf(
    server('assign', 'POST /plan', { ms: 5200, failed: true, attributes: { 'http.response.status_code': 500 } }, [
      span('assign', 'Planner.permute', { at: 100, ms: 5080, failed: true, statusText: text }),
    ]),
  );
  const pause = '[gc] GC(2210) Pause Full (G1 Compaction Pause) 3071M->3068M(3072M) 1984.201ms';
  const line = { ...logLine('assign', 3900, pause, { traceId: '', spanId: '' }), rung: 'time' } as const;
  expect(diagnosed(trace, [line]).diagnosis).toMatchObject({ kind, service: 'assign' });
});
