/** The bytes of a body as received, for details that are read on request. */
export type KeptBytes = Readonly<{
  push(chunk: Uint8Array): void;
  slice(from: number, to?: number): Uint8Array;
  /** Nothing before it can be read any more. */
  keptFrom(): number;
}>;

export function keptBytes(): KeptBytes {
  const chunks: Uint8Array[] = [];
  const starts: number[] = [];
  let size = 0;
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      chunks.push(chunk);
      starts.push(size);
      size += chunk.length;
    },
    slice(from, to = size) {
      let at = chunkAt(starts, from);
      const first = chunks[at] ?? NONE;
      const start = starts[at] ?? 0;
      if (to - start <= first.length) return first.subarray(from - start, to - start);
      const whole = new Uint8Array(to - from);
      for (; at < chunks.length && (starts[at] ?? 0) < to; at += 1) {
        const skipped = Math.max(0, from - (starts[at] ?? 0));
        const part = (chunks[at] ?? NONE).subarray(skipped, to - (starts[at] ?? 0));
        whole.set(part, (starts[at] ?? 0) + skipped - from);
      }
      return whole;
    },
    keptFrom: () => 0,
  };
}

/** Forgets everything before the last requested position: for callers that only look at recent bytes. */
export function recentBytes(): KeptBytes {
  let recent: Uint8Array = NONE;
  let start = 0;
  return {
    push(chunk) {
      recent = recent.length === 0 ? chunk : Buffer.concat([recent, chunk]);
    },
    slice(from, to = start + recent.length) {
      const slice = recent.subarray(from - start, to - start);
      recent = recent.subarray(from - start);
      start = from;
      return slice;
    },
    keptFrom: () => start,
  };
}

const NONE = new Uint8Array();

/** The last chunk that starts at or before the place. */
function chunkAt(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle;
  }
  return low;
}
