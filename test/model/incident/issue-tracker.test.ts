/** Which tracker and which place an action item goes to. */
import { expect, test } from 'vitest';
import { placeFor } from '#model/incident/issue-tracker.ts';

const GITHUB = { id: 'github', places: [{ path: 'acme/shop', service: 'Checkout' }] };
const JIRA = {
  id: 'jira',
  places: [
    { path: 'OPS', service: '' },
    { path: 'PAY', service: 'payments' },
  ],
};

test.each([
  [['checkout'], 'github', 'acme/shop'],
  [['cart', 'payments'], 'jira', 'PAY'],
  [['cart'], 'jira', 'OPS'],
  [[], 'jira', 'OPS'],
])('%j goes to %s %s', (services, tracker, place) => {
  expect(placeFor([GITHUB, JIRA], services)).toEqual({ tracker, place });
});

test('without a place for all, other services get no issue', () => {
  expect(placeFor([GITHUB], ['cart'])).toBeUndefined();
  expect(placeFor([], ['checkout'])).toBeUndefined();
});
