import { expect, test } from 'vitest';
import type { Session } from '#analyse/session.ts';
import { UnreachableError } from '#core/errors.ts';
import { silentLog } from '#core/log.ts';
import { changesWebhook } from '#listeners/webhooks/changes.ts';
import type { Change } from '#model/changes/change.ts';
import { changed, usAt } from '#test/changes.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { gatherChanges } from '#workflows/evidence/gather-changes.ts';
import { changeNoter, storedChanges } from '#workflows/evidence/note-changes.ts';

const signal = new AbortController().signal;

async function kept(changes: readonly Change[], times = 1) {
  const store = await opened(sqlitePlace(), steppedClock(usAt(3600)));
  const note = changeNoter(store);
  for (let time = 0; time < times; time += 1) await note(changes);
  return storedChanges(store);
}

async function asked(source: Awaited<ReturnType<typeof kept>>, services = ['checkout']) {
  const { changes } = await source.findChanges({ services, fromUs: usAt(-3600), toUs: usAt(60) }, signal);
  return changes;
}

test('a repeatedly reported change is kept once, and a repetition of the change itself is another one', async () => {
  const source = await kept([changed(-60, { id: 'v7' }), changed(-30, { id: 'v7' })], 2);
  expect(await asked(source)).toMatchObject([
    { id: 'v7', atUs: usAt(-60) },
    { id: 'v7', atUs: usAt(-30) },
  ]);
});

test('only changes of the time window and the services are listed, and those without a service', async () => {
  const others = [changed(-7200), changed(120), changed(-50, { service: 'newsletter' })];
  const source = await kept([
    ...others,
    changed(-40, { id: 'flag', kind: 'flag', service: '' }),
    changed(-20, { id: 'own' }),
  ]);
  expect(await asked(source)).toMatchObject([{ id: 'flag' }, { id: 'own' }]);
});

test('credentials in a diff are not kept', async () => {
  const source = await kept([changed(-20, { diff: '+password = "hunter2-hunter2"\n' })]);
  const [{ diff } = { diff: '' }] = await asked(source);
  expect(diff).toMatch(/\[redacted:/);
  expect(diff).not.toContain('hunter2');
});

test('an unreachable source is a gap', async () => {
  const gaps: unknown[] = [];
  const session = { gap: (gap: unknown) => gaps.push(gap) } as unknown as Session;
  const source = {
    name: 'ci',
    check: async () => ({ ok: true, detail: '', remedy: '' }),
    findChanges: async () => {
      throw new UnreachableError('ci', 'timed out');
    },
  };
  await gatherChanges({ changeSources: [source], signal }, session, { services: ['checkout'], fromUs: 0, toUs: 1 });
  expect(gaps).toEqual([
    expect.objectContaining({ source: 'ci', consequence: 'no change was considered as the cause' }),
  ]);
});

test('diffs come from the commit store: once each, since the previous deploy, redacted; a failure affects only that change', async () => {
  const asked: unknown[] = [];
  const fed: string[] = [];
  const gaps: { problem: string }[] = [];
  const session = {
    gap: (gap: { problem: string }) => gaps.push(gap),
    body: () => undefined,
    bytes: async (_: string, bytes: Uint8Array) => void fed.push(Buffer.from(bytes).toString()),
    end: async () => ({ items: 1 }),
  } as unknown as Session;
  const at = (seconds: number, id: string, more: Partial<Change> = {}) =>
    changed(seconds, { id, url: `https://git.example/shop/commit/${id}`, ...more });
  const told = [
    at(-900, 'aaaaaaa'),
    at(-60, 'bbbbbbb'),
    at(-50, 'bbbbbbb', { kind: 'commit' }),
    at(-40, 'ccccccc', { service: 'stock' }),
    at(-30, 'ddddddd', { diff: '+known' }),
    changed(-20, { url: 'https://elsewhere.example/1' }),
  ];
  const source = {
    name: 'ci',
    check: async () => ({ ok: true, detail: '', remedy: '' }),
    findChanges: async () => ({ query: { text: '', url: '' }, changes: told, warnings: [] }),
  };
  const diffs = {
    name: 'git',
    check: source.check,
    holds: (address: string) => address.startsWith('https://git.example/'),
    readDiff: async (commit: { address: string; base?: string | undefined }) => {
      asked.push([commit.address.slice(-7), commit.base]);
      if (commit.address.endsWith('ccccccc')) throw new UnreachableError('git', 'timed out');
      return { text: '+password = "hunter2-hunter2"\n', isCut: commit.address.endsWith('aaaaaaa') };
    },
  };
  await gatherChanges({ changeSources: [source], diffSources: [diffs], signal }, session, {
    services: ['checkout', 'stock'],
    fromUs: usAt(0),
    toUs: usAt(60),
  });
  expect(asked).toEqual([
    ['ccccccc', undefined],
    ['bbbbbbb', undefined],
    ['bbbbbbb', 'aaaaaaa'],
    ['aaaaaaa', undefined],
  ]);
  const lines = JSON.parse(fed.join('')).map(({ diff }: Change) => diff);
  expect(lines).toEqual(
    ['+password', '+password', '+password', '', '+known', ''].map((text) =>
      expect.stringMatching(new RegExp(`^${RegExp.escape(text)}${text === '+password' ? '.*redacted' : '$'}`)),
    ),
  );
  expect(lines.join()).not.toContain('hunter2');
  expect(gaps.map(({ problem }) => problem)).toEqual([
    expect.stringContaining('timed out'),
    'the diff of aaaaaaa is too long',
  ]);
});

test('the last reported change is known', async () => {
  expect(await (await kept([])).check(signal)).toMatchObject({ ok: true, detail: 'none received yet' });
  expect((await (await kept([changed(-20)])).check(signal)).detail).toMatch(
    /^last received at .*: deploy of checkout$/,
  );
});

test('nothing is acknowledged that is not proved, read and stored', async () => {
  const noted: Change[] = [];
  const webhook = (isSigned: (() => boolean) | undefined, fails = false) =>
    changesWebhook({
      source: 'test',
      setup: 'set TEST_TOKEN',
      proof: isSigned && { mayBe: () => true, isSigned },
      read: (body) =>
        body === undefined ? { kind: 'unreadable', why: 'no JSON' } : { kind: 'changes', changes: [changed(0)] },
      note: async (changes) => {
        if (fails) throw new Error('the disk is full');
        noted.push(...changes);
      },
      tooLarge: () => undefined,
      log: silentLog,
    });
  const request = (body: string) => ({ body: Buffer.from(body), header: () => undefined });
  expect(webhook(undefined).refuse(request('{}'))?.status).toBe(503);
  expect((await webhook(() => false).answer(request('{}'))).status).toBe(401);
  expect((await webhook(() => true).answer(request('{'))).status).toBe(400);
  expect((await webhook(() => true, true).answer(request('{}'))).status).toBe(503);
  expect(noted).toEqual([]);
  expect((await webhook(() => true).answer(request('{}'))).status).toBe(202);
  expect(noted).toHaveLength(1);
});
