import { expect, test } from 'vitest';
import { walSync } from '#adapters/sqlite/wal-sync.ts';

/** A log whose syncs end when the test says so. */
function heldLog() {
  const held: { end(): void; fail(error: Error): void }[] = [];
  const opened = { count: 0, closed: 0 };
  const log = walSync('store.db', async () => {
    opened.count += 1;
    return {
      datasync: () => new Promise<void>((resolve, reject) => held.push({ end: resolve, fail: reject })),
      close: async () => {
        opened.closed += 1;
      },
    };
  });
  return { log, held, opened };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('many commits share one sync, and one that comes during a sync waits for the next', async () => {
  const { log, held } = heldLog();
  const done: string[] = [];
  const commit = (name: string) => {
    log.committed();
    void log.settled().then(() => done.push(name));
  };
  commit('a');
  await turn();
  commit('b');
  commit('c');
  await turn();
  expect(held).toHaveLength(1);
  held[0]?.end();
  await turn();
  expect(done).toEqual(['a']);
  expect(held).toHaveLength(2);
  held[1]?.end();
  await turn();
  expect(done).toEqual(['a', 'b', 'c']);
  expect(held).toHaveLength(2);
});

test('nothing is synced where nothing was committed since', async () => {
  const { log, held, opened } = heldLog();
  await log.settled();
  expect([held.length, opened.count]).toEqual([0, 0]);
});

test('a sync that fails fails the commits that wait for it; the next one opens the log anew', async () => {
  const { log, held, opened } = heldLog();
  log.committed();
  const failed = expect(log.settled()).rejects.toThrow('EIO');
  await turn();
  held[0]?.fail(new Error('EIO'));
  await failed;
  log.committed();
  const settled = log.settled();
  await turn();
  held[1]?.end();
  await settled;
  expect(opened).toEqual({ count: 2, closed: 1 });
  await log.close();
  expect(opened.closed).toBe(2);
});

test('a commit in the same turn as the close, and one after it, leave no log open', async () => {
  const { log, held, opened } = heldLog();
  const closed = log.close();
  log.committed();
  const settled = log.settled();
  await turn();
  held[0]?.end();
  await Promise.all([closed, settled]);
  expect(opened).toEqual({ count: 1, closed: 1 });

  log.committed();
  const later = log.settled();
  await turn();
  held[1]?.end();
  await later;
  expect(opened).toEqual({ count: 2, closed: 2 });
});
