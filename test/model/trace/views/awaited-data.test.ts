import { expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { awaitsData } from '#model/trace/views/awaited-data.ts';
import { span, traceOf } from '#test/trace.ts';

/** A read of a cursor below this operation. */
const awaits = (attributes: Attributes, { ms = 900, above = 'load page', name = 'getmore billing' } = {}) => {
  const read = span('feed', name, {
    at: 1,
    ms,
    kind: 'client',
    attributes: { 'db.system': 'mongodb', ...attributes },
  });
  return awaitsData(traceOf(span('feed', above, { ms: ms + 10 }, [read])))(1);
};

test('a cursor that waits for news says so in its command, an attribute, or its caller’s name', () => {
  expect(awaits({ 'db.statement': '{"getMore": 7, "collection": "bills", "maxTimeMS": 1000}' })).toBe(true);
  expect(awaits({ 'db.statement': 'getMore bills', maxTimeMS: '1000' })).toBe(true);
  expect(awaits({ 'db.statement': 'getMore bills', 'db.mongodb.await_data': 'true' })).toBe(true);
  expect(awaits({ 'db.operation': 'getMore' }, { name: 'bills', above: 'bills.watch' })).toBe(true);
  expect(awaits({ 'db.statement': 'getMore oplog.rs' })).toBe(true);
});

test('a further batch of a usual cursor does not wait', () => {
  expect(awaits({ 'db.statement': 'getMore bills' })).toBe(false);
  expect(awaits({ 'db.statement': 'getMore bills', 'db.mongodb.await_data': 'false' })).toBe(false);
  expect(awaits({ 'db.statement': 'find bills', maxTimeMS: '1000' }, { name: 'find billing' })).toBe(false);
});

test('a read that takes much longer than it was to wait is slow', () => {
  expect(awaits({ 'db.statement': 'getMore bills', maxTimeMS: '1000' }, { ms: 8000 })).toBe(false);
});
