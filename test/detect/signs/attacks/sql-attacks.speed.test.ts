/** A hostile line is read once. */
import { expect, test } from 'vitest';
import { sqlAttack } from '#detect/signs/attacks/sql-attacks.ts';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';

test('many comments that begin and do not end are read once', async () => {
  const growth = await growthOf((times) => {
    const line = `GET /x?id=${`' or /*${'a'.repeat(50)}`.repeat(400 * times)} HTTP/1.1`;
    return async () => void sqlAttack(line);
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
});
