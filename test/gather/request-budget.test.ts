import { expect, test } from 'vitest';
import { guardLogSource } from '#gather/guard.ts';
import { requestBudget } from '#gather/request-budget.ts';
import { later } from '#test/later.ts';
import { steppedClock } from '#test/stepped-clock.ts';

test('a backend gets as many requests as its budget in any hour, and then no more', async () => {
  const clock = steppedClock();
  const spend = requestBudget(3, clock);
  spend('jaeger');
  await clock.tick(30 * 60_000);
  for (const _ of [2, 3]) spend('jaeger');
  expect(() => spend('jaeger')).toThrow('jaeger was not asked: its budget of 3 requests an hour is spent');
  await clock.tick(31 * 60_000);
  spend('jaeger');
  expect(() => spend('jaeger')).toThrow('its budget');
  await clock.tick(60 * 60_000);
  for (const _ of [1, 2, 3]) spend('jaeger');
});

test('a guarded source over its budget is not asked, and each retry counts', async () => {
  let asked = 0;
  const source = guardLogSource(
    {
      name: 'loki',
      links: { logs: '' },
      openLogs: async () => {
        asked += 1;
        throw new Error('away');
      },
      check: async () => ({ ok: true, detail: '' }),
    } as unknown as Parameters<typeof guardLogSource>[0],
    { spend: requestBudget(2, steppedClock()) },
  );
  const ask = () => source.openLogs({} as Parameters<typeof source.openLogs>[0], later());
  for (const _ of [1, 2]) await expect(ask()).rejects.toThrow('away');
  await expect(ask()).rejects.toMatchObject({ code: 'SH_OVER_BUDGET' });
  expect(asked).toBe(2);
});
