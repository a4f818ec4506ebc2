/**
 * Time in which nothing is faulty: a call of a third party, a batch, computing, work that has a limit and uses it. It is
 * no headline as long as people put up with it. Where nothing records what happened (a gap, a handler without spans), the
 * time is a question from a second on. A wait is one at once.
 *
 *   anything but a wait               up to 1 s     Nielsen: the flow of thought is not interrupted
 *   computing                         up to 2 s     Apdex: users tolerate four times T, 0.5 s by default
 *   batches and pages, each up to 1 s any time      as long as their rows
 *   a limit that was set for it       any time      the solver ends when its time is over
 *   archives, uploads                 any time      as long as their bytes
 *   pages, pictures, frames       up to 10 s    half a second each, Apdex: users are satisfied
 *   keys, films, sound                up to 10 s    Nielsen: people keep their attention
 *   answers of language models        up to 10 s    the same: a paragraph takes seconds
 */
import { givesNoReason, isDescription } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import { copiesRows, WRITTEN } from '#model/sql/row-rate.ts';
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathOf } from '#model/trace/views/answered-elsewhere.ts';
import { saysClientError } from '#model/trace/views/error-origins.ts';
import { KEEPS_ATTENTION_US, KEEPS_THOUGHT_US, SATISFIES_US } from '#model/trace/views/request-nature.ts';

/** Apdex: a user is frustrated after four times T. */
const TOLERATED_US = 4 * SATISFIES_US;

/** The time of the finding is that of work on record. */
export function isRecordedWork(trace: Trace, finding: Finding, detectors: Detectors): boolean {
  const { detector, facts, spans } = finding;
  if (!isDescription(detector, detectors) || isFault(trace, trace.root) || facts.usualRootUs !== undefined)
    return false;
  if (facts.reason !== '' || spans.some((span) => isFault(trace, span) || isWait(trace, span))) return false;
  const rootUs = trace.durationOfUs(trace.root);
  // What the service says in a gap may be the reason.
  if (rootUs <= KEEPS_THOUGHT_US && String(facts.meanwhile ?? '') === '') return true;
  if (!givesNoReason(detector, detectors) || spans.some((span) => isEntry(trace, span))) return false;
  if (rootUs <= TOLERATED_US && spans.every((span) => isComputing(trace, span))) return true;
  if (facts.batches === true && spans.every((span) => isQuickBatch(trace, span))) return true;
  if (spans.every((span) => usesItsTime(trace, span) || isQuickerThanPlayed(trace, span) || movesBytes(trace, span)))
    return true;
  if (rootUs > KEEPS_ATTENTION_US) return false;
  return spans.every(
    (span) =>
      isOfElements(trace, span) ||
      asksLanguageModel(trace, span) ||
      LONG_BY_NATURE.test(nameInWords(trace.operation(span))),
  );
}

/**
 * Addresses of the interfaces of OpenAI and those that copy it (Mistral, Groq, vLLM, Ollama, Azure), of Anthropic, Gemini,
 * Bedrock and Cohere. Instrumentation of HTTP records no tokens.
 */
const OF_LANGUAGE_MODEL =
  /\/(?:chat\/completions|v1\/(?:completions|responses|messages)|api\/(?:generate|chat)|v2\/chat|model\/[^/]{1,100}\/(?:invoke|converse)(?:-(?:with-response-)?stream)?)$|:(?:stream)?generateContent$/i;

/** A call that writes a text, which no service here answers. */
function asksLanguageModel(trace: Trace, span: SpanIndex): boolean {
  if (trace.kind(span) !== 'client' || trace.childCount(span) > 0 || trace.httpStatus(span) >= 400) return false;
  return OF_LANGUAGE_MODEL.test(pathOf(trace, span));
}

/** A declined card, or what nobody may see, is an answer. */
function isFault(trace: Trace, span: SpanIndex): boolean {
  return trace.failed(span) && !saysClientError(trace, span);
}

/** The slow logs of MySQL and PostgreSQL are usually set to a second: a shorter statement is none to look at. */
const LONGEST_BATCH_US = 1_000_000;

function isQuickBatch(trace: Trace, span: SpanIndex): boolean {
  return trace.durationOfUs(span) <= LONGEST_BATCH_US || copiesRows(trace, span, WRITTEN);
}

/** The span of a whole request says where the time went, but not on what. */
function isEntry(trace: Trace, span: SpanIndex): boolean {
  return span === trace.root || trace.kind(span) === 'server' || trace.kind(span) === 'consumer';
}

const WAITS =
  /\b(?:wait(?:s|ing)?|acquir(?:e|es|ing)|lock(?:s|ed|ing)?|queued?|enqueued|sleep(?:s|ing)?|throttl(?:e|ed|ing)|back ?off|pool|connect(?:ion)?)\b/i;

/** A wait is no work, however short. */
function isWait(trace: Trace, span: SpanIndex): boolean {
  return !trace.isDatabaseCall(span) && WAITS.test(nameInWords(trace.operation(span)));
}

/** A thread that computes is interrupted now and then. */
const COMPUTES = 0.9;

/** Rust's tracing counts the time in which a span ran; others record its CPU time. */
function isComputing(trace: Trace, span: SpanIndex): boolean {
  if (!trace.isInternal(span)) return false;
  const busyNs = trace.number(span, 'busy_ns');
  const cpuMs = trace.number(span, 'cpu_time_ms') ?? trace.number(span, 'cpu.time_ms') ?? trace.number(span, 'cpu_ms');
  const us = busyNs === undefined ? (cpuMs ?? 0) * 1000 : busyNs / 1000;
  return us >= COMPUTES * trace.durationOfUs(span);
}

/** Limits of work, as solvers, searches, samplers and chess engines (UCI) name them. A time limit of a call would be a timeout. */
const LIMIT =
  /(?:^|[._-])(?:(?:time|spent|duration)_?limit|time_?budget|budget|move_?time|max_?(?:time|seconds|runtime))(?:[._-]?(ms|millis|s|sec|secs|seconds))?$/i;
/** Work ends soon after its limit, and rarely before it. */
const NEAR_LIMIT = 0.1;
/** Iterations lie below the span that was given the limit. */
const MOST_LEVELS = 4;

/** Work inside a service ran until the limit that it, or the work around it, was given. */
function usesItsTime(trace: Trace, span: SpanIndex): boolean {
  if (!trace.isInternal(span) || trace.isDatabaseCall(span)) return false;
  const limitsMs: number[] = [];
  let above: SpanIndex | undefined = span;
  for (let level = 0; above !== undefined && level < MOST_LEVELS; level += 1, above = trace.parent(above)) {
    limitsMs.push(...limitsOf(trace, above));
    const ms = trace.durationOfUs(above) / 1000;
    if (limitsMs.some((limit) => Math.abs(ms - limit) <= NEAR_LIMIT * limit)) return true;
  }
  return false;
}

/** In milliseconds. */
function limitsOf(trace: Trace, span: SpanIndex): number[] {
  return Object.keys(trace.attributes(span)).flatMap((name) => {
    const unit = LIMIT.exec(name)?.[1];
    const value = LIMIT.test(name) ? trace.number(span, name) : undefined;
    return value === undefined ? [] : [unit !== undefined && /^s/i.test(unit) ? value * 1000 : value];
  });
}

/** How long a recording plays, in seconds, as instruments of sound and film write it. */
const PLAYS =
  /(?:^|[._])(?:audio|video|media|clip|recording|speech|track|stream)[._](?:duration|length)(?:[._]?(ms|s|sec|seconds))?$/i;

/** Transcription, transcoding and analysis of a recording that take less time than to play it. */
function isQuickerThanPlayed(trace: Trace, span: SpanIndex): boolean {
  return Object.keys(trace.attributes(span)).some((name) => {
    if (!PLAYS.test(name)) return false;
    const unitUs = PLAYS.exec(name)?.[1] === 'ms' ? 1000 : 1_000_000;
    return (trace.number(span, name) ?? 0) * unitUs >= trace.durationOfUs(span);
  });
}

/** How many things a span drew or read that are work of their own: `pdf.pages`, `image_count`, `video.frames`. */
const ELEMENTS =
  /(?:^|[._-])(?:num_?|n_?)?(?:pages?|images?|pictures?|photos?|frames?|slides?|sheets?|drawings?|scans?)(?:[._-]?(?:count|total|num(?:ber)?))?$/i;

/** Recognition, rendering and scaling: each element takes less than people find slow. */
function isOfElements(trace: Trace, span: SpanIndex): boolean {
  if (!trace.isInternal(span) || trace.isDatabaseCall(span)) return false;
  return Object.keys(trace.attributes(span)).some((name) => {
    const count = ELEMENTS.test(name) ? (trace.number(span, name) ?? 0) : 0;
    return count > 1 && trace.durationOfUs(span) <= SATISFIES_US * count;
  });
}

/** Bytes that a span moved, as it records them itself. */
const BYTES = /(?:^|[._])(?:bytes(?:[._](?:written|sent|read|total|out))?|size[._]?bytes|content[._]length)$/i;
/** A smaller body takes no time that anybody notices. */
const MANY_BYTES = 10_000_000;
/** Bytes in a second: gzip's usual speed on one core is 20 to 50 MB/s, so that a fault of five times stands out. */
const QUICK_BYTES = 10_000_000;

/** Archives, uploads and exports take as long as their bytes. */
function movesBytes(trace: Trace, span: SpanIndex): boolean {
  if (trace.isDatabaseCall(span)) return false;
  return Object.keys(trace.attributes(span)).some((name) => {
    const bytes = BYTES.test(name) ? (trace.number(span, name) ?? 0) : 0;
    return bytes >= MANY_BYTES && bytes * 1_000_000 >= QUICK_BYTES * trace.durationOfUs(span);
  });
}

/** Key pairs (OpenSSL, JCA, Node's crypto, Rust), films and sound, proofs of work. */
const LONG_BY_NATURE =
  /\b(?:(?:generate|gen|create|new)[ _.-]?(?:rsa|dh|ec|key|pgp)[ _.-]?(?:key|pair|params?)*|key[ _.-]?(?:pair[ _.-]?)?gen(?:eration|erator|erate)?|(?:rsa|dh|dsa|ec|pgp)[ _.-](?:generate|gen|key)[ _.-]?(?:key|pair|gen)*|transcod(?:e|er|ing)|ffmpeg|encod(?:e|ing) (?:video|audio|film|mp4|hls|h26[45]|av1)|(?:video|audio) encod(?:e|ing)|proof of work)\b/i;
