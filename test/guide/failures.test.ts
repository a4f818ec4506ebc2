/** The guides' examples of failures, each from its bytes to the report, with the numbers that the guides give. */
import { describe, expect, test } from 'vitest';
import { guideExamples, guideReport } from '#test/guide-report.ts';

describe('a cascade of time-outs', () => {
  test('of 30 s comes from a lock at the bottom, and the three services above only passed it on', async () => {
    const report = await guideReport('timeout-cascade');
    expect(report.diagnosis).toMatchObject({
      kind: 'lock-contention',
      service: 'inventory-svc',
      operation: 'UPDATE inventory',
    });
    expect(report.verdict).toMatch(/UPDATE inventory of inventory-svc failed after waiting 30 s for a lock/);
    expect(report.diagnosis?.status).not.toBe('inconclusive');
    const passedOn = report.diagnosis?.ruledOut.filter(({ why }) => why.includes('passed on')) ?? [];
    for (const { service } of passedOn) expect(['order-service', 'api-gateway']).toContain(service);
    expect(report.findings.map(({ service }) => service)).not.toContain('payment-service');
  });

  test('never reached the payment, as healthy orders tell, and that is no other cause', async () => {
    const report = await guideReport('timeout-cascade', { withHealthy: true });
    expect(report.diagnosis).toMatchObject({ kind: 'lock-contention', service: 'inventory-svc' });
    expect(report.findings).toContainEqual(
      expect.objectContaining({ detector: 'missing-service', title: expect.stringContaining('payment-service') }),
    );
  });
});

describe('a retry storm', () => {
  test('makes three requests of one, and exhausts the pool that the last attempt fails on', async () => {
    const report = await guideReport('retry-storm');
    expect(report.diagnosis).toMatchObject({
      kind: 'retry-storm',
      service: 'order-service',
      operation: 'POST /create',
    });
    expect(report.verdict).toMatch(/inventory-svc POST \/reserve 3 times, .*“Connection pool exhausted”/);
    expect(report.findings[0]).toMatchObject({ severity: 'high', wastedUs: 12_413_000 });
    expect(report.findings[0]?.explanation).toMatch(/made it worse.* 300 requests instead of 100/);
    const pool = report.found.indexOf('pool-exhaustion');
    expect(report.diagnosis?.chain).toContainEqual({ finding: pool, because: 0 });
  });

  test('of two layers makes 3 × 3 = 9', async () => {
    const report = await guideReport('retries-of-two-layers');
    expect(report.diagnosis).toMatchObject({ kind: 'retry-storm', service: 'order-service' });
    expect(report.verdict).toMatch(/inventory\S* gets 9 requests for one/);
    expect(report.findings[0]?.explanation).toMatch(
      /gateway 3 × order-service 3 = 9 requests .* 900 requests instead of 100/,
    );
  });
});

describe('an error', () => {
  test('under four layers that pass it on is the model server’s, which ran out of memory', async () => {
    const report = await guideReport('model-server-oom');
    expect(report.diagnosis).toMatchObject({ kind: 'error-origin', service: 'ml-model', operation: 'POST /predict' });
    expect(report.verdict).toContain(
      'because POST /predict of ml-model failed with 503 Service Unavailable: “Model server OOM: cannot allocate 2GB for inference batch”',
    );
    expect(report.found).toEqual(['error-origin']);
    const passedOn = report.diagnosis?.ruledOut.filter(({ why }) => why.includes('passed on'));
    expect(passedOn?.map(({ service }) => service)).toEqual([
      'fraud-service',
      'payment-service',
      'checkout-service',
      'api-gateway',
    ]);
  });

  test('of two calls is hidden by the product page, which answers 200 without waiting for them', async () => {
    const report = await guideReport('swallowed-timeouts');
    expect(report.diagnosis).toMatchObject({
      kind: 'swallowed-error',
      service: 'product-service',
      operation: 'GET /product/123',
    });
    expect(report.verdict).toMatch(/answered 200 although 2 of its calls failed .*review-service.*recommendation-svc/);
    expect(report.found).toEqual(['swallowed-error']);
    expect(report.trace).toMatchObject({ durationUs: expect.any(Number), skewCorrectedCount: 0 });
  });
});

test('a message that fails on its third attempt goes to the dead-letter queue, and its content is why', async () => {
  const report = await guideReport('poison-message');
  expect(report.diagnosis).toMatchObject({ kind: 'poison-message', service: 'fulfillment-svc' });
  expect(report.verdict).toMatch(/failed 3 times .* went to orders-dlq: “Invalid product SKU format: null”/);
  expect(report.diagnosis?.status).not.toBe('inconclusive');
});

test('a circuit breaker opens after two failures and refuses the rest', async () => {
  const report = await guideReport('circuit-breaker');
  expect(report.diagnosis).toMatchObject({ kind: 'circuit-open', service: 'order-service', operation: 'GET /users' });
  expect(report.verdict).toMatch(
    /breaker for user-service is open; it refused 3 calls of GET \/users, after 2 had failed/,
  );
});

test('the breaker opens because the service behind it has no connection to its database', async () => {
  const report = await guideReport('breaker-over-pool');
  expect(report.diagnosis).toMatchObject({ kind: 'pool-exhaustion', service: 'user-service' });
  expect(report.verdict).toContain('The connection pool of user-service is exhausted');
  const breaker = report.found.indexOf('circuit-open');
  const effects = report.diagnosis?.chain.map(({ finding }) => finding);
  expect(effects).toContain(breaker);
});

test('21 active connections of a pool of 20 are why a connection is refused', async () => {
  const report = await guideReport('refused-connection');
  expect(report.diagnosis).toMatchObject({ kind: 'pool-exhaustion', service: 'user-service' });
  expect(report.findings[0]?.explanation).toContain('21 of 20 in use');
  const origin = report.found.indexOf('error-origin');
  expect(report.diagnosis?.chain).toContainEqual({ finding: origin, because: 0 });
});

const LOUDNESS = ['low', 'medium', 'high', 'critical'];

test.each(guideExamples)('$name: nothing is louder than the verdict, and no detector breaks', async ({ name }) => {
  const { findings, diagnosis, checked } = await guideReport(name);
  const [verdict] = findings;
  expect(checked.broken).toEqual([]);
  expect(verdict).toMatchObject({ detector: diagnosis?.kind, service: diagnosis?.service });
  const loudness = findings.map(({ severity }) => LOUDNESS.indexOf(severity));
  expect(loudness[0]).toBe(Math.max(...loudness));
});
