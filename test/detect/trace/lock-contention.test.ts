import { lockContention } from '#detect/trace/lock-contention.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, times } from '#test/trace.ts';

const UPDATE = 'UPDATE inventory SET reserved = reserved + 1 WHERE sku = $1';
/** A request that saves a page. `attempts`: which of its attempts fail. */
const edited = (code: number, attempts: readonly boolean[], said = 'StaleObjectError: version 4 is not the last one') =>
  server(
    'wiki',
    'PUT /pages/:id',
    { ms: 60 * attempts.length, failed: code >= 400, attributes: { 'http.response.status_code': code } },
    attempts.map((failed, n) =>
      span('wiki', 'PageStore.save', { at: 5 + 55 * n, ms: 40, ...(failed && { failed, statusText: said }) }),
    ),
  );

const asked = (at: number, key = 'lock:bin:7') =>
  query('stock', `SET ${key} ? NX PX 30000`, { at, ms: 1, attributes: { 'db.system.name': 'redis' } });

/** A write that expects a version of its row; `said`: why it failed. */
const versioned = (at: number, statement: string, said?: string) =>
  span('desk', 'findAndModify desk.tickets', {
    at,
    ms: 20,
    kind: 'client',
    attributes: { 'db.system.name': 'mongodb', 'db.query.text': statement },
    ...(said !== undefined && { failed: true, statusText: said }),
  });

testDetector(lockContention, {
  clear: {
    'a line about sessions before the statement, or of a session that ran': drawn(
      server('bills', 'POST /close', { ms: 9000 }, [query('bills', UPDATE, { at: 500, ms: 8000 })]),
      {
        logs: [
          logLine('bills', 400, 'session 9: wait_event_type=Lock wait_event=tuple', { spanId: '0', level: 'warn' }),
          logLine('bills', 8600, 'session 9: wait_event_type=IO wait_event=WALWrite', { spanId: '0', level: 'warn' }),
        ],
      },
    ),
    'a conflict after which the same row was written with its next version': drawn(
      server('desk', 'PUT /tickets/:id', { ms: 90 }, [
        versioned(5, '{"findAndModify":"tickets","query":{"_id":"t-1","version":7}}', 'WriteConflict'),
        versioned(40, '{"findAndModify":"tickets","query":{"_id":"t-1","version":8}}'),
      ]),
    ),
    'a plan that says that there were no lock waits': drawn(
      server('wiki', 'PUT /pages/:id', { ms: 2200 }, [
        query('wiki', 'UPDATE pages SET body = $1', { at: 10, ms: 2170 }),
      ]),
      { logs: [logLine('pg-wiki', 2182, 'LOG:  duration: 2166.010 ms  plan: Seq Scan on pages, no lock waits')] },
    ),
    'a named lock that was free at once': drawn(
      span('biller', 'close month', { ms: 60_200 }, [
        query('biller', "SELECT GET_LOCK('month-end', 120)", { at: 5, ms: 3 }),
      ]),
      { logs: [logLine('biller', 9, "lock 'month-end' acquired after 2 ms")] },
    ),
    'a third attempt that won': drawn(edited(200, [true, true, false])),
    'one conflict that the client hears of': drawn(edited(409, [true])),
    'two attempts, and then an answer of 409': drawn(edited(409, [true, true])),
    'three attempts that an optimistic lock did not end': drawn(edited(409, [true, true, true], 'seat is taken')),
    'a deadlock whose next attempt succeeded at once': drawn(
      server('stock', 'POST /reserve', { ms: 200 }, [
        query('stock', UPDATE, { at: 5, ms: 30, failed: true, statusText: 'deadlock detected' }),
        query('stock', UPDATE, { at: 120, ms: 10 }),
      ]),
    ),
    'a lock that was free at once': drawn(
      server('stock', 'POST /reserve', { ms: 900 }, [
        span('stock', 'reserve', {
          at: 5,
          ms: 880,
          events: [
            { at: 6, name: 'acquiring stock mutex' },
            { at: 7, name: 'acquired stock mutex', attributes: { waited_ms: 0 } },
          ],
        }),
      ]),
    ),
    'a lock with a name that was free': drawn(
      server('jobs', 'POST /settle', { ms: 900 }, [
        span('jobs', 'take cron settle lock', { at: 5, ms: 2, attributes: { 'lock.name': 'settle' } }),
      ]),
    ),
    'work under a lock': drawn(
      server('jobs', 'POST /settle', { ms: 900 }, [
        span('jobs', 'settle with lock', { at: 5, ms: 880, attributes: { 'lock.name': 'settle' } }),
        span('jobs', 'critical section lock', { at: 5, ms: 880, attributes: { 'lock.name': 'settle' } }),
      ]),
    ),
    'an acquisition without a measure': drawn(
      server('jobs', 'POST /settle', { ms: 900 }, [
        query('jobs', UPDATE, { at: 5, ms: 880, events: [{ at: 880, name: 'lock.acquired' }] }),
      ]),
    ),
    'a lock in Redis that is asked for twice': drawn(
      server('stock', 'POST /reserve', { ms: 700 }, [asked(10), asked(500)]),
    ),
    'locks in Redis with work between them': drawn(
      server('stock', 'POST /reserve', { ms: 700 }, [
        ...times(4, (i) => asked(10 + i * 150)),
        ...times(3, (i) => span('stock', 'pack', { at: 15 + i * 150, ms: 140 })),
      ]),
    ),
    'marks in Redis for different things, each set once': drawn(
      server('stock', 'POST /reserve', { ms: 700 }, [...times(4, (i) => asked(10 + i * 150, `seen:${i}`))]),
    ),
    ...Object.fromEntries(
      ['SKIP LOCKED', 'NOWAIT'].map((how) => [
        `a slow read that waits for no lock: ${how}`,
        drawn(
          server('jobs', 'POST /take', { ms: 500 }, [
            query('jobs', `SELECT * FROM jobs WHERE state = $1 FOR UPDATE ${how}`, { at: 10, ms: 450 }),
          ]),
        ),
      ]),
    ),
    'a wait of another session at another time': drawn(
      server('stock', 'POST /reserve', { ms: 5500 }, [query('stock', UPDATE, { at: 10, ms: 5450 })]),
      {
        logs: [
          logLine('postgres', 2500, 'LOG:  process 9 still waiting for ShareLock on transaction 37 after 1000.762 ms'),
          logLine('postgres', 2900, 'LOG:  process 9 acquired ShareLock on transaction 37 after 1400.2 ms'),
        ],
      },
    ),
    'a wait of another statement in MySQL’s process list': drawn(
      server('stock', 'POST /reserve', { ms: 6900 }, [query('stock', UPDATE, { at: 5, ms: 6800 })]),
      {
        logs: [
          logLine(
            'mysql-agent',
            4700,
            'processlist: command=Query time=4 state="Waiting for table metadata lock" info="UPDATE profiles SET name = ..."',
          ),
        ],
      },
    ),
    'a wait of another statement': drawn(
      server('stock', 'POST /reserve', { ms: 4300 }, [query('stock', UPDATE, { at: 5, ms: 4250 })]),
      {
        logs: [
          logLine(
            'postgres',
            4253,
            'LOG:  process 9 acquired ShareLock after 4243 ms\n\tSTATEMENT:  DELETE FROM carts WHERE id = $1',
          ),
        ],
      },
    ),
    'a deadlock of another statement': drawn(
      server('stock', 'POST /reserve', { ms: 1100 }, [query('stock', UPDATE, { at: 5, ms: 1050, failed: true })]),
      {
        logs: [
          logLine('postgres', 1056, '[311] ERROR:  deadlock detected'),
          logLine('postgres', 1056, '[311] STATEMENT:  DELETE FROM carts WHERE id = $1'),
        ],
      },
    ),
    'how often locks were waited for, which is no time': drawn(
      server('stock', 'POST /reserve', { ms: 5500 }, [
        query('stock', UPDATE, { at: 10, ms: 5450, attributes: { 'db.lock_waits': 4 } }),
      ]),
    ),
    'a locking read that says that it hardly waited': drawn(
      server('stock', 'POST /reserve', { ms: 500 }, [
        query('stock', 'SELECT * FROM stock WHERE sku = $1 FOR UPDATE', {
          at: 10,
          ms: 450,
          attributes: { 'db.lock.wait_ms': 3 },
        }),
      ]),
    ),
    'an update of which the database says that it reads the disk': drawn(
      server('stock', 'POST /reserve', { ms: 500 }, [
        query('stock', UPDATE, { at: 10, ms: 450, attributes: { 'db.wait_event_type': 'IO' } }),
      ]),
    ),
    'a read that takes no lock by SQL Server’s hint': drawn(
      server('stock', 'POST /reserve', { ms: 500 }, [
        query('stock', 'SELECT * FROM bins WITH (NOLOCK) WHERE id = @p0', { at: 10, ms: 450 }),
      ]),
    ),
    'a call that failed because a door could not be unlocked': drawn(
      server('doors', 'POST /open', { ms: 1010, failed: true }, [
        call('doors', 'hardware', 'POST /unlock', {
          at: 5,
          ms: 1000,
          failed: true,
          statusText: 'unable to open the block',
        }),
      ]),
    ),
    ...Object.fromEntries(
      [
        'unlock',
        'block',
        'wait for clock',
        '_clock',
        'stage_clock',
        'code-block',
        'run wallclock',
        'deadlock',
        'open smart lock door',
      ].map((name) => [
        `what only ends like a lock: ${name}`,
        drawn(server('inventory', 'POST /reserve', { ms: 500 }, [span('inventory', name, { at: 5, ms: 300 })])),
      ]),
    ),
    'threads that the Java machine parked, whatever they wait for': drawn(
      server('seats', 'GET /seats', { ms: 4100 }, [query('seats', 'SELECT * FROM seats', { at: 4000, ms: 50 })]),
      {
        logs: [
          logLine(
            'seats',
            900,
            'Top threads: WAITING java.util.concurrent.locks.LockSupport.park at scala.concurrent.Await',
          ),
        ],
      },
    ),
    'a slow query that says nothing of a lock': drawn(
      server('inventory', 'POST /reserve', { ms: 3100 }, [query('inventory', UPDATE, { at: 50, ms: 3000 })]),
    ),
    'a lock that was free': drawn(
      server('customer', 'GET /customer', { ms: 300 }, [
        query('customer', 'SELECT * FROM customer', {
          at: 1,
          ms: 280,
          events: [{ at: 1.2, name: 'Acquired lock; 4 transactions waiting behind' }],
        }),
      ]),
    ),
    'a wait just below the least time, in a long query': drawn(
      server('customer', 'GET /customer', { ms: 900 }, [
        query('customer', 'SELECT * FROM customer', {
          ms: 800,
          events: [
            { at: 1, name: 'Waiting for lock behind 1 transactions' },
            { at: 100, name: 'Acquired lock; 0 transactions waiting behind' },
          ],
        }),
      ]),
    ),
    'a quick SELECT … FOR UPDATE': drawn(
      server('inventory', 'POST /reserve', { ms: 100 }, [
        query('inventory', 'SELECT * FROM stock WHERE sku = $1 FOR UPDATE', { ms: 9 }),
      ]),
    ),
    'a name that could be read in very many ways': drawn(
      server('inventory', 'POST /reserve', { ms: 500 }, [span('inventory', '_'.repeat(3_000), { at: 5, ms: 300 })]),
    ),
    'a service whose name has lock in it': drawn(
      server('clock', 'GET /clock', { ms: 900 }, [span('clock', 'read blocklist', { ms: 800 })]),
    ),
    'a time-out without a lock': drawn(
      server('inventory', 'POST /reserve', { ms: 3100, failed: true }, [
        query('inventory', UPDATE, {
          ms: 3000,
          failed: true,
          statusText: 'canceling statement due to statement timeout',
        }),
      ]),
    ),
    'a line about a lock at another span': drawn(
      server('inventory', 'POST /reserve', { ms: 3100 }, [query('inventory', UPDATE, { at: 50, ms: 3000 })]),
      { logs: [logLine('inventory', 60, 'waiting for lock on row 7', { spanId: 'f00d' })] },
    ),
  },
  found: {
    'a wait for a row in the words of the service, whose statement has no span': {
      ...drawn(server('seats', 'POST /seats/4/hold', { ms: 6100 }, [query('seats', UPDATE, { at: 6050, ms: 12 })]), {
        logs: [
          logLine('seats', 6045, 'waited 5.9 s for the row of seat 4, the refund run had it', {
            spanId: '0',
            level: 'warn',
          }),
        ],
      }),
      sightings: [{ service: 'seats' }],
    },
    'a session that the database shows as blocked, by a line of the caller after the statement': {
      ...drawn(server('bills', 'POST /close', { ms: 9000 }, [query('bills', UPDATE, { at: 500, ms: 8000 })]), {
        logs: [
          logLine('bills', 8600, 'session 9: wait_event_type=Lock wait_event=tuple', { spanId: '0', level: 'warn' }),
        ],
      }),
      sightings: [{ service: 'bills', title: /^POST \/close waits 8 s for a lock/ }],
    },
    'a lock for readers and writers of Go, by a line of the code that waited': {
      ...drawn(server('rates', 'GET /rates/:id', { ms: 2400 }), {
        logs: [logLine('rates', 2390, 'waited 2.35s for cache.mu (sync.RWMutex)', { spanId: '0', level: 'warn' })],
      }),
      sightings: [{ service: 'rates', title: /^GET \/rates\/:id waits 2\.4 s for a lock/ }],
    },
    'a lock whose name stands between the words': {
      ...drawn(
        span('biller', 'close month', { ms: 60_200 }, [
          query('biller', "SELECT GET_LOCK('month-end', 120)", { at: 5, ms: 60_000 }),
        ]),
        {
          logs: [
            logLine('biller', 60_010, "lock 'month-end' acquired after 60 s, the run before still held it", {
              level: 'warn',
            }),
          ],
        },
      ),
      sightings: [{ service: 'biller', title: /^close month waits 1 min for a lock/ }],
    },
    'a conflict after which another row was written': {
      ...drawn(
        server('desk', 'PUT /tickets/:id', { ms: 90 }, [
          versioned(5, '{"findAndModify":"tickets","query":{"_id":"t-1","version":7}}', 'WriteConflict'),
          versioned(40, '{"findAndModify":"tickets","query":{"_id":"t-2","version":8}}'),
        ]),
      ),
      sightings: [{ service: 'desk', title: /failed after waiting/ }],
    },
    'attempts that lost the row each time, until nobody tried again': {
      ...drawn(edited(409, [true, true, true])),
      sightings: [
        {
          service: 'wiki',
          operation: 'PageStore.save',
          spans: ['0.0', '0.1', '0.2'],
          title: /lost the row to other writers in 3 attempts within 150 ms/,
        },
      ],
    },
    'an acquisition that measures the wait before it': {
      ...drawn(
        server('jobs', 'POST /settle', { ms: 900 }, [
          query('jobs', UPDATE, {
            at: 5,
            ms: 880,
            events: [{ at: 880, name: 'lock.acquired', attributes: { 'db.lock.wait_ms': 850 } }],
          }),
        ]),
      ),
      sightings: [{ service: 'jobs', title: /^POST \/settle waits 850 ms for a lock/ }],
    },
    'a lock of a store, with its name': {
      ...drawn(
        server('jobs', 'POST /settle', { ms: 900 }, [
          span('jobs', 'redisson.lock cron:settle', { at: 5, ms: 880 }, [
            ...times(3, (i) =>
              query('jobs', 'EVAL cron:settle', { at: 10 + i * 200, ms: 1, attributes: { 'db.system.name': 'redis' } }),
            ),
          ]),
        ]),
      ),
      sightings: [{ service: 'jobs', title: /^POST \/settle waits 880 ms for a lock/ }],
    },
    'a span that only its attribute calls a lock': {
      ...drawn(
        server('jobs', 'POST /settle', { ms: 900 }, [
          span('jobs', 'take the leader lease', { at: 5, ms: 880, attributes: { 'lease.name': 'settle' } }),
        ]),
      ),
      sightings: [{ service: 'jobs', title: /^POST \/settle waits 880 ms for a lock/ }],
    },
    'the victim of a deadlock': {
      ...drawn(
        server('friends', 'POST /friends', { ms: 700, failed: true }, [
          query('friends', 'MATCH (a:User) MERGE (a)-[:FRIEND]->(b)', {
            at: 5,
            ms: 600,
            failed: true,
            statusText: 'Neo.TransientError.Transaction.DeadlockDetected: can’t acquire ExclusiveLock',
            attributes: { 'db.system.name': 'neo4j' },
          }),
        ]),
      ),
      sightings: [{ service: 'friends', title: /as the victim of a deadlock after 600 ms/ }],
    },
    'a wait that records the lock that it did not get': {
      ...drawn(
        server('catalog', 'GET /top', { ms: 1300 }, [
          span('catalog', 'wait for rebuild', { at: 10, ms: 1280, attributes: { 'lock.acquired': false } }),
        ]),
      ),
      sightings: [{ service: 'catalog', title: /waits 1.3 s for a lock/ }],
    },
    'a lock in Redis that is asked for until it is free': {
      ...drawn(server('stock', 'POST /reserve', { ms: 700 }, [...times(4, (i) => asked(10 + i * 150))])),
      sightings: [{ service: 'stock', wastedMs: 447, explanation: /4 times SET with NX/ }],
    },
    ...Object.fromEntries(
      [
        { at: 2708, name: 'waiting for lock price-table' },
        { at: 2708, name: 'lock.wait', attributes: { 'lock.wait_ms': 2 } },
      ].map((event) => [
        `a span that is the wait of 2.7 s, at whose end an event says “${event.name}”`,
        {
          ...drawn(
            server('pricing', 'GET /price', { ms: 2800 }, [
              span('pricing', 'mutex.lock', { at: 10, ms: 2700, events: [event] }),
            ]),
          ),
          sightings: [{ service: 'pricing', spans: ['0.0'], wastedMs: 2700 }],
        },
      ]),
    ),
    'a wait that its events show, although an attribute measures only the last lock': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 3100 }, [
          query('inventory', UPDATE, {
            at: 50,
            ms: 3000,
            attributes: { 'db.lock.wait_ms': 4 },
            events: [
              { at: 60, name: 'waiting for lock on stock' },
              { at: 1060, name: 'acquired lock on stock' },
              { at: 1100, name: 'waiting for lock on bins' },
              { at: 2600, name: 'acquired lock on bins' },
            ],
          }),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 2500, explanation: /“waiting for lock on stock”/ }],
    },
    'the longer of two waits that lines tell of': {
      ...drawn(server('inventory', 'POST /reserve', { ms: 3100 }, [query('inventory', UPDATE, { at: 50, ms: 3000 })]), {
        logs: [
          logLine('inventory', 60, 'acquired lock on stock after 8 ms', { spanId: '0.0' }),
          logLine('inventory', 2960, 'acquired lock on bins after 2800 ms', { spanId: '0.0' }),
        ],
      }),
      sightings: [{ wastedMs: 2800, explanation: /after 2800 ms”/ }],
    },
    'once a wait that a span and the one around it tell of': {
      ...drawn(
        server(
          'pricing',
          'GET /price',
          {
            ms: 2000,
            events: [
              { at: 12, name: 'waiting for lock' },
              { at: 1812, name: 'acquired lock' },
            ],
          },
          [span('pricing', 'mutex.lock', { at: 12, ms: 1800 })],
        ),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 1800 }],
    },
    'an update of which the database says what it waits for': {
      ...drawn(
        server('stock', 'POST /reserve', { ms: 500 }, [
          query('stock', UPDATE, { at: 10, ms: 450, attributes: { 'db.wait_event_type': 'Lock' } }),
        ]),
      ),
      sightings: [{ wastedMs: 450, explanation: /db\.wait_event_type = Lock/ }],
    },
    'a read that takes the lock by SQL Server’s hint': {
      ...drawn(
        server('stock', 'POST /reserve', { ms: 500 }, [
          query('stock', 'SELECT * FROM bins WITH (UPDLOCK, ROWLOCK) WHERE id = @p0', { at: 10, ms: 450 }),
        ]),
      ),
      sightings: [{ wastedMs: 450 }],
    },
    'a lock that the database gave up on, in MongoDB’s words': {
      ...drawn(
        server('scores', 'POST /score', { ms: 1010, failed: true }, [
          query('scores', 'UPDATE scores SET n = 1', {
            at: 5,
            ms: 1000,
            failed: true,
            statusText: 'Unable to acquire lock within 5000ms',
          }),
        ]),
      ),
      sightings: [{ title: 'UPDATE scores of scores failed after waiting 1 s for a lock, in POST /score' }],
    },
    'the time between waiting for the lock and having it': {
      ...drawn(
        server('customer', 'GET /customer', { ms: 2310 }, [
          span('mysql', 'SQL SELECT', {
            at: 1,
            ms: 2305,
            kind: 'client',
            attributes: { 'sql.query': 'SELECT * FROM customer WHERE customer_id = 731' },
            events: [
              { at: 1, name: 'Waiting for lock behind 7 transactions' },
              { at: 1981, name: 'Acquired lock; 4 transactions waiting behind' },
            ],
          }),
        ]),
      ),
      sightings: [
        {
          service: 'mysql',
          spans: ['0.0'],
          wastedMs: 1980,
          title: 'GET /customer waits 2 s for a lock: SELECT customer of mysql needs it',
        },
      ],
    },
    'an event that is called lock.wait and says how long': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 900 }, [
          query('inventory', 'UPDATE stock SET n = 1', {
            at: 10,
            ms: 800,
            events: [{ at: 760, name: 'lock.wait', attributes: { 'lock.type': 'row', 'lock.wait_ms': 740 } }],
          }),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 740 }],
    },
    ...Object.fromEntries(
      [
        'threading.Lock.acquire',
        'AsyncLock.acquire',
        'ReentrantLock.lock',
        'sync.RWMutex.Lock',
        'SemaphoreSlim.WaitAsync',
      ].map((name) => [
        `a runtime’s lock: ${name}`,
        {
          ...drawn(server('inventory', 'POST /reserve', { ms: 500 }, [span('inventory', name, { at: 5, ms: 300 })])),
          sightings: [{ spans: ['0.0'], wastedMs: 300 }],
        },
      ]),
    ),
    'a write that conflicted with another one': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 60, failed: true }, [
          query('inventory', 'update', {
            ms: 50,
            failed: true,
            statusText: 'WriteConflict error: this operation conflicted with another operation.',
          }),
        ]),
      ),
      sightings: [{ title: 'update of inventory failed after waiting 50 ms for a lock, in POST /reserve' }],
    },
    'a lock of several processes, asked for again and again': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 500 }, [
          span(
            'inventory',
            'redlock.acquire',
            { at: 5, ms: 300 },
            times(6, (i) =>
              span('inventory', 'SET', {
                at: 6 + i * 50,
                kind: 'client',
                attributes: { 'db.system.name': 'redis', 'db.query.text': 'SET lock:7 ? NX PX 30000' },
              }),
            ),
          ),
        ]),
      ),
      sightings: [{ spans: ['0.0'], wastedMs: 300 }],
    },
    'a lock wait that timed out, as an exception': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 30_001, failed: true }, [
          query('inventory', UPDATE, {
            ms: 30_000,
            failed: true,
            events: [
              {
                at: 30_000,
                name: 'exception',
                attributes: { 'exception.message': 'Lock wait timeout exceeded; try restarting transaction' },
              },
            ],
          }),
        ]),
      ),
      sightings: [
        {
          service: 'inventory',
          spans: ['0.0'],
          wastedMs: 30_000,
          title: 'UPDATE inventory of inventory failed after waiting 30 s for a lock, in POST /reserve',
        },
      ],
    },
    'a deadlock, however short': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 20, failed: true }, [
          query('inventory', UPDATE, { at: 1, ms: 12, failed: true, statusText: 'ERROR: deadlock detected' }),
        ]),
      ),
      sightings: [{ service: 'inventory', spans: ['0.0'] }],
    },
    'a slow locking read': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 900 }, [
          query('inventory', 'SELECT * FROM stock WHERE sku = $1 FOR UPDATE', { ms: 800 }),
        ]),
      ),
      sightings: [{ service: 'inventory', wastedMs: 800 }],
    },
    'a wait that the instrumentation measured': {
      ...drawn(
        server('inventory', 'POST /reserve', { ms: 900 }, [
          query('inventory', UPDATE, { ms: 800, attributes: { 'db.lock.wait_ms': 650 } }),
        ]),
      ),
      sightings: [{ wastedMs: 650 }],
    },
    'a wait that only the database’s server reports, which knows no span': {
      ...drawn(server('inventory', 'POST /reserve', { ms: 4300 }, [query('inventory', UPDATE, { at: 5, ms: 4250 })]), {
        logs: [
          logLine(
            'postgres',
            1007,
            'LOG:  process 916 still waiting for ShareLock on transaction 37 after 1000.762 ms',
          ),
          logLine('postgres', 4253, 'LOG:  process 916 acquired ShareLock on transaction 37 after 4243.912 ms'),
        ],
      }),
      sightings: [{ service: 'inventory', spans: ['0.0'], wastedMs: 4247 }],
    },
    'a deadlock that only the database’s server reports, by its statement': {
      ...drawn(
        server('stock', 'POST /reserve', { ms: 1100 }, [query('stock', UPDATE, { at: 5, ms: 1050, failed: true })]),
        {
          logs: [
            logLine('postgres', 1056, '[311] ERROR:  deadlock detected'),
            logLine('postgres', 1056, `[311] STATEMENT:  ${UPDATE}`),
          ],
        },
      ),
      sightings: [{ service: 'stock', spans: ['0.0'], title: /as the victim of a deadlock after 1.1 s/ }],
    },
    'a read that queues behind ALTER TABLE': {
      ...drawn(
        server('rides', 'GET /rides', { ms: 3100 }, [
          query('rides', 'SELECT * FROM rides WHERE id = $1', { at: 5, ms: 3000 }),
        ]),
        {
          logs: [
            logLine(
              'postgres',
              1010,
              'LOG:  process 20 still waiting for AccessShareLock on relation 16734 after 1000.112 ms',
            ),
          ],
        },
      ),
      sightings: [{ service: 'rides', spans: ['0.0'], wastedMs: 2995 }],
    },
    'a wait that MySQL’s process list shows, by its cut statement': {
      ...drawn(server('inventory', 'POST /reserve', { ms: 6900 }, [query('inventory', UPDATE, { at: 5, ms: 6800 })]), {
        logs: [
          logLine(
            'mysql-agent',
            4700,
            'processlist: id=88 user=rw command=Query time=4 state="Waiting for table metadata lock" info="UPDATE inventory SET reserved = ..."',
          ),
        ],
      }),
      sightings: [{ service: 'inventory', spans: ['0.0'] }],
    },
    'a wait in SQL Server’s report of blocked processes': {
      ...drawn(server('inventory', 'POST /reserve', { ms: 5200 }, [query('inventory', UPDATE, { at: 5, ms: 5100 })]), {
        logs: [
          logLine(
            'sqlserver',
            5010,
            'Blocked process report: waitresource="KEY: 7:72057" waittime="5001" lockMode="U" spid="71" blocking spid="58"',
          ),
        ],
      }),
      sightings: [{ service: 'inventory', spans: ['0.0'], wastedMs: 5096 }],
    },
    'a wait in MySQL’s slow log': {
      ...drawn(server('inventory', 'POST /reserve', { ms: 4300 }, [query('inventory', UPDATE, { at: 5, ms: 4250 })]), {
        logs: [logLine('mysql', 4260, '# Query_time: 4.240101  Lock_time: 4.231 Rows_sent: 0  Rows_examined: 1')],
      }),
      sightings: [{ service: 'inventory', spans: ['0.0'], wastedMs: 4231 }],
    },
    'a wait that only the log of the span tells': {
      ...drawn(server('inventory', 'POST /reserve', { ms: 3100 }, [query('inventory', UPDATE, { at: 50, ms: 3000 })]), {
        logs: [
          logLine('inventory', 60, 'process 4711 still waiting for ShareLock; waiting for lock held by 4242', {
            spanId: '0.0',
          }),
          logLine('inventory', 2560, 'acquired lock after 2500 ms', { spanId: '0.0' }),
        ],
      }),
      sightings: [{ service: 'inventory', wastedMs: 2500 }],
    },
    'a span that is nothing but the wait for a mutex': {
      ...drawn(
        server('pricing', 'GET /price', { ms: 600 }, [
          span('pricing', 'acquire price-table mutex', { at: 10, ms: 500 }),
        ]),
      ),
      sightings: [{ service: 'pricing', spans: ['0.0'], wastedMs: 500 }],
    },
    ...Object.fromEntries(
      [
        'process 4711 still waiting for ShareLock on transaction 8912 after 1429 ms',
        'lock wait of 1429 ms on stock (row 42), held by pid 4711',
        'acquired row lock on stock after waiting 1429 ms',
      ].map((line) => [
        `a line that tells how long it was: ${line}`,
        {
          ...drawn(
            server('inventory', 'POST /reserve', { ms: 1500 }, [
              query('inventory', 'UPDATE stock SET n = 1', { at: 10, ms: 1440 }),
            ]),
            { logs: [logLine('inventory', 1450, line, { spanId: '0.0' })] },
          ),
          sightings: [{ spans: ['0.0'], wastedMs: 1429 }],
        },
      ]),
    ),
  },
});
