/** A change of another service that uses the store which the cause waits for: for one request and for a window. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import type { Report } from '#present/json/report.ts';
import { changeBefore, judgedAround } from '#test/around.ts';
import { send } from '#test/cases.ts';
import { type DrawnRequest, otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { DRAWN_AT_US, query, server, span, times, traceOf } from '#test/trace.ts';

const SHOPDB = { 'db.namespace': 'shopdb', 'server.address': 'shopdb.prod.svc' };

function waiting(attributes: Readonly<Record<string, string>> = SHOPDB) {
  const events = [{ at: 1060, name: 'still waiting for ShareLock' }];
  const update = query('orders', 'UPDATE orders SET state=$1 WHERE id=$2', { at: 60, ms: 5100, events, attributes });
  return traceOf(server('orders', 'PUT /orders', { ms: 5200 }, [update]));
}

/** Another request at hand, of another service. */
function otherUser(service: string, attributes: Readonly<Record<string, string>> = SHOPDB) {
  const own = query(service, 'SELECT id FROM orders LIMIT 10', { at: 5, ms: 10, attributes });
  return traceOf(server(service, 'run', { ms: 30 }, [own]));
}

const LOCKS = {
  service: 'archiver',
  id: '77aa001',
  text: 'archive orders in one transaction',
  files: ['archive.py'],
  diff: '@@ archive.py @@\n-for o in old: archive(o)\n+db.execute("LOCK TABLE orders IN EXCLUSIVE MODE")\n',
} as const;

describe('one request that waits for a lock', () => {
  test('names a change that locks the same table as possible, where nothing shows whose table that is', () => {
    const alone = judgedAround(waiting()).judgement.diagnosis;
    const { judgement } = judgedAround(waiting(), { changes: [changeBefore(400, LOCKS)] });
    const { diagnosis, findings } = judgement;
    expect(diagnosis).toMatchObject({
      kind: 'lock-contention',
      service: 'orders',
      status: alone?.status,
      confidence: alone?.confidence,
      chain: alone?.chain,
      runbook: alone?.runbook,
    });
    expect(diagnosis?.change).toBeUndefined();
    expect(diagnosis?.verdict).toBe(
      `${alone?.verdict}; deploy 77aa001 of archiver may have led to it: it locks the table orders`,
    );
    expect(diagnosis?.remedy).toMatch(/^Find who holds the lock/);
    expect(findings.at(-1)).toMatchObject({ detector: 'suspect-change', service: 'archiver', share: 0 });
    expect(findings.at(-1)?.whyNotFirst).toContain('only one sign');
    expect(findings.at(-1)?.explanation).toContain('No record shows that archiver uses the same database.');
  });

  test('names it as the change behind it, where another request shows that its service uses the database', () => {
    const changes = [changeBefore(400, LOCKS)];
    const { judgement, changes: shown } = judgedAround(waiting(), { changes, requests: [otherUser('archiver')] });
    expect(judgement.diagnosis?.change).toMatchObject({ id: '77aa001', service: 'archiver' });
    expect(judgement.diagnosis?.verdict).toMatch(
      /; deploy 77aa001 of archiver came 7 min before it: it locks the table/,
    );
    expect(judgement.diagnosis?.remedy).toMatch(/^Roll deploy 77aa001 of archiver back\./);
    expect(shown).toMatchObject([{ id: '77aa001', role: 'cause' }]);
  });

  test.each([
    ['of a store of the same kind', { ...LOCKS }, { 'db.namespace': 'ledger', 'server.address': 'ledger' }],
    ['of a host of its own machine', { ...LOCKS }, { 'server.address': 'localhost' }],
  ])('only as possible where that is a request %s', (_, change, store) => {
    const changes = [changeBefore(400, change)];
    const { judgement } = judgedAround(waiting({ ...SHOPDB }), { changes, requests: [otherUser('archiver', store)] });
    expect(judgement.diagnosis?.change).toBeUndefined();
    expect(judgement.diagnosis?.verdict).toContain('may have led to it');
  });

  test.each([
    ['locks another table', { ...LOCKS, diff: LOCKS.diff.replace('orders IN', 'invoices IN'), text: '' }],
    ['changes only texts', { ...LOCKS, diff: '@@ m.py @@\n-a\n+b', text: 'Subject lines' }],
    ['says nothing of what it does', { ...LOCKS, diff: '', text: 'release 4.2' }],
  ])('does not name a change of another user that %s', (_, change) => {
    const alone = judgedAround(waiting(), { changes: [] }).judgement.diagnosis;
    const changes = [changeBefore(400, change)];
    const { judgement } = judgedAround(waiting(), { changes, requests: [otherUser('archiver')] });
    expect(judgement.diagnosis?.verdict).toBe(alone?.verdict);
    expect(judgement.diagnosis?.change).toBeUndefined();
  });

  test('prefers a change of its own service', () => {
    const own = changeBefore(900, { ...LOCKS, service: 'orders', id: 'own' });
    const changes = [own, changeBefore(400, LOCKS)];
    const { judgement } = judgedAround(waiting(), { changes, requests: [otherUser('archiver')] });
    expect(judgement.diagnosis?.change?.id).toBe('own');
  });

  test('does not look for one where the calls are its own', () => {
    const statements = times(20, (n) =>
      query('orders', 'SELECT amount FROM prices WHERE sku = $1', { at: 10 + n * 40, ms: 38, attributes: SHOPDB }),
    );
    const trace = traceOf(server('orders', 'GET /cart', { ms: 830 }, statements));
    const loop = { ...LOCKS, diff: '@@ a.py @@\n+for sku in all:\n+    db.execute("SELECT amount FROM prices")\n' };
    const { judgement } = judgedAround(trace, {
      changes: [changeBefore(400, loop)],
      requests: [otherUser('archiver')],
    });
    expect(judgement.diagnosis?.kind).toBe('n-plus-one-queries');
    expect(judgement.diagnosis?.verdict).not.toContain('archiver');
  });
});

const FROM = 1_000;

function request(at: number, service: string, ms: number): DrawnRequest {
  const attributes = {
    'db.system.name': 'postgresql',
    'server.address': 'shopdb',
    'db.query.text': 'UPDATE orders SET state=$1 WHERE id=$2',
  };
  const update = span(service, 'UPDATE', { at: 5, ms, kind: 'client', attributes });
  return requestAt(at, server(service, 'PUT /orders', { ms: ms + 12 }, [update]));
}

async function judgedWindow(users: readonly string[], changes: readonly object[]): Promise<Report['diagnosis']> {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const of = (from: number, ms: (at: number) => number) =>
    times(60, (i) => request(from + i * 12, 'orders', ms(i) + ((i * 7) % 5))).concat(
      users.flatMap((user) => times(12, (i) => request(from + i * 60 + 2, user, 9))),
    );
  const now = of(FROM, (i) => (i < 12 ? 8 : 1_900));
  await send(
    session,
    'baseline',
    bytes(
      otlpBody(
        of(0, () => 8),
        'healthy',
      ),
    ),
  );
  await send(session, 'trace', bytes(otlpBody(now, 'now')));
  await send(session, 'changes', bytes(JSON.stringify(changes)));
  const [only] = await session.reports({ window: { kind: 'window', ...timeOf(now, 'orders') } });
  await session.close();
  return only?.report.diagnosis ?? null;
}

describe('a window of requests that wait for their store', () => {
  const change = {
    ...LOCKS,
    kind: 'deploy',
    url: '',
    at: new Date(DRAWN_AT_US / 1000 + (FROM + 100) * 1000).toISOString(),
  };

  test('names the change of another service that asks the same host', async () => {
    const diagnosis = await judgedWindow(['archiver'], [change]);
    expect(diagnosis).toMatchObject({ service: 'orders', change: { id: '77aa001', service: 'archiver' } });
  });

  test('names it as possible, where only its lines name the table', async () => {
    const diagnosis = await judgedWindow([], [change]);
    expect(diagnosis).toMatchObject({ service: 'orders', change: null });
    expect(diagnosis?.verdict).toContain('deploy 77aa001 of archiver may have led to it: it locks the table orders');
  });
});
