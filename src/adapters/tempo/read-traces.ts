/**
 * A cache of recently read traces. Several searches of one time window find the same traces, and opening a trace by its
 * id is Tempo's most expensive query. A small trace is reused for half a minute.
 */

const KEPT_MS = 30_000;
const MOST_BYTES_OF_ONE = 1_000_000;
const MOST_BYTES = 32_000_000;

type Read = Readonly<{ chunks: readonly Uint8Array[]; bytes: number; atMs: number }>;

export type ReadTraces = Readonly<{
  /** Undefined if it was not read recently. */
  chunksOf(id: string): readonly Uint8Array[] | undefined;
  /** Passes the bytes on, and caches them if they are complete. */
  keeping(id: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}>;

export function readTraces(nowMs: () => number = () => performance.now()): ReadTraces {
  /** The oldest first. */
  const known = new Map<string, Read>();
  let held = 0;

  function forget(id: string): void {
    held -= known.get(id)?.bytes ?? 0;
    known.delete(id);
  }

  function forgetOld(): void {
    for (const [id, { atMs }] of known) {
      if (held <= MOST_BYTES && nowMs() - atMs < KEPT_MS) break;
      forget(id);
    }
  }

  return {
    chunksOf(id) {
      forgetOld();
      return known.get(id)?.chunks;
    },
    async *keeping(id, chunks) {
      const own: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        // A copy, because the receiver may move the bytes to another thread.
        if (bytes <= MOST_BYTES_OF_ONE) own.push(new Uint8Array(chunk));
        yield chunk;
      }
      if (bytes > MOST_BYTES_OF_ONE) return;
      forget(id);
      known.set(id, { chunks: own, bytes, atMs: nowMs() });
      held += bytes;
      forgetOld();
    },
  };
}
