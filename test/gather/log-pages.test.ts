/** Pages of lines from a store that does not end them. */
import { describe, expect, test } from 'vitest';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogCursor, LogSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';

const QUERY = { by: 'service', services: [], fromUs: 0, toUs: 1, limit: 20_000 } as const;
const START: LogCursor = { fromNs: '0', read: 0, atFrom: 0, skipped: false };

/** `next`: where the rest begins after so many pages. */
function store(next: (pages: number) => LogCursor | undefined) {
  let pages = 0;
  const source: LogSource = {
    name: 'store',
    async openLogs() {
      pages += 1;
      const own = pages;
      const chunks = (async function* () {
        yield Buffer.from(`line ${own}`);
      })();
      return { source: 'store', format: 'log-jsonl', query: { text: '', url: '' }, chunks, rest: () => next(own) };
    },
    links: { logs: '' },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
  };
  return {
    read: async () => await textOf((await pagedLogSource(source).openLogs(QUERY, later())).chunks),
    asked: () => pages,
  };
}

describe('pages of lines', () => {
  test('are all read, each once', async () => {
    const { read } = store((pages) => (pages === 3 ? undefined : { ...START, token: `t${pages}` }));
    expect(await read()).toBe('line 1\nline 2\nline 3');
  });

  test.each<[string, LogCursor]>([
    ['token', { ...START, token: 'again' }],
    ['time', { ...START, fromNs: '7', read: 1_000, atFrom: 1_000 }],
  ])('end where the store gives a %s for the second time', async (_, cursor) => {
    const { read, asked } = store(() => cursor);
    await expect(read()).rejects.toMatchObject({
      code: 'SH_BACKEND',
      advice: expect.stringContaining('it named the same next page twice'),
    });
    expect(asked()).toBe(2);
  });

  test('end where the store has more than a thousand of them', async () => {
    const { read, asked } = store((pages) => ({ ...START, token: `t${pages}` }));
    await expect(read()).rejects.toMatchObject({ advice: expect.stringContaining('more than 1,000 pages') });
    expect(asked()).toBe(1_000);
  });
});
