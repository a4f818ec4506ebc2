/** A text is read once, and not once for each name. */
import { expect, test } from 'vitest';
import { peopleAsRoles } from '#model/incident/people-as-roles.ts';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';

test('a longer text takes no longer for each of more names', async () => {
  const growth = await growthOf((times) => {
    const names = new Map(
      Array.from({ length: 500 * times }, (_, i) => [`U0P${i}`, [`Person${i} Family${i}`, `handle${i}`]] as const),
    );
    const text = 'handle7 did it, and Person9 looked. '.repeat(750 * times);
    return async () => void peopleAsRoles({ roles: {}, names })(text);
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
});
