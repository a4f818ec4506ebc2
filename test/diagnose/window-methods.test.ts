/** The methods without a trace: of the lines of a time alone. */
import { expect, test } from 'vitest';
import { said, windowReport } from '#test/window.ts';

const LINES = [
  said(0, 'user-service', 'info', 'GET /users'),
  said(1, 'user-service', 'error', 'unable to acquire connection from pool: active 20, max 20'),
  said(2, 'user-service', 'error', 'unable to acquire connection from pool: active 20, max 20'),
  said(3, 'api-gateway', 'error', 'user-service answered 500'),
];

async function methodsOfLines() {
  const report = await windowReport(LINES);
  if (report.methods === undefined) throw new Error('the report has no methods');
  return { ...report.methods, report };
}

test('the whys begin with what the lines show, and end open', async () => {
  const { fiveWhys } = await methodsOfLines();
  expect(fiveWhys?.whys[0]?.text).toContain('user-service');
  expect(fiveWhys?.whys[0]?.evidence.some(({ kind }) => kind === 'log')).toBe(true);
  expect(fiveWhys?.whys.at(-1)?.standing).toBe('open');
});

test('a hypothesis asks the log, for there is no span to ask for', async () => {
  const { hypotheses } = await methodsOfLines();
  expect(hypotheses[0]?.queries.map(({ language }) => language)).toEqual(['LogQL']);
});

test('what failed first counts from the first line', async () => {
  const { firstFailures } = await methodsOfLines();
  expect(firstFailures.map(({ atUs, service }) => `${atUs / 1e6} ${service}`)).toEqual([
    '1 user-service',
    '3 api-gateway',
  ]);
});

test('the checklist ticks nothing that only a trace shows', async () => {
  const { checklist, report } = await methodsOfLines();
  const ticked = checklist.flatMap(({ items }) => items.filter(({ done }) => done !== '').map(({ id }) => id));
  expect(ticked).toContain('logs-in-order');
  for (const id of ['trace-id', 'waterfall', 'slowest-span']) expect(ticked).not.toContain(id);
  expect(report.fingerprint).toMatchObject({ service: 'user-service', neighbours: [] });
});

test('everything cited is a line, a finding or a detector', async () => {
  const { fiveWhys, hypotheses, firstFailures, report } = await methodsOfLines();
  const times = LINES.map(({ timeNs }) => timeNs);
  const citations = [
    ...(fiveWhys?.whys ?? []).flatMap(({ evidence }) => evidence),
    ...hypotheses.flatMap(({ supports, contradicts }) => [...supports, ...contradicts]),
    ...firstFailures.map(({ evidence }) => evidence),
  ];
  expect(citations.length).toBeGreaterThan(3);
  for (const { kind, ref } of citations) {
    if (kind === 'log') expect(times).toContain(ref);
    else if (kind === 'finding') expect(report.findings[Number(ref)]).toBeDefined();
    else expect(kind).toBe('ruled-out');
  }
});

test('what was taken out is counted once, though the methods say it again', async () => {
  const line = 'login failed for ann@example.com: no such user';
  const report = await windowReport([said(0, 'login', 'error', line), said(1, 'login', 'error', line)]);
  const { methods, redactions, ...rest } = report;
  expect(JSON.stringify(methods)).toContain('[redacted:email');
  const marks = JSON.stringify(rest).match(/\[redacted:email/g) ?? [];
  expect(redactions.find(({ kind }) => kind === 'email')?.count ?? 0).toBe(marks.length);
});
