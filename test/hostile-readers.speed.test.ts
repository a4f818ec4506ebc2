// @module-tag deep
/** Whoever reads what others wrote is done with a long text in no time, whatever it is made of. */
import { expect, test } from 'vitest';
import { computingMs } from '#test/computing-time.ts';
import { hostileTexts, READERS } from '#test/hostile-readers.ts';

/** As long as a message of Slack may be. Before, 40,000 dots took a trace id 4 s. */
const CHARACTERS = 40_000;
/** What is linear takes 1 to 60 ms of this; what takes the square, seconds. */
const MOST_MS = 600;
const TRIES = 3;

test.each(Object.entries(READERS))('%s is read at once', (_, read) => {
  const slow = hostileTexts(CHARACTERS).flatMap((text) => {
    let least = Number.POSITIVE_INFINITY;
    for (let tried = 0; tried < TRIES && least > MOST_MS; tried += 1)
      least = Math.min(
        least,
        tookMs(() => read(text)),
      );
    return least > MOST_MS ? [`${JSON.stringify(text.slice(0, 4))} takes ${Math.round(least)} ms`] : [];
  });
  expect(slow).toEqual([]);
});

function tookMs(read: () => unknown): number {
  return computingMs(() => {
    try {
      read();
    } catch {
      // Most of it is nothing that can be read, and a reader may say so.
    }
  });
}
