/**
 * Loki limits the lines and the time range of a query, by tenant. Lines are counted in the bytes; nothing is decoded here.
 */
import { count, type Limits, type Page, type Tally } from '#adapters/line-pages.ts';
import { readSpan } from '#utilities/time-span.ts';

/** Loki's default (`max_entries_limit_per_query`): one line more is an error, not a shorter response. */
export const USUAL_LIMITS: Limits = { lines: 5_000 };

/**
 * Each value begins with its timestamp, `["1795155818572000001","`. Inside a string the quotes would be escaped, and a
 * string that ends in a bracket is followed by a comma, so nothing else matches.
 */
const VALUE = /\[\s?"(\d{1,20})",\s?"/g;
/** The longest match that the end of a chunk may split. */
const LONGEST_VALUE = 27;

export async function* counted(chunks: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  let cut = '';
  for await (const chunk of chunks) {
    const text = cut + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    let end = 0;
    for (const match of text.matchAll(VALUE)) {
      end = match.index + match[0].length;
      count(tally, BigInt(match[1] ?? 0));
    }
    cut = text.slice(Math.max(end, text.length - LONGEST_VALUE));
    yield chunk;
  }
}

/** The lesson of a refusal: a limit for every later query, or that this query is too large. */
export type Lesson = Readonly<{ limits: Limits } | { rangeNs: bigint }>;

/** Undefined if a smaller query would not help. */
export function lessonOf(
  refusal: Readonly<{ status: number; text: string }>,
  page: Page,
  limits: Limits,
): Lesson | undefined {
  const { status, text } = refusal;
  const lines = Number(/max_entries_limit_per_query \(\d+ > (\d+)\)/.exec(text)?.[1] ?? 0);
  if (lines > 0 && lines < page.limit) return { limits: { ...limits, lines } };

  const range = page.endNs - page.startNs;
  const longest = rangeWithin(text, range);
  if (longest !== undefined) return { limits: { ...limits, rangeNs: longest } };

  // Too many bytes or too slow: a shorter time range may work.
  const isTooMuch = /too many bytes|too many outstanding|deadline exceeded|timed? ?out/i.test(text) || status === 504;
  return isTooMuch && range > SHORTEST_NS ? { rangeNs: range / NARROWER } : undefined;
}

/** Loki counts a query as up to half a minute longer than requested, and reports the excess. */
function rangeWithin(text: string, range: bigint): bigint | undefined {
  const [, said = '', allowed = ''] =
    /time range exceeds the limit \(query length: (\w+), limit: (\w+)\)/.exec(text) ?? [];
  const [length, longest] = [readSpan(said), readSpan(allowed)];
  if (length === undefined || longest === undefined || longest <= 0n) return undefined;
  const shorter = longest < range ? longest : range - (length - longest);
  return shorter > 0n && shorter < range ? shorter : range / 2n || undefined;
}

const NARROWER = 4n;
/** A minute: a Loki that cannot read that much has a problem. */
const SHORTEST_NS = 60_000_000_000n;
