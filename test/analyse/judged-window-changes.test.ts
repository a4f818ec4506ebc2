/** A window's verdict and the change before it; what only a part of the requests says in words; more of a slow kind. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import type { Report } from '#present/json/report.ts';
import { send } from '#test/cases.ts';
import { type DrawnRequest, otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { call, DRAWN_AT_US, type SpanNode, server, span, times } from '#test/trace.ts';

const FROM = 1_000;

type Drawn = Readonly<{
  now: readonly DrawnRequest[];
  healthy: readonly DrawnRequest[];
  changes?: readonly object[];
  /** The lines of the window and of its baseline. */
  lines?: readonly [now: string, healthy: string];
  /** Else that of the requests. */
  time?: ReturnType<typeof timeOf>;
}>;

async function judged({
  now,
  healthy,
  changes = [],
  lines,
  time = timeOf(now, 'web'),
}: Drawn): Promise<Report['diagnosis']> {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (healthy.length > 0) await send(session, 'baseline', bytes(otlpBody(healthy, 'healthy')));
  if (now.length > 0) await send(session, 'trace', bytes(otlpBody(now, 'now')));
  if (changes.length > 0) await send(session, 'changes', bytes(JSON.stringify(changes)));
  if (lines !== undefined) {
    await send(session, 'baseline-logs', bytes(lines[1]));
    await send(session, 'logs', bytes(lines[0]));
  }
  const [only] = await session.reports({ window: { kind: 'window', ...time } });
  await session.close();
  return only?.report.diagnosis ?? null;
}

/** A line of text, `at` seconds from 14:30. */
const line = (at: number, text: string) => `${new Date(DRAWN_AT_US / 1000 + at * 1000).toISOString()} ${text}`;

/** A change of orders, `at` seconds from 14:30. */
function changed(at: number, more: object): object {
  const usual = { kind: 'deploy', service: 'orders', id: 'v9', text: '', url: '', files: ['src/orders.ts'], diff: '' };
  return { ...usual, at: new Date(DRAWN_AT_US / 1000 + at * 1000).toISOString(), ...more };
}

function request(at: number, path: string, ms: number, below: (at: number) => readonly SpanNode[]): DrawnRequest {
  const own = [...below(6)];
  return requestAt(
    at,
    server('web', path, { ms: ms + 12 }, [
      call('web', 'orders', path, { at: 3, ms: ms + 6 }, [server('orders', path, { at: 5, ms: ms + 2 }, own)]),
    ]),
  );
}

const query = (at: number, ms: number, text: string) =>
  span('orders', 'SELECT', {
    at,
    ms,
    kind: 'client',
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text, 'server.address': 'db' },
  });
const jitter = (at: number) => (at * 7) % 5;
const quick = (at: number) =>
  request(at, 'GET /orders', 20 + jitter(at), (from) => [query(from, 5 + jitter(at), 'SELECT id FROM orders')]);
const working = (at: number) =>
  request(at, 'GET /orders', 900 + jitter(at), (from) => [query(from, 5 + jitter(at), 'SELECT id FROM orders')]);
const report = (at: number) =>
  request(at, 'GET /report', 1_500 + jitter(at) * 20, (from) => [
    query(from, 1_400 + jitter(at) * 20, 'SELECT sum(total) FROM orders GROUP BY month'),
  ]);

const HEALTHY = times(60, (i) => quick(i * 3));
const SLOW = changed(FROM + 40, { diff: '@@ orders.ts @@\n+  Thread.sleep(900);' });
/** Quick for 50 seconds, then slow: the onset is near the edge of the window. */
const AT_THE_EDGE = times(60, (i) => (i < 4 ? quick(FROM + i * 12) : working(FROM + i * 12)));

describe('a change is weighed wherever there is a cause', () => {
  test('only its time leads to it: it is named where it is one of the service at fault, and not where it is one of a caller', async () => {
    const late = times(60, (n) => line(FROM + 50 + n * 10, `ERROR [web] page ${n} is late for shop ${n % 7}`));
    const lines = [late.join('\n'), line(0, 'INFO [web] order accepted')] as const;
    const release = (service: string) => changed(FROM + 40, { service, text: `${service} 9` });
    const named = async (service: string) =>
      (await judged({ now: AT_THE_EDGE, healthy: HEALTHY, lines, changes: [release(service)] }))?.change ?? null;
    expect(await named('orders')).toMatchObject({ id: 'v9', knownBy: 'nearness' });
    expect(await named('web')).toBeNull();
  });

  test('its own work takes longer since a deploy that waits, near the edge of the window', async () => {
    const diagnosis = await judged({ now: AT_THE_EDGE, healthy: HEALTHY, changes: [SLOW] });
    expect(diagnosis).toMatchObject({ kind: 'latency', service: 'orders', change: { id: 'v9' } });
    expect(diagnosis?.verdict).toContain('it waits in Thread.sleep');
  });

  test('not one that came after it began, nor one that does nothing of the kind', async () => {
    const innocent = { diff: '@@ orders.ts @@\n+  done.increment();' };
    for (const change of [changed(FROM + 400, { diff: '+  Thread.sleep(900);' }), changed(FROM + 40, innocent)]) {
      const diagnosis = await judged({ now: AT_THE_EDGE, healthy: HEALTHY, changes: [change] });
      expect(diagnosis).toMatchObject({ kind: 'latency', service: 'orders', change: null });
      expect(diagnosis?.ruledOut).not.toContainEqual(expect.objectContaining({ kind: 'suspect-change' }));
      expect(diagnosis?.statusReason).toContain('the one known change does not fit, which does not rule it out');
    }
  });

  test('and not where nothing is wrong', async () => {
    const now = times(60, (i) => quick(FROM + i * 12));
    expect(await judged({ now, healthy: HEALTHY, changes: [SLOW] })).toBeNull();
  });
});

test.each([
  ['a failure of its own names the release before it', 'no price for this seat', { id: 'v9', knownBy: 'nearness' }],
  ['a broker at which nobody listens does not', 'kafka: dial tcp 10.42.3.19:9092: connect: connection refused', null],
])('%s', async (_, statusText, change) => {
  const failing = (at: number) => {
    const failed = { failed: true, attributes: { 'http.response.status_code': 500 } };
    const below = server('orders', 'GET /orders', { at: 5, ms: 22, ...failed, statusText });
    const page = call('web', 'orders', 'GET /orders', { at: 3, ms: 26, ...failed }, [below]);
    return requestAt(at, server('web', 'GET /orders', { ms: 32, ...failed }, [page]));
  };
  const now = times(60, (i) => (i < 4 ? quick(FROM + i * 12) : failing(FROM + i * 12)));
  const release = changed(FROM + 40, { text: 'orders 9' });
  expect(await judged({ now, healthy: HEALTHY, changes: [release] })).toMatchObject({ service: 'orders', change });
});

describe('requests are a sample, and the lines of the same failure may begin before them', () => {
  const failing = (at: number) => {
    const failed = { failed: true, attributes: { 'http.response.status_code': 500 } };
    const statusText = 'no rate for this zone';
    return requestAt(
      at,
      server('web', 'GET /orders', { ms: 32, ...failed }, [
        call('web', 'orders', 'GET /orders', { at: 3, ms: 26, ...failed }, [
          server('orders', 'GET /orders', { at: 5, ms: 22, ...failed, statusText }),
        ]),
      ]),
    );
  };
  const now = times(60, (i) => (i < 20 ? quick(FROM + i * 12) : failing(FROM + i * 12)));
  const said = (at: number, level: string, message: string) =>
    JSON.stringify({ time: new Date(DRAWN_AT_US / 1000 + at * 1000).toISOString(), level, service: 'orders', message });
  const errors = times(60, (n) => said(FROM + 80 + n * 10, 'error', 'no rate for this zone'));
  const STRAY = 'no rate for this zone';
  const named = async (at: number, level: string, usual: string) => {
    const lines = [[said(FROM + 5, 'error', STRAY), ...errors].join('\n'), said(0, level, usual)] as const;
    return (await judged({ now, healthy: HEALTHY, lines, changes: [changed(FROM + at, {})] }))?.change?.id;
  };

  test('a release between them is not named', async () => {
    expect(await named(60, 'info', 'order accepted')).toBe('v9');
    expect(await named(180, 'info', 'order accepted')).toBeUndefined();
  });

  test('but lines that were there before say nothing', async () => {
    expect(await named(180, 'error', 'no rate for this zone')).toBe('v9');
  });
});

describe('an experiment on a store that the service asks', () => {
  const waiting = times(60, (i) =>
    i < 4
      ? quick(FROM + i * 12)
      : request(FROM + i * 12, 'GET /orders', 900, (at) => [query(at, 880, 'SELECT id FROM orders')]),
  );
  const text = 'NetworkChaos db-slow (action delay, latency 300ms)';
  const hit = (more: object) =>
    changed(FROM + 40, { kind: 'config', id: 'exp', files: [], service: 'db', text, ...more });

  test('is named by the host of the store', async () => {
    expect((await judged({ now: waiting, healthy: HEALTHY, changes: [hit({})] }))?.change?.id).toBe('exp');
  });

  test.each([{ service: 'other-db' }, { text: `${text} ended` }])('and not with %o', async (more) => {
    expect((await judged({ now: waiting, healthy: HEALTHY, changes: [hit(more)] }))?.change ?? null).toBeNull();
  });
});

test('own work that takes longer is no network delay', async () => {
  const diagnosis = await judged({ now: AT_THE_EDGE, healthy: HEALTHY });
  expect(diagnosis).toMatchObject({ kind: 'latency', service: 'orders' });
});

describe('more of a slow kind of request', () => {
  const mixed = (from: number, share: number) =>
    times(80, (i) => (i % 10 < share ? report(from + i * 3) : quick(from + i * 3)));

  test('is no slow query', async () => {
    expect((await judged({ now: mixed(FROM, 5), healthy: mixed(0, 1) }))?.kind).not.toBe('slow-query');
  });

  test('is no service that works longer', async () => {
    expect((await judged({ now: mixed(FROM, 5), healthy: mixed(0, 1) }))?.status).not.toBe('likely');
  });

  test('but a query that became slow is one', async () => {
    const slower = times(80, (i) =>
      request(FROM + i * 3, 'GET /orders', 1_500, (from) => [query(from, 1_400, 'SELECT id FROM orders')]),
    );
    expect((await judged({ now: slower, healthy: mixed(0, 1) }))?.kind).toBe('slow-query');
  });
});

describe('a call that is no longer made', () => {
  const withRecs = (at: number) =>
    requestAt(
      at,
      server('web', 'GET /home', { ms: 60 + jitter(at) }, [
        call('web', 'recs', 'GET /row', { at: 3, ms: 20 }, [server('recs', 'GET /row', { at: 5, ms: 16 })]),
        call('web', 'orders', 'GET /list', { at: 26, ms: 20 }, [server('orders', 'GET /list', { at: 28, ms: 16 })]),
      ]),
    );
  const without = (at: number) =>
    requestAt(
      at,
      server('web', 'GET /home', { ms: 36 + jitter(at) }, [
        call('web', 'orders', 'GET /list', { at: 3, ms: 20 }, [server('orders', 'GET /list', { at: 5, ms: 16 })]),
      ]),
    );
  const drawn = { now: times(60, (i) => without(FROM + i * 3)), healthy: times(60, (i) => withRecs(i * 3)) };
  const flag = (text: string) =>
    changed(FROM - 20, { kind: 'flag', service: 'web', id: 'home-recs', text: `home-recs: on -> off. ${text}` });

  test('because a flag ends it on purpose is no fault', async () => {
    const diagnosis = await judged({ ...drawn, changes: [flag('Planned: the row is retired')] });
    expect(diagnosis).toMatchObject({ kind: 'missing-service', status: 'inconclusive', change: null });
    expect(diagnosis?.statusReason).toContain('on purpose');
  });

  test('because a deploy ends it on purpose is no fault', async () => {
    const deploy = changed(FROM - 20, { service: 'web', text: 'Remove recs from the home page: nobody looked at it' });
    const diagnosis = await judged({ ...drawn, changes: [deploy] });
    expect(diagnosis).toMatchObject({ status: 'inconclusive', change: null });
    expect(diagnosis?.statusReason).toContain('on purpose');
  });

  test('from one operation among many, as a condition of a deploy has it', async () => {
    const other = (at: number) => requestAt(at, server('web', 'GET /help', { ms: 8 + jitter(at) }));
    const behind = (drawnRequest: (at: number) => DrawnRequest) => (at: number) => {
      const { root, ...one } = drawnRequest(at);
      return { ...one, root: server('edge', 'any', { ms: 90 }, [root]) };
    };
    const [withCall, withoutCall, help] = [behind(withRecs), behind(without), behind(other)];
    const healthy = times(120, (i) => (i % 2 === 0 ? withCall(i * 3) : help(i * 3)));
    const now = times(120, (i) => (i % 2 === 0 ? (i < 30 ? withCall : withoutCall) : help)(FROM + i * 3));
    const diff = '@@ home.ts @@\n-  if (settings.recs) {\n+  if (settings.recs && user.age > settings.recsAge) {';
    const changes = [changed(FROM + 80, { service: 'web', diff, files: ['home.ts'] })];
    const diagnosis = await judged({ now, healthy, changes });
    expect(diagnosis).toMatchObject({
      kind: 'missing-service',
      service: 'web',
      status: 'likely',
      change: { id: 'v9' },
    });
    expect(diagnosis?.verdict).toContain('no longer calls recs: 45 of 60 executions do without it, 0 of 60 before');
    expect(diagnosis?.verdict).toContain('it changes when recs is called');
  });

  test('is one where nobody says so', async () => {
    const diagnosis = await judged({ ...drawn, changes: [flag('')] });
    expect(diagnosis).toMatchObject({ kind: 'missing-service', status: 'likely' });
  });
});

test('what a part of the requests says in words leads over what all of them show', async () => {
  const waits = (at: number) =>
    request(at, 'GET /orders', 900 + jitter(at), (from) => [
      span('orders', 'SELECT', {
        at: from,
        ms: 880,
        kind: 'client',
        attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT id FROM orders FOR UPDATE' },
        events: [{ at: from + 800, name: 'lock wait', attributes: { 'db.lock.wait_ms': 800 } }],
      }),
    ]);
  const now = times(80, (i) => (i % 4 === 0 ? waits(FROM + i * 3) : working(FROM + i * 3)));
  const diagnosis = await judged({ now, healthy: HEALTHY });
  expect(diagnosis?.service).toBe('orders');
  expect(diagnosis?.status).not.toBe('confirmed');
});

describe('a change where nobody suffers', () => {
  const now = times(60, (i) => quick(FROM + i * 12));

  test.each([
    { kind: 'config', id: 'OPS-7', text: 'Announced restart of the cache' },
    { kind: 'config', id: 'OPS-8', text: 'Planned failover of orders-db' },
  ])('is no cause: %j', async (change) => {
    const diagnosis = await judged({ now, healthy: HEALTHY, changes: [changed(FROM + 40, { files: [], ...change })] });
    expect(diagnosis).toBeNull();
  });
});

describe('what nobody reads is no cause', () => {
  test.each([
    { kind: 'migration', files: ['db/7.sql'], diff: "@@ 7.sql @@\n+COMMENT ON COLUMN orders.id IS 'a key';" },
    { files: ['grafana/dashboards/orders.json'], diff: '+  "title": "orders"' },
    { files: ['web/i18n/fr.json'], diff: '-  "orders": "ordres"\n+  "orders": "commandes"' },
  ])('%j', async (change) => {
    const diagnosis = await judged({ now: AT_THE_EDGE, healthy: HEALTHY, changes: [changed(FROM + 40, change)] });
    expect(diagnosis).toMatchObject({ kind: 'latency', service: 'orders', change: null });
  });

  test('beside the change that does it', async () => {
    const comment = { id: 'v10', files: ['db/7.sql'], diff: "+COMMENT ON COLUMN orders.id IS 'a key';" };
    const changes = [changed(FROM + 44, comment), SLOW];
    const diagnosis = await judged({ now: AT_THE_EDGE, healthy: HEALTHY, changes });
    expect(diagnosis).toMatchObject({ change: { id: 'v9' } });
  });
});

test('a value that every request of a kind has is no trait of some people', async () => {
  const failing = (at: number) =>
    requestAt(
      at,
      server('web', 'POST /orders', { ms: 30 + jitter(at), failed: at >= FROM && (at / 3) % 2 < 1 }, [
        span('web', 'Store.Get', { at: 3, ms: 4, kind: 'client', attributes: { 'app.table_names': 'policies' } }),
      ]),
    );
  const reading = (at: number) =>
    requestAt(
      at,
      server('web', 'GET /orders', { ms: 20 + jitter(at) }, [
        span('web', 'Store.Get', { at: 3, ms: 4, kind: 'client', attributes: { 'app.table_names': 'orders' } }),
      ]),
    );
  const both = (from: number) => times(120, (i) => (i % 2 === 0 ? reading(from + i * 3) : failing(from + i * 3)));
  expect((await judged({ now: both(FROM), healthy: both(0) }))?.kind).not.toBe('partial-outage');
});

test('one slow statement among those of a service is a slow query', async () => {
  const two = (ms: number) => (at: number) =>
    request(at, 'GET /orders', 30 + ms + jitter(at), (from) => [
      query(from, 5 + jitter(at), 'SELECT id FROM orders'),
      span('orders', 'SELECT items', {
        at: from + 12,
        ms: ms + jitter(at),
        kind: 'client',
        attributes: {
          'db.system.name': 'postgresql',
          'db.query.text': 'SELECT sku FROM items',
          'server.address': 'db',
        },
      }),
    ]);
  const now = times(60, (i) => two(400)(FROM + i * 3));
  const diagnosis = await judged({ now, healthy: times(60, (i) => two(5)(i * 3)) });
  expect(diagnosis).toMatchObject({ kind: 'slow-query', service: 'orders' });
});

describe('what failures say', () => {
  const failing = (at: number) => {
    const failed = at >= FROM && (at / 3) % 2 < 1;
    return requestAt(
      at,
      server('web', 'GET /orders', { ms: 30 + jitter(at), failed }, [
        span('web', 'SELECT', {
          at: 3,
          ms: 4,
          kind: 'client',
          failed,
          attributes: { 'db.system.name': 'mysql' },
        }),
      ]),
    );
  };
  const now = times(60, (i) => failing(FROM + i * 3));
  const healthy = times(60, (i) => failing(i * 3));
  const said = (from: number, level: string, message: string) =>
    times(40, (i) =>
      JSON.stringify({
        ts: String((DRAWN_AT_US + (from + i * 3) * 1e6) * 1000),
        labels: { service_name: 'web', level },
        line: message,
      }),
    ).join('\n');

  test('names the limit that is reached', async () => {
    const lines = [said(FROM, 'error', "(1040, 'Too many connections')"), said(0, 'info', 'order accepted')] as const;
    const diagnosis = await judged({ now, healthy, lines });
    expect(diagnosis).toMatchObject({ service: 'web', kind: 'resource-exhausted' });
    expect(diagnosis?.verdict).toBe(
      'web: no connections left; web SELECT: 30 of 60 requests fail here, 0 of 60 before',
    );
  });

  const behind = async (message: string, more: object) => {
    const lines = [said(FROM, 'error', message), said(0, 'info', 'order accepted')] as const;
    return await judged({ now, healthy, lines, changes: [changed(FROM - 60, more)] });
  };
  const moved = {
    service: 'mover',
    files: ['app.yml'],
    diff: '@@ app.yml @@\n-  inbox: bookings.in\n+  inbox: bookings.in.v2',
  };
  const fees = { service: 'night-fees', text: 'Fees: one transaction for all accounts' };

  test('names the queue that another service no longer reads', async () => {
    const diagnosis = await behind("cannot send to 'bookings.in': its depth is at the maximum", moved);
    expect(diagnosis?.change?.id).toBe('v9');
    expect(diagnosis?.verdict).toContain('it replaces “bookings.in” by “bookings.in.v2”');
  });

  test.each([
    ['names who never closes its connections', "(1040, 'Too many connections')", 'v9'],
    ['names no such change for another failure', 'no such column: orders.tag', null],
  ])('%s', async (_, message, id) => {
    const diff =
      '@@ Fares.java @@\n-  try (var link = pool.getConnection()) {\n+  var link = DriverManager.getConnection(url);\n+  save(link);';
    const diagnosis = await behind(message, {
      service: 'fares',
      text: 'Fares: plain JDBC',
      files: ['Fares.java'],
      diff,
    });
    expect(diagnosis?.change?.id ?? null).toBe(id);
  });

  test('names another queue than the change', async () => {
    const diagnosis = await behind("cannot send to 'refunds.in': its depth is at the maximum", moved);
    expect(diagnosis?.change ?? null).toBeNull();
  });

  test('names who holds the lock', async () => {
    const diagnosis = await behind('Lock wait timeout exceeded, blocking session 2217 program night-fees', fees);
    expect(diagnosis?.change?.id).toBe('v9');
  });

  test('names another holder of the lock', async () => {
    const diagnosis = await behind('Lock wait timeout exceeded, blocking session 2217 program night-mails', fees);
    expect(diagnosis?.change ?? null).toBeNull();
  });
});

test('what some clients send and a service refuses is no fault of it', async () => {
  const posted = (at: number, isRefused: boolean) =>
    requestAt(
      at,
      server(
        'web',
        'POST /claims',
        { ms: isRefused ? 4 : 30 + jitter(at), attributes: { 'http.response.status_code': isRefused ? 422 : 201 } },
        isRefused
          ? []
          : [
              call('web', 'claims', 'POST /claims', { at: 3, ms: 20 }, [
                server('claims', 'POST /claims', { at: 5, ms: 16 }),
              ]),
            ],
      ),
    );
  const now = times(90, (i) => posted(FROM + i * 3, i % 5 === 0));
  const diagnosis = await judged({ now, healthy: times(90, (i) => posted(i * 3, false)) });
  expect(diagnosis?.status).not.toBe('likely');
});

test('an attack from several addresses is one, however few of its lines each of them has', async () => {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  const lines = times(120, (i) =>
    JSON.stringify({
      ts: String((DRAWN_AT_US + i * 3e6 + ((i * 7) % 5) * 1e5) * 1000),
      labels: { service_name: 'bastion', level: 'warn' },
      line: `Failed password for ${['root', 'admin', 'git'][i % 3]} from 192.0.2.${10 + (i % 4)} port 4000 ssh2`,
    }),
  );
  await send(session, 'logs', new TextEncoder().encode(lines.join('\n')));
  const time = timeOf([{ at: 0 }, { at: 360 }], 'bastion');
  const [only] = await session.reports({ window: { kind: 'window', ...time } });
  await session.close();
  expect(only?.report.diagnosis).toMatchObject({ kind: 'brute-force', service: 'bastion', status: 'likely' });
});

test('a stray failure is not quoted for those that most requests share', async () => {
  const failing = (message: string) => (at: number) =>
    requestAt(
      at,
      server('web', 'GET /orders', {
        ms: 30 + jitter(at),
        failed: at >= FROM,
        attributes: at >= FROM ? { 'exception.message': message } : {},
      }),
    );
  const [usual, stray] = [failing('no route to host'), failing("KeyError: 'utm_source'")];
  const now = times(60, (i) => (i === 30 ? stray : usual)(FROM + i * 3));
  const diagnosis = await judged({ now, healthy: times(60, (i) => usual(i * 3)) });
  expect(diagnosis?.verdict).toContain('no route to host');
  expect(diagnosis?.verdict).not.toContain('utm_source');
});

describe('a release whose old instances run on', () => {
  const answer = (at: number, version: string, failed: boolean) =>
    requestAt(
      at,
      server('web', 'GET /orders', { ms: 40 + jitter(at), failed }, [
        call('web', 'orders', 'GET /orders', { at: 3, ms: 30, failed }, [
          server('orders', 'GET /orders', {
            at: 5,
            ms: 26,
            failed,
            ...(version !== '' && { resource: { 'service.version': version, 'k8s.pod.name': `orders-${version}` } }),
          }),
        ]),
      ]),
    );
  const healthy = times(60, (i) => answer(i * 3, '2.3.1', false));
  const since = (fails: (isNew: boolean, n: number) => boolean, version: (isNew: boolean) => string) =>
    times(160, (i) => {
      const isNew = i > 40 && i % 2 === 0;
      return answer(FROM + i * 5, version(isNew), i > 42 && fails(isNew, i >> 1));
    });
  const release = changed(FROM + 200, { id: '2.4.0', text: 'orders 2.4.0' });
  const named = (isNew: boolean) => (isNew ? '2.4.0' : '2.3.1');
  const halfOfAll = (_: boolean, n: number) => n % 2 === 0;

  test('is mentioned where nothing says which instance has which version, and not named as the cause', async () => {
    const diagnosis = await judged({ now: since(halfOfAll, () => ''), healthy, changes: [release] });
    expect(diagnosis).toMatchObject({ status: 'inconclusive', change: null });
    expect(diagnosis?.verdict).toMatch(/deploy 2\.4\.0 came .+, and only its time makes it suspect$/);
  });

  test('is cleared where they fail as often', async () => {
    const diagnosis = await judged({ now: since(halfOfAll, named), healthy, changes: [release] });
    expect(diagnosis).toMatchObject({ service: 'orders', change: null });
  });

  test('is named where they do not fail', async () => {
    const ofNew = (isNew: boolean, n: number) => isNew && n % 3 !== 0;
    const diagnosis = await judged({ now: since(ofNew, named), healthy, changes: [release] });
    expect(diagnosis).toMatchObject({ service: 'orders', change: { id: '2.4.0' } });
  });
});

describe('what the service at fault asks, and where it runs', () => {
  const refused = (at: number) =>
    requestAt(
      at,
      server('web', 'GET /orders', { ms: 40, failed: true }, [
        call('web', 'orders', 'GET /orders', { at: 3, ms: 30, failed: true }, [
          server('orders', 'GET /orders', { at: 5, ms: 26, failed: true }, [
            span('orders', 'SELECT', {
              at: 8,
              ms: 4,
              kind: 'client',
              failed: true,
              statusText: 'connection to server at "dbgate", port 6432 failed: Connection refused',
              attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'orders', 'server.address': 'dbgate' },
            }),
          ]),
        ]),
      ]),
    );
  const now = times(60, (i) => (i < 12 ? quick : refused)(FROM + i * 12));
  const port = (service: string, lines = '-listen_port = 6432\n+listen_port = 6543') =>
    changed(FROM + 130, {
      kind: 'config',
      id: 'ini',
      service,
      text: 'from the template',
      files: ['gate.ini'],
      diff: `@@ gate.ini @@\n${lines}`,
    });

  test('the host of its store has a change that the failures name', async () => {
    const diagnosis = await judged({ now, healthy: HEALTHY, changes: [port('dbgate')] });
    expect(diagnosis?.change?.id).toBe('ini');
  });

  test.each([port('other-gate'), port('dbgate', '-log_buffer = 16\n+log_buffer = 64')])(
    'not another host, nor another setting: %o',
    async (change) => {
      expect((await judged({ now, healthy: HEALTHY, changes: [change] }))?.change ?? null).toBeNull();
    },
  );
});

describe('a pooler that no span names', () => {
  const unprepared = (at: number) =>
    requestAt(
      at,
      server('web', 'GET /orders', { ms: 40, failed: true }, [
        call('web', 'orders', 'GET /orders', { at: 3, ms: 30, failed: true }, [
          server('orders', 'GET /orders', { at: 5, ms: 26, failed: true }, [
            span('orders', 'SELECT', {
              at: 8,
              ms: 4,
              kind: 'client',
              failed: true,
              statusText: 'prepared statement "p7" does not exist',
              attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'orders', 'server.address': 'db' },
            }),
          ]),
        ]),
      ]),
    );
  const now = times(60, (i) => (i < 12 ? quick : unprepared)(FROM + i * 12));
  const setting = (service: string, lines: string) =>
    changed(FROM + 130, { kind: 'config', id: 'ini', service, files: ['p.ini'], diff: `@@ p.ini @@\n${lines}` });
  const mode = '-pool_mode = session\n+pool_mode = transaction';
  const named = async (change: object) => (await judged({ now, healthy: HEALTHY, changes: [change] }))?.change?.id;

  test('has a mode that the failure shows', async () => {
    expect(await named(setting('pgcat-main', mode))).toBe('ini');
  });

  test('has another setting, or is no pooler', async () => {
    expect(await named(setting('pgcat-main', '-log_rows = 1\n+log_rows = 0'))).toBeUndefined();
    expect(await named(setting('gate', mode))).toBeUndefined();
  });
});

describe('lines alone', () => {
  const full = "OOM command not allowed when used memory > 'maxmemory'";
  const time = timeOf([{ at: FROM }, { at: FROM + 200 }], 'seats');
  const lines = [
    times(200, (n) => line(FROM + n, n < 60 ? `INFO [seats] hold ${n} kept` : `ERROR [seats] ${full}`)).join('\n'),
    times(60, (n) => line(n * 3, `INFO [seats] hold ${n} kept`)).join('\n'),
  ] as const;
  const setting = (service: string, text: string) =>
    changed(FROM + 55, { kind: 'config', id: 'set', service, text, files: [] });
  const policy = 'maxmemory-policy allkeys-lru -> noeviction';
  const changeOf = async (change: object) =>
    (await judged({ now: [], healthy: [], time, lines, changes: [change] }))?.change ?? null;

  test('a setting of a store that records none does just what they say', async () => {
    expect(await changeOf(setting('seat-redis', policy))).toMatchObject({ id: 'set', knownBy: 'evidence' });
  });

  test('another setting of it does not', async () => {
    expect(await changeOf(setting('seat-redis', 'tcp-keepalive 300 -> 60'))).toBeNull();
  });

  test('a part that they name, and a setting that names the service, do just what they say', async () => {
    const told = (text: string) =>
      [
        times(200, (n) => line(FROM + n, n < 60 ? `INFO [seats] hold ${n} kept` : `ERROR [seats] ${text}`)).join('\n'),
        lines[1],
      ] as const;
    const named = async (text: string, change: object) =>
      (await judged({ now: [], healthy: [], time, lines: told(text), changes: [change] }))?.change?.id;
    const fewer = setting('proxysql', 'hostgroup 3: max_connections 90 -> 5');
    const waits = 'ProxySQL Error: Max connect timeout reached while reaching hostgroup 3 after 10001ms';
    expect(await named(waits, fewer)).toBe('set');
    expect(await named('no price for this seat', fewer)).toBeUndefined();
    const stricter = setting('edge', 'seats: plugin rate-limiting, minute 900 -> 90');
    expect(await named('GET /seats answered 429', stricter)).toBe('set');
    expect(await named('no price for this seat', stricter)).toBeUndefined();
  });

  test('a resolver that answers nobody is at fault, not who asks it', async () => {
    const said = (at: number, service: string, level: string, text: string) =>
      JSON.stringify({
        ts: `${(DRAWN_AT_US + at * 1e6) * 1000}`,
        labels: { service_name: service, level },
        line: text,
      });
    const asked = times(150, (n) => {
      if (n < 30) return said(FROM + n, 'seats', 'info', `hold ${n} kept`);
      if (n % 3 === 0)
        return said(
          FROM + n,
          'coredns',
          'error',
          'plugin/errors: 2 mail.example. A: read udp 10.2.0.9:4->192.0.2.53:53: i/o timeout',
        );
      const name = n % 2 ? 'mail.example' : 'db.shop.svc';
      return said(
        FROM + n,
        n % 3 === 1 ? 'seats' : 'mailer',
        'error',
        `lookup ${name} on 10.96.0.10:53: read udp: i/o timeout`,
      );
    });
    const before = times(60, (n) => said(n * 3, 'seats', 'info', `hold ${n} kept`));
    const told = { now: [], healthy: [], time, lines: [asked.join('\n'), before.join('\n')] as const };
    expect(await judged(told)).toMatchObject({ service: 'coredns', status: 'likely' });
    const release = changed(FROM + 25, { service: 'seats', id: 'v9', text: 'helm upgrade seats', files: [] });
    expect((await judged({ ...told, changes: [release] }))?.change).toBeNull();
  });

  test.each(['bastion', 'portal'])('an attack says nothing about the release before it: %s', async (service) => {
    const told = (at: number, level: string, text: string) =>
      JSON.stringify({
        ts: `${(DRAWN_AT_US + at * 1e6) * 1000}`,
        labels: { service_name: 'bastion', level },
        line: text,
      });
    const opened = (at: number) =>
      at % 9 === 0
        ? told(at, 'error', 'GET /rooms failed: portal answered 500')
        : told(at, 'info', `session ${at} opened`);
    const refused = (at: number) =>
      told(
        at,
        'warn',
        `Failed password for ${['root', 'admin', 'git'][at % 3]} from 192.0.2.${10 + (at % 4)} port 22 ssh2`,
      );
    const diagnosis = await judged({
      now: [],
      healthy: [],
      time: { ...time, service: 'bastion', toUs: time.toUs + 200e6 },
      lines: [times(400, (n) => (n < 100 ? opened : refused)(FROM + n)).join('\n'), times(60, opened).join('\n')],
      changes: [changed(FROM + 90, { service, text: `${service} 9` })],
    });
    expect(diagnosis).toMatchObject({ kind: 'brute-force', service: 'bastion', change: null });
  });
});

describe('a flag of nobody', () => {
  const asking = (callee: string) => (at: number) =>
    requestAt(
      at,
      server('web', 'POST /pay', { ms: 960 + jitter(at) }, [
        span('web', 'POST', { at: 3, ms: 900, kind: 'client', attributes: { 'server.address': callee } }),
      ]),
    );
  const without = (at: number) => requestAt(at, server('web', 'POST /pay', { ms: 30 + jitter(at) }));
  const known = (at: number) =>
    requestAt(
      at,
      server('web', 'POST /pay', { ms: 60 + jitter(at) }, [
        span('web', 'POST', { at: 3, ms: 20, kind: 'client', attributes: { 'server.address': 'risk.example.com' } }),
      ]),
    );
  const now = times(60, (i) => (i < 4 ? without : asking('risk.example.com'))(FROM + i * 12));
  const flag = changed(FROM + 40, { kind: 'flag', service: '', id: 'instant-checks', text: 'instant-checks: on' });
  const deploy = changed(FROM - 9_000, { service: 'web', id: 'v5', text: 'Instant checks behind a flag (off)' });

  test('is the cause where requests ask what no healthy one asks', async () => {
    const diagnosis = await judged({ now, healthy: times(60, (i) => without(i * 3)), changes: [flag] });
    expect(diagnosis).toMatchObject({ service: 'web', change: { id: 'instant-checks' } });
  });

  test('is not where they asked it before, unless a deploy of the day said what it turns on', async () => {
    const slower = times(60, (i) => (i < 4 ? known : asking('risk.example.com'))(FROM + i * 12));
    const drawn = { now: slower, healthy: times(60, (i) => known(i * 3)) };
    expect((await judged({ ...drawn, changes: [flag] }))?.change ?? null).toBeNull();
    const diagnosis = await judged({ ...drawn, changes: [deploy, flag] });
    expect(diagnosis).toMatchObject({ service: 'web', change: { id: 'instant-checks' } });
  });
});
