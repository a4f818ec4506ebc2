/** Half an input: whatever form broke off, no verdict is more than unsure, and the first two lines say why. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { BodyHead, SessionSettings } from '#analyse/session.ts';
import { UnreadableInputError } from '#core/errors.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { inGate } from '#test/in-gate.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { scenarios } from '#test/scenarios.ts';

const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};

type Sent = Readonly<{ kind: BodyHead['kind']; bytes: Uint8Array; breaksOff?: true }>;

async function reportsOf(bodies: readonly Sent[]) {
  const session = openSession(SETTINGS);
  for (const [at, { kind, bytes, breaksOff }] of bodies.entries()) {
    const id = `${kind} ${at}`;
    session.body(id, { kind, format: 'auto', source: id, file: '', query: { text: '', url: '' } });
    await session.bytes(id, bytes.slice());
    const gap = { source: id, problem: 'its compressed data is truncated', consequence: 'some is missing' };
    await (breaksOff ? session.abandon(id, gap) : session.end(id));
  }
  const reports = await session.reports({ text: { width: 100, colour: false }, markdown: true, html: true });
  await session.close();
  return reports;
}

/** No more than unsure in every form; `missing` stands in the first two lines. */
function expectUnsure(reports: Awaited<ReturnType<typeof reportsOf>>, missing: string): void {
  expect(reports.length).toBeGreaterThan(0);
  for (const { report, text = '', markdown = '', html = '' } of reports) {
    expect(report.diagnosis?.status ?? 'inconclusive').toBe('inconclusive');
    expect(report.diagnosis?.confidence ?? 0).toBeLessThan(0.5);
    expect(headOf(text)).toContain(missing);
    expect(markdown.split('\n').slice(0, 3).join(' ').toLowerCase()).toContain(missing);
    expect(html.toLowerCase()).toContain(missing);
    expect(text.split('\n')[0]).not.toMatch(/nothing records|no span shows/);
  }
}

/** The first two lines, which a narrow terminal breaks. */
function headOf(text: string): string {
  return (text.split('\n\n')[0] ?? '').replaceAll(/\s+/g, ' ').toLowerCase();
}

const WIRE = 'test/fixtures/wire';
const bodies = readdirSync(WIRE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json') && !file.startsWith('loki'))
  .sort()
  .map((file) => [file, new Uint8Array(readFileSync(`${WIRE}/${file}`))] as const);
const PARTS = [0.15, 0.4, 0.6, 0.85];

const { gate, deep } = inGate(bodies, 8);
const CAPPED = 'a cut body caps each verdict: %s';
test.each(gate)(CAPPED, (_, bytes) => isCapped(bytes));
test.each(deep)(CAPPED, { tags: ['deep'] }, (_, bytes) => isCapped(bytes));

async function isCapped(bytes: Uint8Array): Promise<void> {
  for (const part of PARTS) {
    const kept = bytes.subarray(0, Math.floor(part * bytes.length));
    const cut = await reportsOf([{ kind: 'trace', bytes: kept }]).catch(refusedOnly);
    // In a list of whole traces, only the one that is open is cut.
    const open = cut.filter(({ report }) => report.gaps.length > 0).slice(-1);
    if (open.length > 0) expectUnsure(open, 'part of the trace is missing');
  }
}

function refusedOnly(error: unknown): [] {
  if (error instanceof UnreadableInputError) return [];
  throw error;
}

const scenario = scenarios.find(({ name }) => name === 'slow-query') ?? scenarios[0];
if (scenario === undefined) throw new Error('no scenario is drawn');
const happened = happening(scenario);
const whole = new TextEncoder().encode(JSON.stringify(otlpOf(happened)));

test('an answer that breaks off behind a whole value caps it, too', async () => {
  expectUnsure(await reportsOf([{ kind: 'trace', bytes: whole, breaksOff: true }]), 'part of the trace is missing');
});

test('one object per line, the last one cut', async () => {
  const { resourceSpans } = otlpOf(happened);
  const lines = resourceSpans.map((one) => JSON.stringify({ resourceSpans: [one] })).join('\n');
  const bytes = new TextEncoder().encode(lines).subarray(0, -40);
  expectUnsure(await reportsOf([{ kind: 'trace', bytes }]), 'part of the trace is missing');
});

test('a list of log lines that broke off', async () => {
  const logs = new TextEncoder().encode(logsJsonlOf(happened)).subarray(0, -30);
  const bytes = whole;
  const reports = await reportsOf([
    { kind: 'trace', bytes },
    { kind: 'logs', bytes: logs },
  ]);
  expectUnsure(reports, 'part of the log is missing');
});

test('whole bodies, and damaged healthy ones, cap nothing', async () => {
  const [alone] = await reportsOf([{ kind: 'trace', bytes: whole }]);
  const [beside] = await reportsOf([
    { kind: 'trace', bytes: whole },
    { kind: 'baseline', bytes: whole.subarray(0, whole.length - 200) },
  ]);
  expect(alone?.text).not.toContain('is missing');
  expect(beside?.report.diagnosis?.status).toBe(alone?.report.diagnosis?.status);
});

test('of two whole traces and a cut one, only the cut one is unsure', async () => {
  const failed = { key: 'error', type: 'bool', value: true };
  const trace = (id: string) => ({
    traceID: id.repeat(32),
    processes: { p1: { serviceName: 'shop' } },
    spans: [
      { spanID: '1', operationName: 'GET /', startTime: 1e15, duration: 9e5, processID: 'p1', tags: [failed] },
      {
        spanID: '2',
        operationName: 'SELECT 1',
        startTime: 1e15,
        duration: 9e5,
        processID: 'p1',
        references: [{ refType: 'CHILD_OF', spanID: '1' }],
        tags: [failed, { key: 'otel.status_description', value: 'disk is full' }, { key: 'db.system', value: 'mysql' }],
      },
    ],
  });
  const body = JSON.stringify({ data: [trace('a'), trace('b'), trace('c')] });
  const bytes = new TextEncoder().encode(body.slice(0, body.lastIndexOf('"db.system"')));
  const reports = await reportsOf([{ kind: 'trace', bytes }]);
  expect(reports.map(({ report }) => report.diagnosis?.status)).toEqual(['confirmed', 'confirmed', 'inconclusive']);
});
