import { expect, test } from 'vitest';
import { proposedSeverity } from '#model/incident/proposed-severity.ts';

const affected = (requests: number, failed: number, slow: number | null = null) => ({ requests, failed, slow });

test.each([
  ['critical', 'P1'],
  ['CRITICAL', 'P1'],
  ['5 - Disaster', 'P1'],
  ['P1', 'P1'],
  ['P0 - everything', 'P0'],
  ['P5', 'P3'],
  ['SEV-2', undefined],
  ['high', 'P2'],
  ['warning', 'P3'],
  ['', undefined],
  ['blue', undefined],
])('an alert that says “%s” alone proposes %s', (urgency, severity) => {
  expect(proposedSeverity({ urgency, affected: undefined })?.severity).toBe(severity);
});

test.each([
  [affected(200, 190), 'P0', '190 of 200 requests failed'],
  [affected(200, 80), 'P1', '80 of 200 requests failed'],
  [affected(200, 24), 'P2', '24 of 200 requests failed'],
  [affected(200, 3), 'P3', '3 of 200 requests failed'],
  // Two of two are no proof that everybody is affected.
  [affected(2, 2), 'P1', '2 of 2 requests failed'],
  [affected(200, 0, 190), 'P1', '190 of 200 requests were slow'],
  [affected(200, 40, 40), 'P1', '80 of 200 requests failed or were slow'],
] as const)('a measured impact of %o alone proposes %s', (counts, severity, because) => {
  expect(proposedSeverity({ urgency: '', affected: counts })).toEqual({ severity, because });
});

test('the more severe of the two counts, and both are shown', () => {
  const because = 'its alert says warning, and 80 of 200 requests failed';
  expect(proposedSeverity({ urgency: 'warning', affected: affected(200, 80) })).toEqual({ severity: 'P1', because });
  expect(proposedSeverity({ urgency: 'critical', affected: affected(200, 3) })?.severity).toBe('P1');
  // Nothing failed in what was read: that says nothing about the severity.
  expect(proposedSeverity({ urgency: '', affected: affected(200, 0) })).toBeUndefined();
});
