/** Reads the input of a tool, a file or standard input, as text. */
import { createReadStream } from 'node:fs';
import { TooLargeError, UnreadableInputError } from '#core/errors.ts';
import { fileTrouble, nameOfInput, STDIN } from '#core/file-trouble.ts';

/** Larger than any document that a person formats or compares by hand. */
const MAX_BYTES = 64_000_000;

/** `-` is standard input. */
export async function textOfInput(path: string): Promise<string> {
  const stream = path === STDIN ? process.stdin : createReadStream(path);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_BYTES) throw new TooLargeError(nameOfInput(path), MAX_BYTES);
      parts.push(bytes);
    }
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    throw new UnreadableInputError(
      `cannot read ${nameOfInput(path)}: ${fileTrouble(error)}`,
      'Name a file, or - for standard input.',
    );
  }
  const bytes = Buffer.concat(parts);
  refuseBinary(bytes, path);
  return new TextDecoder().decode(bytes);
}

/** Bytes of control would move the cursor of a terminal, and a check of them would find nothing. */
function refuseBinary(bytes: Buffer, path: string): void {
  if (!bytes.subarray(0, LOOKED_AT).includes(0)) return;
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  throw new UnreadableInputError(
    `${nameOfInput(path)} cannot be read: it is ${isUtf16 ? 'text in UTF-16' : 'binary data, not text'}`,
    isUtf16 ? 'Save it as UTF-8.' : 'Name a file of text.',
  );
}

/** As git does: a zero byte in the first 8,000 bytes. */
const LOOKED_AT = 8_000;
