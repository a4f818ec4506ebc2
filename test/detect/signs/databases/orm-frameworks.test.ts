import { describe, expect, test } from 'vitest';
import { frameworkOf, loadTogether, readLess, writeTogether } from '#detect/signs/databases/orm-frameworks.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

const STATEMENT = 'SELECT * FROM items WHERE order_id = ?';

function lastSpan(root: SpanNode) {
  const trace = traceOf(root);
  return frameworkOf(trace, trace.spanCount - 1);
}

describe('the framework that wrote a query', () => {
  test.each([
    ['io.opentelemetry.hibernate-6.0', 'Hibernate'],
    ['OpenTelemetry.Instrumentation.EntityFrameworkCore', 'EF Core'],
    ['opentelemetry.instrumentation.django', 'Django'],
    ['OpenTelemetry::Instrumentation::ActiveRecord', 'Active Record'],
    ['prisma', 'Prisma'],
    ['gorm.io/plugin/opentelemetry', 'GORM'],
    ['opentelemetry-instrumentation-sequelize', 'Sequelize'],
    ['opentelemetry.instrumentation.sqlalchemy', 'SQLAlchemy'],
    ['opentelemetry-instrumentation-typeorm', 'TypeORM'],
    ['opentelemetry_ecto', 'Ecto'],
    ['io.opentelemetry.contrib.php.laravel', 'Eloquent'],
    ['io.opentelemetry.contrib.php.doctrine', 'Doctrine'],
    ['@opentelemetry/instrumentation-mongoose', 'Mongoose'],
    ['io.opentelemetry.jdbc', ''],
    ['', ''],
  ])('%s is that of %s', (scope, name) => {
    expect(lastSpan(query('shop', STATEMENT, { ms: 5, scope }))).toBe(name);
  });

  test('is known from a span above the driver’s, and not from that of another service', () => {
    const driver = query('shop', STATEMENT, { ms: 5, scope: 'io.opentelemetry.jdbc' });
    const session = span('shop', 'Session.find', { ms: 6, scope: 'io.opentelemetry.hibernate-6.0' }, [driver]);
    expect(lastSpan(server('shop', 'GET /', { ms: 10 }, [session]))).toBe('Hibernate');
    expect(lastSpan(server('web', 'GET /', { ms: 10, scope: 'opentelemetry.instrumentation.django' }, [driver]))).toBe(
      '',
    );
  });
});

test('an N+1 and a slow query are answered with its means', () => {
  const scope = 'opentelemetry.instrumentation.sqlalchemy';
  const remedyOf = (queries: readonly SpanNode[]) =>
    diagnosed(traceOf(server('shop', 'GET /orders', { ms: 1000 }, queries))).diagnosis;
  const rows = remedyOf(times(12, (i) => query('shop', STATEMENT, { at: 10 + i * 80, ms: 78, scope })));
  expect([rows?.kind, rows?.remedy]).toEqual(['n-plus-one-queries', loadTogether('the items', 'SQLAlchemy')]);
  const slow = remedyOf([query('shop', STATEMENT, { ms: 900, scope })]);
  expect(slow?.kind).toBe('slow-query');
  expect(slow?.remedy).toContain(readLess('SQLAlchemy'));
});

test('rows that are written one by one are written together, and not loaded', () => {
  const insert = 'INSERT INTO items (id, state) VALUES (?, ?)';
  const scope = 'opentelemetry.instrumentation.django';
  const { diagnosis } = diagnosed(
    traceOf(
      server(
        'shop',
        'POST /orders',
        { ms: 1000 },
        times(12, (i) => query('shop', insert, { at: 10 + i * 80, ms: 78, scope })),
      ),
    ),
  );
  expect(diagnosis?.verdict).toContain('inserts 12 items one by one with 12 queries');
  expect(diagnosis?.remedy).toBe(writeTogether('the items', 'Django'));
});

test('where nothing tells, the advice fits any', () => {
  expect([loadTogether('the items', ''), writeTogether('the items', ''), readLess('')]).toEqual([
    expect.stringContaining('IN over the ids'),
    expect.stringContaining('several rows'),
    '',
  ]);
});
