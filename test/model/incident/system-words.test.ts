import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesNobody } from '#model/incident/system-words.ts';

test.each([
  'The connection pool is exhausted; queries on users.email take 500 ms',
  'the connection limit was lowered from 20 to 5',
  'poolSize 20 -> 5, p95 over 2 s, 5xx in eu-west-1',
  'Kafka dropped messages for two minutes',
  'feat(cart): cache prices for an hour (3f2a9c1)',
  'RAM of each worker doubled',
  "the user's session wasn't stored",
])('a text about systems names nobody: %s', (text) => {
  expect(namesNobody(text)).toBe(true);
});

test.each([
  'Kim dropped the index',
  'kim dropped it',
  "Kim's deploy removed the limit",
  'An restarted the pool',
  'Ram restarted the pool',
  'merged by Priya N.',
  'changed by JB',
  '@deploy restarted it',
  '<@U0KIM0001> restarted it',
  'kim7 restarted the pool',
  'ops-bob drained the node',
  'he restarted the pool',
  'will ran the migration',
  'O’Brien restarted the pool',
  'Se\u0301bastien restarted it',
  '田中さんが再起動',
  'Сергей удалил индекс',
  'Ted, Fred, James and Ines restarted it',
  'Update index\n\nCo-authored-by: Sofia Rossi',
])('a text with another word may name somebody: %s', (text) => {
  expect(namesNobody(text)).toBe(false);
});

describe('services of the evidence', () => {
  test('are no people', () => {
    expect(namesNobody('alfred and zephyr-api ran out of memory', ['alfred', 'zephyr-api'])).toBe(true);
  });

  test('count only as whole names', () => {
    expect(namesNobody('Kim restarted it', ['kim-service'])).toBe(false);
    expect(namesNobody('alfred-smith restarted it', ['alfred'])).toBe(false);
  });
});

test('one unknown word is enough, wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('the', 'pool', 'was', 'full', '20')),
      fc.nat(),
      (words: readonly string[], at) => {
        expect(namesNobody(words.toSpliced(at % (words.length + 1), 0, 'Agnieszka').join(' '))).toBe(false);
      },
    ),
  );
});
