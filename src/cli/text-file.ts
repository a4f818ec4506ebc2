/** Reads a small file that an option names. */
import { readFile } from 'node:fs/promises';
import { UnreadableInputError } from '#core/errors.ts';

export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableInputError(`cannot read ${file}: ${why}`, 'Check the name of the file.');
  }
}
