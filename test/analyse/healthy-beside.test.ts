import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { busyShop } from '#test/busy-shop.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { later } from '#test/later.ts';

const MINUTE_US = 60_000_000;
const TO_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const BEGAN_US = TO_US - 7 * MINUTE_US;
const HEALTHY_FROM_US = TO_US - 30 * MINUTE_US;

async function repeatedCalls() {
  const shop = busyShop(({ atUs }) => ({ stockUs: 20_000, stockCalls: atUs < BEGAN_US ? 1 : 8 }), {
    fromUs: HEALTHY_FROM_US,
    toUs: TO_US,
    everyUs: 10_000_000,
  });
  const session = openSession(CASE_SETTINGS);
  for (const [kind, fromUs, toUs] of [
    ['baseline', HEALTHY_FROM_US, BEGAN_US - 1],
    ['trace', BEGAN_US, TO_US],
  ] as const) {
    const [body] = (await shop.search?.({ service: 'checkout', fromUs, toUs, limit: 1_000 }, later())) ?? [];
    const chunks: Uint8Array[] = [];
    for await (const chunk of body?.chunks ?? []) chunks.push(chunk);
    await send(session, kind, Buffer.concat(chunks), { source: kind });
  }
  const window = {
    kind: 'alert',
    service: 'checkout',
    fromUs: BEGAN_US,
    toUs: TO_US,
    healthy: { fromUs: HEALTHY_FROM_US, toUs: BEGAN_US, why: 'the time before it began' },
    onset: { atUs: BEGAN_US, signal: 'latency', why: 'they take longer' },
  } as const;
  const failing = (await session.requests('checkout')).find(({ startUs }) => startUs >= BEGAN_US)?.traceId ?? '';
  const [shown] = await session.reports({ window, traceIds: [failing] });
  await session.close();
  return { report: shown?.report };
}

test('a request that stands for a window has a healthy request of the same operation beside it', async () => {
  const { report } = await repeatedCalls();
  const { healthyRequest, trace } = report ?? {};
  expect(healthyRequest).toMatchObject({ service: trace?.rootService, operation: trace?.rootOperation });
  expect(healthyRequest?.traceId).not.toBe(report?.subject.traceId);
  expect(Date.parse(healthyRequest?.startTime ?? '') * 1_000).toBeLessThan(BEGAN_US);
  expect(healthyRequest?.path.length).toBeGreaterThan(0);
});
