/** The result of a system's check, for `doctor`. */
import { SpanhoundError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

/** An expected error is a result, too: its text and its advice. */
export async function checked(check: () => Promise<Health>): Promise<Health> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { ok: false, detail: error.message, remedy: error.advice };
  }
}
