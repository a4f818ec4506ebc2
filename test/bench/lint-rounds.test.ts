/** The rounds that strangers wrote for the lint of postmortems stay found, and their innocent sentences stay alone. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { judgedRound, scoreOf } from '../../bench/strangers/lint-round.ts';

const rounds = globSync(`${import.meta.dirname}/../../bench/strangers/lint-*.json`).map((file) => basename(file));

test.each(rounds)('%s: nine of ten are found, one innocent of twenty is flagged at most', (round) => {
  const { due, found, innocent, flagged } = scored(round);
  expect(found / due).toBeGreaterThanOrEqual(0.9);
  expect(flagged / innocent).toBeLessThanOrEqual(0.05);
});

function scored(round: string) {
  return scoreOf(judgedRound(`${import.meta.dirname}/../../bench/strangers/${round}`));
}
