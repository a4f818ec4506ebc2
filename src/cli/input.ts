/** Reads the input of a tool, a file or standard input, as text. */
import { createReadStream } from 'node:fs';
import { TooLargeError, UnreadableInputError } from '#core/errors.ts';

/** Larger than any document that a person formats or compares by hand. */
const MAX_BYTES = 64_000_000;

/** `-` is standard input. */
export async function textOfInput(path: string): Promise<string> {
  const stream = path === '-' ? process.stdin : createReadStream(path);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_BYTES) throw new TooLargeError(path === '-' ? 'standard input' : path, MAX_BYTES);
      parts.push(bytes);
    }
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UnreadableInputError(`cannot read ${path} (${code})`, 'Name a file, or - for standard input.');
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
