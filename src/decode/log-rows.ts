/** The rows of a body of text, while its bytes arrive. A row that is too long is truncated. */

export type LogRows = Readonly<{
  push(chunk: Uint8Array): void;
  /** The last row, which has no line break behind it, if there is one. */
  end(): void;
  /** How many were too long. */
  tooLong(): number;
}>;

/** Docker cuts at 16 KB, Loki refuses 256 KB; what is larger was not written to be read. */
export const LONGEST_ROW = 1_048_576;

export function logRows(take: (row: string) => void): LogRows {
  /** The beginning of a row whose end has not come. */
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  let tooLong = 0;

  const takeBytes = (bytes: Buffer, from: number, to: number): void => {
    if (to - from > LONGEST_ROW) tooLong += 1;
    const end = to - from > LONGEST_ROW ? wordsEnd(bytes, from, from + LONGEST_ROW) : to;
    take(bytes.toString('utf8', from, bytes[end - 1] === RETURN && end > from ? end - 1 : end));
  };
  const keep = (bytes: Uint8Array): void => {
    // One byte more than is used, to know that it is too long; a copy, for whoever reads may use the buffer again.
    const room = LONGEST_ROW + 1 - begunBytes;
    if (room <= 0 || bytes.length === 0) return;
    const kept = Uint8Array.from(bytes.subarray(0, room));
    begun.push(kept);
    begunBytes += kept.length;
  };
  const takeBegun = (): void => {
    const whole = Buffer.concat(begun);
    begun = [];
    begunBytes = 0;
    takeBytes(whole, 0, whole.length);
  };
  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        if (begunBytes > 0) {
          keep(bytes.subarray(from, end));
          takeBegun();
        } else takeBytes(bytes, from, end);
        from = end + 1;
      }
      keep(bytes.subarray(from));
    },
    end() {
      if (begunBytes > 0) takeBegun();
    },
    tooLong: () => tooLong,
  };
}

const [NEWLINE, RETURN] = [10, 13];

/** Behind the last whole word: half a token is not known for one. */
function wordsEnd(bytes: Buffer, from: number, to: number): number {
  for (let end = to; end > to - LONGEST_WORD && end > from; end -= 1) if (!isOfWord(bytes[end - 1] ?? 0)) return end;
  return to;
}

/** Longer ones are payloads. */
const LONGEST_WORD = 1_024;

/** Letters, digits, and what else tokens and addresses are made of: `%+-./=@_`. */
function isOfWord(byte: number): boolean {
  const lower = byte | 0x20;
  return (
    byte >= 0x80 || (byte >= 0x2d && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a) || WORD_SIGNS.includes(byte)
  );
}

const WORD_SIGNS = Buffer.from('%+=@_');
