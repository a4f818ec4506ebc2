import { describe, expect, test } from 'vitest';
import { calledName } from '#model/trace/views/called-host.ts';
import { call, server, traceOf } from '#test/trace.ts';

function named(address: string, peer = '', services: readonly string[] = []): string {
  const trace = traceOf(
    server('web', 'GET /', { ms: 50 }, [
      call('web', peer, 'POST', { at: 1, ms: 40, attributes: { 'url.full': address } }),
      ...services.map((service) => server(service, 'GET /', { at: 1, ms: 5 })),
    ]),
  );
  const span = trace.children(trace.root).find((child) => trace.kind(child) === 'client');
  return span === undefined ? 'no call' : calledName(trace, span);
}

describe('the callee of a call that records no peer', () => {
  test.each([
    ['http://stock:8080/items?q=1', 'stock'],
    ['https://user:secret@stock.shop.svc.cluster.local/items', 'stock'],
    ['https://api.example.com/items', 'api.example.com'],
    ['', ''],
  ])('%s', (address, name) => {
    expect(named(address)).toBe(name);
  });

  test('by its name in this trace', () => {
    expect(named('http://stock-api:8080/items', '', ['Stock.API'])).toBe('Stock.API');
  });
});

describe('a function by the address of its platform', () => {
  test.each([
    ['https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/pdf-fn/invocations', 'pdf-fn'],
    [
      'https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:pdf-fn/invocations',
      'pdf-fn',
    ],
    ['https://lambda.us-east-2.amazonaws.com/functions/pdf-fn', 'pdf-fn'],
    ['https://lambda.cn-north-1.amazonaws.com.cn/2015-03-31/functions/pdf-fn/invocations', 'pdf-fn'],
    ['https://quote-run-7kqzv3xyza-ew.a.run.app/quote', 'quote-run'],
    ['https://quote-run-7kqzv3.a.run.app/quote', 'quote-run'],
    ['https://canary---quote-run-7kqzv3xyza-ew.a.run.app/quote', 'quote-run'],
    ['https://quote-run-123456789012.europe-west1.run.app/quote', 'quote-run'],
    ['https://europe-west1-shop.cloudfunctions.net/resize?w=8', 'resize'],
    ['https://shop-orders.azurewebsites.net/api/orders', 'shop-orders'],
  ])('%s', (address, name) => {
    expect(named(address, new URL(address).hostname)).toBe(name);
  });

  test.each([
    'https://lambda.example.com/2015-03-31/functions/pdf-fn/invocations',
    'https://run.app/quote',
    'https://s3.eu-west-1.amazonaws.com/2015-03-31/functions/pdf-fn',
  ])('and no other address: %s', (address) => {
    expect(named(address, new URL(address).hostname)).toBe(new URL(address).hostname);
  });
});

function namedByFailure(statusText: string, services: readonly string[] = []): string {
  const trace = traceOf(
    server('web', 'GET /', { ms: 50 }, [
      call('web', '', 'reserve', { at: 1, ms: 40, failed: true, statusText }),
      ...services.map((service) => server(service, 'GET /', { at: 1, ms: 5 })),
    ]),
  );
  const span = trace.children(trace.root).find((child) => trace.kind(child) === 'client');
  return span === undefined ? 'no call' : calledName(trace, span);
}

describe('the callee of a failed call, by the message of the failure', () => {
  test.each([
    ['connect ECONNREFUSED stock.internal:8443', 'stock.internal'],
    ['getaddrinfo ENOTFOUND stock.internal', 'stock.internal'],
    ['Post "http://stock:8080/reserve": dial tcp 10.0.0.9:8080: connect: connection refused', 'stock'],
    ['Failed to connect to stock/10.0.0.9:8080: Connection refused', 'stock'],
    ['Connection to stock-db:5432 refused. Check that the hostname and port are correct', 'stock-db'],
    ['connection to server at "stock-db" (10.0.0.9), port 5432 failed: Connection refused', 'stock-db'],
    [
      "HTTPConnectionPool(host='stock', port=8080): Max retries exceeded with url: /reserve (Caused by NewConnectionError('[Errno 111] Connection refused'))",
      'stock',
    ],
    ['Failed to open TCP connection to stock:8080 (Connection refused - connect(2) for "stock" port 8080)', 'stock'],
    ['Verbindung abgelehnt: stock.internal:8443', 'stock.internal'],
    ['Connection refused (stock.internal:443)', 'stock.internal'],
  ])('%s', (message, name) => {
    expect(namedByFailure(message)).toBe(name);
  });

  test('by its name in this trace', () => {
    expect(namedByFailure('connect ECONNREFUSED stock-api:8080', ['Stock.API'])).toBe('Stock.API');
  });

  test.each([
    'connect ECONNREFUSED 10.0.0.9:8080',
    'connect ECONNREFUSED localhost:6379',
    'TypeError at reserve.js:88: total is not a function',
    'read ECONNRESET at Stock.java:42',
    'order 88 of shop:12345 failed',
  ])('which is not in: %s', (message) => {
    expect(namedByFailure(message)).toBe('');
  });
});
