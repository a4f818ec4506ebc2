/** Arguments that name or contain traces. A client never names a file: whoever writes the arguments may be a trace. */
import { z } from 'zod';
import { UsageError } from '#core/errors.ts';
import { type AskedReference, readAsked } from '#model/trace/asked-for.ts';
import { severalTraceIds } from '#model/trace/trace-id.ts';

/** About 5,000 spans of Jaeger. A larger trace is asked by its id, or read by `spanhound analyze`. */
const MOST_TEXT_CHARS = 4_000_000;

/** A message with two such texts, escaped as JSON, and its frame. */
export const MOST_MESSAGE_BYTES = 12_000_000;

const MOST_ID_CHARS = 4_000;

export const IdArgument = z
  .string('must be text')
  .min(1, 'must not be empty')
  .max(MOST_ID_CHARS, `must have at most ${MOST_ID_CHARS} characters`)
  .describe('A trace id, a link to a trace, a traceparent, a log line that contains one, or an id from log lines.');

function sentText(what: string) {
  return z
    .string('must be text')
    .min(1, 'must not be empty')
    .max(
      MOST_TEXT_CHARS,
      `must have at most ${MOST_TEXT_CHARS} characters: give the id, or run \`spanhound analyze\` on the file`,
    )
    .describe(what);
}

export const SentTrace = sentText('The JSON of a trace from Jaeger, OTLP, Tempo or Zipkin v2, as text.');
export const SentLogs = sentText('Log lines of the same request, as text: JSON lines, logfmt or plain.');
export const SentAlert = sentText('The JSON of an alert: the body of a webhook or of a Slack message, as text.');

/** Throws UsageError. */
export function referenceOf(id: string): AskedReference {
  const several = severalTraceIds(id);
  if (several.length > 0) {
    throw new UsageError(
      `this names ${several.length} traces: ${several.join(', ')}`,
      'Give one of them. compare shows the differences between traces.',
    );
  }
  const reference = readAsked(id);
  if (reference !== undefined) return reference;
  throw new UsageError('this does not name a trace', 'Give the id, or a link to the trace.');
}

/** A side of a comparison: an id, or a trace itself. */
export const SideArgument = sentText('A trace id, or the JSON of a trace as text.');

export function isTraceText(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
