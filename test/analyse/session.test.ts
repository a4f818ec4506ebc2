/** One contract for the session in this thread and in a worker. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { workerPool } from '#analyse/pool.ts';
import type { BodyHead, Session, SessionSettings } from '#analyse/session.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { DEFAULT_REDACTION } from '#model/redaction/redaction.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { guideRecord } from '#test/guide-record.ts';

const WIRE = 'test/fixtures/wire';
const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: 'http://jaeger.test/trace/{traceId}', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};
const TRACE: BodyHead = {
  kind: 'trace',
  format: 'auto',
  source: 'jaeger',
  file: '',
  query: { text: 'GET /api/traces/1', url: '' },
};
const LOGS: BodyHead = { kind: 'logs', format: 'loki-json', source: 'loki', file: '', query: { text: '{}', url: '' } };

const pool = workerPool({ size: 1 });
afterAll(() => pool.stop());

async function send(session: Session, id: string, head: BodyHead, bytes: Uint8Array, step = 10_000) {
  session.body(id, head);
  for (let at = 0; at < bytes.length; at += step) await session.bytes(id, bytes.slice(at, at + step));
  return session.end(id);
}

const mutex = readFileSync(`${WIRE}/jaeger/hotrod/mutex12-05.json`);
const mutexLogs = readFileSync(`${WIRE}/loki/hotrod/mutex12-05.json`);

describe.each([
  ['in this thread', (settings: SessionSettings) => openSession(settings)],
  ['in a worker', (settings: SessionSettings) => pool.open(settings)],
])('a session %s', (_, open) => {
  test("counts a body's contents, names the next query, and reports before and after the logs arrive", async () => {
    const session = open(SETTINGS);
    expect(await send(session, 't', TRACE, mutex)).toEqual({ items: 40 });
    const wanted = await session.wanted();
    expect(wanted.services).toEqual(['customer', 'driver', 'frontend', 'mysql', 'redis-manual', 'route']);
    expect(wanted.toUs - wanted.fromUs).toBeGreaterThan(2_735_000);

    const [early] = await session.reports({ text: { width: 80, colour: false } });
    expect(early?.report.diagnosis).toMatchObject({ kind: 'lock-contention', service: 'mysql' });
    expect(early?.text).toContain('lock');

    await send(session, 'l', LOGS, mutexLogs);
    const [late] = await session.reports({ slack: true, png: true, markdown: true, html: true, svg: true });
    expect(late?.slack?.blocks.length).toBeGreaterThanOrEqual(3);
    expect(
      Buffer.from(late?.png ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(late?.svg).toContain('<title');
    await session.close();
  });

  test('counts the spans of one operation in a time, and those with an attribute', async () => {
    const session = open(SETTINGS);
    await send(session, 't', TRACE, mutex);
    const of = { service: 'frontend', operation: 'HTTP GET', fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };
    const seen = await session.spans({ ...of, attribute: 'http.url' });
    expect(seen.durationsUs.length).toBeGreaterThan(2);
    expect(seen.carrying).toBe(seen.durationsUs.length);
    expect((await session.spans({ ...of, attribute: 'tenant.id' })).carrying).toBe(0);
    expect((await session.spans({ ...of, attribute: '', toUs: 1 })).durationsUs).toEqual([]);
    await session.close();
  });

  test('names a detector that is off, and uses the configured severities', async () => {
    const session = open({ ...SETTINGS, off: ['lock-contention'], severities: { 'slow-query': 'low' } });
    await send(session, 't', TRACE, mutex);
    const [only] = await session.reports({ text: { width: 80, colour: false }, markdown: true });
    expect(only?.report.checked.off).toEqual(['lock-contention']);
    expect(only?.report.checked.clear).not.toContain('lock-contention');
    expect(only?.report.findings.filter(({ detector }) => detector === 'slow-query')).not.toEqual([]);
    for (const { detector, severity } of only?.report.findings ?? [])
      expect(severity === 'low', detector).toBe(detector === 'slow-query' || severity === 'low');
    expect(only?.markdown).toContain('Lock contention: turned off in the configuration');
    await session.close();
  });

  test('takes the credentials out of a text, with the names of the settings', async () => {
    const texts = async (key: string) => {
      const session = open({ ...SETTINGS, redaction: { ...DEFAULT_REDACTION, key } });
      const text = await session.redact('password=hunter2secretvalue took 6 s');
      await session.close();
      return text;
    };
    const [first, again, other] = [await texts('one'), await texts('one'), await texts('two')];
    expect(first).toMatch(/^password=\[redacted.* took 6 s$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('drafts a postmortem, and says what to rewrite in a text and in an action item', async () => {
    const session = open(SETTINGS);
    const record = await guideRecord();
    expect(await session.draft(record)).toEqual(postmortemOf(record));
    const [none, blame] = await session.rewrites(['The pool was full.', 'Kim broke prod, it was her fault.']);
    expect(none).toEqual([]);
    expect(blame).toMatchObject([{ rule: 'blame' }]);
    expect(await session.taskProblem('Be more careful')).toContain('Be more careful');
    expect(await session.taskProblem('Add an index on users.email')).toBeUndefined();
    await session.close();
  });

  test('gives the same answer twice', async () => {
    const session = open(SETTINGS);
    await send(session, 't', TRACE, mutex, 777);
    const forms = { markdown: true, text: { width: 100, colour: true }, slack: true, svg: true };
    expect(await session.reports(forms)).toEqual(await session.reports(forms));
    await session.close();
  });

  test('uses another threshold when it is given one', async () => {
    const session = open({ ...SETTINGS, thresholds: { 'lock-contention': { minWaitMs: 60_000 } } });
    await send(session, 't', TRACE, mutex);
    const [analysed] = await session.reports({});
    expect(analysed?.report.diagnosis?.kind).toBe('slow-query');
    await session.close();
  });

  test('rejects a body that is no trace with an error that keeps its code and advice', async () => {
    const session = open(SETTINGS);
    await expect(send(session, 't', TRACE, Buffer.from('<html>'))).rejects.toMatchObject({
      code: 'SH_UNREADABLE',
      advice: expect.stringContaining('Jaeger JSON'),
    });
    expect(await session.reports({})).toEqual([]);
    await session.close();
  });

  test.each(['unheard-of', 'constructor'])('rejects a body of the unknown kind %s at its end', async (kind) => {
    const session = open(SETTINGS);
    const head = { ...TRACE, kind: kind as BodyHead['kind'] };
    await expect(send(session, 't', head, mutex)).rejects.toMatchObject({
      code: 'SH_UNREADABLE',
      message: `jaeger has a body of the unknown kind ${kind}`,
    });
    await session.close();
  });

  test('has a gap for an abandoned query and for one that was never sent', async () => {
    const session = open(SETTINGS);
    await send(session, 't', TRACE, mutex);
    session.body('l', LOGS);
    await session.bytes('l', mutexLogs.subarray(0, 100));
    await session.abandon('l', {
      source: 'loki',
      problem: 'timed out after 5 s',
      consequence: 'the logs were not read',
    });
    session.gap({ source: 'prometheus', problem: 'not configured', consequence: 'no metrics' });
    const [analysed] = await session.reports({});
    expect(analysed?.report.gaps.map(({ source }) => source)).toEqual(['loki', 'prometheus']);
    await session.close();
  });

  test('analyses the readable part of a truncated trace, and names the gap', async () => {
    const session = open({ ...SETTINGS, evidence: { maxBytes: 10_000_000 } });
    session.body('t', TRACE);
    await session.bytes('t', mutex.subarray(0, 20_000));
    const gap = { source: 'jaeger', problem: 'the answer is too large', consequence: 'the trace is not whole' };
    const { items } = await session.abandon('t', gap);
    expect(items).toBeGreaterThan(5);
    const [analysed] = await session.reports({});
    expect(analysed?.report.trace?.spanCount).toBe(items);
    expect(analysed?.report.gaps).toContainEqual(gap);

    const { files } = await session.evidence();
    const again = open(SETTINGS);
    expect(await send(again, 't', TRACE, files[0]?.bytes.slice() ?? new Uint8Array())).toEqual({ items });
    await session.close();
    await again.close();
  });

  const tempo = readFileSync(`${WIRE}/tempo/hotrod/mutex12-05.json`);
  const lines = ['mutex12-05', 'serial-01'].map((name) =>
    JSON.stringify(JSON.parse(readFileSync(`${WIRE}/jaeger/hotrod-v3/${name}.json`, 'utf8'))),
  );
  test.each([
    ['Jaeger', mutex.subarray(0, 20_000), 'is truncated or damaged; the intact part was read'],
    ['Tempo', tempo.subarray(0, 20_000), 'is truncated or damaged; the intact part was read'],
    [
      'a file of lines',
      Buffer.from([lines[0], lines[1]?.slice(0, 20_000), 'oops', ''].join('\n')),
      '2 of 3 lines are damaged, the first is line 2',
    ],
  ])(
    'analyses a body of %s that is cut or damaged, names the gap, and keeps evidence that gives the same',
    async (...args) => {
      const [, bytes, problem] = args;
      const session = open({ ...SETTINGS, evidence: { maxBytes: 10_000_000 } });
      const { items } = await send(session, 't', TRACE, bytes);
      expect(items).toBeGreaterThan(5);
      const consequence = 'the trace is incomplete: the verdict rests on the spans that were read';
      for (const { report } of await session.reports({})) {
        expect(report.gaps).toContainEqual({ source: 'jaeger', problem, consequence });
      }
      const { files } = await session.evidence();
      const again = open(SETTINGS);
      expect(await send(again, 't', TRACE, files[0]?.bytes.slice() ?? new Uint8Array())).toEqual({ items });
      for (const { report } of await again.reports({})) {
        expect(report.gaps.map((gap) => gap.problem)).not.toContain(problem);
      }
      await session.close();
      await again.close();
    },
  );

  const part = {
    status: 'PARTIAL',
    message: 'Trace exceeds maximum size of 5000000 bytes,\n a partial trace is returned',
  };
  const missed = {
    errors: [
      { msg: 'trace not found', traceID: 'abc' },
      { msg: 'trace not found', traceID: 'abc' },
    ],
  };
  test.each([
    [
      'Tempo says that it is a part',
      { ...JSON.parse(`${readFileSync(`${WIRE}/tempo/edge-v2-zero.json`)}`), ...part },
      'returned only a part of the trace: Trace exceeds maximum size of 5000000 bytes, a partial trace is returned',
    ],
    [
      'Jaeger names an error beside it',
      { ...missed, ...JSON.parse(`${readFileSync(`${WIRE}/jaeger/edge-zero.json`)}`), ...missed },
      'answered: trace not found (abc)',
    ],
  ])('tells once what is missing of a trace of which %s', async (_, body, problem) => {
    const session = open(SETTINGS);
    await send(session, 't', TRACE, Buffer.from(JSON.stringify(body)));
    const [analysed] = await session.reports({});
    const consequence = 'the rest was not examined: the verdict rests on the spans that were read';
    expect(analysed?.report.gaps.filter((gap) => gap.consequence === consequence)).toEqual([
      { source: 'jaeger', problem, consequence },
    ]);
    await session.close();
  });

  test.each([
    ['jaeger/hotrod', 'tempo/hotrod'],
    ['tempo/hotrod', 'jaeger/hotrod'],
    ['jaeger/hotrod-v3', 'tempo/hotrod'],
  ])('counts a trace once that %s and %s hold with ids in different spellings', async (first, second) => {
    const bytes = (from: string) => readFileSync(`test/fixtures/wire/${from}/errors-02.json`);
    const alone = open(SETTINGS);
    const { items } = await send(alone, 'a', TRACE, bytes(first));
    const [one] = await alone.reports({});
    const both = open(SETTINGS);
    await send(both, 'a', TRACE, bytes(first));
    await send(both, 'b', TRACE, bytes(second));
    const reports = await both.reports({});
    expect(reports).toHaveLength(1);
    expect(reports[0]?.report.trace?.spanCount).toBe(items);
    const shown = (analysed: typeof one) =>
      analysed?.report.findings.map(({ detector, spanIds }) => ({ detector, spanIds }));
    expect(shown(reports[0])).toEqual(shown(one));
    expect(shown(one)).not.toEqual([]);
    await alone.close();
    await both.close();
  });

  test('puts one trace together from the parts of one body, and counts each span once', async () => {
    const { data } = JSON.parse(mutex.toString());
    const parts = [0, 10, 20].map((from) => ({ ...data[0], spans: data[0].spans.slice(from, from + 10) }));
    const session = open(SETTINGS);
    expect(await send(session, 't', TRACE, Buffer.from(JSON.stringify({ data: parts })))).toEqual({ items: 30 });
    expect((await session.reports({})).map(({ report }) => report.trace?.spanCount)).toEqual([30]);
    await session.close();
  });

  test('puts one trace together from two bodies', async () => {
    const { data } = JSON.parse(mutex.toString());
    const half = (spans: unknown[]) => Buffer.from(JSON.stringify({ data: [{ ...data[0], spans }] }));
    const parts = open(SETTINGS);
    await send(parts, 'a', TRACE, half(data[0].spans.slice(0, 17)));
    await send(parts, 'b', TRACE, half(data[0].spans.slice(17)));
    const whole = open(SETTINGS);
    await send(whole, 't', TRACE, mutex);
    const told = async (session: Session) =>
      (await session.reports({ svg: true })).map(({ svg, report }) => [svg, report.diagnosis]);
    expect(await told(parts)).toEqual(await told(whole));
    await parts.close();
    await whole.close();
  });

  test('keeps the traces of one file apart, and finds the trace that log lines name', async () => {
    const session = open(SETTINGS);
    const both = [mutex, readFileSync(`${WIRE}/jaeger/hotrod/serial-01.json`)].flatMap(
      (bytes) => JSON.parse(bytes.toString()).data,
    );
    await send(session, 't', { ...TRACE, file: 'both.json' }, Buffer.from(JSON.stringify({ data: both })));
    const reports = await session.reports({});
    expect(reports.map(({ file, report }) => [file, report.diagnosis?.kind])).toEqual([
      ['both.json', 'lock-contention'],
      ['both.json', 'slow-query'],
    ]);
    const [only, ...more] = await session.reports({ traceIds: ['D95201149CAE4A7CB2D3D8FC7098DF8A'] });
    expect([only?.report.diagnosis?.kind, more]).toEqual(['lock-contention', []]);
    expect(await Array.fromAsync(session.eachReport({}))).toEqual(reports);
    await session.close();

    const logsOnly = open(SETTINGS);
    await send(logsOnly, 'l', LOGS, mutexLogs);
    expect((await logsOnly.wanted()).traceIds).toEqual(['d95201149cae4a7cb2d3d8fc7098df8a']);
    await logsOnly.close();
  });
});

test('a worker takes views of one large buffer, each by itself', async () => {
  const one = JSON.parse(mutex.toString()).data[0];
  const spans = Array.from({ length: 100 }, (_, copy) =>
    one.spans.map((span: { spanID: string; references: { spanID: string }[] }) => ({
      ...span,
      spanID: `${span.spanID}${copy}`,
      references: span.references.map((reference) => ({ ...reference, spanID: `${reference.spanID}${copy}` })),
    })),
  ).flat();
  const bytes = Buffer.from(JSON.stringify({ data: [{ ...one, spans }] }));
  const session = pool.open(SETTINGS);
  expect(await send(session, 't', TRACE, bytes, 65_536)).toEqual({ items: 4_000 });
  const [analysed] = await session.reports({ slack: true });
  expect(analysed?.report.trace?.spanCount).toBe(4_000);
  expect(bytes.length).toBeGreaterThan(2_500_000); // still ours: what was moved was a copy
  await session.close();
});

test('a call of a worker without an answer that fails makes the next call fail, not count nothing', async () => {
  const session = pool.open(SETTINGS);
  session.body('t', null as unknown as BodyHead);
  await expect(session.end('t')).rejects.toMatchObject({ code: 'SH_BUG' });
  await session.close();
});
