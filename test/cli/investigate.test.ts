import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import type { Report } from '#present/json/report.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { changeNoter } from '#workflows/evidence/note-changes.ts';
import { generateTrace } from '../../bench/generate.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-investigate-'));
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let env: Record<string, string>;

beforeAll(async () => {
  backends = await openHotrodBackends();
  env = { JAEGER_URL: backends.jaegerUrl, LOKI_URL: backends.lokiUrl };
});
afterAll(async () => {
  await backends.close();
  rmSync(root, { recursive: true });
});

type CaseLine = Report & Readonly<{ case: string; error?: Readonly<{ code: string }> }>;

function linesOf(text: string): CaseLine[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('investigate --case', () => {
  test('gives one report a line, each with its folder’s name, and a bad one gives a line with its error', async () => {
    const bad = join(root, 'nowhere');
    const { code, stdout, stderr } = await spanhound([
      'investigate',
      '--case',
      'samples/stock-lock-wait',
      bad,
      'samples/slow-order-query/',
      '--json',
    ]);
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines.map((line) => line.case)).toEqual(['stock-lock-wait', bad, 'slow-order-query']);
    expect(lines.map((line) => line.error?.code ?? line.diagnosis?.kind)).toEqual([
      'lock-contention',
      'SH_UNREADABLE',
      'slow-query',
    ]);
    expect(stderr).toContain('nowhere');
  });

  test('of a long trace the longest steps are in the report, and all of them with --full', {
    tags: ['deep'],
  }, async () => {
    const folder = join(root, 'long');
    mkdirSync(folder);
    writeFileSync(join(folder, 'traces.json'), generateTrace(3_000));
    const [brief] = linesOf((await spanhound(['investigate', '--case', folder, '--json'])).stdout);
    const [full] = linesOf((await spanhound(['investigate', '--case', folder, '--json', '--full'])).stdout);
    expect(brief?.criticalPath).toHaveLength(1_000);
    expect(full?.criticalPath).toHaveLength(brief?.criticalPathTotal ?? -1);
    expect((await spanhound(['investigate', '--case', folder, '--full'])).code).toBe(2);
  });

  test('exits 2 when none of them gave a report', async () => {
    expect((await spanhound(['investigate', '--case', root])).code).toBe(2);
    expect((await spanhound(['investigate', '--case', join(root, 'a'), join(root, 'b'), '--json'])).code).toBe(2);
  });

  test('stand one after another as text, each under its name', async () => {
    const { stdout } = await spanhound([
      'investigate',
      '--case',
      'samples/stock-lock-wait',
      'samples/slow-order-query',
    ]);
    expect(stdout.match(/^── .+$/gm)).toEqual(['── stock-lock-wait', '── slow-order-query']);
  });
});

describe('investigate --service', () => {
  test('diagnoses the traces of the service in the time as a window, and says how they were chosen', async () => {
    const to = new Date();
    const from = new Date(to.getTime() - 3_600_000);
    const time = ['--from', from.toISOString(), '--to', to.toISOString().replace('Z', '+00:00')];
    const { code, stdout } = await spanhound(['investigate', '--service', 'frontend', ...time, '--json'], { env });
    expect(code).toBe(0);
    const [report] = linesOf(stdout);
    expect(report).toMatchObject({
      subject: {
        kind: 'window',
        service: 'frontend',
        from: from.toISOString(),
        to: to.toISOString(),
      },
      trace: null,
      diagnosis: { kind: 'slow-query', service: 'mysql' },
    });
    expect(report?.exemplars.length).toBeGreaterThan(1);
  });

  test('takes a time that is said from now on', async () => {
    const hour = ['--from', '-1h', '--to', 'now'];
    const askedMs = Date.now();
    const { code, stdout } = await spanhound(['investigate', '--service', 'frontend', ...hour, '--json'], { env });
    expect(code).toBe(0);
    const [report] = linesOf(stdout);
    const from = Date.parse(`${report?.subject.from}`);
    const to = Date.parse(`${report?.subject.to}`);
    expect(Math.round((to - from) / 60_000)).toBe(60);
    expect(to).toBeGreaterThanOrEqual(askedMs);
    expect(to).toBeLessThanOrEqual(Date.now());
  });

  test('exits 3 where there is no such service or nothing of it in that time', async () => {
    const time = ['--from', '2026-11-20T06:00:00Z', '--to', '2026-11-20T07:00:00Z'];
    const unknown = await spanhound(['investigate', '--service', 'nobody', ...time], { env });
    expect(unknown).toMatchObject({ code: 3, stdout: '' });
    expect(unknown.stderr).toContain('frontend');
  });

  test('asks what the bot was told of changes', async () => {
    const dataFolder = join(root, 'data');
    mkdirSync(dataFolder);
    const store = await composeStore({ dataFolder: dataFolder });
    const atUs = Date.now() * 1_000 - 60_000_000;
    const deploy = { kind: 'deploy', service: 'frontend', id: 'v7', text: '', url: '', files: [], diff: '' } as const;
    await changeNoter(store)([{ atUs, ...deploy }]);
    await store.close();
    const alert = join(root, 'told.json');
    const labels = { alertname: 'SlowRides', service: 'frontend' };
    const group = alertmanagerGroup([{ ...firing('a1'), startsAt: new Date().toISOString() }], {
      commonLabels: labels,
    });
    writeFileSync(alert, JSON.stringify(group));
    const told = { ...env, SPANHOUND_DATA: dataFolder };
    const { code, stdout } = await spanhound(['investigate', '--alert', alert], { env: told });
    expect(code).toBe(0);
    expect(stdout).toMatch(/changes of .*frontend/);
  });

  test.each([
    ['an instant without its zone', ['--from', '2026-11-20T06:00:00', '--to', '2026-11-20T07:00:00Z']],
    ['a clock time without its zone', ['--from', 'yesterday 10:00', '--to', 'now']],
    ['a day without its time', ['--from', 'yesterday', '--to', 'now']],
    ['a time that ends before it begins', ['--from', '2026-11-20T07:00:00Z', '--to', '2026-11-20T06:00:00Z']],
    ['no time', []],
    ['a case at the same time', ['--case', 'samples/stock-lock-wait']],
  ])('refuses %s', async (_, more) => {
    expect(await spanhound(['investigate', '--service', 'frontend', ...more], { env })).toMatchObject({
      code: 2,
      stdout: '',
    });
  });
});

/** The backends have their traces of a minute ago. */
describe('investigate --alert', () => {
  const alert = {
    labels: { alertname: 'SlowRides', service: 'frontend', severity: 'page' },
    annotations: { summary: 'p95 above 500 ms' },
    startsAt: new Date().toISOString(),
  };

  test.each([
    ['an alert by itself', alert],
    ['the alerts of Alertmanager’s API', [{ ...alert, status: { state: 'active' } }]],
    ['the manifest of a case', { schema: 'spanhound.case/1', alert }],
  ])('reads %s', async (_, body) => {
    const file = join(root, 'alert.json');
    writeFileSync(file, JSON.stringify(body));
    const { code, stdout, stderr } = await spanhound(['investigate', '--alert', file, '--json'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(stdout)[0]).toMatchObject({
      subject: { kind: 'alert', service: 'frontend' },
      diagnosis: { service: 'mysql' },
    });
  });

  test('refuses what is no alert', async () => {
    const { code, stderr } = await spanhound(['investigate', '--alert', '-'], { env, stdin: '{"hello":1}' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no alert')]);
  });
});

test('investigate without anything to investigate says how it is used', async () => {
  const { code, stderr } = await spanhound(['investigate']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--case <folder…>')]);
});
