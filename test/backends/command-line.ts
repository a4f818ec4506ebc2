/** `./spanhound trace` against the real backends: verdicts, forms of ids, and what is said when one of them is gone. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Report } from '#present/json/report.ts';
import { happening } from '#test/otlp.ts';
import type { Scenario } from '#test/scenarios.ts';
import type { Context } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { readable, send, sendLine } from './feed.ts';
import { freePort } from './servers.ts';

const SPANHOUND = fileURLToPath(new URL('../../spanhound', import.meta.url));

/** The deadline of a question is 20 s; nothing may take longer than that and its start. */
const ANSWERS_WITHIN_MS = 30_000;

export async function checkCommandLine(context: Context): Promise<void> {
  const { folder, jaeger, loki, happened, check } = context;
  const both = { JAEGER_URL: jaeger.url, LOKI_URL: loki.url };
  const cli = (args: readonly string[], environment: Readonly<Record<string, string>> = both) =>
    spanhound(folder, args, environment);

  for (const { scenario, traceId, rows } of happened) {
    await check(`trace: ${scenario.name}`, async () => {
      const report = reportOf(await cli(['trace', traceId, '--json']));
      assertVerdict(report, scenario);
      assert.equal(report.subject.traceId, traceId);
      assert.equal(report.trace?.spanCount, rows.length);
      assert.equal(report.trace?.orphanCount, 0);
      assert.deepEqual(report.gaps, []);
      assert.ok(report.findings.every((finding) => finding.spanIds.every((id) => rows.some((row) => row.id === id))));
    });
  }

  const [first] = happened;
  assert.ok(first);
  const asked = [
    ['in upper case', first.traceId.toUpperCase()],
    ['as a link into Jaeger', `${jaeger.url}/trace/${first.traceId}?uiFind=${first.rows[0]?.id}`],
    ['as a traceparent', `00-${first.traceId}-${first.rows[0]?.id}-01`],
  ] as const;
  for (const [form, id] of asked) {
    await check(`trace: an id ${form}`, async () => {
      assertVerdict(reportOf(await cli(['trace', id, '--json'])), first.scenario);
    });
  }

  for (const [form, traceId, ids] of oddIds()) {
    const odd = { ...happening(first.scenario, { seed: traceId, startUs: first.startUs }), traceId };
    await send(odd, context);
    await readable(odd, context);
    for (const id of ids) {
      await check(`trace: ${form}, asked as ${id.length} digits`, async () => {
        const report = reportOf(await cli(['trace', id, '--json']));
        assertVerdict(report, first.scenario);
        assert.equal(report.subject.traceId.padStart(32, '0'), traceId);
        assert.deepEqual(report.gaps, []);
      });
    }
  }

  await check('trace: an id that is no hex is found by the lines that name it', async () => {
    const requestId = `req-${drawnHex(6)}-xyz`;
    const fields = { trace_id: first.traceId };
    const line = `started request ${requestId}`;
    await sendLine(loki, { service: 'api-gateway', line, atUs: first.startUs, fields });
    const report = reportOf(await cli(['trace', requestId, '--json']));
    assert.equal(report.subject.traceId, first.traceId);
    assertVerdict(report, first.scenario);
  });

  await check('trace: an unknown id exits 3 and says where it was looked for', async () => {
    const answered = await cli(['trace', drawnHex(16)]);
    assert.equal(answered.code, 3);
    assert.match(answered.stderr, /jaeger/i);
  });

  await check('trace: text shows the verdict and the lines that the services logged', async () => {
    const oom = happened.find(({ scenario }) => scenario.expected?.service === 'ml-model');
    assert.ok(oom);
    const answered = await cli(['trace', oom.traceId]);
    assert.equal(answered.code, 0, answered.stderr);
    assert.match(answered.stdout, /ml-model/);
    assert.match(answered.stdout, /cannot allocate 2GB/);
  });

  await check('trace: lines that name the id in their text alone are evidence, too', async () => {
    const slow = happened.find(({ scenario }) => scenario.name === 'slow-order-query');
    assert.ok(slow);
    const report = reportOf(await cli(['trace', slow.traceId, '--json']));
    const lines = report.findings.flatMap(({ evidence }) => evidence.filter(({ kind }) => kind === 'log'));
    assert.ok(
      lines.some(({ text }) => text.includes('Seq Scan on order_lines')),
      `log evidence: ${JSON.stringify(lines)}`,
    );
  });

  const nowhere = `http://127.0.0.1:${await freePort()}`;
  await check('trace: with Loki gone the verdict stands and the gap is named', async () => {
    const report = reportOf(await cli(['trace', first.traceId, '--json'], { ...both, LOKI_URL: nowhere }));
    assertVerdict(report, first.scenario);
    assert.ok(
      report.gaps.some(({ source, problem, consequence }) => source === 'loki' && problem !== '' && consequence !== ''),
      `gaps: ${JSON.stringify(report.gaps)}`,
    );
  });

  await check('trace: with Jaeger gone it exits 4 and says what to check', async () => {
    const answered = await cli(['trace', first.traceId], { ...both, JAEGER_URL: nowhere });
    assert.equal(answered.code, 4, answered.stderr);
    assert.match(answered.stderr, /jaeger/i);
  });

  await check('doctor: finds both backends well, and says so when one is gone', async () => {
    const well = await cli(['doctor']);
    assert.equal(well.code, 0);
    assert.match(well.stdout, /at most 5000 lines and 30d1h at once/);
    const answered = await cli(['doctor'], { ...both, LOKI_URL: nowhere });
    assert.equal(answered.code, 5);
    assert.match(answered.stdout + answered.stderr, /loki/i);
  });
}

/** Kind and service of the verdict, or that there is none where nothing is wrong. */
export function assertVerdict(report: Report, { expected }: Scenario): void {
  const { diagnosis } = report;
  if (expected === undefined) assert.equal(diagnosis, null, `nothing is wrong, but: ${diagnosis?.verdict}`);
  else assert.deepEqual({ kind: diagnosis?.kind, service: diagnosis?.service }, expected, diagnosis?.verdict);
}

export type Answered = Readonly<{ code: number | null; stdout: string; stderr: string }>;

export function reportOf({ code, stdout, stderr }: Answered): Report {
  assert.equal(code, 0, `exit code ${code}: ${stderr}`);
  const report = JSON.parse(stdout) as Report;
  assert.equal(report.schema, 'spanhound.report/1');
  return report;
}

export async function spanhound(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Answered> {
  const child = spawn(SPANHOUND, args, {
    cwd: folder,
    env: { ...process.env, SPANHOUND_DATA: join(folder, 'data'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: ANSWERS_WITHIN_MS,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Jaeger gives ids of 64 bits back with 16 digits, and people copy ids without their leading zeros. */
function oddIds(): readonly (readonly [form: string, traceId: string, asked: readonly string[]])[] {
  const half = `a${drawnHex(8).slice(1)}`;
  const short = `b${drawnHex(14).slice(1)}`;
  return [
    ['an id of 64 bits', half.padStart(32, '0'), [half, half.padStart(32, '0')]],
    ['an id with leading zeros', short.padStart(32, '0'), [short, short.padStart(32, '0')]],
  ];
}
