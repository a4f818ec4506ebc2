/** As large as what a file or a socket hands over at best. */
const PIECE_BYTES = 1_048_576;

/** Views of the bytes, not copies. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
