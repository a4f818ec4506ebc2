import { describe, expect, test } from 'vitest';
import { writeJson } from '#utilities/json-document.ts';
import { type FormatJsonRequest, formatJson } from '#workflows/tools/format-json.ts';

const format = (value: unknown, options: Partial<FormatJsonRequest> = {}) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const { documents, causes, notes } = formatJson({ text, name: 'x.json', ...options });
  return { shown: documents.map((document) => writeJson(document, { indented: false })), causes, notes };
};

/** The guide's error object, drawn again. */
const REFUSED = {
  error: {
    type: 'StoreError',
    code: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED 10.0.1.7:5432',
    stack: ['at Pool.acquire (pool.js:88)', 'at Orders.find (orders.js:41)'],
    context: { service: 'orders', retries: 3, database_pool_size: 20, active_connections: 21 },
  },
};

describe('the cause in an error', () => {
  test('21 connections of a pool of 20: the pool is exhausted, and the refusal follows from it', () => {
    expect(format(REFUSED).causes).toEqual([
      '$.error.context: active_connections 21 > database_pool_size 20, so the connection pool is exhausted',
      '$.error.code: connection refused (ECONNREFUSED), probably because the pool is full',
    ]);
  });

  test('a refused connection with a pool that has room says nothing of the pool', () => {
    const { error } = REFUSED;
    const context = { ...error.context, active_connections: 19 };
    expect(format({ error: { ...error, context } }).causes).toEqual([]);
  });

  test('counts that stand in different objects are not compared', () => {
    expect(format({ a: { active_connections: 21 }, b: { pool_size: 20 } }).causes).toEqual([]);
  });

  test('words of a pool or a breaker are pointed out with their place', () => {
    const { causes } = format({
      errors: [{ message: 'HikariPool-1 - Connection is not available, request timed out' }],
    });
    expect(causes).toEqual(['$.errors[0].message says that the connection pool is exhausted']);
    expect(format({ message: 'CircuitBreaker payments is OPEN' }).causes).toEqual([
      expect.stringContaining('circuit breaker is open'),
    ]);
  });
});

describe('a query', () => {
  test.each([
    ['$.error.context.retries', ['3']],
    ['.error.context.retries', ['3']],
    ['error.code', ['"ECONNREFUSED"']],
    ['/error/stack/1', ['"at Orders.find (orders.js:41)"']],
    ['$.error.stack[*]', ['"at Pool.acquire (pool.js:88)"', '"at Orders.find (orders.js:41)"']],
    ['$..[?@.retries > 2].service', ['"orders"']],
    ['$.nothing', []],
    ['/error/stack/2', []],
  ])('%s', (query, shown) => {
    expect(format(REFUSED, { query }).shown).toEqual(shown);
  });

  test('finds numbers with every digit', () => {
    expect(format('{"a":[{"id":9007199254740993}]}', { query: '$..id' }).shown).toEqual(['9007199254740993']);
  });

  test.each(['$[', '$.a[?match(@.b, "(a+)+$")]', '$.a[?search(@.b, "x")]', '$..['])(
    '%s is refused with what to write',
    (query) => {
      expect(() => format(REFUSED, { query })).toThrow(
        expect.objectContaining({
          code: 'SH_UNREADABLE',
          message: expect.stringMatching(/^the query cannot be read: /),
        }),
      );
    },
  );

  test('a name that JavaScript has a meaning for is a name', () => {
    expect(format('{"__proto__":{"x":1}}', { query: '$.__proto__.x' }).shown).toEqual(['1']);
    expect(format('{}', { query: '$.constructor' }).shown).toEqual([]);
  });
});

test('JSON inside strings is unfolded at every depth; a number in a string stays text', () => {
  const inner = JSON.stringify({ status: 500, body: JSON.stringify([1, '2']) });
  expect(format({ log: inner, n: '12' }, { unfold: true }).shown).toEqual([
    '{"log":{"status":500,"body":[1,"2"]},"n":"12"}',
  ]);
  expect(format({ log: inner }).notes).toEqual(['1 string holds JSON: --unfold expands it']);
});

test('credentials do not come out, by name or by form, within folded JSON as well; the rest is still JSON', () => {
  const secret = { password: 'hunter2', pin_token: 12345678, url: 'https://app:s3cret@db/x', plain: 'text' };
  const { shown, notes } = format({ ...secret, log: JSON.stringify(secret) });
  expect(shown.join()).not.toMatch(/hunter2|12345678|s3cret/);
  expect(JSON.parse(shown[0] ?? '')).toMatchObject({ plain: 'text', password: '[redacted:secret]' });
  expect(notes.at(-1)).toBe('4 values were redacted');
  expect(format(secret, { raw: true }).shown).toEqual([JSON.stringify(secret)]);
});

test("credentials are recognised by the member's name and by its parents, also in a requested part", () => {
  const document = {
    passwords: ['hunter2', 's3cret'],
    env: [{ name: 'DB_PASSWORD', value: 'sw0rd' }],
    secretName: 'db',
  };
  const clean = {
    passwords: ['[redacted:secret]', '[redacted:secret]'],
    env: [{ name: 'DB_PASSWORD', value: '[redacted:secret]' }],
    secretName: 'db',
  };
  expect(format(document).shown).toEqual([JSON.stringify(clean)]);
  expect(format(document, { query: '$.passwords[1]' }).shown).toEqual(['"[redacted:secret]"']);
  expect(format(document, { query: '$.env[0].value' }).shown).toEqual(['"[redacted:secret]"']);
});

test('a repeated member is reported', () => {
  expect(format('{"a":1,"a":2}').notes).toEqual(['$.a appears more than once: parsers take the last']);
});

test('a syntax error has a caret below it, and no visible credential', () => {
  const mistake = (text: string) => {
    try {
      format(text);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(mistake('{\n  "a": 1,\n  "b": x\n}')).toMatchObject({
    code: 'SH_UNREADABLE',
    message: 'x.json is not valid JSON: line 3, column 8: expected a value, found "x"',
    advice: '    "b": x\n         ^',
  });
  expect(JSON.stringify(mistake('{"password": "hunter2", x}'))).not.toContain('hunter2');
});
