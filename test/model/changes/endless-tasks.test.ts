/** Work beside a request that nothing ends, and work that its request still ends. */
import { describe, expect, test } from 'vitest';
import { endlessTasks } from '#model/changes/endless-tasks.ts';

const kinds = (removed: string, added: string) => endlessTasks({ removed, added }).map(({ kind }) => kind);

describe('work that nothing ends since the change', () => {
  test.each([
    ['Go', 'ctx, cancel := context.WithCancel(ctx)\ndefer cancel()', 'go h.tail(context.Background(), berth)'],
    ['Kotlin', 'withTimeout(2.seconds) { feed.collect() }', 'GlobalScope.launch { feed.collect() }'],
    ['JavaScript', 'clearInterval(timer)', 'timers.push(setInterval(poll, 1000))'],
    ['Rust', 'set.abort_all(); handle.abort()', 'tokio::spawn(watch(berth))'],
    ['Python', 'async with asyncio.TaskGroup() as group:', 'asyncio.create_task(watch(berth))'],
  ])('%s', (_, removed, added) => {
    expect(kinds(removed, added)).toEqual(['never-closed']);
    expect(kinds(added, removed)).toEqual([]);
  });

  test.each([
    ['it still ends', 'defer cancel()', 'defer stopCancel()\ngo h.tail(ctx, berth)'],
    ['nothing ended it before', 'tail(ctx, berth)', 'go h.tail(ctx, berth)'],
    ['it only moves', 'go h.tail(ctx, berth)\ndefer cancel()', 'go h.tail(ctx, berth)'],
  ])('not where %s', (_, removed, added) => {
    expect(kinds(removed, added)).toEqual([]);
  });
});
