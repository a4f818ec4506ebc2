/** What is advised fits the database that was asked: nobody has an EXPLAIN for a key-value store at hand. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { server, span, traceOf } from '#test/trace.ts';

function remedyOf(system: string, events: NonNullable<Parameters<typeof span>[2]>['events'] = []) {
  const call = span('shop', 'ask', {
    at: 10,
    ms: 950,
    kind: 'client',
    attributes: { 'db.system.name': system, 'db.query.text': 'UPDATE carts SET state = ? WHERE id = ?' },
    events,
  });
  return diagnosed(traceOf(server('shop', 'GET /', { ms: 1000 }, [call]))).diagnosis;
}

test.each([
  ['postgresql', /EXPLAIN on postgresql/],
  ['mongodb', /executionStats/],
  ['aws.dynamodb', /secondary index/],
  ['elasticsearch', /"profile": true/],
  ['cassandra', /TRACING ON/],
  ['microsoft.sql_server', /SET STATISTICS XML ON/],
])('a slow query on %s', (system, words) => {
  const diagnosis = remedyOf(system);
  expect(diagnosis?.kind).toBe('slow-query');
  expect(diagnosis?.remedy).toMatch(words);
  expect(diagnosis?.check.startsWith('The plan shows')).toBe(['postgresql', 'microsoft.sql_server'].includes(system));
});

test.each([
  ['postgresql', /pg_blocking_pids/],
  ['mysql', /innodb_lock_waits/],
  ['microsoft.sql_server', /dm_exec_requests/],
  ['oracle.db', /v\$session/],
  ['aws.dynamodb', /^Find who holds the lock that UPDATE carts waits for\. Let them release it/],
])('a lock on %s', (system, words) => {
  const diagnosis = remedyOf(system, [
    { at: 20, name: 'waiting for lock' },
    { at: 940, name: 'acquired lock' },
  ]);
  expect(diagnosis?.kind).toBe('lock-contention');
  expect(diagnosis?.remedy).toMatch(words);
});

test('a deadlock is over: the log names its statements, and the victim can be repeated', () => {
  const diagnosis = diagnosed(
    traceOf(
      server('shop', 'GET /', { ms: 1000, failed: true }, [
        span('shop', 'UPDATE carts', {
          ms: 900,
          kind: 'client',
          failed: true,
          statusText: 'deadlock detected',
          attributes: { 'db.system.name': 'postgresql' },
        }),
      ]),
    ),
  ).diagnosis;
  expect(diagnosis?.kind).toBe('lock-contention');
  expect(diagnosis?.remedy).toMatch(
    /^Read the DETAIL of this error in the log of PostgreSQL .* run the transaction again that the database ended\.$/,
  );
  expect(diagnosis?.remedy).not.toContain('pg_blocking_pids');
});

describe('an index that the evidence names', () => {
  const indexAdvice = (text: string) => {
    const call = span('shop', 'SELECT users', {
      at: 10,
      ms: 950,
      kind: 'client',
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM users WHERE email = ?' },
      events: [{ at: 900, name: text }],
    });
    return diagnosed(traceOf(server('shop', 'GET /', { ms: 1000 }, [call]))).diagnosis?.remedy;
  };

  test.each([
    ['Seq Scan, missing index on users.email', 'Add the index on users.email that SELECT users lacks.'],
    ['Seq Scan on users (rows=480), no index on email', 'Add the index on users.email that SELECT users lacks.'],
    ['missing index on users (email, state)', 'Add the index on users (email, state) that SELECT users lacks.'],
  ])('is the first action: %s', (text, advice) => {
    expect(indexAdvice(text)).toContain(advice);
  });

  test('is a question where only the statement suggests it', () => {
    expect(indexAdvice('Seq Scan on users')).toMatch(
      /^Look at the plan of SELECT users with EXPLAIN on postgresql: if it reads the whole table, add an index on users \(email\)/,
    );
  });
});
