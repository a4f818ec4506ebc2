/** A line that only complains stands below the answer that nothing wrong was found; one that tells of a loss is a headline. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

function judgedWith(text: string) {
  const trace = traceOf(server('pay', 'POST /fees', { ms: 90, attributes: { 'http.response.status_code': 201 } }));
  return diagnosed(trace, [{ ...logLine('pay', 60, text, { level: 'error' }), rung: 'trace-id' }]);
}

test('a complaint of a tool is a note', () => {
  const { diagnosis, symptom, findings } = judgedWith('Sentry: could not deliver event, HTTP 429');
  expect(diagnosis).toBeUndefined();
  expect(symptom.kind).toBe('none');
  expect(findings).toMatchObject([{ detector: 'swallowed-error', title: expect.stringContaining('complains') }]);
});

test('a loss is a headline', () => {
  expect(judgedWith('receipt of fee 81 not sent').diagnosis).toMatchObject({ kind: 'swallowed-error' });
});
