/** What people type of a time is read once, whatever it is made of. */
import { expect, test } from 'vitest';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';
import { readWholeTime, splitTime } from '#workflows/times/spoken-time.ts';

/** A message of Slack has at most 40,000 characters. */
const CHARACTERS = 10_000;

test.each(['1', '1 ', '10:00 ', ' ', 'a', '1-', '1.', 'an hour and ', 'vor ', 'at ', '1h ', '[', 'at at '])(
  'many of %j are read once',
  async (part) => {
    const growth = await growthOf((times) => {
      const long = part.repeat((times * CHARACTERS) / part.length);
      return async () => {
        splitTime(long);
        readWholeTime(long);
      };
    });
    expect(growth).toBeLessThan(MOST_GROWTH);
  },
);
