/** Looks at the first bytes of a body without taking them from its reader: an empty answer is known before it is passed on. */

/** Enough for an empty envelope such as `{"data":[],"meta":` or `{"trace":{},"metrics":{}}`. */
const LEAST_BYTES = 32;

/** Undefined if the body is empty, or its first bytes match: its rest is then not read. */
export async function unlessItBegins(
  chunks: AsyncIterable<Uint8Array>,
  empty: RegExp,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < LEAST_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head.push(next.value);
    size += next.value.length;
  }
  if (size === 0 || empty.test(Buffer.concat(head).toString('latin1', 0, LEAST_BYTES))) {
    await iterator.return?.();
    return undefined;
  }
  return joined(head, iterator);
}

async function* joined(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
