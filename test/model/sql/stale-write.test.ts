import { expect, test } from 'vitest';
import { saysStale } from '#model/sql/stale-write.ts';

test.each([
  'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect): [Doc#7]',
  'org.springframework.orm.ObjectOptimisticLockingFailureException',
  'Attempted to update a stale object: Doc.',
  'attempted to update a stale struct',
  "UPDATE statement on table 'doc' expected to update 1 row(s); 0 were matched.",
  'The database operation was expected to affect 1 row(s), but actually affected 0 row(s)',
  'The optimistic lock on entity Doc failed, version 1 was expected, but is actually 2.',
  'version_conflict_engine_exception',
  'Document update conflict.',
])('%s', (text) => {
  expect(saysStale(text)).toBe(true);
});

test.each(['deadlock detected', 'stale connection', 'Lock wait timeout exceeded', 'unknown version'])(
  'not %s',
  (text) => {
    expect(saysStale(text)).toBe(false);
  },
);
