/** Opens a kept case that may be gone: deleted by hand, or not restored from a backup. */
import { UnreadableInputError } from '#core/errors.ts';
import type { CaseFolder, CaseStore } from '#model/incident/case.ts';

/** Undefined if it is gone. Throws if the place of the cases cannot be reached. */
export async function openedOrGone({ open }: Pick<CaseStore, 'open'>, folder: string): Promise<CaseFolder | undefined> {
  try {
    return await open(folder);
  } catch (error) {
    if (error instanceof UnreadableInputError) return undefined;
    throw error;
  }
}
