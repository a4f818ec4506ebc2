/** Who is at fault for a refused or a broken call: the caller, the callee, or a clock. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

const answer = (status: number) => ({
  failed: status >= 500,
  attributes: { 'http.response.status_code': status },
});
const refused = (status: number) => ({ ...answer(status), failed: true });

function refusal(status: number, { of = 500, skewMs = 0, statusText = '' } = {}) {
  const said = statusText === '' ? answer(status) : { ...refused(status), statusText };
  return traceOf(
    server('orders', 'GET /orders', { ms: 60, ...answer(of) }, [
      call('orders', 'billing', 'POST /invoices', { at: 5, ms: 30, ...refused(status) }, [
        server('billing', 'POST /invoices', { at: 7 - skewMs, ms: 20, ...said }),
      ]),
    ]),
  );
}

describe('a refused caller', () => {
  test.each([401, 403])('that answers 500 after a %d lost its token', (status) => {
    const { diagnosis } = diagnosed(refusal(status, { statusText: 'AccessDeniedException: Access Denied' }));
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'orders' });
    expect(diagnosis?.verdict).toContain('from orders to billing');
  });

  test.each([
    'The token is not yet valid (iat)',
    'token used before issued',
    'RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
  ])('beside clocks that differ: %s', (statusText) => {
    const { diagnosis, findings } = diagnosed(refusal(401, { skewMs: 43_000, statusText }));
    expect(diagnosis).toMatchObject({ kind: 'clock-skew', service: 'billing', status: 'likely' });
    expect(findings.filter(({ detector }) => detector === 'clock-skew')).toHaveLength(1);
    expect(diagnosis?.chain).toContainEqual({ finding: 1, because: 0 });
  });

  test('that refuses its own caller for its time: nobody meant to, if the clocks differ', () => {
    const refusing = (skewMs: number) =>
      traceOf(
        server('ledger', 'POST /transfers', { ms: 60, ...answer(401) }, [
          call('ledger', 'auth', 'POST /token', { at: 5, ms: 30 }, [
            server('auth', 'POST /token', { at: 7 + skewMs, ms: 20 }),
          ]),
        ]),
      );
    const line = logLine('ledger', 40, 'jwt not active', { level: 'error', spanId: '0' });
    const { diagnosis } = diagnosed(refusing(43_000), [line]);
    expect(diagnosis).toMatchObject({ kind: 'clock-skew', service: 'auth', status: 'likely' });
    expect(diagnosed(refusing(0), [line]).diagnosis).toBeUndefined();
    const other = { ...line, line: 'unknown token' };
    expect(diagnosed(refusing(43_000), [other]).diagnosis).toBeUndefined();
  });

  test.each([
    ['signature not yet current: 20261106T121504Z is still later than 20261106T120000Z', 'error-origin'],
    ['kinit: Clock skew too great while getting initial credentials', 'error-origin'],
    // Its signature was right, and nobody issues a token in the future.
    ['token used before issued', 'error-origin'],
    // Somebody may have made the token for later, or sent a wrong one.
    ['jwt not active', undefined],
    ['invalid signature', undefined],
  ])('that refuses its own caller, where no spans show the clocks: %s', (line, kind) => {
    const trace = traceOf(server('ledger', 'POST /transfers', { ms: 60, ...answer(401) }));
    const lines = [logLine('ledger', 40, line, { level: 'error', spanId: '0' })];
    expect(diagnosed(trace, lines).diagnosis?.kind).toBe(kind);
  });

  test('stays at fault where the clocks agree, or nothing speaks of a time', () => {
    const agreeing = diagnosed(refusal(401, { statusText: 'The token is not yet valid (iat)' }));
    expect(agreeing.diagnosis).toMatchObject({ kind: 'error-origin', service: 'orders' });
    const silent = diagnosed(refusal(401, { skewMs: 43_000, statusText: 'unknown client' }));
    expect(silent.diagnosis?.kind).toBe('error-origin');
  });
});

describe('a callee that went away', () => {
  const attempts = (...texts: readonly string[]) =>
    traceOf(
      server('web', 'POST /pay', { ms: 3000, ...answer(500) }, [
        ...texts.map((statusText, n) =>
          call('web', 'fraud', 'POST /score', { at: 20 + 900 * n, ms: n === 0 ? 850 : 3, failed: true, statusText }),
        ),
      ]),
    );

  test('is at fault for the attempts that find nobody', () => {
    const { diagnosis } = diagnosed(
      attempts('read ECONNRESET', 'connect ECONNREFUSED 10.1.2.3:8080', 'connect ECONNREFUSED 10.1.2.3:8080'),
    );
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'fraud' });
  });

  test('is named also where the first attempt says nothing', () => {
    const { findings } = diagnosed(attempts('', 'connection refused'));
    expect(findings.find(({ detector }) => detector === 'error-origin')?.service).toBe('fraud');
  });

  test('is no surer by a line of the caller that says the same', () => {
    const trace = attempts('java.net.SocketException: Unexpected end of file from server');
    const line = logLine('web', 871, 'SocketException: Unexpected end of file from server', {
      level: 'error',
      spanId: '0.0',
    });
    expect(diagnosed(trace, [line]).diagnosis?.status).toBe('inconclusive');
  });
});

describe('what was put up with', () => {
  const conditional: SpanNode = server('cart', 'PUT /cart', { ms: 90, ...answer(200) }, [
    span('cart', 'DynamoDB.PutItem', {
      kind: 'client',
      at: 5,
      ms: 20,
      failed: true,
      attributes: { 'db.system.name': 'aws.dynamodb', 'db.operation.name': 'PutItem' },
    }),
  ]);

  test('a conditional write that only its line explains', () => {
    const line = logLine('cart', 26, 'ConditionalCheckFailedException: The conditional request failed', {
      level: 'warn',
      spanId: '0.0',
    });
    expect(diagnosed(traceOf(conditional), [line]).diagnosis).toBeUndefined();
    expect(diagnosed(traceOf(conditional), []).diagnosis?.kind).toBe('swallowed-error');
  });

  test('a probe of a process that has just started is no sure failure of what it asks', () => {
    const probe = traceOf(
      server('api', 'GET /readyz', { ms: 12, ...answer(503) }, [
        query('api', 'SELECT 1', { at: 2, ms: 6, failed: true, statusText: 'connection refused' }),
      ]),
    );
    const started = logLine('api', -900, 'Started Application in 4.1 seconds');
    expect(diagnosed(probe, [started]).diagnosis?.status).toBe('inconclusive');
    expect(diagnosed(probe, []).diagnosis?.status).not.toBe('inconclusive');
  });

  test('a delay among the options of a job', () => {
    const job = (attributes: Readonly<Record<string, string>>) =>
      traceOf(
        server('shop', 'POST /remind', { ms: 20, ...answer(202) }, [
          span('shop', 'reminders publish', { kind: 'producer', at: 5, ms: 4 }, [
            span('worker', 'reminders process', { kind: 'consumer', at: 60_020, ms: 200, attributes }),
          ]),
        ]),
      );
    expect(diagnosed(job({ 'bullmq.job.opts': '{"attempts":3,"delay":60000}' })).diagnosis).toBeUndefined();
    expect(diagnosed(job({ 'bullmq.job.opts': '{"attempts":3}' })).diagnosis?.kind).toBe('consumer-lag');
  });

  test('a write concern that ran out, where only a line says so, is no slow query', () => {
    const insert = traceOf(
      server('ledger', 'POST /entries', { ms: 5050, ...answer(200) }, [
        span('ledger', 'ledger.insert', {
          kind: 'client',
          at: 10,
          ms: 5020,
          attributes: { 'db.system.name': 'mongodb', 'db.operation.name': 'insert', 'db.collection.name': 'entries' },
        }),
      ]),
    );
    const said = 'writeConcernError: {"code":64,"errmsg":"waiting for replication timed out"}';
    const line = logLine('ledger', 5029, said, { level: 'warn', spanId: '0.0' });
    expect(diagnosed(insert, [line]).findings.map(({ detector }) => detector)).not.toContain('slow-query');
    expect(diagnosed(insert, []).diagnosis?.kind).toBe('slow-query');
  });
});
