import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import { declareIncident } from '#record/incidents.ts';
import { type BotOptions, openBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { openSlackSide, sendToBot } from '#test/slack-side.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-case-cli-'));
const data = join(root, 'data');
const env = { SPANHOUND_DATA: data };
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let report: object;

/** A trace that the real bot was asked for, and an incident declared from its answer. */
beforeAll(async () => {
  backends = await openHotrodBackends();
  const slack = await openSlackSide();
  const options: BotOptions = { slack, ...backends, dataFolder: data };
  const bot = await openBot(options);
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  const found = await eventually(() =>
    bot.store.db.selectFrom('investigations').selectAll().where('state', '=', 'done').executeTakeFirst(),
  );
  await bot.stop();
  await slack.close();
  report = JSON.parse(found.report ?? '');
  const store = await composeStore({ dataFolder: data });
  await store.transaction((tx) =>
    declareIncident(tx, {
      id: 'incident',
      workspaceId: found.workspace_id,
      channelId: found.channel_id,
      title: 'Rides are slow',
      severity: 'P1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: 'U1',
      investigationId: found.id,
    }),
  );
  await store.close();
});
afterAll(async () => {
  await backends.close();
  rmSync(root, { recursive: true });
});

test('the case of a diagnosis in Slack is exported, found unchanged, and gives the same report without any backend', async () => {
  const target = join(root, 'out');
  const exported = await spanhound(['case', 'export', 'INC-1', target, '--json'], { env });
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(exported.stdout)).toEqual({ incident: 'INC-1', cases: 1, folder: target, problems: [] });
  const verified = await spanhound(['case', 'verify', target]);
  expect(verified).toMatchObject({ code: 0, stdout: `${target} is unchanged since it was sealed: 1 case, 3 files.\n` });

  const { cases } = JSON.parse((await spanhound(['case', 'verify', target, '--json'])).stdout);
  expect(cases).toBe(1);
  const store = await composeStore({ dataFolder: data });
  const { folder } = await store.db.selectFrom('evidence').select('folder').executeTakeFirstOrThrow();
  await store.close();
  const name = folder.replace('cases/', '');
  const replayed = await spanhound(['investigate', '--case', join(target, name), '--json']);
  expect(replayed.code).toBe(0);
  expect(withoutAddresses(JSON.parse(replayed.stdout))).toEqual(withoutAddresses({ case: name, ...report }));
  expect(await spanhound(['audit', 'verify'], { env })).toMatchObject({ code: 0 });
});

test('what was exported is investigated by its folder, or by all that a shell finds in it', async () => {
  const target = join(root, 'globbed');
  await spanhound(['case', 'export', 'INC-1', target], { env });
  const everything = readdirSync(target).map((name) => join(target, name));
  expect(everything.map((path) => basename(path))).toContain('cases.json');
  for (const named of [[`${target}/`], [...everything, target]]) {
    const { code, stdout, stderr } = await spanhound(['investigate', '--case', ...named, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  }
  // One case is one page, whatever lies beside it.
  const page = await spanhound(['investigate', '--case', ...everything, '--format', 'html']);
  expect(page).toMatchObject({ code: 0, stderr: '' });
});

test('of several cases each gives its line; a file that is no case gives one with its error', async () => {
  const target = join(root, 'several');
  const names = ['slow-order-query', 'stock-lock-wait'];
  for (const name of names) cpSync(join('samples', name), join(target, name), { recursive: true });
  writeFileSync(join(target, 'cases.json'), JSON.stringify({ cases: names.map((folder) => ({ folder, seal: '' })) }));
  writeFileSync(join(target, 'notes.txt'), 'read me');
  const linesOf = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const caseOf = (line: { case: string }) => basename(line.case);

  const all = await spanhound([
    'investigate',
    '--case',
    ...readdirSync(target).map((name) => join(target, name)),
    '--json',
  ]);
  expect(all.code).toBe(0);
  expect(linesOf(all.stdout).map(caseOf)).toEqual(['slow-order-query', 'stock-lock-wait', 'notes.txt']);
  expect(linesOf(all.stdout)[2].error).toMatchObject({
    code: 'SH_UNREADABLE',
    advice: expect.stringContaining('folder'),
  });
  expect(all.stderr).toMatch(/notes\.txt is a file, not a case/);

  const folder = await spanhound(['investigate', '--case', target, '--json']);
  expect(linesOf(folder.stdout).map(caseOf)).toEqual(names);
  // A stranger's index leads nowhere else.
  writeFileSync(join(target, 'cases.json'), JSON.stringify({ cases: [{ folder: '../../etc', seal: '' }] }));
  expect((await spanhound(['investigate', '--case', target])).code).toBe(2);
});

/** Where there is no backend, there is no place to open. */
function withoutAddresses(report: unknown): unknown {
  return JSON.parse(JSON.stringify(report), (key, value) => (key === 'url' ? '' : value));
}

describe('case verify', () => {
  test('exits 5 and names the file for anything wrong inside the folder, a missing manifest included', async () => {
    const changed = copyOf('samples/stock-lock-wait');
    appendFileSync(join(changed, 'traces.json'), ' ');
    const found = await spanhound(['case', 'verify', changed]);
    expect(found.code).toBe(5);
    expect(found.stdout).toContain('traces.json has 11860 bytes instead of 11859');

    const bare = copyOf('samples/stock-lock-wait');
    rmSync(join(bare, 'case.json'));
    const { code, stdout } = await spanhound(['case', 'verify', bare, '--json']);
    expect([code, JSON.parse(stdout).problems]).toEqual([
      5,
      [{ path: 'case.json', problem: 'is missing or cannot be read' }],
    ]);
  });

  test('exits 2 where there is no folder', async () => {
    expect(await spanhound(['case', 'verify', join(root, 'nowhere')])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('case export', () => {
  test('exits 3 for an incident that is not recorded, and makes no store', async () => {
    const empty = join(root, 'empty');
    const { code } = await spanhound(['case', 'export', 'INC-9', join(root, 'x')], { env: { SPANHOUND_DATA: empty } });
    expect([code, existsSync(empty)]).toEqual([3, false]);
    expect((await spanhound(['case', 'export', 'INC-9', join(root, 'x')], { env })).code).toBe(3);
  });
});

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(root, 'copy-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

test('a name of a file from elsewhere adds no line to what verify says, and moves no cursor', async () => {
  const target = join(root, 'named');
  await spanhound(['case', 'export', 'INC-1', target], { env });
  const folder = join(target, readdirSync(target).find((name) => existsSync(join(target, name, 'case.json'))) ?? '');
  const path = join(folder, 'case.json');
  const manifest = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    manifest.replace(/"path":\s*"[^"]+"/, () => '"path": "x\\u001b[2Jy\\nall is well"'),
  );
  const { code, stdout } = await spanhound(['case', 'verify', target]);
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/ has problems:\n/);
  expect(stdout).not.toMatch(/^\s*all is well/m);
  expect(stdout).not.toContain('\u001b');
});
