/** The caller's deadline where an answer must come. It only ends what hangs: no slow machine gets there. */

/** Before the limit of a test, so that the error says what did not come. */
const HANGS_MS = 110_000;

export function later(): AbortSignal {
  return AbortSignal.timeout(HANGS_MS);
}
