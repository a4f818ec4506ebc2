import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace } from '#analyse/session.ts';
import { BackendError } from '#core/errors.ts';
import type { TraceSource } from '#gather/sources.ts';
import { patientClock } from '#test/patient-clock.ts';
import { recordedBody } from '#test/recorded-server.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';
import type { DiagnoseTraceParts } from '#workflows/traces/diagnose-trace.ts';
import type { AlertSubject } from '#workflows/window/open-window.ts';

/** When HotROD was recorded: a few seconds after the first ride. */
const AT_US = 1_795_155_930_000_000;
const ALERT: AlertSubject = {
  title: 'frontend is slow',
  service: '',
  labels: {},
  traceId: '',
  atUs: AT_US,
  source: 'pagerduty',
};
const SLOW = ['serial-01', 'serial-02', 'serial-03', 'serial-04'];

/** A folder with these recordings, gone with the test. */
function recordings(names: readonly string[], name = 'recordings'): TraceSource & ReturnType<typeof files> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-alert-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const each of names) writeFileSync(join(folder, `${each}.json`), recordedBody(`jaeger/hotrod/${each}`));
  return files({ folder, name });
}

async function diagnosed(
  sources: readonly TraceSource[],
  alert: Partial<AlertSubject> = {},
): Promise<readonly AnalysedTrace[]> {
  const parts: DiagnoseTraceParts = {
    traceSources: sources,
    logSources: [],
    openSession,
    clock: patientClock,
    settings: { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 },
  };
  const request = { alert: { ...ALERT, ...alert }, forms: { slack: true, markdown: true } };
  const stages: AnalysedTrace[] = [];
  for await (const { analysed } of diagnoseAlert(parts, request)) stages.push(analysed);
  return stages;
}

const textIn = (analysed: AnalysedTrace | undefined) => JSON.stringify(analysed?.slack?.blocks);

describe('an alert without a trace', () => {
  test('is diagnosed by the traces of its service at its time, before and after the logs', async () => {
    const [first, last, ...more] = await diagnosed([recordings([...SLOW, 'fixed-01'])]);
    expect(more).toEqual([]);
    expect(textIn(first)).toContain('3 of 4 looked at show this');
    expect(JSON.stringify(last?.slack?.thread)).toContain('3 of 4 examined requests of frontend show the same problem');
    expect(last?.report.subject).toMatchObject({
      kind: 'alert',
      service: 'frontend',
      from: '2026-11-20T06:10:30.000Z',
    });
    expect(last?.report.exemplars.map(({ role }) => role)).toEqual(['failing', 'slow', 'slow', 'slow']);
    expect(last?.report.diagnosis).toMatchObject({ kind: 'slow-query', service: 'mysql' });
    expect(last?.markdown).toMatch(/## Examined requests\n\n.+ Examined: .+ from \d{4}-.+ UTC to .+ UTC\.\n/);
  });

  test('says plainly that nothing is wrong where no trace shows anything', async () => {
    const [, last] = await diagnosed([{ ...recordings([]), ...searching(manyTraces(1)) }]);
    expect(last?.report.diagnosis).toBeNull();
    expect(last?.report.exemplars).toMatchObject([{ role: 'healthy' }]);
    expect(textIn(last)).toContain('Nothing wrong found in this request');
    expect(JSON.stringify(last?.slack?.thread)).toContain('The examined request of frontend shows no problem');
  });

  test('does not count traces of another time or service', async () => {
    const hour = 3_600_000_000;
    await expect(diagnosed([recordings(SLOW)], { atUs: AT_US + hour })).rejects.toMatchObject({
      code: 'SH_NO_TRACES',
      message: 'recordings has no trace of frontend around that time',
    });
  });

  test('with an unknown service lists the known ones, and how to name one', async () => {
    await expect(diagnosed([recordings(SLOW)], { title: 'Disk is full', service: 'SRE' })).rejects.toMatchObject({
      code: 'SH_UNKNOWN_SERVICE',
      message: 'no service that sends traces is called SRE',
      advice: expect.stringMatching(/customer, driver, frontend.*trace_id=/),
    });
  });

  test("is diagnosed with one source's data; the failed source is a gap", async () => {
    const source = recordings(SLOW);
    const down = { ...source, name: 'jaeger', services: () => Promise.reject(new BackendError('jaeger', 503, 'api')) };
    const [, last] = await diagnosed([down, source]);
    expect(last?.report.gaps).toContainEqual({
      source: 'jaeger',
      problem: 'answered 503 to api',
      consequence: 'its traces were not examined',
    });
    await expect(diagnosed([down])).rejects.toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED' });
  });

  test('does not take half an answer for none', async () => {
    const source: TraceSource = { ...recordings([]), ...searching('{"data":[{"traceID":"1') };
    await expect(diagnosed([source])).rejects.toMatchObject({ code: 'SH_NO_SOURCE_ANSWERED' });
  });

  test('says what to set where no source can search', async () => {
    const { search: _, services: __, ...source } = recordings(SLOW);
    await expect(diagnosed([source])).rejects.toMatchObject({ code: 'SH_CONFIG' });
  });
});

describe('an alert that names a trace', () => {
  const NAMED = 'ac7a085ac1e7444f87fffebd9299acd6';

  test('is diagnosed by that trace alone', async () => {
    const [, last] = await diagnosed([recordings(SLOW)], { traceId: NAMED, title: 'anything' });
    expect(last?.report).toMatchObject({
      subject: { kind: 'alert', traceId: NAMED },
      exemplars: [{ traceId: NAMED, role: 'slow', why: 'the alert names it' }],
    });
  });

  test('that nobody has is diagnosed by its service, and says so', async () => {
    const missing = '00000000000000000000000000abcdef';
    const [, last] = await diagnosed([recordings(SLOW)], { traceId: missing });
    expect(last?.report.gaps).toContainEqual({
      source: 'alert',
      problem: `no trace \`${missing}\` in the recorded cases`,
      consequence: 'other traces of its service were examined',
    });
    await expect(diagnosed([recordings(SLOW)], { traceId: missing, title: 'x' })).rejects.toMatchObject({
      code: 'SH_TRACE_NOT_FOUND',
    });
  });
});

/** A source that finds this, whatever is asked. */
function searching(body: string): Pick<TraceSource, 'search' | 'services'> {
  const query = { text: 'all', url: '' };
  return {
    services: async () => ['frontend'],
    search: async () => [{ source: 'busy', format: 'jaeger-json', query, chunks: bytesOf(body) }],
  };
}

/** So many requests of 1 ms, 2 ms, … in which nothing is wrong. */
function manyTraces(count: number): string {
  const data = Array.from({ length: count }, (_, index) => {
    const traceID = (index + 1).toString(16).padStart(32, 'a');
    const span = { traceID, spanID: '1'.padStart(16, '0'), operationName: 'GET /', references: [], tags: [], logs: [] };
    const timed = { ...span, startTime: AT_US - index, duration: (index + 1) * 1_000, processID: 'p1' };
    return { traceID, spans: [timed], processes: { p1: { serviceName: 'frontend', tags: [] } } };
  });
  return JSON.stringify({ data });
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
