import { expect, test } from 'vitest';
import { topicLeft, topicLeftText } from '#model/changes/said/topics.ts';

const SAID = topicLeftText('orders', 'orders.v2');

test.each([
  ["const TOPIC = 'orders'", `const TOPIC = \`orders.v\${version}\``],
  ['topic: orders', 'topic: orders.v2'],
])('%s becomes %s: it takes the name out', (removed, added) => {
  expect(topicLeft({ removed, added }, SAID)).toBe('it takes out the name “orders”');
});

test.each([
  ["send('orders', one)", "send('orders', all)"],
  ['topic: orders.v1', 'topic: orders.v2'],
  ['limit: 5', 'limit: 6'],
])('%s becomes %s: it does not', (removed, added) => {
  expect(topicLeft({ removed, added }, SAID)).toBe('');
});
