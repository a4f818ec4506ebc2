/** A rollout whose new pod wants the volume of the old one, and rollouts that fail otherwise. */
import { expect, test } from 'vitest';
import { podsTogether } from '#model/changes/said/volumes.ts';

const HELD = 'multi-attach error for volume "pvc-1" volume is already used by pod(s) press-0';
const together = (removed: string, added: string, failure = HELD) => podsTogether({ removed, added }, failure) !== '';

test.each([
  ['Recreate to RollingUpdate', '    type: Recreate', '    type: RollingUpdate'],
  ['a surge', '    maxSurge: 0\n    maxUnavailable: 1', '    maxSurge: 1\n    maxUnavailable: 0'],
])('%s: both pods want the volume', (_, removed, added) => {
  expect(together(removed, added)).toBe(true);
  expect(together(added, removed)).toBe(false);
});

test.each([
  ['the number of pods changes', '  replicas: 1', '  replicas: 2', HELD],
  ['another share of pods may be away', '    maxSurge: 1', '    maxSurge: 2', HELD],
  ['no volume is held', '    type: Recreate', '    type: RollingUpdate', 'no node has enough memory'],
])('%s: the rollout is not why', (_, removed, added, failure) => {
  expect(together(removed, added, failure)).toBe(false);
});
