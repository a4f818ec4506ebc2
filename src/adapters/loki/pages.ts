/**
 * Loki limits the lines and the time range of a query. The rest is requested from the last timestamp on, including it,
 * because lines with the same timestamp may be on both sides of the cut. The decoder drops duplicates. Lines are
 * counted in the bytes; nothing is decoded here.
 *
 *   oldest first    |■■■■■▸    newest first    ◂■■■■■|        if there are too many lines, the other end is lost
 */
import type { LogCursor, LogQuery } from '#gather/sources.ts';
import { readSpan } from '#utilities/time-span.ts';

/** Nanoseconds since the epoch; the end is exclusive. */
export type Page = Readonly<{ startNs: bigint; endNs: bigint; limit: number; before: LogCursor }>;

/** Loki's limits, which differ per tenant. */
export type Limits = Readonly<{ lines: number; rangeNs: bigint | undefined }>;

/** Loki's default (`max_entries_limit_per_query`): one line more is an error, not a shorter response. */
export const USUAL_LIMITS: Limits = { lines: 5_000, rangeNs: undefined };

/** Loki's precision for the query's end, which must be after the start. */
const LEAST_NS = 1_000n;

export function startOf(query: LogQuery): LogCursor {
  const fromNs = query.newestFirst ? endOf(query) - 1n : beginOf(query);
  return { fromNs: `${fromNs}`, read: 0, atFrom: 0, skipped: false };
}

export function pageOf(query: LogQuery, before: LogCursor, { lines, rangeNs }: Limits): Page {
  const fromNs = BigInt(before.fromNs);
  const [first, last] = query.newestFirst ? [beginOf(query), fromNs + 1n] : [fromNs, endOf(query)];
  const longest = least(rangeNs, before.rangeNs === undefined ? undefined : BigInt(before.rangeNs)) ?? last - first;
  const isWhole = last - first <= longest;
  const startNs = isWhole || !query.newestFirst ? first : last - longest;
  const endNs = isWhole || query.newestFirst ? last : first + longest;
  const wanted = Math.max(Math.trunc(query.limit) - before.read, 1) + before.atFrom;
  return { startNs, endNs, limit: Math.min(wanted, lines), before };
}

/** The rest of the query after this page; undefined if it was complete, or the limit is reached. */
export function restOf(query: LogQuery, page: Page, { lines, earliest, latest }: Tally): LogCursor | undefined {
  const { startNs, endNs, limit, before } = page;
  const read = before.read + Math.max(0, lines - before.atFrom);
  const next = { ...before, read, atFrom: 0 };
  if (read >= query.limit) return undefined;
  if (query.newestFirst) {
    if (lines < limit) return startNs > beginOf(query) ? { ...next, fromNs: `${startNs - 1n}` } : undefined;
    if (earliest.ns < endNs - 1n) return { ...next, fromNs: `${earliest.ns}`, atFrom: earliest.lines };
    return startNs < endNs - 1n ? { ...next, fromNs: `${endNs - 2n}`, skipped: true } : undefined;
  }
  if (lines < limit) return endNs < endOf(query) ? { ...next, fromNs: `${endNs}` } : undefined;
  if (latest.ns > startNs) return { ...next, fromNs: `${latest.ns}`, atFrom: latest.lines };
  // All lines of a full page have one timestamp: further lines with it cannot be read.
  return { ...next, fromNs: `${startNs + 1n}`, skipped: true };
}

function least(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function beginOf({ fromUs }: LogQuery): bigint {
  return BigInt(Math.round(fromUs)) * 1_000n;
}

function endOf({ fromUs, toUs }: LogQuery): bigint {
  return BigInt(Math.round(Math.max(toUs, fromUs))) * 1_000n + LEAST_NS;
}

/** A timestamp, and its number of lines. */
type Instant = { ns: bigint; lines: number };

/** The lines so far: their number, and the first and last timestamps. */
export type Tally = { lines: number; readonly earliest: Instant; readonly latest: Instant };

export function emptyTally(): Tally {
  return { lines: 0, earliest: { ns: -1n, lines: 0 }, latest: { ns: -1n, lines: 0 } };
}

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

function count(tally: Tally, ns: bigint): void {
  const isFirst = tally.lines === 0;
  tally.lines += 1;
  addTo(tally.latest, ns, isFirst || ns > tally.latest.ns);
  addTo(tally.earliest, ns, isFirst || ns < tally.earliest.ns);
}

function addTo(instant: Instant, ns: bigint, isBeyond: boolean): void {
  if (isBeyond) {
    instant.ns = ns;
    instant.lines = 1;
  } else if (ns === instant.ns) instant.lines += 1;
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
