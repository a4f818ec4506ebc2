import { every, jsonlOf, said } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

const NOON_MS = Date.UTC(2025, 0, 6, 14, 30);
const LOWERED = `@@ src/stock.ts @@ export async function stockOf(sku: string) {
-  return await get(url(sku), { timeout: 4000 });
+  return await get(url(sku), { timeout: 250 });
`;
const STYLES = '@@ web/button.css @@\n-.pay { padding: 8px }\n+.pay { padding: 12px }\n';

const iso = (seconds: number) => new Date(NOON_MS + seconds * 1000).toISOString();
const changes = [
  {
    at: iso(-240),
    kind: 'deploy',
    service: 'checkout',
    id: '7c41e0b',
    text: 'Common client options',
    files: ['src/stock.ts'],
    diff: LOWERED,
  },
  {
    at: iso(-45),
    kind: 'deploy',
    service: 'web',
    id: '19fd2aa',
    text: 'Rounder buttons',
    files: ['web/button.css'],
    diff: STYLES,
  },
];
const values = Array.from({ length: 90 }, (_, minute) => {
  const seconds = (minute - 80) * 60;
  return [NOON_MS / 1000 + seconds, seconds < 0 ? `${0.002 + (minute % 3) / 5000}` : '0.4'];
});

export const example: DetectorExample = {
  shows:
    'Two deploys come before the errors. The nearer one changes a style; the other one changes the limit that the lines name.',
  window: { service: 'checkout', fromUs: (NOON_MS - 300_000) * 1000, toUs: (NOON_MS + 540_000) * 1000 },
  bodies: [
    { kind: 'changes', text: JSON.stringify(changes) },
    {
      kind: 'metrics',
      text: JSON.stringify([{ metric: { __name__: 'http_5xx_ratio', service: 'checkout' }, values }]),
    },
    {
      kind: 'baseline-logs',
      text: jsonlOf(every(300, -7200, -600, (at, n) => said(at, 'checkout', 'info', `order ${1000 + n} placed`))),
    },
    {
      kind: 'logs',
      text: jsonlOf(
        every(40, 4, 500, (at) => said(at, 'checkout', 'error', 'GET /stock timed out: no answer within 250 ms')),
      ),
    },
  ],
  excerpt: `14:26:00  deploy    checkout  7c41e0b  Common client options
            -  return await get(url(sku), { timeout: 4000 });
            +  return await get(url(sku), { timeout: 250 });
14:29:15  deploy    web       19fd2aa  Rounder buttons
14:30:00  metric    checkout  http_5xx_ratio 0.2 % → 40 %
14:30:04  error     checkout  GET /stock timed out: no answer within 250 ms`,
};
