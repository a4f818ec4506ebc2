/** Titles that bring a guard or a limit that is not on yet, and titles of what is on. */
import { expect, test } from 'vitest';
import { titleEffects } from '#model/changes/title-effects.ts';

const kinds = (text: string) => titleEffects({ kind: 'deploy', text }).map(({ kind }) => kind);

test.each([
  'feat(orders): rate limiting, switched off (#379)',
  'Add a circuit breaker, off by default',
  'Throttle exports (disabled)',
  'Load shedding behind a feature flag',
  'back-pressure: not enabled yet, off for now',
])('%s: nothing is refused yet', (text) => {
  expect(kinds(text)).not.toContain('refuses-more');
  expect(kinds(text)).not.toContain('stricter-breaker');
});

test.each([
  'feat(orders): rate limiting (#379)',
  'Throttle exports of offline shops',
  'Load shedding on for everybody',
  'Rate limiting of the turned off accounts page, now for all',
])('%s: it may refuse', (text) => {
  expect(kinds(text)).toContain('refuses-more');
});
