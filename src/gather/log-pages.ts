/**
 * All lines of a query from a store that hands out no more than so many at once: page after page as one body, each asked
 * for as the first was, with the same patience. What broke off is used as far as it came.
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
  // Told at the end, for what came of the other instants is worth having.
  if (skipped) throw new TooManyLinesError(source.name);
}
