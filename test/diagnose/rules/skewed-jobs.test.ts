/** Nobody waits for a job, and its length proves nothing, unless its engine says that one part takes all the time. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { server, span, times, traceOf } from '#test/trace.ts';

function verdictOf(text: string) {
  const dag = { attributes: { 'airflow.dag_id': 'risk' } };
  const trace = traceOf(
    server('airflow', 'dag.risk', { ms: 3_605_000, ...dag }, [
      server('spark', 'spark-submit risk', { at: 1000, ms: 3_603_000, attributes: { 'airflow.task_id': 'risk' } }, [
        ...times(12, (i) => span('spark', `task ${i + 1}`, { at: 2000 + i * 10, ms: 60_000 })),
        span('spark', 'task 40', { at: 2000, ms: 3_601_000 }),
      ]),
    ]),
  );
  return diagnosed(trace, [{ ...logLine('spark', 3_600_000, text, { level: 'warn' }), rung: 'time' }]).diagnosis;
}

test.each([
  'Stage 4 has 1 task left of 40 for 59 min, shuffle read 41.2 GiB (median 0.2 GiB), key farm_id=NULL',
  'stage 4: 199 of 200 tasks done in 70 s, task 117 still running',
  'data skew in partition 12 of the join',
])('the job is slow for one of its parts: %s', (text) => {
  expect(verdictOf(text)).toMatchObject({ kind: 'bottleneck', service: 'spark' });
});

test.each(['Stage 4 has 12 tasks left of 40', 'clock skew of 3 s between the hosts', '40 of 40 tasks done'])(
  'the job takes as long as it takes: %s',
  (text) => {
    expect(verdictOf(text)).toBeUndefined();
  },
);
