import { describe, expect, test } from 'vitest';
import { guideMethods } from '#test/guide-methods.ts';
import { logLine } from '#test/log-line.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';
import { query, server, traceOf } from '#test/trace.ts';

describe('the claims', () => {
  test('of the guide’s cascade: the lock, and what follows from it supports it and is no rival', async () => {
    const { hypotheses } = await guideMethods('timeout-cascade');
    expect(hypotheses[0]).toMatchObject({ id: 'H1', kind: 'lock-contention', state: 'supported' });
    expect(hypotheses.map(({ kind }) => kind)).not.toContain('timeout-cascade');
    expect(hypotheses[0]?.supports.map(({ text }) => text)).toContainEqual(expect.stringContaining('It explains: '));
  });

  test('are refuted for services that only passed a failure on', async () => {
    const { hypotheses } = await guideMethods('model-server-oom');
    const passed = hypotheses.filter(({ claim }) => claim.startsWith('The failure began in'));
    expect(passed.map(({ state, service }) => `${state} ${service}`)).toContain('refuted payment-service');
  });

  test('are open where the verdict is a guess, with what keeps it from being more', () => {
    const idle = server('shop', 'GET /cart', { ms: 2000 }, [query('shop', 'SELECT 1', { at: 2, ms: 3 })]);
    const [first] = methodsOfTrace(traceOf(idle)).hypotheses;
    expect(first).toMatchObject({ state: 'open' });
    expect(first?.contradicts.length).toBeGreaterThan(0);
  });

  test('are never confirmed: that is a person’s word', async () => {
    for (const name of ['five-second-query', 'model-server-oom', 'consumer-lag']) {
      const { hypotheses } = await guideMethods(name);
      expect(hypotheses.map(({ state }) => state)).not.toContain('confirmed');
    }
  });
});

describe('a query', () => {
  const queries = (statement: string, options: Parameters<typeof query>[2] = {}) =>
    methodsOfTrace(
      traceOf(server('shop', 'GET /cart', { ms: 2000 }, [query('shop', statement, { at: 2, ms: 1900, ...options })])),
    ).hypotheses[0]?.queries ?? [];
  const sql = (statement: string) => queries(statement).filter(({ language }) => language === 'SQL');

  test('explains the statement and does not run it', () => {
    expect(sql('SELECT * FROM cart WHERE id = 7')).toEqual([
      { language: 'SQL', text: 'EXPLAIN select * from cart where id = ?' },
    ]);
  });

  test.each(['SELECT 1; DROP TABLE cart', 'ANALYZE DELETE FROM cart', 'SELECT 1 -- ; DELETE FROM cart'])(
    'is no second statement: %s',
    (statement) => {
      for (const { text } of sql(statement)) expect(text).not.toMatch(/;|--|^EXPLAIN\s+ANALYZE/i);
    },
  );

  test('quotes what a service calls itself', () => {
    const name = 'x"} || { true';
    const trace = traceOf(
      server(name, 'GET "/cart"', { ms: 2000, failed: true, attributes: { 'http.response.status_code': 500 } }),
    );
    const found = methodsOfTrace(trace).hypotheses[0]?.queries ?? [];
    const quoted = JSON.stringify(name);
    expect(found.length).toBeGreaterThan(1);
    for (const { text } of found)
      expect(text.replaceAll(quoted, '').replaceAll('"GET \\"/cart\\""', '')).not.toContain('||');
  });

  test('of a log looks for words and not for numbers or quotes', () => {
    const said = 'could not reach 10.0.0.7 after 3 tries" |= "secret';
    const trace = traceOf(server('shop', 'GET /cart', { ms: 20, failed: true, statusText: said }));
    const log = methodsOfTrace(trace, [logLine('shop', 5, said)]).hypotheses[0]?.queries.find(
      ({ language }) => language === 'LogQL',
    );
    expect(log?.text).toBe('{service_name="shop"} |= "could not reach"');
  });

  test('names a pod only where its name is one', () => {
    const failed = (pod: string) =>
      methodsOfTrace(
        traceOf(
          server('shop', 'GET /cart', {
            ms: 20,
            failed: true,
            statusText: 'out of memory',
            resource: { 'k8s.pod.name': pod },
          }),
        ),
      ).hypotheses[0]?.queries.flatMap(({ language, text }) => (language === 'kubectl' ? [text] : []));
    expect(failed('shop-7d9f-x2')).toEqual(['kubectl describe pod shop-7d9f-x2']);
    expect(failed('x; rm -rf /')).toEqual([]);
    expect(failed('--all-namespaces')).toEqual([]);
  });
});
