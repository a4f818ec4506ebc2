/** Errors are asked of the seven days before, of a Loki in miniature, through the real session. */
import { describe, expect, test } from 'vitest';
import { loki } from '#adapters/loki/client.ts';
import { openSession } from '#analyse/open-session.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { later } from '#test/later.ts';
import { patientClock } from '#test/patient-clock.ts';
import { type Reply, refuse, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';
import { every, jsonlOf, said, together } from '#test/window.ts';
import { gatherLinesOf } from '#workflows/evidence/gather-request.ts';

const DAY_S = 24 * 60 * 60;
const FROM_US = Date.UTC(2025, 0, 6, 14, 30) * 1000;
const TIME = { fromUs: FROM_US, toUs: FROM_US + 600_000_000 };
const SETTINGS = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
  evidence: { maxBytes: 50_000_000 },
} as const;

const order = (at: number, n: number) => said(at, 'shop', 'info', `order ${1000 + n} taken in ${n % 50} ms`);
/** In the time that is asked about, in the one before, and a week of a line every six hours. */
const ORDINARY = together(every(600, -900, 600, order), every(28, -7 * DAY_S + 60, -3 * DAY_S, order));
const refused = (at: number) => said(at, 'shop', 'error', `bank refused the card of "ann": declined after ${at} ms`);

/** Answers with what its filters leave of the lines, as Loki does. */
function store(lines: readonly LogLine[]): (request: SeenRequest) => Reply {
  return ({ search }) => {
    const words = [...(search.get('query') ?? '').matchAll(/\|= ("(?:[^"\\]|\\.)*")/g)].map(([, word]) =>
      JSON.parse(word ?? ''),
    );
    const [start, end] = [BigInt(search.get('start') ?? 0), BigInt(search.get('end') ?? 0)];
    const found = lines
      .filter(
        ({ timeNs, line }) =>
          BigInt(timeNs) >= start && BigInt(timeNs) < end && words.every((word) => line.includes(word)),
      )
      .sort((a, b) => Number(BigInt(a.timeNs) - BigInt(b.timeNs)));
    if (search.get('direction') === 'backward') found.reverse();
    const values = found
      .slice(0, Number(search.get('limit')))
      .map(({ timeNs, line, level }) => [timeNs, line, { level }]);
    const result = values.length === 0 ? [] : [{ stream: { service_name: 'shop' }, values }];
    const body = JSON.stringify({ status: 'success', data: { resultType: 'streams', result } });
    return refuse(200, { 'content-type': 'application/json' }, body);
  };
}

async function reportOf(answer: (request: SeenRequest) => Reply) {
  await using server = await startRecordedServer(answer);
  const session = openSession(SETTINGS);
  const stores = { logSources: [loki({ url: server.url })], clock: patientClock, signal: later() };
  await gatherLinesOf(stores, session, { service: 'shop', ...TIME });
  const kept = await session.evidence();
  const window = { kind: 'window', service: 'shop', ...TIME } as const;
  const [analysed] = await session.reports({ window });
  await session.close();
  const queries = server.requests.map(({ search }) => search.get('query') ?? '');
  return { report: analysed?.report, kept, queries };
}

const newErrorsOf = ({ report }: Awaited<ReturnType<typeof reportOf>>) =>
  (report?.findings ?? []).filter(({ detector }) => detector === 'new-error');

describe('an error is', () => {
  test('new if no line of the seven days has its words, and the finding says so', async () => {
    const told = await reportOf(store([...ORDINARY, refused(300)]));
    const [found, ...others] = newErrorsOf(told);
    expect(others).toEqual([]);
    expect(found?.explanation).toMatch(/not once in the 7 days before: the log store was asked/);
    expect(told.queries).toContain('{service_name=~"shop"} |= "bank refused the card of" |= "declined after"');
  });

  test('not new where one has, days before', async () => {
    expect(newErrorsOf(await reportOf(store([...ORDINARY, refused(-5 * DAY_S), refused(300)])))).toEqual([]);
  });

  test('judged by the supplied lines if the log covers less than a day', async () => {
    const short = together(every(600, -900, 600, order), [refused(300)]);
    const [found] = newErrorsOf(await reportOf(store(short)));
    expect(found?.explanation).toMatch(/of the healthy time; the days before were not searched/);
  });

  test('judged by the lines at hand where the store refuses, and that is a gap', async () => {
    const answer = store([...ORDINARY, refused(300)]);
    const told = await reportOf((request) =>
      request.search.get('limit') === '1' ? refuse(400, {}, 'too expensive') : answer(request),
    );
    expect(newErrorsOf(told)[0]?.explanation).toMatch(/the days before were not searched/);
    expect(told.report?.gaps).toContainEqual(
      expect.objectContaining({ source: 'loki', consequence: expect.stringMatching(/not the seven days before/) }),
    );
  });
});

test('the answer is kept, and its replay is the same', async () => {
  const told = await reportOf(store([...ORDINARY, refused(300)]));
  const file = (path: string) => told.kept.files.find((one) => one.path === path)?.bytes ?? new Uint8Array();
  const session = openSession(SETTINGS);
  for (const [path, kind] of [
    ['logs.jsonl', 'logs'],
    ['earlier-logs.json', 'earlier-logs'],
  ] as const) {
    session.body(path, { kind, format: 'auto', source: 'loki', file: '', query: { text: '', url: '' } });
    await session.bytes(path, file(path));
    await session.end(path);
  }
  const [analysed] = await session.reports({ window: { kind: 'window', service: 'shop', ...TIME } });
  await session.close();
  expect(analysed?.report.findings).toEqual(told.report?.findings);
});

test('an invalid answer is refused', async () => {
  const session = openSession(SETTINGS);
  for (const text of [
    '{',
    '{}',
    '[{}]',
    '[{"service":"a","words":[],"fromUs":1,"toUs":2,"seen":false}]',
    jsonlOf([refused(1)]),
  ]) {
    session.body(text, { kind: 'earlier-logs', format: 'auto', source: 'x', file: '', query: { text: '', url: '' } });
    await session.bytes(text, Buffer.from(text));
    await expect(session.end(text)).rejects.toThrow(/cannot be read/);
  }
  await session.close();
});
