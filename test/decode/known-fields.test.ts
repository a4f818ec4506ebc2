import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownFields } from '#decode/known-fields.ts';
import { textTable } from '#model/text/text-table.ts';
import { attributeFields } from '#model/trace/build/span-rows.ts';
import { SPAN_KINDS } from '#model/trace/span-kinds.ts';

const STATEMENTS = [
  '',
  '/* page:7 */',
  'SELECT * FROM a WHERE id = 1',
  'SELECT * FROM a WHERE id = 2',
  'SELECT 1 FROM b',
];
const OTHERS = ['', 'sql', 'mysql', 'true', true, false, 500, '500', 200, 0, 'timeout'];

/** Few names and few values, so that combinations come again with one part changed. */
function said(names: readonly string[], values: readonly (string | number | boolean)[]) {
  return fc.record({
    attributes: fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...values), { noNullPrototype: true }),
    kind: fc.constantFrom(...SPAN_KINDS.slice(2, 4)),
    failed: fc.constantFrom(undefined, true, false),
  });
}

const spans = fc.oneof(
  fc.array(said(['db.query.text', 'db.statement', 'of.no.column'], STATEMENTS), { maxLength: 60 }),
  fc.array(said(['resource.name', 'span.type', 'db.system'], [...STATEMENTS, 'sql']), { maxLength: 60 }),
  fc.array(said(['error', 'http.status_code', 'http.response.status_code', 'rpc.grpc.status_code'], OTHERS)),
  fc.array(said(['server.address', 'net.peer.name', 'messaging.operation', 'cache.hit', 'error.type'], OTHERS)),
);

test('what is known of a combination is what its attributes say, whatever came before', () => {
  fc.assert(
    fc.property(spans, (all) => {
      const names = textTable();
      const fieldsOf = knownFields(names);
      for (const span of all) expect(fieldsOf(span)).toEqual(attributeFields(span, { names }));
    }),
  );
});

test('spans that differ in ids and literals alone share what is known of them', () => {
  const fieldsOf = knownFields(textTable());
  const call = (id: number) =>
    fieldsOf({
      attributes: { 'db.system': 'mysql', 'db.statement': `SELECT * FROM a WHERE id = ${id}`, 'user.id': id },
      kind: 'client',
      failed: undefined,
    });
  expect(call(2)).toBe(call(1));
  expect(fieldsOf({ attributes: { 'db.system': 'mysql' }, kind: 'client', failed: undefined })).not.toEqual(call(1));
});

test('what one statement is depends on its system', () => {
  const names = textTable();
  const fieldsOf = knownFields(names);
  const shapeOf = (statement: string) => {
    const attributes = { 'db.query.text': statement, 'db.system.name': 'neo4j' };
    return names.text(fieldsOf({ attributes, kind: 'client', failed: undefined }).queryShape);
  };
  expect(shapeOf('CREATE (n:User)')).toBe('create (n : user)');
  expect(shapeOf('CREATE (n:Order)')).toBe('create (n : order)');
});

test('a statement of comments alone is one, and an empty one is none', () => {
  const names = textTable();
  const fieldsOf = knownFields(names);
  const systemOf = (statement: string) =>
    names.text(
      fieldsOf({ attributes: { 'db.statement': statement }, kind: 'client', failed: undefined }).databaseSystem,
    );
  expect([systemOf(''), systemOf('/* page:7 */'), systemOf('')]).toEqual(['', 'other_sql', '']);
});
