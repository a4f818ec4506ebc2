/**
 * Reads all lines of a query from a store with a page limit: the pages form one body, and each is requested with the
 * same time limit and retries. If a page breaks off, the lines before it are used.
 */
import { TooManyLinesError } from '#core/errors.ts';
import type { LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
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
  for (let body: OpenBody = first; ; ) {
    yield* body.chunks;
    const rest = body.rest?.();
    if (rest === undefined) break;
    skipped ||= rest.skipped;
    body = await source.openLogs(query, signal, rest);
    yield SEPARATOR;
  }
  // Reported at the end, because the lines of other timestamps are useful.
  if (skipped) throw new TooManyLinesError(source.name);
}
