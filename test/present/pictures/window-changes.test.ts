import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { busyShop } from '#test/busy-shop.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { later } from '#test/later.ts';

const MINUTE_US = 60_000_000;
const TO_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const BEGAN_US = TO_US - 7 * MINUTE_US;
const iso = (us: number) => new Date(us / 1_000).toISOString();

type DrawnChange = Readonly<Record<'at' | 'kind' | 'service' | 'id' | 'text', string>>;

/** A shop whose stock is slow since some minutes, and what was changed there. */
async function pictureWith(changes: readonly DrawnChange[]) {
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
    const [body] = (await shop.search?.({ service: 'checkout', fromUs, toUs, limit: 200 }, later())) ?? [];
    const chunks: Uint8Array[] = [];
    for await (const chunk of body?.chunks ?? []) chunks.push(chunk);
    await send(session, kind, Buffer.concat(chunks), { source: kind });
  }
  await send(session, 'changes', Buffer.from(JSON.stringify(changes)), { source: 'changes' });
  const window = { kind: 'alert', service: 'checkout', fromUs: BEGAN_US, toUs: TO_US } as const;
  const healthy = { fromUs: TO_US - 30 * MINUTE_US, toUs: BEGAN_US, why: 'the time before it began' };
  const onset = { atUs: BEGAN_US, signal: 'latency', why: 'they take longer' } as const;
  const forms = { svg: true, markdown: true };
  const [answer] = await session.reports({ ...forms, window: { ...window, healthy, onset } });
  await session.close();
  const { svg = '', markdown = '' } = answer ?? {};
  return { svg, markdown };
}

test('changes before a window began are marked on its strip, and said below it; later ones did nothing to it', async () => {
  const changes = [
    { at: iso(BEGAN_US - 10 * MINUTE_US), kind: 'config', service: 'web', id: 'c1', text: 'theme <script>' },
    { at: iso(BEGAN_US - MINUTE_US), kind: 'deploy', service: 'stock', id: 'd1', text: 'v2.3.1' },
    { at: iso(BEGAN_US + 2 * MINUTE_US), kind: 'deploy', service: 'web', id: 'd2', text: 'a hotfix' },
  ];
  const { svg, markdown } = await pictureWith(changes);
  expect(svg).toContain('14:13:00 config of web: theme &lt;script&gt;');
  expect(svg).toMatch(/14:22:00 deploy of stock: v2\.3\.1/);
  expect(svg).not.toContain('a hotfix');
  expect(svg.match(/r="9"/g)).toHaveLength(4);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(markdown).toContain('## Changes before it began (UTC)');
});

test('where only log lines show the problem, the reasons for the change come first', async () => {
  const line = (atUs: number, level: string, text: string) =>
    JSON.stringify({ ts: `${atUs}000`, labels: { service_name: 'stock', level }, line: text });
  const every = (fromUs: number, toUs: number, one: (atUs: number, at: number) => string) =>
    Array.from({ length: Math.floor((toUs - fromUs) / 5_000_000) }, (_, at) => one(fromUs + at * 5_000_000, at));
  const well = (atUs: number, at: number) => line(atUs, 'info', `reserved ${at % 4} pieces`);
  const slow = (atUs: number, at: number) =>
    line(atUs, 'warn', `slow query took ${200 + (at % 30)} ms: FROM reservation_ledger`);
  const session = openSession(CASE_SETTINGS);
  const healthy = every(BEGAN_US - 20 * MINUTE_US, BEGAN_US - MINUTE_US, well);
  await send(session, 'baseline-logs', Buffer.from(healthy.join('\n')), { source: 'loki' });
  await send(session, 'logs', Buffer.from(every(BEGAN_US, TO_US, slow).join('\n')), { source: 'loki' });
  const diff =
    "--- a/ledger.ts\n+++ b/ledger.ts\n@@ -1 +1 @@\n-  all('FROM stock')\n+  all('FROM reservation_ledger')\n";
  const change = {
    at: iso(BEGAN_US - 2 * MINUTE_US),
    kind: 'deploy',
    service: 'stock',
    id: 'd1',
    text: 'ledger',
    diff,
  };
  await send(session, 'changes', Buffer.from(JSON.stringify([change])), { source: 'changes' });
  const window = { kind: 'window', service: 'stock', fromUs: BEGAN_US, toUs: TO_US } as const;
  const [answer] = await session.reports({ markdown: true, window });
  await session.close();
  expect(answer?.report.diagnosis?.change).toMatchObject({ id: 'd1' });
  expect(answer?.markdown).toMatch(
    /## Evidence\n+- The change was made at 14:21:00 UTC, and the problem began at 14:23:00 UTC. The change fits the symptoms/,
  );
});

test('of changes at one time each number is seen', async () => {
  const change = { at: iso(BEGAN_US - MINUTE_US), kind: 'deploy', text: '' } as const;
  const services = ['payment', 'stock', 'web'];
  const { svg } = await pictureWith(services.map((service) => ({ ...change, service, id: service })));
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="9"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  const [first, ...others] = circles.slice(0, services.length);
  expect(others).toEqual([20, 40].map((below) => [first?.[0], (first?.[1] ?? 0) + below]));
});
