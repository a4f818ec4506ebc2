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
