/**
 * Reads all lines of a query from a store with a page limit: the pages form one body, and each is requested with the
 * same time limit and retries. If a page breaks off, the lines before it are used.
 */
import { BackendError, TooManyLinesError } from '#core/errors.ts';
import type { LogCursor, LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';

export function pagedLogSource(source: LogSource): LogSource {
  return {
    ...source,
    async openLogs(query, signal) {
      const first = await source.openLogs(query, signal);
      return { ...first, chunks: allPages(source, query, first, signal) };
    },
  };
}

const SEPARATOR = new TextEncoder().encode(ANSWER_SEPARATOR);

async function* allPages(
  source: LogSource,
  query: LogQuery,
  first: OpenBody,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let skipped = false;
  const places = new Set<string>();
  for (let body: OpenBody = first, count = 1; ; count += 1) {
    yield* body.chunks;
    const rest = body.rest?.();
    if (rest === undefined) break;
    const lack = places.has(placeOf(rest)) ? CIRCLE : count === MOST_PAGES ? ENDLESS : undefined;
    if (lack !== undefined)
      throw new BackendError(source.name, 200, 'the question for the next page', { reason: lack });
    places.add(placeOf(rest));
    skipped ||= rest.skipped;
    body = await source.openLogs(query, signal, rest);
    yield SEPARATOR;
  }
  // Reported at the end, because the lines of other timestamps are useful.
  if (skipped) throw new TooManyLinesError(source.name);
}

/** Far more than a query needs: a page has some hundred lines. Without it, pages with hardly a line would have no end. */
const MOST_PAGES = 1_000;
const CIRCLE = 'it named the same next page twice';
const ENDLESS = `it has more than ${MOST_PAGES.toLocaleString('en')} pages, and the rest was not read`;

function placeOf({ fromNs, atFrom, rangeNs = '', token = '' }: LogCursor): string {
  return [fromNs, atFrom, rangeNs, token].join(' ');
}
