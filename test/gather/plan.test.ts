import { expect, test } from 'vitest';
import { logPlan, textSearch } from '#gather/plan.ts';

const SECOND_US = 1_000_000;
const KNOWN = { services: ['cart', 'stock'], fromUs: 5_000 * SECOND_US, toUs: 5_003 * SECOND_US };

test('asks for lines that name the trace in a field and in their text, and for its services where none does', () => {
  const { named, nearby } = logPlan('00a1b2c3', KNOWN);
  expect([named.map(({ by }) => by), nearby?.by]).toEqual([['trace-field', 'text'], 'service']);
});

test('searches for the id without its leading zeros, which is part of each of its forms', () => {
  expect(logPlan('00a1b2c3', KNOWN).named[1]).toMatchObject({ by: 'text', text: 'a1b2c3', services: [] });
});

test('lines that share only services and time must lie within two seconds of the trace', () => {
  expect(logPlan('a1b2c3', KNOWN).nearby).toMatchObject({
    services: ['cart', 'stock'],
    fromUs: 4_998 * SECOND_US,
    toUs: 5_005 * SECOND_US,
  });
});

test('lines that name the trace may come minutes late', () => {
  const [named] = logPlan('a1b2c3', KNOWN).named;
  expect(named?.toUs).toBeGreaterThanOrEqual(KNOWN.toUs + 60 * SECOND_US);
  expect(named?.services).toEqual([]);
});

test('does not ask for every line of every service where the services are unknown', () => {
  expect(logPlan('a1b2c3', { ...KNOWN, services: [] }).nearby).toBeUndefined();
});

test('searches a pasted id in no more than a day, which is what stores allow for one query', () => {
  const now = 1_000_000 * SECOND_US;
  const { fromUs, toUs } = textSearch('order-77', now);
  expect(toUs).toBe(now);
  expect(toUs - fromUs).toBe(24 * 3600 * SECOND_US);
});
