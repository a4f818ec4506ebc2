/** Finds the ids of traces and requests in a message of Slack: its text, its blocks and its attachments. */
import { MIN_ID_LENGTH, readTraceId, sameTraceId, type TraceReference } from '#model/trace/trace-id.ts';

/** A message with more ids is a list of examples, and the first few are enough. */
const MOST_TRACES = 3;

/** Digits of an id without a name before it: 64 and 128 bits. */
const ID_LENGTHS = new Set([16, 32]);

/** Fields with people's text. All other fields (block ids, client_msg_id, image addresses) have ids that are not traces. */
const SPOKEN = new Set(
  'text fallback pretext title title_link footer author_name value url from_url original_url'.split(' '),
);

/**
 * The traces that a message of Slack names, in the order in which they stand, each once; at most three. Without a trace,
 * the requests whose ids its lines name, which `/trace` reads as well.
 */
export function tracesIn(message: unknown): readonly TraceReference[] {
  const lines = spokenLines(message);
  const found: TraceReference[] = [];
  for (const line of lines) {
    const whole = readIn(line);
    // A line with several traces is read word by word: there may be thousands.
    const words = () => line.split(/\s+/).filter((word) => word.length >= MIN_ID_LENGTH);
    const references = whole === undefined ? words().map(readIn) : [whole];
    for (const reference of references) {
      if (reference === undefined) continue;
      if (!found.some((known) => known.kind === 'trace' && sameTraceId(known.id, reference.id))) found.push(reference);
      if (found.length === MOST_TRACES) return found;
    }
  }
  return found.length > 0 ? found : requestsIn(lines);
}

/** `request_id=…`, `"requestId": "…"`, `X-Request-ID: …`, `correlation id …`: names under which programs log one request. */
const REQUEST =
  /(?<![a-z0-9])(?:x[ _-])?(?:request|req|correlation|transaction)[ ._-]?id\\?["']?\s{0,3}(?:=>|[:=]|\s)\s{0,3}\\?["'`<[(]?([a-z0-9][\w.:-]{4,126}\w)/gi;

/** A value without a digit is a word: `request_id=missing`. */
function requestsIn(lines: readonly string[]): readonly TraceReference[] {
  const ids = lines.flatMap((line) => [...line.matchAll(REQUEST)].map(([, id = '']) => id));
  const named = [...new Set(ids)].filter((id) => /[1-9]/.test(id));
  return named.flatMap((id) => readTraceId(id) ?? []).slice(0, MOST_TRACES);
}

/**
 * Stricter than `/trace`, where a person says that the text is an id. Here, `facade` or a count of 500000 is not a trace,
 * although its characters are hex digits.
 */
function readIn(text: string): (TraceReference & { kind: 'trace' }) | undefined {
  const reference = readTraceId(text);
  if (reference?.kind !== 'trace') return undefined;
  const alone = text.trim().replace(/[^0-9a-z]/gi, '').length === reference.id.length;
  return alone && !ID_LENGTHS.has(reference.id.length) ? undefined : reference;
}

/** Uses a list instead of recursion, because a message may be nested too deeply. */
function spokenLines(message: unknown): readonly string[] {
  const lines: string[] = [];
  const open: unknown[] = [message];
  while (open.length > 0) {
    const node = open.shift();
    if (Array.isArray(node)) {
      open.unshift(...node);
      continue;
    }
    if (typeof node !== 'object' || node === null) continue;
    const inside: unknown[] = [];
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === 'object') inside.push(value);
      else if (typeof value === 'string' && SPOKEN.has(key)) lines.push(...value.split('\n'));
    }
    open.unshift(...inside);
  }
  return lines;
}
