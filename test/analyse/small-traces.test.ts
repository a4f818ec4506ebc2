/** Of a body with thousands of small traces each costs what is its own: what several have in common is made once. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, FileForms } from '#analyse/session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { reportJson } from '#present/json/report-json.ts';

const ERROR = [{ key: 'error', value: true }];

async function analysed(data: readonly object[], forms: FileForms = { longLists: { full: false, spans: false } }) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  session.body('t', { kind: 'trace', format: 'auto', source: 'file', file: 'f', query: { text: '', url: '' } });
  await session.bytes('t', Buffer.from(JSON.stringify({ data })));
  await session.end('t');
  const traces: AnalysedTrace[] = [];
  for await (const trace of session.eachReport(forms)) {
    expect(trace.report.diagnosis).not.toBeNull();
    traces.push(trace);
  }
  return traces;
}

function failing(traceID: string, operationName: string) {
  return { spans: [{ traceID, spanID: `${traceID}1`, operationName, startTime: 5, duration: 3, tags: ERROR }] };
}

/** Neither fails: its second root is what is wrong. */
function torn(traceID: string) {
  return {
    spans: [
      { traceID, spanID: '1' },
      { traceID, spanID: '2' },
    ],
  };
}

test('traces with the same finding detectors share everything that does not depend on the findings', async () => {
  const [one, other] = (await analysed([failing('a', 'GET /'), torn('b'), failing('c', 'PUT /')])).filter(
    ({ symptom }) => symptom === 'failed',
  );
  expect(one?.report.diagnosis?.verdict).not.toBe(other?.report.diagnosis?.verdict);
  expect(other?.report.checked).toBe(one?.report.checked);
  expect(other?.report.diagnosis?.ruledOut).toBe(one?.report.diagnosis?.ruledOut);
  const emptyOf = (trace: AnalysedTrace | undefined) =>
    trace?.report.methods?.fishbone.categories.filter(({ state }) => state !== 'found') ?? [];
  expect(emptyOf(one).length).toBeGreaterThan(1);
  emptyOf(other).forEach((category, at) => {
    expect(category).toBe(emptyOf(one)[at]);
  });
  const openOf = (trace: AnalysedTrace | undefined) =>
    trace?.report.methods?.checklist.filter(({ items }) => items.every(({ done }) => done === '')) ?? [];
  expect(openOf(one).length).toBeGreaterThan(0);
  expect(openOf(other)[0]).toBe(openOf(one)[0]);
});

test('the shared parts are true for each trace', async () => {
  const all = await analysed([failing('a', 'GET /'), torn('b'), failing('c', 'PUT /')]);
  const [alone] = await analysed([failing('c', 'PUT /')]);
  expect(all.map(({ report }) => report.checked.found)).toEqual([['error-origin'], ['broken-trace'], ['error-origin']]);
  expect(all[2]?.report).toEqual(alone?.report);
  for (const { report, longLists } of all) {
    const json = [...reportJson(report, longLists)].join('');
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(json).toBe(JSON.stringify(report));
  }
});

test('a text that is read when the next trace is there already is that of its own trace', async () => {
  const forms: FileForms = { text: { width: 80, colour: false } };
  const all = await analysed([failing('a', 'GET /'), failing('c', 'PUT /')], forms);
  expect(all[0]?.text).toContain('GET /');
  expect(all[0]?.text).toContain('trace a');
  expect(all[1]?.text).toContain('PUT /');
});
