import { expect, test } from 'vitest';
import { indexFor } from '#model/sql/index-for.ts';
import { queryShape } from '#model/sql/query-shape.ts';

test.each([
  ["SELECT * FROM users WHERE email = 'a@b.c'", 'users (email)'],
  ['select u.name from users u where u.email = $1 limit 1', 'users (email)'],
  [
    'SELECT * FROM orders WHERE user_id = 7 AND state IN (1, 2) ORDER BY created_at DESC LIMIT 10',
    'orders (user_id, state, created_at)',
  ],
  [
    'SELECT * FROM shop.orders AS o WHERE o.tenant = ? AND o.placed_at > ? ORDER BY o.total',
    'shop.orders (tenant, placed_at)',
  ],
  ['SELECT count(*) FROM events WHERE at BETWEEN ? AND ?', 'events (at)'],
  ['UPDATE jobs SET state = ? WHERE queue = ? AND due < ?', 'jobs (queue, due)'],
  ['SELECT * FROM order_items WHERE order_id = 7', 'order_items (order_id)'],
  ['DELETE FROM sessions WHERE expires_at < ?', 'sessions (expires_at)'],
])('%s may need an index on %s', (statement, index) => {
  expect(indexFor(queryShape(statement))).toBe(index);
});

test.each([
  ['has no condition', 'SELECT * FROM users'],
  ['asks by the key of the table', 'SELECT * FROM users WHERE id = 1'],
  ['asks by the key of the table, which has its name', 'SELECT * FROM customers WHERE customer_id = 1'],
  ['also asks by the key', 'SELECT * FROM users WHERE tenant = 2 AND id = 1'],
  ['joins', 'SELECT * FROM a JOIN b ON a.x = b.y WHERE a.z = 1'],
  ['joins without the word', 'SELECT * FROM a, b WHERE a.x = b.y AND a.z = 1'],
  ['has alternatives', 'SELECT * FROM a WHERE x = 1 OR y = 2'],
  ['has a select inside', 'SELECT * FROM a WHERE x IN (SELECT y FROM b)'],
  ['compares a function of a column', 'SELECT * FROM users WHERE lower(email) = ?'],
  ['searches within a text', "SELECT * FROM users WHERE name LIKE '%kim%'"],
  ['was cut', 'SELECT * FROM users WHERE email = ?…'],
  ['is no SQL', '{"find": "users", "filter": {"mail": "a@b.c"}}'],
])('a statement that %s needs a plan first', (_, statement) => {
  expect(indexFor(queryShape(statement))).toBeUndefined();
});
