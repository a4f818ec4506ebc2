/** A body of many small traces: each gets its report, and one of many costs what one of few does. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { FOUR_TIMES, growthOf, MOST_GROWTH } from '#test/growth.ts';
import { MEGABYTE, many, otlpOf, smallTrace } from '#test/small-traces.ts';

/** Up to a thousand of the smallest traces, and five thousand in the deep run. */
const CHARACTERS = MEGABYTE / (process.env.DEEP_TESTS === undefined ? 16 : 4);

const named = (i: number) => `{"traceID":"${i}","spans":[{"spanID":"a","operationName":"o${i}"}]}`;
const zipkin = (i: number) => `{"traceId":"${i}","id":"1","localEndpoint":{"serviceName":"s${i}"}}`;

type Written = (size: number) => string;

test.each<[string, Written]>([
  ['OTLP', (size) => otlpOf((i) => `{"traceId":"${i}","spanId":"1","name":"o${i}"}`, size)],
])('%s', (_, text) => growsAsItsSize(text));
test.each<[string, Written]>([
  ['Jaeger, each with a name of its own', (size) => `{"data":[${many(named, size).join(',')}]}`],
  ['Jaeger', (size) => `{"data":[${many(smallTrace, size).join(',')}]}`],
  ['Jaeger, a line each', (size) => many(smallTrace, size).join('\n')],
  ['Zipkin', (size) => `[${many(zipkin, size).join(',')}]`],
])('%s', { tags: ['deep'] }, (_, text) => growsAsItsSize(text));

async function growsAsItsSize(text: Written): Promise<void> {
  const reports: number[] = [];
  const growth = await growthOf((times) => {
    const bytes = new TextEncoder().encode(text((times * CHARACTERS) / FOUR_TIMES));
    return async () => {
      reports[times] = await reportsOf(bytes);
    };
  });
  const [, once = 0, , , four = 0] = reports;
  expect(four / once).toBeGreaterThan(FOUR_TIMES - 1);
  expect(growth).toBeLessThan(MOST_GROWTH);
}

async function reportsOf(bytes: Uint8Array): Promise<number> {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  session.body('b', { kind: 'trace', format: 'auto', source: 'body', file: '', query: { text: '', url: '' } });
  await session.bytes('b', bytes);
  await session.end('b');
  let reports = 0;
  for await (const { report } of session.eachReport({})) {
    expect(report.schema).toBe('spanhound.report/1');
    reports += 1;
  }
  await session.close();
  return reports;
}
