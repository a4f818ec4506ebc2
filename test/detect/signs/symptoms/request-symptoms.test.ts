/** What a failed request says, beyond the messages of its spans. */
import { expect, test } from 'vitest';
import { requestSymptoms, symptomsWithoutRequest } from '#detect/signs/symptoms/request-symptoms.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { call, type SpanNode, server, span, traceOf } from '#test/trace.ts';

function symptomsIn(root: SpanNode, logs: readonly LogLine[] = []): ChangeSymptoms {
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
  const seen = { symptom: 'failed', logs, nearLines: [], baselineLogs: [] } as const;
  return requestSymptoms({ ...seen, trace, first: first as unknown as Finding });
}

function saidIn(root: SpanNode): string {
  return symptomsIn(root).complaint?.text ?? '';
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

test('a failing line with the fields that its message leaves out', () => {
  const of = { labels: {}, timeNs: '0', service: 'web', traceId: '', spanId: '' };
  const refused = JSON.stringify({ level: 50, msg: '400 {"error":{"message":"exceeds the available context size"}}' });
  const lines: LogLine[] = [
    { ...of, level: 'error', line: refused },
    { ...of, level: 'error', line: 'write failed: {"message":"field type conflict"}' },
    { ...of, level: 'info', line: 'all is well' },
  ];
  const { whole = '' } = symptomsIn(server('web', 'GET /', { failed: true }), lines);
  expect(whole).toContain('"message":"exceeds the available context size"');
  expect(whole).toContain('field type conflict');
  expect(whole).not.toContain('all is well');
});

test.each([
  ['metric-anomaly', 'desk: work waiting for a thread is 30', { concept: 'waiting', isAbove: true }, 'pool', true],
  ['metric-anomaly', 'desk: requests a second is 0', { concept: 'requests', isAbove: false }, 'fewer-requests', true],
  ['resource-saturation', 'desk: disk usage at 99 % of its size', { resource: 'disk' }, 'slow', false],
] as const)('%s, %s', (detector, title, facts, kind, isThere) => {
  const first = { detector, service: 'desk', operation: '', title, explanation: '', facts, spans: [] };
  const seen = { first: first as unknown as Finding, symptom: 'slow', nearLines: [], baselineLogs: [] } as const;
  expect(symptomsWithoutRequest(seen, 0).kinds.has(kind)).toBe(isThere);
});

test('a service writes harmlessly why it refused a call, and a line of a service that refused none says nothing', () => {
  const line = (service: string, said: string): LogLine => {
    return { labels: {}, timeNs: '0', service, traceId: '', spanId: '', level: 'info', line: said };
  };
  const answered = (status: number) => ({ attributes: { 'http.response.status_code': status } });
  const said = (status: number, text: string) =>
    symptomsIn(
      server('web', 'GET /', { failed: true, ms: 20 }, [
        call('web', 'rows', 'GET', { ms: 9, failed: true, ...answered(status) }, [
          server('rows', 'GET', { at: 1, ms: 7, ...answered(status) }),
        ]),
      ]),
      [line('rows', text)],
    ).complaint?.text ?? '';
  const refused = 'IDX10501: Signature validation failed. Unable to match key: kid k-7';
  expect(said(401, refused)).toContain('unable to match key');
  expect(said(200, refused)).not.toContain('unable to match key');
  expect(said(401, '12 rows read')).not.toContain('12 rows read');
});

test('whoever sent the message that could not be handled may have changed its form', () => {
  const first = {
    detector: 'error-origin',
    service: 'ingest',
    operation: '',
    title: '',
    explanation: '',
    facts: {},
    spans: [2],
  };
  const trace = traceOf(
    span('gateway', 'readings publish', { ms: 6, kind: 'producer' }, [
      span('ingest', 'readings process', { at: 30, ms: 60, kind: 'consumer', failed: true }, [
        call('ingest', 'influx', 'POST', { at: 10, ms: 40, failed: true }),
      ]),
    ]),
  );
  const seen = { symptom: 'failed', logs: [], nearLines: [], baselineLogs: [] } as const;
  const { suffering } = requestSymptoms({ ...seen, trace, first: first as unknown as Finding });
  expect([...suffering]).toContain('gateway');
});
