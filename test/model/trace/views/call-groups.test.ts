import { describe, expect, test } from 'vitest';
import { operationTemplate, resourceName } from '#model/trace/operation-template.ts';
import { callGroups } from '#model/trace/views/call-groups.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

const shown = (trace: ReturnType<typeof traceOf>) =>
  callGroups(trace).map(({ caller, target, calls }) => ({
    caller: trace.spanId(caller),
    target,
    calls: calls.map((each) => trace.spanId(each)),
  }));

describe('calls of one caller are one group', () => {
  test('if they call one operation of one service, with any ids in its name', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 100 }, [
        call('web', 'shop', 'GET /products/P1', { at: 1 }),
        call('web', 'shop', 'GET /carts/1', { at: 3 }),
        call('web', 'shop', 'GET /products/P2?full=1', { at: 5 }),
        call('web', 'stock', 'GET /products/P2', { at: 7 }),
      ]),
    );
    expect(shown(trace)).toEqual([{ caller: '0', target: 'shop GET /products/{}', calls: ['0.0', '0.2'] }]);
  });

  test('by what the callee calls it, where the caller only says GET', () => {
    const ask = (at: number, route: string) =>
      call('web', 'shop', 'GET', { at, ms: 4 }, [server('shop', route, { at: at + 1, ms: 2 })]);
    const trace = traceOf(
      server('web', 'GET /', { ms: 100 }, [ask(1, 'GET /a'), ask(11, 'GET /b'), ask(21, 'GET /a')]),
    );
    expect(shown(trace)).toEqual([{ caller: '0', target: 'shop GET /a', calls: ['0.0', '0.2'] }]);
  });

  test('when each lies in a wrapper of its own', () => {
    const trace = traceOf(
      server(
        'web',
        'GET /',
        { ms: 100 },
        times(2, (i) =>
          span('web', 'load', { at: 10 * i, ms: 8 }, [
            span('web', 'attempt', { at: 10 * i + 1, ms: 6 }, [query('web', `SELECT ${i}`, { at: 10 * i + 2 })]),
          ]),
        ),
      ),
    );
    expect(shown(trace)).toEqual([{ caller: '0', target: 'select ?', calls: ['0.0.0.0', '0.1.0.0'] }]);
  });

  test('but not if their wrapper does more than one thing, or answers a request itself', () => {
    const two = (i: number) => [query('web', 'SELECT 1', { at: 20 * i + 2 }), span('web', 'work', { at: 20 * i + 6 })];
    const trace = traceOf(
      server('web', 'GET /', { ms: 100 }, [
        ...times(2, (i) => span('web', 'load', { at: 20 * i, ms: 18 }, two(i))),
        ...times(2, (i) =>
          server('web', 'GET /self', { at: 50 + 10 * i, ms: 8 }, [query('web', 'SELECT 1', { at: 52 })]),
        ),
      ]),
    );
    expect(shown(trace)).toEqual([]);
  });
});

test.each([
  ['GET /products/P17/reviews?page=2', 'GET /products/{}/reviews', 'reviews'],
  ['GET /api/endpoint1/oauth2', 'GET /api/endpoint1/oauth2', 'oauth2'],
  ['GET /media/img-31.jpg', 'GET /media/{}', 'media'],
  ['GET /orders/SKU-0017/9f86d081884c', 'GET /orders/{}/{}', 'orders'],
  ['GET /v1/users/550e8400-e29b-41d4-a716-446655440000', 'GET /v1/users/{}', 'users'],
  ['GET /products/{id}', 'GET /products/{id}', 'products'],
  ['GET /mailboxes/bob@example.com/mails', 'GET /mailboxes/{}/mails', 'mails'],
  ['GET /mailboxes/bob%40example.com', 'GET /mailboxes/{}', 'mailboxes'],
  ['GET /customers/cus_9s6XKzkNRiz8i3', 'GET /customers/{}', 'customers'],
  ['GET /odata/Orders(17)', 'GET /odata/Orders({})', 'odata'],
  ["GET /odata/Orders('x')/Lines", 'GET /odata/Orders({})/Lines', 'Lines'],
  ['GET /apis/v1beta1/k8s/2fa', 'GET /apis/v1beta1/k8s/2fa', 'k8s'],
  ['/a1.v1.Catalog/Get', '/a1.v1.Catalog/Get', 'Get'],
  ['shop.Catalog/GetProduct', 'shop.Catalog/GetProduct', 'GetProduct'],
  ['find customers 7', 'find customers 7', ''],
  // What the template takes is a part of a secret, so the whole secret goes.
  [
    'open MYSQL_DSN: root:Zk9/17@unix(/var/run/mysqld.sock)/audit',
    'open MYSQL_DSN: root:[redacted:secret]@unix(/var/run/mysqld.sock)/audit',
    'audit',
  ],
  ['POST /sql update carts set items = ?', 'POST /sql update carts set items = ?', ''],
])('%s is %s and asks for %s', (operation, template, resource) => {
  expect(operationTemplate(operation)).toBe(template);
  expect(resourceName(operation)).toBe(resource);
});
