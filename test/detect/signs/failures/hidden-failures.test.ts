import { expect, test } from 'vitest';
import { hiddenByOperation } from '#detect/signs/failures/hidden-failures.ts';
import { call, type SpanOptions, server, traceOf } from '#test/trace.ts';

const hidden = (options: SpanOptions, ...others: readonly ReturnType<typeof call>[]) => {
  const failed = call('web', 'reviews', 'GET /reviews', { ms: 100, failed: true, ...options });
  return [...hiddenByOperation(traceOf(server('web', 'GET /', { ms: 1000 }, [failed, ...others]))).values()];
};

test('a failed call below an answer that succeeded is hidden', () => {
  expect(hidden({})).toMatchObject([{ calls: { length: 1 } }]);
});

test('another callee that gave the same answer later hides nothing', () => {
  expect(hidden({}, call('web', 'archive', 'GET /reviews', { at: 200, ms: 100 }))).toEqual([]);
});

test('nor does another host that was asked for the same path, although the spans only name the method', () => {
  const asked = (host: string, path: string, options: SpanOptions) =>
    call('web', host, 'GET', { ms: 100, attributes: { 'url.full': `https://${host}${path}` }, ...options });
  const twice = (path: string) =>
    hiddenByOperation(
      traceOf(
        server('web', 'GET /', { ms: 1000 }, [
          asked('eu.example', '/v1/route?a=1', { failed: true }),
          asked('us.example', path, { at: 200 }),
        ]),
      ),
    ).size;
  expect(twice('/v1/route?a=1')).toBe(0);
  expect(twice('/v1/weather')).toBe(1);
});
