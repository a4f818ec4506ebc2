import { expect, test } from 'vitest';
import { podsInQuestion } from '#model/platform/platform-pods.ts';
import { cluster, NO_WINDOW, pod } from '#test/platform.ts';

const platform = cluster([
  pod({ labels: { app: 'payment' } }),
  pod({ name: 'catalog-1', labels: { app: 'catalog' } }),
  pod({ name: 'cart-1', labels: { app: 'cart' } }),
]);
const namesFor = (service: string, called: readonly string[]) =>
  podsInQuestion({ platform, window: { ...NO_WINDOW, service, called } }).map(({ pod: { name } }) => name);

test('a question about the whole cluster stays one, whatever its failing lines call', () => {
  expect(namesFor('', ['catalog'])).toEqual(namesFor('', []));
  expect(namesFor('', ['catalog'])).toHaveLength(3);
});

test('what failing lines call adds to a question about one service', () => {
  expect(namesFor('cart', ['catalog'])).toEqual(['cart-1', 'catalog-1']);
});
