/** Waits until a thing is so: nothing tells a test when the bot is done, as nothing tells a person. */

/** Ten seconds before its test ends, so that the error says what did not come. */
const EARLIER_MS = 10_000;
/** Outside of a test, such as in a hook. */
const OUTSIDE_MS = 45_000;

let testEndsMs: number | undefined;

/** On the machine's clock; undefined between two tests. */
export function setTestEnd(atMs: number | undefined): void {
  testEndsMs = atMs;
}

/** `withinMs`: a limit for what has one of its own. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined, withinMs?: number): Promise<T> {
  const begunMs = Date.now();
  const end =
    withinMs === undefined && testEndsMs !== undefined ? testEndsMs - EARLIER_MS : begunMs + (withinMs ?? OUTSIDE_MS);
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`not seen within ${Math.round((Date.now() - begunMs) / 1000)} s: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
