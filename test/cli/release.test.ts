import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import type { ReleaseReport } from '#present/words/release.ts';
import { busyShop, serveShop } from '#test/busy-shop.ts';
import { otlpBody, requestAt } from '#test/requests.ts';
import { server, times } from '#test/trace.ts';
import { changeNoter } from '#workflows/evidence/note-changes.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-release-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('release --case', () => {
  const answer = (version: string, failed: boolean) =>
    server('checkout', 'POST /orders', { ms: 80, failed, resource: { 'service.version': version } });
  const change = { kind: 'deploy', service: 'checkout', id: '7c41e0b29a', text: 'v2 token=hunter2hunter2' };

  /** v2 beside v1 from 14:34 on, or instead of it; so many of 40 fail. */
  function caseOf(
    name: string,
    fails: number,
    changes: readonly object[] = [{ at: '2026-01-06T14:34:00Z', ...change }],
  ) {
    const folder = join(root, name);
    mkdirSync(folder);
    const requests = [
      ...times(250, (n) => requestAt(n * 5 - 600, answer('v1', false))),
      ...times(60, (n) => requestAt(240 + n * 11, answer('v2', n % 40 < fails))),
    ];
    writeFileSync(join(folder, 'traces.json'), otlpBody(requests));
    writeFileSync(join(folder, 'changes.json'), JSON.stringify(changes));
    return folder;
  }

  test('says first what is worse, then each measure, and exits 5', async () => {
    const { code, stdout } = await spanhound(['release', 'checkout', '--case', caseOf('bad', 28)]);
    expect(code).toBe(5);
    const [first = '', second = ''] = stdout.split('\n');
    expect(first).toMatch(/^v2 of `checkout` is worse: answers \d+ of \d+, v1 (\d+) of \1, since 14:3\d UTC$/);
    expect(first.length).toBeLessThanOrEqual(120);
    expect(second).toMatch(
      /^Rollout at 2026-01-06 14:34 UTC \(deploy 7c41e0b29a: v2 token=.*\); both versions compared/,
    );
    expect(stdout).toMatch(/^Answered +\d+ of \d+ +\d+ of \d+ +worse$/m);
    expect(stdout).toMatch(/^Median latency +80 ms, p90 80 ms +80 ms, p90 80 ms +\w+/m);
    expect(stdout).toContain('nothing shows its CPU; CPU was not compared');
    expect(stdout).not.toMatch(/hunter2|undefined|NaN|Infinity/);
  });

  test('says the same twice, as JSON, and exits 0 where nothing is wrong', async () => {
    const folder = caseOf('well', 0);
    const runs = [1, 2].map(() => spanhound(['release', 'checkout', '--case', folder, '--json']));
    const [one, other] = await Promise.all(runs);
    expect(one?.code).toBe(0);
    expect(other?.stdout).toBe(one?.stdout);
    expect(JSON.parse(one?.stdout ?? '') as ReleaseReport).toMatchObject({
      schema: 'spanhound.release/1',
      verdict: 'nothing wrong',
      said: 'Nothing wrong found with v2 of `checkout` after 10 min',
      version: 'v2',
      versionBefore: 'v1',
      rollout: { at: '2026-01-06T14:34:00.000Z' },
      change: { id: '7c41e0b29a', kind: 'deploy' },
    });
    expect(one?.stdout).not.toContain('hunter2');
  });

  test('exits 3 where there is no rollout, and names what was read', async () => {
    const { code, stdout } = await spanhound(['release', 'stock', '--case', caseOf('other', 0)]);
    expect(code).toBe(3);
    expect(stdout).toContain(
      'No rollout of `stock` found in the recorded evidence; looked in changes.json and traces.json',
    );
  });

  test('exits 2 for a folder that is not there, and for a time that is none', async () => {
    expect((await spanhound(['release', 'checkout', '--case', join(root, 'nowhere')])).code).toBe(2);
    expect((await spanhound(['release', 'checkout', '--to', 'soon'])).code).toBe(2);
    expect((await spanhound(['release'])).code).toBe(2);
  });
});

describe('release, from the configured sources', () => {
  const nowUs = Date.now() * 1_000;
  const minute = 60_000_000;
  const beganUs = nowUs - 15 * minute;
  const shop = busyShop(({ atUs, number }) => ({ stockUs: 20_000, stockFails: atUs > beganUs && number % 3 === 0 }), {
    fromUs: nowUs - 8 * 60 * minute,
    toUs: nowUs,
    everyUs: 2_000_000,
  });
  let served: Awaited<ReturnType<typeof serveShop>>;
  let env: Record<string, string>;
  beforeAll(async () => {
    served = await serveShop(shop);
    env = { JAEGER_URL: served.url, SPANHOUND_DATA: join(root, 'data'), LOKI_URL: 'http://127.0.0.1:9' };
    const store = await composeStore({ dataFolder: join(root, 'data') });
    const plain = { kind: 'deploy', service: 'stock', url: '', text: '', files: [], diff: '' } as const;
    await changeNoter(store)([
      { ...plain, atUs: nowUs - 9 * 60 * minute, id: 'aa11' },
      { ...plain, atUs: beganUs, id: 'bb22' },
      { ...plain, atUs: nowUs - minute, id: 'cc33', service: 'payment' },
    ]);
    await store.close();
  });
  afterAll(() => served.close());

  test('judges the newest reported deploy, and lists what did not answer', async () => {
    const { code, stdout } = await spanhound(['release', 'stock', '--json'], { env });
    const report: ReleaseReport = JSON.parse(stdout);
    expect(report).toMatchObject({ verdict: 'worse', version: 'bb22', change: { id: 'bb22' } });
    expect(report.said).toMatch(/^bb22 of `?stock`? is worse: answers \d+ of \d+, the one before (\d+) of \1, since /);
    expect(report.gaps.map(({ source }) => source)).toContain('loki');
    expect(code).toBe(5);
  });

  test('says where it looked if there is none', async () => {
    const { code, stdout } = await spanhound(['release', 'web'], { env });
    expect(stdout).toMatch(
      /^No rollout of `?web`? found in the 6 h until [\d: -]+ UTC; looked in changes and jaeger$/m,
    );
    expect(code).toBe(3);
  });

  test('two relative times of one command count from one instant', async () => {
    const { code, stderr } = await spanhound(['release', 'web', '--from', 'now', '--to', 'now-0m'], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--from is not before --to')]);
  });

  test('names the time where it looked, not the present one', async () => {
    const asked = ['release', 'stock', '--from', '2026-01-06T10:00:00Z', '--to', '2026-01-06T10:30:00Z'];
    const { stdout } = await spanhound(asked, { env });
    expect(stdout).toMatch(/^No rollout of `?stock`? found in the 30 min until 2026-01-06 10:30 UTC; looked in /m);
  });
});
