import { expect, test } from 'vitest';
import { isTouched } from '#detect/signs/suspicion/touched-by-migration.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';

const touched = (text: string, said: string, isOwn = true) =>
  isTouched({ id: '188', text, files: [] }, undefined, { said, isOwn, isOfStatement: false });

test('a statement touches the table that the title names, in the plural or not', () => {
  expect(touched('visits by day', "Duplicate entry '41' for key 'visits.PRIMARY'")).toBe(true);
  expect(touched('visit_by_day', 'UPDATE visits SET n = ?')).toBe(true);
  expect(touched('reporting view', 'UPDATE visits SET n = ?')).toBe(false);
});

test('a diff names a column, and its title or its file the table', () => {
  const said = 'INSERT INTO "bookings_booking" waits for RowExclusiveLock';
  const code = codeChangeOf({ diff: '-note = CharField(2000)\n+note = CharField(4000)', files: [] });
  const asked = { said, isOwn: true, isOfStatement: false };
  expect(isTouched({ id: '42', text: 'longer notes of a booking', files: [] }, code, asked)).toBe(true);
  expect(isTouched({ id: '42', text: 'longer notes', files: ['bookings/migrations/0042_note.py'] }, code, asked)).toBe(
    true,
  );
  expect(isTouched({ id: '42', text: 'longer notes', files: [] }, code, asked)).toBe(false);
});

test('the end of the numbers of a column is no migration of today', () => {
  expect(touched('visits by day', "Duplicate entry '2147483647' for key 'visits.PRIMARY'")).toBe(false);
});

test('a column that is missing may be one of any migration of the service itself', () => {
  expect(touched('new columns', 'ERROR: column "mail" does not exist')).toBe(true);
  expect(touched('new columns', 'ERROR: column "mail" does not exist', false)).toBe(false);
});

test('no statement is known: only a cause that is a statement may be one of its own', () => {
  expect(touched('reporting view', 'takes 2 s longer')).toBe(false);
  const own = { said: '', isOwn: true, isOfStatement: true };
  expect(isTouched({ id: '188', text: 'reporting view', files: [] }, undefined, own)).toBe(true);
});
