import type { Failure } from '../failures.ts';
import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { Step } from '../span.ts';
import { byKey, heavy, lockingRead, update } from '../statements.ts';

/** A wait for a lock is a slow statement, too. */
function found(here: Service, steps: readonly Step[], failure?: Failure): Piece {
  return {
    steps,
    expected: [at('lock-contention', here)],
    allowed: ['slow-query', 'unexplained-gap', ...(failure ? (['error-origin', 'timeout-cascade'] as const) : [])],
    ...(failure && {
      failure,
      thrown: true,
      verdicts: [at('lock-contention', here), at('error-origin', here), at('timeout-cascade', here)],
    }),
  };
}

function lockTimeout({ database: { system } }: Service): Failure {
  const failed = { status: 500, code: 'INTERNAL' };
  if (system === 'mysql') {
    return { ...failed, type: 'SQLException', message: 'Lock wait timeout exceeded; try restarting transaction' };
  }
  if (system === 'mssql') return { ...failed, type: 'SqlException', message: 'Lock request time out period exceeded.' };
  if (system === 'mongodb')
    return { ...failed, type: 'MongoServerError', message: 'Unable to acquire lock within 5000ms' };
  return { ...failed, type: 'PSQLException', message: 'ERROR: canceling statement due to lock timeout' };
}

function deadlock({ database: { system } }: Service): Failure {
  const failed = { status: 500, code: 'ABORTED' };
  if (system === 'mysql') {
    return {
      ...failed,
      type: 'DeadlockLoserDataAccessException',
      message: 'Deadlock found when trying to get lock; try restarting transaction',
    };
  }
  if (system === 'mssql') {
    return {
      ...failed,
      type: 'SqlException',
      message:
        'Transaction (Process ID 72) was deadlocked on lock resources with another process and has been chosen as the deadlock victim.',
    };
  }
  return { ...failed, type: 'psycopg2.errors.DeadlockDetected', message: 'deadlock detected' };
}

export const lockContention: Family = {
  id: 'lock-contention',
  pairs: true,
  positives: [
    {
      name: 'asked for again until it is free',
      draw({ random, cache, query }, here, ms) {
        const key = `lock:${here.noun}:7`;
        const tries = random.whole(6, 12);
        const tried = Array.from({ length: tries }, () => [
          { ...cache(here, 'SET', key, { attributes: { 'db.query.text': `SET ${key} ? NX PX 30000` } }) },
          Math.max(ms, 600) / tries,
        ]).flat();
        return {
          steps: [
            ...tried,
            cache(here, 'SET', key, { attributes: { 'db.query.text': `SET ${key} ? NX PX 30000` } }),
            query(here, update(here.noun), random.ms(4)),
            cache(here, 'DEL', key),
          ],
          expected: [at('lock-contention', here)],
          allowed: ['unexplained-gap', 'pool-exhaustion'],
        };
      },
    },
    {
      name: 'an event of the database names what it waits for',
      draw({ query }, here, ms) {
        const attributes = { 'db.wait_event_type': 'Lock', 'db.wait_event': 'transactionid' };
        return {
          steps: [query(here, update(here.noun), ms, { attributes, bare: true })],
          expected: [at('lock-contention', here)],
          allowed: ['slow-query'],
        };
      },
    },
    {
      name: 'SELECT FOR UPDATE waits',
      draw({ random, query }, here, ms) {
        const sql: Service =
          here.database.system === 'mongodb' ? { ...here, database: { ...here.database, system: 'postgresql' } } : here;
        return found(here, [
          query(here, { verb: 'BEGIN', table: '', text: 'BEGIN' }, 0.3),
          query(sql, lockingRead(sql, here.noun), ms),
          query(here, update(here.noun), random.ms(3)),
          query(here, { verb: 'COMMIT', table: '', text: 'COMMIT' }, random.ms(1)),
        ]);
      },
    },
    {
      name: 'an update with an event of the wait',
      draw({ random, query }, here, ms) {
        const events = [
          {
            at: 0.4,
            name: random.pick(['lock.wait', 'lock wait', 'waiting for lock']),
            attributes: { 'lock.type': 'row', 'lock.wait_ms': Math.round(ms) },
          },
          { at: ms - 1, name: random.pick(['lock.acquired', 'lock acquired']), attributes: {} },
        ];
        return found(here, [query(here, update(here.noun), ms, { events })]);
      },
    },
    {
      name: 'an update with the wait as an attribute',
      draw({ random, query }, here, ms) {
        const name = random.pick(['db.lock.wait_ms', 'db.lock_wait_time_ms', 'lock.wait_ms']);
        return found(here, [
          query(here, update(here.noun), ms, { attributes: { [name]: Math.round(ms * 0.97) } }),
          random.ms(2),
        ]);
      },
    },
    {
      name: 'the database gives up waiting',
      draw({ random, query }, here) {
        const waited = random.pick([1_000, 3_000, 5_000]);
        const failure = lockTimeout(here);
        return found(here, [random.ms(2), query(here, update(here.noun), waited, { failure })], failure);
      },
    },
    {
      name: 'a deadlock',
      draw({ random, query }, here, ms) {
        const failure = deadlock(here);
        return found(here, [random.ms(2), query(here, update(here.noun), ms, { failure })], failure);
      },
    },
    {
      name: 'a mutex of its own',
      draw({ random, own }, here, ms) {
        const name = random.pick(['acquire lock', 'mutex.lock', 'lock.acquire', 'wait for lock']);
        return found(here, [own(here, name, [ms]), own(here, 'update balance', [random.ms(8)])]);
      },
    },
    {
      name: 'an event of waiting behind others',
      draw({ random, own }, here, ms) {
        const events = [
          {
            at: 0.1,
            name: `Waiting for lock behind ${random.whole(1, 6)} transactions`,
            attributes: { 'lock.blockers': '[4, 5]' },
          },
          { at: ms, name: 'Acquired lock', attributes: {} },
        ];
        return found(here, [own(here, 'apply transaction', [ms, random.ms(9)], { events })]);
      },
    },
    {
      name: 'a lock of the whole fleet',
      draw({ random, own, cache }, here, ms) {
        const tries = random.whole(5, 12);
        const steps: Step[] = Array.from({ length: tries }, () => [
          cache(here, 'SET', `lock:${here.noun}:7`, {
            attributes: { 'db.query.text': `SET lock:${here.noun}:7 ? NX PX 30000` },
          }),
          ms / tries,
        ]).flat();
        return found(here, [own(here, random.pick(['redlock.acquire', 'RLock.lock']), steps), random.ms(9)]);
      },
    },
    {
      name: 'an advisory lock',
      draw({ random, query }, here, ms) {
        const sql: Service = { ...here, database: { ...here.database, system: 'postgresql' } };
        const text = 'SELECT pg_advisory_xact_lock($1)';
        return found(here, [
          query(sql, { verb: 'SELECT', table: '', text }, ms),
          query(here, update(here.noun), random.ms(4)),
        ]);
      },
    },
    {
      name: 'only the log tells of the wait',
      draw({ random, query }, here, ms) {
        const whole = Math.round(ms);
        const text = random.pick([
          `still waiting for ShareLock on transaction 8912 after ${whole} ms`,
          `lock wait of ${whole} ms on ${here.noun} (row 42), held by pid 4711`,
          `acquired row lock on ${here.noun} after waiting ${whole} ms`,
        ]);
        const logs = [{ at: 'end' as const, level: 'warn' as const, text }];
        return found(here, [random.ms(2), query(here, update(here.noun), ms, { logs })]);
      },
    },
    {
      name: "a runtime's lock by its own name",
      draw({ random, own, query }, here, ms) {
        const name =
          {
            java: 'ReentrantLock.lock',
            go: 'sync.Mutex.Lock',
            dotnet: 'SemaphoreSlim.WaitAsync',
            python: 'threading.Lock.acquire',
          }[here.stack.language] ?? 'AsyncLock.acquire';
        return found(here, [own(here, name, [ms]), query(here, update(here.noun), random.ms(4)), random.ms(1)]);
      },
    },
    {
      name: 'a named lock of MySQL',
      draw({ random, query }, here, ms) {
        const mysql: Service = { ...here, database: { ...here.database, system: 'mysql' } };
        const steps = [
          query(mysql, { verb: 'SELECT', table: '', text: "SELECT GET_LOCK('invoice-42', 30)" }, ms),
          query(mysql, update(here.noun), random.ms(5)),
          query(mysql, { verb: 'SELECT', table: '', text: "SELECT RELEASE_LOCK('invoice-42')" }, random.ms(1)),
        ];
        return found(here, steps);
      },
    },
    {
      name: 'it was told not to wait',
      draw({ random, query }, here) {
        const message = random.pick([
          `could not obtain lock on row in relation "${here.noun}"`,
          'ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired',
          'WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.',
        ]);
        const failure: Failure = { type: 'DatabaseError', message, status: 500, code: 'ABORTED' };
        return found(here, [random.ms(2), query(here, update(here.noun), random.ms(6), { failure })], failure);
      },
    },
  ],
  nearMisses: [
    {
      name: 'blocks of a chain',
      draw({ random, services, call, own }, here, ms) {
        const callee: Service = { ...services.another(), name: 'blockchain-indexer', noun: 'blocks' };
        const where = { method: 'GET', route: '/blocks/latest', path: '/blocks/latest', rpc: 'GetBlock' };
        return {
          steps: [call(here, callee, where, [own(callee, 'verify block', [ms]), random.ms(4)])],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'FOR UPDATE that waits for nobody',
      draw({ random, query }, here) {
        return {
          steps: [
            query(here, lockingRead(here, here.noun), random.ms(3)),
            query(here, update(here.noun), random.ms(4)),
          ],
          expected: [],
        };
      },
    },
    {
      name: 'a queue in a table skips what is locked',
      draw({ random, query }, here) {
        const text = "SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED";
        return {
          steps: [query(here, { verb: 'SELECT', table: 'jobs', text }, random.ms(6)), random.ms(9)],
          expected: [],
        };
      },
    },
    {
      name: 'a lock that was free',
      draw({ random, own }, here) {
        const events = [{ at: 0.1, name: 'lock acquired', attributes: { 'lock.wait_ms': 0 } }];
        return {
          steps: [own(here, 'acquire lock', [0.2], { events }), own(here, 'update balance', [random.ms(30)])],
          expected: [],
        };
      },
    },
    {
      name: 'a table called locks',
      draw({ random, query }, here, ms) {
        const drawn = heavy(here, 'door_locks', 'buildings', random);
        return { steps: [query(here, drawn, ms)], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'a service that opens locks',
      draw({ random, services, call, endpoint, own }, here, ms) {
        const callee: Service = { ...services.another(), name: 'smart-lock-service', noun: 'locks' };
        return {
          steps: [call(here, callee, endpoint.action(callee, 'open'), [own(callee, 'turn motor', [ms]), random.ms(2)])],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
    {
      name: 'a slow update of many rows',
      draw({ query }, here, ms) {
        const text = `UPDATE ${here.noun} SET price = price * 1.02 WHERE category = $1`;
        const attributes = { 'db.response.affected_rows': 184_203 };
        return {
          steps: [query(here, { verb: 'UPDATE', table: here.noun, text }, ms, { attributes })],
          expected: [at('slow-query', here)],
        };
      },
    },
    {
      name: 'block lists',
      draw({ random, query }, here) {
        const steps = [
          query(here, byKey(here, 'blocklist', 'ip', 4, 'masked'), random.ms(5)),
          query(here, byKey(here, 'user_blocks', 'id', 7, 'masked'), random.ms(5)),
        ];
        return { steps, expected: [] };
      },
    },
  ],
};
