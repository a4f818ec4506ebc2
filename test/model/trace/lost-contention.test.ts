/** A conflict that a service passes on after it lost against other transactions, and the one that is an answer. */
import { describe, expect, test } from 'vitest';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { call, server, span, times, traceOf } from '#test/trace.ts';

const STATUS = 'http.response.status_code';

function originIn(codes: readonly string[], { status = 409, key = 'rpc.grpc.status_code' } = {}): string {
  const commits = codes.map((code, i) =>
    call('seats', 'store', 'Store/Commit', {
      at: 10 + i * 30,
      ms: 20,
      failed: code !== '0',
      attributes: { ...(key.startsWith('rpc') && { 'rpc.system': 'grpc' }), [key]: code },
    }),
  );
  const trace = traceOf(
    span('app', 'book', { ms: 300, failed: true }, [
      call('app', 'seats', 'POST /seats', { at: 2, ms: 290, failed: true, attributes: { [STATUS]: status } }, [
        server('seats', 'POST /seats', { at: 4, ms: 280, failed: true, attributes: { [STATUS]: status } }, commits),
      ]),
    ]),
  );
  const [origin] = errorOrigins(trace);
  return origin === undefined ? '' : trace.operation(origin.spans[0] ?? 0);
}

describe('a conflict that began at a store', () => {
  test('each of several attempts lost', () => {
    expect(originIn(times(4, () => '10'))).toBe('Store/Commit');
  });

  test.each([
    ['one attempt lost, and the service asked no more', ['10']],
    ['the last attempt went well', ['10', '10', '0']],
    ['the attempts failed for another reason', ['6', '6', '6']],
  ])('it is an answer where %s', (_, codes) => {
    expect(originIn(codes)).toBe('book');
  });
});
