import { expect, test } from 'vitest';
import type { Session } from '#analyse/session.ts';
import { UnreachableError } from '#core/errors.ts';
import { silentLog } from '#core/log.ts';
import { changesWebhook } from '#listeners/webhooks/changes.ts';
import type { Change } from '#model/change.ts';
import { changed, usAt } from '#test/changes.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { gatherChanges } from '#workflows/gather-changes.ts';
import { changeNoter, storedChanges } from '#workflows/note-changes.ts';

const signal = new AbortController().signal;

async function kept(changes: readonly Change[], times = 1) {
  const store = await opened(sqlitePlace(), steppedClock(usAt(3600)));
  const note = changeNoter(store);
  for (let time = 0; time < times; time += 1) await note(changes);
  return storedChanges(store);
}

async function asked(source: Awaited<ReturnType<typeof kept>>, services = ['checkout']) {
  const { chunks } = await source.openChanges({ services, fromUs: usAt(-3600), toUs: usAt(60) }, signal);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return JSON.parse(Buffer.concat(parts).toString());
}

test('a change is kept once, however often it is told, and the same done again is another one', async () => {
  const source = await kept([changed(-60, { id: 'v7' }), changed(-30, { id: 'v7' })], 2);
  expect(await asked(source)).toMatchObject([
    { id: 'v7', at: '2025-01-06T14:29:00.000Z' },
    { id: 'v7', at: '2025-01-06T14:29:30.000Z' },
  ]);
});

test('only those of the time and of the services are told, and those of none in particular', async () => {
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
  const [{ diff }] = await asked(source);
  expect(diff).toMatch(/\[redacted:/);
  expect(diff).not.toContain('hunter2');
});

test('a source that cannot be asked is a gap', async () => {
  const gaps: unknown[] = [];
  const session = { gap: (gap: unknown) => gaps.push(gap) } as unknown as Session;
  const source = {
    name: 'ci',
    openChanges: async () => {
      throw new UnreachableError('ci', 'timed out');
    },
  };
  await gatherChanges({ changeSources: [source], signal }, session, { services: ['checkout'], fromUs: 0, toUs: 1 });
  expect(gaps).toEqual([
    expect.objectContaining({ source: 'ci', consequence: 'no change was considered as the cause' }),
  ]);
});

test('nothing is acknowledged that is not proved, read and stored', async () => {
  const noted: Change[] = [];
  const webhook = (isAllowed: (() => boolean) | undefined, fails = false) =>
    changesWebhook({
      source: 'test',
      setting: 'TEST_TOKEN',
      isAllowed,
      read: (body) =>
        body === undefined ? { kind: 'unreadable', why: 'no JSON' } : { kind: 'changes', changes: [changed(0)] },
      note: async (changes) => {
        if (fails) throw new Error('the disk is full');
        noted.push(...changes);
      },
      log: silentLog,
    });
  const request = (body: string) => ({ body: Buffer.from(body), header: () => undefined });
  expect((await webhook(undefined)(request('{}'))).status).toBe(503);
  expect((await webhook(() => false)(request('{}'))).status).toBe(401);
  expect((await webhook(() => true)(request('{'))).status).toBe(400);
  expect((await webhook(() => true, true)(request('{}'))).status).toBe(503);
  expect(noted).toEqual([]);
  expect((await webhook(() => true)(request('{}'))).status).toBe(202);
  expect(noted).toHaveLength(1);
});
