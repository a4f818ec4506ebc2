import { expect, test } from 'vitest';
import { newLimits } from '#model/changes/new-limits.ts';

test.each([
  ['write_capacity = 10', 'billing_mode = "PAY_PER_REQUEST"'],
  ['maxConnections: 20', ''],
  ['--request-quota=100', ''],
])('“%s” is a limit where none was', (added, removed) => {
  expect(newLimits({ added, removed })).toMatchObject([{ kind: 'lower-limit', text: `it sets a limit: ${added}` }]);
});

test.each([
  ['maxConnections: 20', 'maxConnections: 10'],
  ['replicas: 3', ''],
  ['maxUnavailable: 1', 'minAvailable: 1'],
  ['owner: platform', ''],
])('“%s” after “%s” is none', (added, removed) => {
  expect(newLimits({ added, removed })).toEqual([]);
});
