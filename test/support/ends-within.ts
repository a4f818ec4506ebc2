/** Whether work with a deadline of its own keeps to it, on a machine that may stand still in between. */

const STEP_MS = 100;

/** The time passes in short steps: where the process gets no processor, only one of them ends late. */
export async function endsWithin(seconds: number, work: Promise<unknown>): Promise<boolean> {
  let hasEnded = false;
  const ended = work.then(() => {
    hasEnded = true;
  });
  for (let leftMs = seconds * 1_000; leftMs > 0 && !hasEnded; leftMs -= STEP_MS) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STEP_MS))]);
  }
  return hasEnded;
}
