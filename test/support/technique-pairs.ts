/** The three tests of each row of a table of techniques: it fits its failure, no other one, and no other change fits it. */
import { describe, expect, test } from 'vitest';
import { sharedTechniques } from '#model/changes/techniques/techniques.ts';

/** A change, the failure that it leads to, and another failure. All in lower case but the change. */
export type TechniquePair = readonly [changed: string, failure: string, other: string];

export function testTechniques(title: string, pairs: readonly TechniquePair[]): void {
  describe(title, () => {
    test.each(pairs)('%s: %s', (changed, failure) => {
      expect(sharedTechniques(changed, failure)).not.toEqual([]);
    });

    test.each(pairs)('%s is not behind another failure', (changed, _, other) => {
      expect(sharedTechniques(changed, other)).toEqual([]);
    });

    test.each(pairs.map(([, failure]) => failure))('another change is not behind “%s”', (failure) => {
      expect(sharedTechniques('button.color = "green"', failure)).toEqual([]);
    });
  });
}
