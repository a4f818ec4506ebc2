import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { busyShop } from '#test/busy-shop.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';

const MINUTE_US = 60_000_000;
const TO_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const BEGAN_US = TO_US - 7 * MINUTE_US;
const iso = (us: number) => new Date(us / 1_000).toISOString();

test('changes before a window began are marked on its strip, and said below it; later ones did nothing to it', async () => {
  const shop = busyShop(({ atUs }) => ({ stockUs: atUs < BEGAN_US ? 20_000 : 220_000 }), {
    fromUs: TO_US - 30 * MINUTE_US,
    toUs: TO_US,
    everyUs: 10_000_000,
  });
  const session = openSession(CASE_SETTINGS);
  for (const [kind, fromUs, toUs] of [
    ['baseline', TO_US - 30 * MINUTE_US, BEGAN_US - 1],
    ['trace', BEGAN_US, TO_US],
  ] as const) {
    const [body] =
      (await shop.search?.({ service: 'checkout', fromUs, toUs, limit: 200 }, AbortSignal.timeout(5_000))) ?? [];
    const chunks: Uint8Array[] = [];
    for await (const chunk of body?.chunks ?? []) chunks.push(chunk);
    await send(session, kind, Buffer.concat(chunks), { source: kind });
  }
  const changes = [
    { at: iso(BEGAN_US - 10 * MINUTE_US), kind: 'config', service: 'web', id: 'c1', text: 'theme <script>' },
    { at: iso(BEGAN_US - MINUTE_US), kind: 'deploy', service: 'stock', id: 'd1', text: 'v2.3.1' },
    { at: iso(BEGAN_US + 2 * MINUTE_US), kind: 'deploy', service: 'web', id: 'd2', text: 'a hotfix' },
  ];
  await send(session, 'changes', Buffer.from(JSON.stringify(changes)), { source: 'changes' });
  const window = { kind: 'alert', service: 'checkout', fromUs: BEGAN_US, toUs: TO_US } as const;
  const healthy = { fromUs: TO_US - 30 * MINUTE_US, toUs: BEGAN_US, why: 'the time before it began' };
  const onset = { atUs: BEGAN_US, signal: 'latency', why: 'they take longer' } as const;
  const forms = { svg: true, markdown: true };
  const [answer] = await session.reports({ ...forms, window: { ...window, healthy, onset } });
  await session.close();
  const { svg = '', markdown = '' } = answer ?? {};
  expect(svg).toContain('14:13:00 config of web: theme &lt;script&gt;');
  expect(svg).toMatch(/14:22:00 deploy of stock: v2\.3\.1/);
  expect(svg).not.toContain('a hotfix');
  expect(svg.match(/r="9"/g)).toHaveLength(4);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(markdown).toContain('## Changes before it began');
});
