/** The rounds that strangers wrote for the lint of postmortems stay found, and their innocent sentences stay alone. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { judgedRound, scoreOf } from '../../bench/strangers/lint-round.ts';

const rounds = globSync(`${import.meta.dirname}/../../bench/strangers/lint-*.json`).map((file) => basename(file));

/** Nothing was mended after their first contact. They must not get worse. */
const AS_FIRST_READ = new Map([['lint-11.json', { found: 99, flagged: 7 }]]);

test.each(rounds.filter((round) => !AS_FIRST_READ.has(round)))(
  '%s: nine of ten are found, one innocent of twenty is flagged at most',
  (round) => {
    const { due, found, innocent, flagged } = scored(round);
    expect(found / due).toBeGreaterThanOrEqual(0.9);
    expect(flagged / innocent).toBeLessThanOrEqual(0.05);
  },
);

test.each([...AS_FIRST_READ])('%s: as many are found as at first, and no more are flagged', (round, first) => {
  const { found, flagged } = scored(round);
  expect(found).toBeGreaterThanOrEqual(first.found);
  expect(flagged).toBeLessThanOrEqual(first.flagged);
});

function scored(round: string) {
  return scoreOf(judgedRound(`${import.meta.dirname}/../../bench/strangers/${round}`));
}
