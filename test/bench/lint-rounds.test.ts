/** The rounds that strangers wrote for the lint of postmortems stay found, and their innocent sentences stay alone. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { inGate } from '#test/in-gate.ts';
import { judgedRound, scoreOf } from '../../bench/strangers/lint-round.ts';

const rounds = globSync(`${import.meta.dirname}/../../bench/strangers/lint-*.json`).map((file) => basename(file));
const { gate, deep } = inGate(rounds.sort(), 3);

const FOUND = '%s: nine of ten are found, one innocent of twenty is flagged at most';
test.each(gate)(FOUND, isFound);
test.each(deep)(FOUND, { tags: ['deep'] }, isFound);

function isFound(round: string): void {
  const { due, found, innocent, flagged } = scored(round);
  expect(found / due).toBeGreaterThanOrEqual(0.9);
  expect(flagged / innocent).toBeLessThanOrEqual(0.05);
}

function scored(round: string) {
  return scoreOf(judgedRound(`${import.meta.dirname}/../../bench/strangers/${round}`));
}
