import { every, said } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

const stored = (count: number, from: number, price: (n: number) => string) =>
  every(count, from, from + 600, (at, n) =>
    said(at, 'catalog', 'info', `{"msg":"product stored","product":${700 + n},"price":${price(n)}}`),
  );

export const example: DetectorExample = {
  shows:
    'In the healthy time every product has a price. Now every third product is stored without one, and no line reports an error.',
  lines: stored(24, 0, (n) => (n % 3 === 0 ? 'null' : '1299')),
  healthyLines: stored(200, -7200, () => '1299'),
};
