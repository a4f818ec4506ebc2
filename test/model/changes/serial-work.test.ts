import { describe, expect, test } from 'vitest';
import { serialWork } from '#model/changes/serial-work.ts';

describe('work that waits for one process or thread', () => {
  test.each([
    ['def depth(id), do: Repo.get(Depth, id)', 'def depth(id), do: GenServer.call(__MODULE__, {:depth, id})'],
    ['', 'gen_server:call(?MODULE, {price, Id})'],
    ['Executors.newFixedThreadPool(12)', 'Executors.newSingleThreadExecutor()'],
    ['ThreadPoolExecutor(max_workers=12)', 'ThreadPoolExecutor(max_workers=1)'],
    ['const limit = pLimit(20)', 'const limit = pLimit(1)'],
    ['new SemaphoreSlim(8, 8)', 'new SemaphoreSlim(1, 1)'],
    ['semaphore.NewWeighted(64)', 'semaphore.NewWeighted(1)'],
  ])('%j becomes %j', (removed, added) => {
    expect(serialWork({ removed, added }).map(({ kind }) => kind)).toEqual(['new-lock']);
    expect(serialWork({ removed: added, added: removed })).toEqual([]);
  });

  test.each([
    'GenServer.cast(__MODULE__, {:seen, id})',
    'ThreadPoolExecutor(max_workers=12)',
    'const limit = pLimit(10)',
    'new SemaphoreSlim(16)',
  ])('%j takes nobody’s turn', (added) => {
    expect(serialWork({ removed: '', added })).toEqual([]);
  });

  test('a message that was sent before, too, is nothing new', () => {
    const both = { removed: 'GenServer.call(pid, :depth)', added: 'GenServer.call(pid, :depth, 9_000)' };
    expect(serialWork(both)).toEqual([]);
  });
});

describe('numbers that are counted in one row', () => {
  test.each([
    'UPDATE ledgers SET next = next + 1 WHERE name = $1',
    "Ledger.objects.filter(name='seats').update(next=F('next') + 1)",
    'ledger.increment!(:next)',
    "db.ledgers.findOneAndUpdate({ _id: 'seats' }, { $inc: { next: 1 } })",
    'await tx.UpdateAsync("Ledgers", "seats", "Next", last + 1);',
  ])('%s', (added) => {
    expect(serialWork({ removed: 'const id = randomUUID()', added })).toMatchObject([{ kind: 'new-lock' }]);
    expect(serialWork({ removed: added, added })).toEqual([]);
  });

  test.each(['UPDATE seats SET row = 4 + 1', 'page = page + 1', 'counter.increment()', 'redis.incr("next")'])(
    'not by %s',
    (added) => {
      expect(serialWork({ removed: '', added })).toEqual([]);
    },
  );
});
