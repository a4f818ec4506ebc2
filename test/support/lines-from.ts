/** The lines of a source as the decoder reads them: with their time, service, level and ids. */
import { logBody } from '#decode/log-body.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { later } from '#test/later.ts';

/** One page of them; all pages of a `pagedLogSource`. */
export async function linesFrom(source: LogSource, query: LogQuery): Promise<readonly LogLine[]> {
  const { format, chunks } = await source.openLogs(query, later());
  const decoder = logBody(format, source.name);
  for await (const chunk of chunks) decoder.push(chunk);
  return decoder.end();
}
