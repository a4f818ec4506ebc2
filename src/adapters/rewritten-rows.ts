/**
 * Rows of a store in a form that a decoder reads: lines as Loki answers them, series as Prometheus does.
 */
import type { JsonObject } from '#model/text/json-object.ts';

type Labels = Readonly<Record<string, string>>;

/** `ns`: nanoseconds since the epoch. */
export type LabelledLine = Readonly<{ ns: bigint | string; labels: Labels; line: string }>;

/** One stream for all lines with the same labels. */
export function lokiStreams(lines: Iterable<LabelledLine>): Uint8Array {
  const streams = new Map<string, { stream: Labels; values: [string, string][] }>();
  for (const { ns, labels, line } of lines) {
    const key = JSON.stringify(labels);
    const known = streams.get(key) ?? { stream: labels, values: [] };
    streams.set(key, known);
    known.values.push([`${ns}`, line]);
  }
  return bytesOf({ streams: [...streams.values()] });
}

/** `result`: each with its labels and its values by time. `warnings`: what the store says of a part. */
export function prometheusMatrix(result: readonly unknown[], warnings?: readonly string[]): Uint8Array {
  return bytesOf({ status: 'success', data: { resultType: 'matrix', result }, warnings });
}

function bytesOf(answer: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(answer));
}

/** For a body that is in memory as a whole. */
export async function* onlyChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The first of these fields that has a text; else empty. */
export function firstText(row: JsonObject, names: readonly string[]): string {
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}
