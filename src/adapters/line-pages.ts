/**
 * Reads the lines of a time window in pages, from a store that limits the lines of a response. The rest is requested from
 * the last timestamp on, including it, because lines with the same timestamp may be on both sides of the cut. The decoder
 * drops duplicates.
 *
 *   oldest first    |■■■■■▸    newest first    ◂■■■■■|        if there are too many lines, the other end is lost
 */
import type { LogCursor, LogQuery } from '#gather/sources.ts';

/** Nanoseconds since the epoch; the end is exclusive. */
export type Page = Readonly<{ startNs: bigint; endNs: bigint; limit: number; before: LogCursor }>;

/** The store's limits: the lines of a response, and the longest time range. @default any range */
export type Limits = Readonly<{ lines: number; rangeNs?: bigint | undefined }>;

/** A page is parsed at once, which takes milliseconds. A search of Elasticsearch returns at most 10,000 (`index.max_result_window`). */
export const SMALL_PAGES: Limits = { lines: 1_000 };

/** The end must be after the start, and Loki reads no smaller difference. */
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

export function count(tally: Tally, ns: bigint): void {
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
