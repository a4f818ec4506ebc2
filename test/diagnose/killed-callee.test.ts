/** A callee that was killed is to blame for the broken call, also where only its runtime or its machine says so. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const failed = { failed: true };

/** web calls stock, which leaves no span: it died with its process. */
function brokenCall(statusText: string, options: Readonly<{ ms?: number; attributes?: Record<string, number> }> = {}) {
  return traceOf(
    server('web', 'POST /checkout', { ms: 420, ...failed }, [
      call('web', 'cart', 'GET /cart', { at: 5, ms: 20 }, [server('cart', 'GET /cart', { at: 6, ms: 17 })]),
      call('web', 'stock', 'POST /reserve', { at: 30, ms: 380, ...failed, statusText, ...options }),
    ]),
  );
}

const BROKEN = [
  'read ECONNRESET',
  'socket hang up',
  'Post "http://stock:8080/reserve": EOF',
  '14 UNAVAILABLE: Connection dropped',
  'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
  'connect ECONNREFUSED 10.0.0.9:8080',
];

const KILLS = [
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  'Killed process 4121 (node) total-vm:2345678kB, anon-rss:524288kB',
  'java.lang.OutOfMemoryError: Java heap space',
  'process exited with code 137',
];

describe('the failed call is blamed on the killed callee', () => {
  test.each(BROKEN.flatMap((broken) => KILLS.map((kill) => [broken, kill] as const)))('%s; %s', (broken, kill) => {
    const { diagnosis, findings } = diagnosed(brokenCall(broken), [logLine('stock', 405, kill)]);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'stock', status: 'confirmed' });
    expect(findings[1]?.detector).toBe('error-origin');
    expect(diagnosis?.chain).toContainEqual({ finding: 1, because: 0 });
    expect(diagnosis?.ranking[0]).toMatchObject({ service: 'stock', kind: 'resource-exhausted' });
  });

  test.each([
    ['node-3', 'Memory cgroup out of memory: Killed process 4121 (stock) total-vm:2345678kB'],
    ['compose', 'stock-1 exited with code 137'],
  ])('where the log of its machine (%s) names it', (machine, line) => {
    const { diagnosis } = diagnosed(brokenCall('socket hang up'), [logLine(machine, 405, line)]);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'stock' });
  });

  test('a bare 503 at that time is no proof, but likely', () => {
    const trace = brokenCall('', { attributes: { 'http.response.status_code': 503 } });
    const { diagnosis } = diagnosed(trace, [logLine('stock', 405, KILLS[1] ?? '')]);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'stock', status: 'likely' });
  });
});

test.each([
  ['stock-7kq2-ew.a.run.app', 'stock'],
  ['stock-7kq2-ew.herokuapp.com', 'stock'],
])('its platform made the host from its name: %s', (host, killed) => {
  const attributes = {
    'server.address': host,
    'url.full': `https://${host}/reserve`,
    'http.response.status_code': 503,
  };
  const trace = traceOf(
    server('web', 'POST /checkout', { ms: 420, ...failed }, [
      call('web', '', 'POST', { at: 30, ms: 380, ...failed, attributes }),
    ]),
  );
  const verdict = (service: string) => diagnosed(trace, [logLine(service, 405, KILLS[1] ?? '')]).diagnosis;
  expect(verdict(killed)).toMatchObject({ kind: 'resource-exhausted', service: killed });
  expect(verdict('shop')?.service).not.toBe('shop');
});

test('a name of another domain is no service that was killed', () => {
  const attributes = { 'server.address': 'stock.partner.example', 'http.response.status_code': 503 };
  const trace = traceOf(
    server('web', 'POST /checkout', { ms: 420, ...failed }, [
      call('web', '', 'POST', { at: 30, ms: 380, ...failed, attributes }),
    ]),
  );
  expect(diagnosed(trace, [logLine('stock', 405, KILLS[1] ?? '')]).diagnosis?.service).not.toBe('stock');
});

describe('a call of gRPC without an address', () => {
  const called = (rpcService: string) =>
    traceOf(
      server('web', 'POST /checkout', { ms: 420, ...failed }, [
        call('web', '', `${rpcService}/Reserve`, {
          at: 30,
          ms: 380,
          ...failed,
          statusText: 'error reading from server: EOF',
          attributes: { 'rpc.system': 'grpc', 'rpc.service': rpcService, 'rpc.method': 'Reserve' },
        }),
      ]),
    );

  test('is that of the killed service that its method names', () => {
    const { diagnosis } = diagnosed(called('shop.v1.Stock'), [logLine('stock-svc', 405, KILLS[1] ?? '')]);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'stock-svc' });
  });

  test('is none of a killed service of another name', () => {
    const { diagnosis } = diagnosed(called('shop.v1.Till'), [logLine('stock-svc', 405, KILLS[1] ?? '')]);
    expect(diagnosis?.kind).toBe('error-origin');
  });
});

describe('behind a proxy that made no span for its call', () => {
  const proxied = (status: number) =>
    traceOf(
      server('proxy', 'GET /report', { ms: 900, ...failed, attributes: { 'http.response.status_code': 502 } }, [
        server('stock', 'GET /report', {
          at: 4,
          ms: 700,
          attributes: status === 0 ? {} : { 'http.response.status_code': status },
        }),
      ]),
    );

  test('the service whose span ended without an answer was killed', () => {
    const { diagnosis } = diagnosed(proxied(0), [logLine('stock', 890, KILLS[1] ?? '')]);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'stock', status: 'likely' });
  });

  test('a service that answered was not', () => {
    const { diagnosis } = diagnosed(proxied(200), [logLine('stock', 890, KILLS[1] ?? '')]);
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'proxy' });
  });
});

test('a function is known by the name that the call to its platform records', () => {
  const attributes = { 'rpc.system': 'aws-api', 'rpc.service': 'Lambda', 'faas.invoked_name': 'stock' };
  const trace = traceOf(
    server('web', 'GET /report', { ms: 900, ...failed }, [
      call('web', '', 'Lambda.Invoke', { at: 4, ms: 880, ...failed, attributes }),
    ]),
  );
  const { diagnosis } = diagnosed(trace, [logLine('stock', 870, 'Error: Runtime exited with error: signal: killed')]);
  expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'stock', status: 'likely' });
});

describe('the failure stays what it was', () => {
  test('without such a line', () => {
    const { diagnosis } = diagnosed(brokenCall('read ECONNRESET'), [logLine('stock', 405, 'reserved 3 pieces')]);
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'stock' });
  });

  test.each([
    ['another service of the request was killed', 'cart', KILLS[0] ?? ''],
    ['a process of another name was killed on a machine', 'node-3', 'Killed process 99 (backup) total-vm:1kB'],
  ])('where %s', (_, service, line) => {
    const { diagnosis } = diagnosed(brokenCall('read ECONNRESET'), [logLine(service, 405, line)]);
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'stock' });
  });

  test('where the call failed for a reason of its own', () => {
    const { diagnosis } = diagnosed(brokenCall('unknown sku 77'), [logLine('stock', 405, KILLS[0] ?? '')]);
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'web' });
  });
});

describe('a task whose process vanished', () => {
  const run = (statusText: string) =>
    traceOf(span('scheduler', 'task draw_charts', { ms: 60_000, ...failed, statusText }));
  const KILL = 'Memory cgroup out of memory: Killed process 1 (python3) total-vm:8345678kB, anon-rss:8124288kB';
  const GONE = 'Task exited with return code Negsignal.SIGKILL';

  test('is blamed on the only process that was killed meanwhile', () => {
    const { diagnosis } = diagnosed(run(GONE), [logLine('charts', 41_000, KILL)]);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'charts' });
    expect(diagnosis?.status).not.toBe('confirmed');
  });

  test.each([
    ['two were killed', GONE, [logLine('charts', 41_000, KILL), logLine('tides', 42_000, KILL)]],
    ['it was killed before', GONE, [logLine('charts', -9000, KILL)]],
    ['the task failed by itself', 'KeyError: depth', [logLine('charts', 41_000, KILL)]],
  ])('stays a failed task where %s', (_, statusText, lines) => {
    expect(diagnosed(run(statusText), lines).diagnosis).toMatchObject({ kind: 'error-origin', service: 'scheduler' });
  });
});
