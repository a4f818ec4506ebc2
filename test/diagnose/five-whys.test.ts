import { describe, expect, test } from 'vitest';
import { causePath } from '#diagnose/cause-path.ts';
import { guideMethods } from '#test/guide-methods.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';
import type { ScenarioLog } from '#test/scenarios.ts';
import { query, server, span, traceOf } from '#test/trace.ts';

/** `shown user-service: GET /users took 5 s`, one a why. */
async function whysOf(name: string, lines: readonly ScenarioLog[] = []) {
  const { fiveWhys } = await guideMethods(name, lines);
  return (fiveWhys?.whys ?? []).map(({ standing, text }) => `${standing} ${text}`);
}

describe('the examples of the guides', () => {
  test('250 ms became 5 s: as far as the plan in the log says, then places for people', async () => {
    const text = 'slow query: Seq Scan on users (rows=2000000), no index on email';
    const plan = { at: 5100, service: 'user-service', level: 'warn', text, tie: 'fields' } as const;
    expect(await whysOf('five-second-query', [plan])).toEqual([
      'shown user-service: GET /users took 5 s',
      expect.stringContaining('shown GET /api/users waits 5 s for one query of user-service, SELECT users'),
      expect.stringContaining('shown The log says: “slow query: Seq Scan on users'),
      'open Why does the database read so much for it?',
      'open What changed to cause this, and when?',
    ]);
  });

  test('without the plan the query is suggested, and why it is slow is open', async () => {
    expect(await whysOf('five-second-query')).toEqual([
      'shown user-service: GET /users took 5 s',
      expect.stringMatching(/^suggested GET \/api\/users waits 5 s for one query .*nothing in the trace says so\)$/),
      'open Why does the statement take so long?',
      'open What changed to cause this, and when?',
      'open How did that change, or that growth, reach production?',
    ]);
  });

  test('a hidden origin: each service that passed the failure on, then what failed there', async () => {
    const whys = await whysOf('model-server-oom');
    expect(whys.slice(0, 4)).toEqual([
      expect.stringMatching(/^shown checkout-service: POST \/process failed with 500/),
      expect.stringMatching(/^shown payment-service: POST \/charge failed with 500/),
      expect.stringMatching(/^shown fraud-service: POST \/evaluate failed with 500/),
      expect.stringMatching(/^shown .*Model server OOM: cannot allocate 2GB for inference batch/),
    ]);
    expect(whys[4]).toBe('open Why did it fail there?');
  });
});

test('an open why says what to look at and cites nothing', async () => {
  const { fiveWhys } = await guideMethods('orders-with-customers');
  const open = fiveWhys?.whys.filter(({ standing }) => standing === 'open') ?? [];
  expect(open.length).toBeGreaterThan(0);
  for (const { evidence, lookAt } of open) expect([evidence, lookAt === '']).toEqual([[], false]);
});

test('an answered why cites what shows it', async () => {
  const { fiveWhys } = await guideMethods('orders-with-customers');
  const answered = fiveWhys?.whys.filter(({ standing }) => standing !== 'open') ?? [];
  expect(answered.length).toBeGreaterThan(0);
  for (const { evidence } of answered) expect(evidence.length).toBeGreaterThan(0);
});

test('nothing wrong has no whys', () => {
  const trace = traceOf(server('shop', 'GET /cart', { ms: 12 }, [query('shop', 'SELECT 1', { at: 2, ms: 3 })]));
  expect(methodsOfTrace(trace).fiveWhys).toBeNull();
});

test('a way through many services is told by its first and its last ones', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const inside = names.reduceRight(
    (below, name) => server(name, `GET /${name}`, { at: 0, ms: 4000 }, [below]),
    query('g', 'SELECT * FROM stock WHERE sku = ?', { at: 10, ms: 3900 }),
  );
  const { fiveWhys } = methodsOfTrace(traceOf(span('edge', 'GET /', { ms: 4100, kind: 'server' }, [inside])));
  const hops = fiveWhys?.whys.map(({ text }) => text).filter((text) => text.includes(' took ')) ?? [];
  expect(hops).toEqual([
    'a: GET /a took 4 s',
    'b: GET /b took 4 s',
    'f: GET /f took 4 s, called through c, d, e',
    'g: GET /g took 4 s',
  ]);
});

describe('the path along the chain', () => {
  test('is the longest, and ends at the root', () => {
    const chain = [
      { finding: 1, because: 0 },
      { finding: 2, because: 0 },
      { finding: 2, because: 1 },
    ];
    expect(causePath(chain)).toEqual([2, 1, 0]);
  });

  test('ends where findings explain each other', () => {
    const chain = [
      { finding: 0, because: 1 },
      { finding: 1, because: 0 },
      { finding: 1, because: 2 },
      { finding: 2, because: 1 },
    ];
    expect(causePath(chain)).toEqual([2, 1, 0]);
  });

  test('goes on behind the verdict where something lies behind it', () => {
    const chain = [
      { finding: 0, because: 2 },
      { finding: 1, because: 0 },
    ];
    expect(causePath(chain)).toEqual([1, 0, 2]);
  });

  test('is the root alone where nothing follows from it', () => {
    expect(causePath([])).toEqual([0]);
  });
});
