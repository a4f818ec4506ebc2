import { expect, test } from 'vitest';
import {
  namedQueries,
  pastedQuery,
  requestLineQueries,
  requestQueries,
  searchQueries,
  unsureQueries,
  uuidOf,
  windowQueries,
} from '#gather/plan.ts';

const SECOND_US = 1_000_000;
const TIME = { fromUs: 5_000 * SECOND_US, toUs: 5_003 * SECOND_US };
const NO_TIES = { sessionIds: [], addresses: [], silent: [] };

test('asks for lines that name the trace in a field and in their text', () => {
  expect(namedQueries('00a1b2c3', TIME).map(({ by }) => by)).toEqual(['trace-field', 'text']);
});

test('searches for the id without its leading zeros, which is part of each of its forms', () => {
  expect(namedQueries('00a1b2c3', TIME)[1]).toMatchObject({ by: 'text', text: 'a1b2c3', services: [] });
});

test('lines that name the trace or what a person pasted may come minutes late', () => {
  for (const query of [...namedQueries('a1b2c3', TIME), pastedQuery('order-77', TIME)]) {
    expect(query.toUs).toBeGreaterThanOrEqual(TIME.toUs + 60 * SECOND_US);
    expect(query.services).toEqual([]);
  }
});

test('asks for the request’s other ids as fields and as text, of every service', () => {
  const queries = requestQueries({ requestIds: ['req-91', 'c-7f3a'] }, TIME);
  expect(queries).toMatchObject([
    { by: 'field', names: expect.arrayContaining(['request_id', 'x_correlation_id']), values: ['req-91', 'c-7f3a'] },
    { by: 'any-text', texts: ['req-91', 'c-7f3a'], services: [] },
  ]);
  expect(requestQueries({ requestIds: [] }, TIME)).toEqual([]);
});

test('asks by time only for services of which nothing surer is known, within two seconds', () => {
  expect(unsureQueries({ ...NO_TIES, silent: ['cart', 'stock'] }, TIME)).toEqual([
    {
      by: 'service',
      services: ['cart', 'stock'],
      fromUs: 4_998 * SECOND_US,
      toUs: 5_005 * SECOND_US,
      limit: 20_000,
    },
  ]);
  expect(unsureQueries({ sessionIds: ['s-1'], addresses: ['10.1.2.3'], silent: [] }, TIME)).toEqual([]);
});

test('asks for the user’s and the client’s lines half a minute around, of the same services', () => {
  const [ofClient] = unsureQueries({ sessionIds: ['s-77aa'], addresses: ['10.1.2.3'], silent: ['cart'] }, TIME);
  expect(ofClient).toMatchObject({
    by: 'any-text',
    texts: ['s-77aa', '10.1.2.3'],
    services: ['cart'],
    fromUs: 4_970 * SECOND_US,
  });
});

test('searches a pasted id in no more than a day, which is what stores allow for one query', () => {
  const now = 1_000_000 * SECOND_US;
  for (const { fromUs, toUs } of searchQueries('order-77', now)) {
    expect(toUs).toBe(now);
    expect(toUs - fromUs).toBe(24 * 3600 * SECOND_US);
  }
});

test('searches the logs of a week for a person who asks to look further back', () => {
  const now = 1_000_000 * SECOND_US;
  for (const { fromUs, toUs } of searchQueries('order-77', now, true)) {
    expect(toUs).toBe(now);
    expect(toUs - fromUs).toBe(7 * 24 * 3600 * SECOND_US);
  }
});

test('searches an id as a field and as text; one of 32 digits also as a trace’s and with its dashes', () => {
  expect(searchQueries('order-77', 0)).toMatchObject([
    { by: 'text', text: 'order-77' },
    { by: 'field', values: ['order-77'] },
  ]);
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  const uuid = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736';
  expect(uuidOf(id)).toBe(uuid);
  expect(searchQueries(id, 0)).toMatchObject([
    { by: 'any-text', texts: [id, uuid] },
    { by: 'trace-field', traceId: id },
    { by: 'field', values: [id, uuid] },
  ]);
});

test('asks for the id as a field where some lines had it in their text, and for what these lines call the request', () => {
  const known = { requestIds: ['c-7f3a'], traceIds: ['a1b2c3'] };
  expect(requestLineQueries('req-91', known, TIME)).toMatchObject([
    { by: 'field', values: ['req-91', 'c-7f3a'] },
    { by: 'text', text: 'c-7f3a' },
    { by: 'trace-field', traceId: 'a1b2c3' },
    { by: 'text', text: 'a1b2c3' },
  ]);
  expect(requestLineQueries('req-91', { requestIds: [], traceIds: [] }, TIME)).toHaveLength(1);
});

test('asks for a service’s lines in a time, and in as long a time before', () => {
  const { within, before } = windowQueries('cart', { fromUs: 7200 * SECOND_US, toUs: 10_800 * SECOND_US });
  expect(within).toMatchObject({ by: 'service', services: ['cart'], fromUs: 7200 * SECOND_US });
  expect(before).toMatchObject({ services: ['cart'], fromUs: 3600 * SECOND_US, toUs: 7200 * SECOND_US - 1 });
  expect(windowQueries('', { fromUs: 0, toUs: 1 }).within.services).toEqual([]);
});
