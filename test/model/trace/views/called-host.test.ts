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
