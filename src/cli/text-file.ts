/** Reads a small file that an option names. */
import { readFile } from 'node:fs/promises';
import { UnreadableInputError } from '#core/errors.ts';
import { fileTrouble } from '#core/file-trouble.ts';

export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UnreadableInputError(`cannot read ${file}: ${fileTrouble(error)}`, 'Check the name of the file.');
  }
}
