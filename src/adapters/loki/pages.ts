/**
 * Loki hands out so many lines of a query, and of so long a time, at once. What one answer leaves is asked for from its
 * last instant on, that instant included: lines of the same nanosecond may stand on both sides of the cut, and whoever
 * decodes leaves out those that came already. Lines are counted as their bytes pass; nothing is decoded here.
 *
 *   oldest first    |■■■■■▸    newest first    ◂■■■■■|        where all of them are too many, the end that is not kept
 */
import type { LogCursor, LogQuery } from '#gather/sources.ts';
import { readSpan } from '#utilities/time-span.ts';

/** Nanoseconds since the epoch; the end is exclusive. */
export type Page = Readonly<{ startNs: bigint; endNs: bigint; limit: number; before: LogCursor }>;

/** What Loki has said it allows; it differs from tenant to tenant. */
export type Limits = Readonly<{ lines: number; rangeNs: bigint | undefined }>;

/** Loki's own default (`max_entries_limit_per_query`): one more is an error and not a shorter answer. */
export const USUAL_LIMITS: Limits = { lines: 5_000, rangeNs: undefined };

/** What Loki counts the query's end by: it must be after the start. */
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

/** The rest of the query behind what this page brought; undefined where that was all, or as much as was asked for. */
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
  // All of a full page lie at one instant: what else lies there cannot be had.
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

/** A time, and how many lines have it. */
type Instant = { ns: bigint; lines: number };

/** What passed: lines, and the first and the last of their times. */
export type Tally = { lines: number; readonly earliest: Instant; readonly latest: Instant };

export function emptyTally(): Tally {
  return { lines: 0, earliest: { ns: -1n, lines: 0 }, latest: { ns: -1n, lines: 0 } };
}

/**
 * Each value begins with its time, `["1795155818572000001","`. Inside a string the quotes would be escaped, and a string
 * that ends in a bracket is followed by a comma: nothing else looks like it.
 */
const VALUE = /\[\s?"(\d{1,20})",\s?"/g;
/** The longest that may be cut in two by the end of a chunk. */
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

/** What a refusal teaches: a limit for every query from now on, or that this one asks for too much at once. */
export type Lesson = Readonly<{ limits: Limits } | { rangeNs: bigint }>;

/** Undefined where asking for less would not help. */
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

  // Too many bytes to read, or too long to wait for: a shorter time may pass.
  const isTooMuch = /too many bytes|too many outstanding|deadline exceeded|timed? ?out/i.test(text) || status === 504;
  return isTooMuch && range > SHORTEST_NS ? { rangeNs: range / NARROWER } : undefined;
}

/** Loki counts a query as longer than was asked for, by up to half a minute: it says by how much it was too long. */
function rangeWithin(text: string, range: bigint): bigint | undefined {
  const [, said = '', allowed = ''] =
    /time range exceeds the limit \(query length: (\w+), limit: (\w+)\)/.exec(text) ?? [];
  const [length, longest] = [readSpan(said), readSpan(allowed)];
  if (length === undefined || longest === undefined || longest <= 0n) return undefined;
  const shorter = longest < range ? longest : range - (length - longest);
  return shorter > 0n && shorter < range ? shorter : range / 2n || undefined;
}

const NARROWER = 4n;
/** A minute: who cannot read that much is not well. */
const SHORTEST_NS = 60_000_000_000n;
