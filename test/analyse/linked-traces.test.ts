/** Traces of one file that links join: a consumer's trace sees when its message was published in another one. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace } from '#analyse/session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';

type Consumed = Readonly<{
  trace: string;
  at: number;
  attributes?: Readonly<Record<string, string>>;
  failed?: boolean;
}>;

/** Nanoseconds since the epoch at so many milliseconds after noon. */
const at = (ms: number) => `${1_767_700_000_000 + ms}000000`;

function spanOf(
  [traceId, spanId, name]: readonly [string, string, string],
  [startMs, endMs]: readonly [number, number],
  more: Readonly<Record<string, unknown>>,
) {
  return { traceId, spanId, name, startTimeUnixNano: at(startMs), endTimeUnixNano: at(endMs), ...more };
}

function attributes(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

const QUEUE = { 'messaging.system': 'aws_sqs', 'messaging.destination.name': 'telemetry' };

/** A message that a request publishes after 20 ms, and traces of consumers that link to it. */
function file(consumed: readonly Consumed[], sent: Readonly<Record<string, string>> = {}) {
  const request = [
    spanOf(['a1', '01', 'POST /events'], [0, 30], { kind: 2 }),
    spanOf(['a1', '02', 'telemetry send'], [10, 20], {
      kind: 4,
      parentSpanId: '01',
      attributes: attributes({ ...QUEUE, ...sent }),
    }),
  ];
  const work = consumed.map(({ trace, at: startMs, attributes: own = {}, failed = false }) =>
    spanOf([trace, '09', 'telemetry process'], [startMs, startMs + 90], {
      kind: 5,
      links: [{ traceId: 'a1', spanId: '02' }],
      attributes: attributes({ ...QUEUE, 'messaging.operation.type': 'process', ...own }),
      ...(failed && { status: { code: 2, message: 'bad payload' } }),
    }),
  );
  const of = (service: string, spans: readonly object[]) => ({
    resource: { attributes: attributes({ 'service.name': service }) },
    scopeSpans: [{ spans }],
  });
  return { resourceSpans: [of('ingest', request), of('agg', work)] };
}

async function analysed(body: object): Promise<readonly AnalysedTrace[]> {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  session.body('t', { kind: 'trace', format: 'auto', source: 'file', file: 'f', query: { text: '', url: '' } });
  await session.bytes('t', Buffer.from(JSON.stringify(body)));
  await session.end('t');
  const traces: AnalysedTrace[] = [];
  for await (const trace of session.eachReport({})) traces.push(trace);
  return traces;
}

const kindsOf = ({ report }: AnalysedTrace) => report.findings.map(({ detector }) => detector);

test('a message that waited between two traces is late, and the verdict names who published it', async () => {
  const [request, work] = await analysed(file([{ trace: 'b2', at: 185_020 }]));
  expect(request?.report.diagnosis).toBeNull();
  expect(work?.report.diagnosis).toMatchObject({ kind: 'consumer-lag', service: 'agg', status: 'likely' });
  expect(work?.report.diagnosis?.verdict).toContain('POST /events of ingest published it');
  expect(JSON.stringify(work?.report.findings)).toContain('The publisher does not wait for it');
});

test('a message that is handled at once is not late', async () => {
  for (const { report } of await analysed(file([{ trace: 'b2', at: 60 }]))) expect(report.findings).toEqual([]);
});

test('a message that an earlier trace failed on waits for its next attempt on purpose', async () => {
  const traces = await analysed(
    file([
      { trace: 'b2', at: 60, failed: true },
      { trace: 'c3', at: 90_000 },
    ]),
  );
  expect(traces.flatMap(kindsOf)).not.toContain('consumer-lag');
});

test('a message that the broker delivered before waits for its next attempt on purpose', async () => {
  const again = { 'messaging.aws.sqs.message.ApproximateReceiveCount': '3' };
  const traces = await analysed(file([{ trace: 'b2', at: 90_000, attributes: again }]));
  expect(traces.flatMap(kindsOf)).not.toContain('consumer-lag');
});

test('a message that was to be delivered later is not late, as its publisher or its broker says', async () => {
  const later = await analysed(
    file([{ trace: 'b2', at: 900_000 }], {
      'messaging.servicebus.message.scheduled_enqueue_time': '2026-01-06T12:01:40.000Z',
    }),
  );
  const enqueued = { 'messaging.servicebus.message.enqueued_time': '2026-01-06T12:01:39.900Z' };
  const kept = await analysed(file([{ trace: 'b2', at: 900_000, attributes: enqueued }]));
  expect([...later, ...kept].flatMap(kindsOf)).not.toContain('consumer-lag');
});
