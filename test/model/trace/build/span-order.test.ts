import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from '#model/trace/build/span-order.ts';
import { type SpanRow, tableOf } from '#model/trace/build/span-rows.ts';

const row = (startUs: number, durationUs: number, id: string): SpanRow => ({
  id,
  parentId: undefined,
  service: 'web',
  operation: 'step',
  kind: 'internal',
  startUs,
  durationUs,
  failed: undefined,
  attributes: {},
});

/** What the rule says, one span against another. */
function expected(rows: readonly SpanRow[]): string[] {
  return rows
    .toSorted((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

function ordered(rows: readonly SpanRow[]): string[] {
  return [...inOrder(tableOf(rows))].map((number) => rows[number]?.id ?? '');
}

/** What lies a day apart among so many is put in order by digits. */
const MANY = 600;

/** Milliseconds, an hour and a half, and sixty years in one trace; some before 1970. */
const start = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 2 ** 33 }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 51 }),
);

test('many spans come in the order of their start, then the longer first, then by id', () => {
  fc.assert(
    fc.property(
      start,
      fc.array(fc.tuple(start, fc.nat(3)), { minLength: 1, maxLength: 40 }),
      fc.nat(1_000),
      (firstUs, some, seed) => {
        const rows = Array.from({ length: MANY }, (_, i) => {
          const [offset, durationUs] = some[(i * 7 + seed) % some.length] ?? [0, 0];
          return row(firstUs + offset + (i % 11) * (seed % 5), durationUs, `${(i * 31) % MANY}`.padStart(4, '0'));
        });
        expect(ordered(rows)).toEqual(expected(rows));
      },
    ),
  );
});

test('the borders of digits and words are no place to get lost', () => {
  const borders = [0, 1, 2 ** 11 - 1, 2 ** 11, 2 ** 22, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 43, 2 ** 52];
  const rows = Array.from({ length: MANY }, (_, i) =>
    row(borders[(i * 7) % borders.length] ?? 0, 0, `${i}`.padStart(4, '0')),
  );
  expect(ordered(rows)).toEqual(expected(rows));
});

test('fractions of a microsecond count', () => {
  const rows = Array.from({ length: MANY }, (_, i) => row(((i * 7) % MANY) / 4, 0, `${i}`.padStart(4, '0')));
  expect(ordered(rows)).toEqual(expected(rows));
});
