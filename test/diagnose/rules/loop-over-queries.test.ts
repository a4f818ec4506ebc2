/** A caller that asks for one element after another is slow by its loop, and not by the query behind each answer. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, server, times, traceOf } from '#test/trace.ts';

function overview(calls: number, queryMs: number, statement = 'SELECT id, lat FROM cars WHERE zone_id = ?') {
  const eachMs = queryMs + 30;
  const trace = traceOf(
    server('bookings', 'GET /overview', { ms: calls * eachMs + 60 }, [
      ...times(calls, (n) =>
        call('bookings', 'fleet', 'GET', { at: 20 + n * eachMs, ms: eachMs - 5 }, [
          server('fleet', 'GET /zones/{id}/cars', { at: 4, ms: eachMs - 12 }, [
            query('fleet', statement, { at: 4, ms: queryMs, attributes: { 'db.query.text': statement } }),
          ]),
        ]),
      ),
    ]),
  );
  return diagnosed(trace).diagnosis;
}

test('eight calls one after another, each with one run of a query', () => {
  const found = overview(8, 184);
  expect(found).toMatchObject({ service: 'bookings' });
  expect(['n-plus-one-calls', 'sequential-calls']).toContain(found?.kind);
});

test('a query that is long enough to bother somebody is the cause', () => {
  expect(overview(6, 2_400)).toMatchObject({ kind: 'slow-query', service: 'fleet' });
});

test('a pair of calls is no loop', () => {
  expect(overview(2, 700)).toMatchObject({ kind: 'slow-query', service: 'fleet' });
});
