/** A cache that cannot be reached, and the reads that ask the store instead. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { query, server, span, times, traceOf } from '#test/trace.ts';

const GET = { 'db.system.name': 'memcached', 'server.address': 'cache-1' };

/** A list of books, each looked up in the cache and then read from the store. */
function list({ looksFail = true, isOrdered = true } = {}) {
  const looks = times(6, (i) =>
    span('shop', 'get', {
      at: isOrdered ? 10 + i * 240 : 10 + i * 5,
      ms: 4,
      kind: 'client',
      ...(looksFail && { failed: true, statusText: 'No server available' }),
      attributes: { ...GET, 'db.query.text': `get book:${i}` },
    }),
  );
  const reads = times(6, (i) =>
    query('shop', 'SELECT * FROM books WHERE shelf_id = $1', { at: (isOrdered ? 20 : 60) + i * 240, ms: 205 }),
  );
  return traceOf(
    server('shop', 'GET /catalogue', { ms: 1500, attributes: { 'http.response.status_code': 200 } }, [
      ...looks,
      ...reads,
    ]),
  );
}

describe('reads one by one', () => {
  test('follow from a cache that fails before each of them', () => {
    const { diagnosis } = diagnosed(list());
    expect(diagnosis?.kind).toBe('error-origin');
    expect(diagnosis?.verdict).toContain('No server available');
  });

  test('lead beside a cache that answers', () => {
    expect(diagnosed(list({ looksFail: false })).diagnosis?.kind).toBe('n-plus-one-queries');
  });

  test('lead beside lookups that failed before all of them', () => {
    expect(diagnosed(list({ isOrdered: false })).diagnosis?.kind).toBe('n-plus-one-queries');
  });
});
