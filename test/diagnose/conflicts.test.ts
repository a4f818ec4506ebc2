/** A request that conflicts with another one: whose failure it is, the answer says. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { query, server, span, traceOf } from '#test/trace.ts';

const answered = (status: number, statusText: string) =>
  diagnosed(
    traceOf(
      server(
        'api',
        'PATCH /doc',
        { ms: 90, failed: status >= 500, attributes: { 'http.response.status_code': status } },
        [
          span('api', 'DocRepository.save', { at: 5, ms: 70, failed: true }, [
            query('api', 'UPDATE doc SET v = $1 WHERE id = $2 AND version = $3', {
              at: 10,
              ms: 50,
              failed: true,
              statusText,
            }),
          ]),
        ],
      ),
    ),
  ).diagnosis;

const STALE = 'Attempted to update a stale object: Doc.';
const DUPLICATE = 'duplicate key value violates unique constraint "doc_name"';

test.each([409, 412, 428])('%i for a stale version or a taken key is an answer', (status) => {
  expect(answered(status, STALE)).toBeUndefined();
  expect(answered(status, DUPLICATE)).toBeUndefined();
});

test('behind another answer it is a failure', () => {
  for (const status of [200, 500]) expect(answered(status, STALE)).toBeDefined();
  expect(answered(409, 'deadlock detected')?.kind).toBe('lock-contention');
  expect(answered(409, 'connection refused')).toMatchObject({ status: 'inconclusive' });
});

test.each([
  ['postgresql', '23505', '42601'],
  ['postgresql', '23P01', '57014'],
  ['microsoft.sql_server', '2627', '1205'],
  ['mysql', '1062', '1146'],
])('a conflict answers the code with which %s refuses a key that is taken: %s, not %s', (system, taken, other) => {
  const kindOf = (code: string) =>
    diagnosed(
      traceOf(
        server('desk', 'POST /seats', { ms: 60, attributes: { 'http.response.status_code': 409 } }, [
          query('desk', 'INSERT INTO seats (row, number) VALUES ($1, $2)', {
            at: 5,
            ms: 9,
            failed: true,
            attributes: { 'db.system.name': system, 'db.response.status_code': code },
          }),
        ]),
      ),
    ).diagnosis?.kind;
  expect(kindOf(taken)).toBeUndefined();
  expect(kindOf(other)).toBe('error-origin');
});
