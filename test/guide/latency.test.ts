/** The guides' examples of slow requests, each from its bytes to the report, with the numbers that the guides give. */
import { describe, expect, test } from 'vitest';
import { attributedMs, guideReport } from '#test/guide-report.ts';

describe('one query that holds the request', () => {
  test('5,000 ms of the 5,200 of a waterfall, beside three quick services', async () => {
    const report = await guideReport('five-second-query');
    expect(report.diagnosis).toMatchObject({
      kind: 'slow-query',
      service: 'user-service',
      operation: 'SELECT users',
      status: 'likely',
    });
    expect(report.verdict).toMatch(/GET \/api\/users waits 5 s for one query of user-service, SELECT users/);
    expect(report.findings).toMatchObject([{ detector: 'slow-query', severity: 'high', wastedUs: 5_000_000 }]);
    expect(report.criticalPath.map(({ service }) => service)).not.toContain('product-service');
    expect(attributedMs(report)).toMatchObject({ 'SELECT users': 5000 });
  });

  test('875 ms behind a cache miss, four services down', async () => {
    const report = await guideReport('query-behind-miss');
    expect(report.diagnosis).toMatchObject({ kind: 'slow-query', service: 'inventory-service', status: 'likely' });
    expect(report.verdict).toMatch(
      /GET \/api\/orders\/12345 waits 880 ms for one query of inventory-service, SELECT stock/,
    );
    expect(report.found).toEqual(['slow-query']);
    expect(attributedMs(report)).toMatchObject({ 'SELECT stock': 875, 'SELECT orders': 12 });
  });

  test('a join without an index, 97 % of the request', async () => {
    const report = await guideReport('join-without-index');
    expect(report.diagnosis).toMatchObject({ kind: 'slow-query', service: 'order-service', status: 'likely' });
    expect(report.verdict).toMatch(/GET \/orders waits 2\.3 s for one query .*join.* index/);
    expect(report.attribution[0]).toMatchObject({ operation: 'SELECT orders', selfUs: 2_280_000 });
    expect(report.attribution[0]?.share).toBeCloseTo(0.97, 2);
  });

  test('of 1,100 ms: 50 of authentication, 69 of waiting, 630 of the query, 350 of serialization', async () => {
    const report = await guideReport('attributed-latency');
    expect(attributedMs(report)).toEqual({
      authenticate: 50,
      'GET /users': 1,
      'load user': 69,
      'SELECT users': 630,
      serialize: 350,
    });
    expect(report.attribution[0]).toMatchObject({ operation: 'SELECT users' });
    expect(report.diagnosis).toMatchObject({ kind: 'slow-query', service: 'user-service', status: 'likely' });
    expect(report.verdict).toContain('GET /users waits 630 ms');
  });
});

describe('calls that add up', () => {
  test('four independent ones in a row: 1,850 ms that could be about 620', async () => {
    const report = await guideReport('sequential-dashboard');
    expect(report.diagnosis).toMatchObject({ kind: 'sequential-calls', service: 'api-gateway', status: 'likely' });
    expect(report.verdict).toMatch(/^api-gateway makes 4 calls .* about 6[12]\d ms/);
    expect(report.found).toEqual(['sequential-calls']);
    expect(report.findings[0]?.spanIds).toHaveLength(4);
  });

  test('50 of the stock, one a product, take most of three seconds', async () => {
    const report = await guideReport('fifty-stock-calls');
    expect(report.diagnosis).toMatchObject({ service: 'catalog-service', operation: 'GET /catalog', status: 'likely' });
    expect(['n-plus-one-calls', 'fan-out']).toContain(report.diagnosis?.kind);
    expect(report.verdict).toMatch(/50 elements from inventory-service.* GET \/catalog spends 2\.7 s/);
  });

  test('one query for the orders, and one for each of their 50 customers', async () => {
    const report = await guideReport('orders-with-customers');
    expect(report.diagnosis).toMatchObject({ kind: 'n-plus-one-queries', service: 'order-service', status: 'likely' });
    expect(report.verdict).toBe(
      'order-service loads 50 customers one by one with 51 queries (N+1): GET /orders spends 1.8 s on it',
    );
    // The queries' own, as far as the path goes; with the time between them it is what would be won.
    expect(report.findings[0]).toMatchObject({ wastedUs: 450_000, wonUs: 1_822_000, severity: 'high' });
    expect(report.found).not.toContain('bottleneck');
  });

  test('20 products one by one, after the cart', async () => {
    const report = await guideReport('twenty-products');
    expect(report.diagnosis).toMatchObject({
      kind: 'n-plus-one-calls',
      service: 'checkout-service',
      operation: 'POST /checkout',
      status: 'likely',
    });
    expect(report.verdict).toMatch(/20 products from product-service one by one.* POST \/checkout spends/);
  });
});

describe('time without a span', () => {
  test('1,800 ms between two quick queries may be the wait for a connection, for which nothing but the gap speaks', async () => {
    const report = await guideReport('pool-gap');
    expect(report.diagnosis).toMatchObject({
      kind: 'pool-exhaustion',
      service: 'order-service',
      operation: 'GET /orders',
      status: 'inconclusive',
    });
    expect(report.verdict).toMatch(/GET \/orders spends 1\.8 s in order-service before SELECT/);
    expect(report.diagnosis?.couldBe[0]).toEqual({
      what: 'a wait for a connection of a full pool',
      shownBy: 'the pool of order-service had all its connections in use at that time, and requests waiting',
    });
    expect(report.found).toEqual(['pool-exhaustion']);
  });

  test('45,000 ms between a message and its consumer, which itself takes 120', async () => {
    const report = await guideReport('consumer-lag');
    expect(report.diagnosis).toMatchObject({ kind: 'consumer-lag', service: 'fulfillment-svc', status: 'likely' });
    expect(report.verdict).toMatch(/waits 45 s in orders-topic .*120 ms of work/);
    expect(report.findings).toMatchObject([{ detector: 'consumer-lag', severity: 'high' }]);
  });
});

test('two cache misses, with the join behind the second as their consequence', async () => {
  const report = await guideReport('two-misses');
  expect(report.diagnosis).toMatchObject({ kind: 'cache-miss-cascade', service: 'product-service', status: 'likely' });
  expect(report.verdict).toMatch(/2 cache reads miss.* of the 1\.3 s .* SELECT users in review-service \(830 ms\)/);
  expect(report.found).toEqual(['cache-miss-cascade', 'slow-query']);
  expect(report.diagnosis?.chain).toContainEqual({ finding: 1, because: 0 });
});
