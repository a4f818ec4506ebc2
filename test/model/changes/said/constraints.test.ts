/** Rules of a database that a change brings and a row breaks, and the twin that breaks another rule. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string, more: Partial<Parameters<typeof changed>[1]> = {}) =>
  saidEffects(changed(-60, { diff, ...more }), failure.toLowerCase())
    .filter(({ kind }) => kind === 'new-constraint')
    .map(({ text }) => text);

const ROOMS = '+CREATE UNIQUE INDEX ON desks (room_code);';
const DESKS = 'ERROR: duplicate key value violates unique constraint "desks_room_code_idx"';

describe('a rule that the change brings', () => {
  test.each([
    ['PostgreSQL, with a name that it makes itself', ROOMS, DESKS, 'desks_room_code_idx'],
    [
      'MongoDB',
      '+db.kilns.createIndex({ glaze: 1 }, { unique: true })',
      'E11000 duplicate key error collection: pots.kilns index: glaze_1 dup key: { glaze: "ash" }',
      'glaze_1',
    ],
    [
      'Rails',
      '+  add_index :berths, [:pier_id, :night], unique: true',
      'PG::UniqueViolation: duplicate key value violates unique constraint "index_berths_on_pier_id_and_night"',
      'index_berths_on_pier_id_and_night',
    ],
    [
      'a default that is gone',
      '+ALTER TABLE sheep ALTER COLUMN wool_grade DROP DEFAULT;',
      'null value in column "wool_grade" violates not-null constraint',
      'wool_grade',
    ],
    [
      'SQLite',
      '+CREATE UNIQUE INDEX one_tag ON sheep (ear_tag);',
      'UNIQUE constraint failed: sheep.ear_tag',
      'sheep.ear_tag',
    ],
    [
      'a column of SQL Server',
      '+ALTER TABLE Lifts ALTER COLUMN Inspector int NOT NULL',
      "Cannot insert the value NULL into column 'Inspector', table 'ski.dbo.Lifts'; column does not allow nulls. INSERT fails. constraint",
      'inspector',
    ],
    [
      'a check of Oracle',
      '+ALTER TABLE tanks ADD CONSTRAINT tank_depth CHECK (depth > 0)',
      'ORA-02290: check constraint (TANK_DEPTH) violated',
      'tank_depth',
    ],
  ])('%s', (_, diff, failure, name) => {
    expect(found(diff, failure, { text: 'sheep and lifts' })).toEqual([
      `it brings the rule ${name}, which the failure says is broken`,
    ]);
  });

  test.each([
    ['the rule is another one', ROOMS, DESKS.replace('room_code', 'floor_plan')],
    ['the index takes any row', '+CREATE INDEX ON desks (room_code);', DESKS],
    ['the rule stood there before', ` ${ROOMS.slice(1)}\n+-- a unique comment on room_code`, DESKS],
    ['nothing is broken', ROOMS, 'relation "desks_room_code_idx" already exists'],
  ])('is none where %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

test.each([
  [
    'rows',
    '+CREATE POLICY of_house ON beds USING (house = current_user);',
    'new row violates row-level security policy for table "beds"',
  ],
  [
    'parts',
    '+PARTITION BY RANGE (sold_on) (PARTITION p2030 VALUES LESS THAN (2031))',
    'Table has no partition for value 2031',
  ],
  ['a view', '+CREATE OR REPLACE VIEW beds AS SELECT * FROM rooms;', 'cannot insert into view "beds"'],
  [
    'collections of one size',
    '+db.createCollection("log", { capped: true })',
    'Cannot change the size of a document in a capped collection',
  ],
  ['documents', '+  validationAction: "error", validator: rules', 'MongoServerError: Document failed validation'],
])('a rule for %s has no name in the failure', (_, diff, failure) => {
  expect(found(diff, failure)).toHaveLength(1);
  expect(found('+ALTER TABLE beds ADD COLUMN note text;', failure)).toEqual([]);
});
