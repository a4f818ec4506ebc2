/** What a failed request says, beyond the messages of its spans. */
import { expect, test } from 'vitest';
import { requestSymptoms } from '#detect/signs/request-symptoms.ts';
import type { Finding } from '#model/finding/finding.ts';
import { call, type SpanNode, server, traceOf } from '#test/trace.ts';

function saidIn(root: SpanNode): string {
  const first = {
    detector: 'error-origin',
    service: 'web',
    operation: '',
    title: '',
    explanation: '',
    facts: {},
    spans: [0],
  };
  const trace = traceOf(root);
  const seen = { symptom: 'failed', logs: [], nearLines: [], baselineLogs: [] } as const;
  return requestSymptoms({ ...seen, trace, first: first as unknown as Finding }).complaint?.text ?? '';
}

test('the exceptions inside the recorded one', () => {
  const stack = [
    'org.example.HandlingFailed: cannot handle it',
    '\tat org.example.Listener.on(Listener.java:30)',
    'Caused by: org.example.BadForm: cannot read "12.50" (through Row["price_cents"])',
    '\t... 12 more',
  ].join('\n');
  const attributes = { 'exception.message': 'cannot handle it', 'exception.stacktrace': stack };
  const said = saidIn(server('web', 'GET /', { failed: true, events: [{ at: 0, name: 'exception', attributes }] }));
  expect(said).toContain('row["price_cents"]');
  expect(said).not.toContain('listener.java');
});

test.each([
  [404, true],
  [500, false],
])('the path of a call that was answered with %d', (status, isSaid) => {
  const attributes = {
    'http.request.method': 'GET',
    'http.response.status_code': status,
    'url.full': 'http://rows:8080/v1/rows/7?page=2',
  };
  const said = saidIn(
    server('web', 'GET /', { failed: true, ms: 20 }, [call('web', 'rows', 'GET', { ms: 9, failed: true, attributes })]),
  );
  expect(said.includes('get /v1/rows/7 answered 404')).toBe(isSaid);
});
