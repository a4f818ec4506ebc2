/** What every store of logs promises, whether it is a backend or a folder. */
import { describe, expect, test } from 'vitest';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';

export type OpenedLogSource = Readonly<{ source: LogSource; close(): Promise<void> }>;

export type LogCase = Readonly<{
  query: LogQuery /** Text that the answer holds. */;
  holds: readonly string[];
  lacks: readonly string[];
}>;

export function testLogSource(
  name: string,
  { open, cases }: { open(): Promise<OpenedLogSource>; cases: Readonly<Record<string, LogCase>> },
): void {
  describe(`${name} as a store of logs`, () => {
    test.each(Object.entries(cases))('%s', async (_, { query, holds, lacks }) => {
      const { source, close } = await open();
      try {
        const body = await source.openLogs(query, later());
        expect(body.source).toBe(source.name);
        expect(body.format).toMatch(/^(loki-json|log-jsonl)$/);
        expect(body.query.text).not.toBe('');
        const text = await textOf(body.chunks);
        for (const part of holds) expect(text).toContain(part);
        for (const part of lacks) expect(text).not.toContain(part);
      } finally {
        await close();
      }
    });

    test('stops when the caller has stopped waiting', async () => {
      const [one] = Object.values(cases);
      if (!one) throw new Error('the contract needs a query');
      const { source, close } = await open();
      try {
        const read = async () => textOf((await source.openLogs(one.query, AbortSignal.abort())).chunks);
        await expect(read()).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
      } finally {
        await close();
      }
    });

    test('is found healthy by its check', async () => {
      const { source, close } = await open();
      try {
        expect(await source.check(later())).toMatchObject({ ok: true, detail: expect.stringMatching(/\w/) });
      } finally {
        await close();
      }
    });
  });
}
