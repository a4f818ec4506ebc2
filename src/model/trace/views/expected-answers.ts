/**
 * Failed calls that answered what their caller wanted to know: the thing is there already, there is none, the end is
 * reached. The caller goes on, and nothing above it fails.
 *
 *   [ POST /imports 202                                  ]
 *     [ create topic ✗ "already exists" ]                    the answer
 *                                         [ send ]
 */
import { REFUSED_AT_ONCE, WAITS_FOR_NONE } from '#model/instruments/lock-words.ts';
import { CONTENT_REFUSED } from '#model/instruments/policy-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { laterSiblings } from '#model/trace/views/answered-elsewhere.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

/** Only of a call below which nothing failed, and of which no caller failed. */
export function answersQuestion(trace: Trace, span: SpanIndex): boolean {
  const texts = failureTexts(trace, span, NO_LINES).map(({ text }) => text);
  if (texts.some((text) => NONE_THERE.test(text))) return true;
  if (texts.some((text) => TOO_LARGE_FOR_CACHE.test(text))) return true;
  if (isRead(trace, span) && texts.some((text) => AT_END.test(text))) return true;
  if (tookFreeRow(trace, span) || wasOfNoVersion(trace, span, texts)) return true;
  if (isTool(trace, span) && texts.some((text) => TOLD_MODEL.test(text)) && wentOn(trace, span)) return true;
  if (wasRefusedByPolicy(trace, span, texts)) return true;
  const isThere = [...texts, trace.text(span, 'error.type')].some((text) => THERE_ALREADY.test(text));
  return isThere && makes(trace, span) && wentOn(trace, span);
}

function wentOn(trace: Trace, span: SpanIndex): boolean {
  return laterSiblings(trace, span).some((other) => !trace.failed(other));
}

function wasRefusedByPolicy(trace: Trace, span: SpanIndex, texts: readonly string[]): boolean {
  const status = trace.httpStatus(span);
  if (status === 408 || status === 429 || status >= 500) return false;
  return CONTENT_REFUSED.test(trace.text(span, 'error.type')) || texts.some((text) => CONTENT_REFUSED.test(text));
}

/** gRPC's UNIMPLEMENTED, SMTP's and IMAP's extensions: the callee speaks an older version. */
const NO_VERSION =
  /\bunimplemented\b|\bunknown (?:service|method|command)\b|\b(?:is )?not (?:offered|implemented|supported)\b/i;

/** The caller then asked the same callee in another way, and was answered. */
function wasOfNoVersion(trace: Trace, span: SpanIndex, texts: readonly string[]): boolean {
  if (!texts.some((text) => NO_VERSION.test(text)) || trace.isInternal(span)) return false;
  const peer = trace.peer(span);
  return laterSiblings(trace, span).some(
    (other) => !trace.failed(other) && trace.startUs(other) >= trace.endUs(span) && trace.peer(other) === peer,
  );
}

/** What a tool tells a language model, which then looks elsewhere or asks. */
const TOLD_MODEL =
  /^no (?:such )?\w{2,30}\b|\bnot found\b|\bdoes not exist\b|\bENOENT\b|\binvalid (?:argument|input)s?\b/i;

function isTool(trace: Trace, span: SpanIndex): boolean {
  return ['gen_ai.tool.name', 'mcp.tool.name'].some((name) => trace.text(span, name) !== '');
}

/**
 * Kafka, NATS, Redis Streams, RabbitMQ, Elasticsearch, Azure, AWS, ZooKeeper, PostgreSQL, MongoDB, POSIX, FTP, Kubernetes,
 * Erlang: what is to be made is there. Pulsar: the only consumer that may subscribe is there.
 */
const THERE_ALREADY =
  /(?:\b|_)already(?:[ _-]|(?=[A-Z]))(?:exists?|Exists|been created|in use|started|created|owned)|\b(?:Node|Topic|Namespace|File|Queue|Bucket|Container)Exists|BucketAlreadyOwnedByYou|\bEEXIST\b|\bBUSYGROUP\b|\bConsumerBusy(?:Exception)?\b|AlreadyExists/;

/** It makes a place for data, or starts a process. Rows and messages that are there already may be others. */
const MAKES =
  /\b(?:create|creates|ensure|declare|add|make|mk ?dir|mkd|mkcol|start|register|provision|init|put|xgroup|subscribe)/i;

function makes(trace: Trace, span: SpanIndex): boolean {
  if (trace.isDatabaseCall(span) && /^\s*(?:insert|update|upsert|replace)\b/i.test(trace.queryShape(span)))
    return false;
  const method = trace.text(span, 'http.request.method') || trace.text(span, 'rpc.method');
  return MAKES.test(`${nameInWords(trace.operation(span))} ${method} ${trace.text(span, 'db.operation.name')}`);
}

/** AWS, LDAP (RFC 4511, 32), OpenFeature, POSIX, Azure: the thing that was asked for does not exist. */
const NONE_THERE =
  /\b(?:ParameterNotFound|NoSuchKey|NoSuchEntity|NoSuchTagSet\w*|BlobNotFound|KeyNotFound|noSuchObject|flag_?not_?found|FLAG_NOT_FOUND)\b|\b(?:flag|key) not found$|\bENOENT\b/;

/** memcached's limit for one item. The value itself was there. */
const TOO_LARGE_FOR_CACHE = /\bobject too large for cache\b|\bitem too large\b/i;

/** Go's `io.EOF`, Python's iterators, gRPC's OUT_OF_RANGE of a reader. A connection that ends says `unexpected EOF`. */
const AT_END = /^(?:io\.)?EOF$|^(?:StopIteration|StopAsyncIteration|end of (?:file|stream|iteration))\b/i;
const READS = /\b(?:read|decode|parse|scan|next|recv|receive|iterate|fetch|consume|load)/i;

/** Inside the service: a broken connection ends as well. */
function isRead(trace: Trace, span: SpanIndex): boolean {
  return trace.isInternal(span) && !trace.isDatabaseCall(span) && READS.test(nameInWords(trace.operation(span)));
}

/** The code asked for a row only if it is free, was refused at once, and did something else: `FOR UPDATE NOWAIT`. */
export function tookFreeRow(trace: Trace, span: SpanIndex): boolean {
  if (!trace.isDatabaseCall(span) || trace.durationOfUs(span) >= AT_ONCE_US) return false;
  const caller = trace.parent(span);
  if (caller === undefined || trace.failed(caller)) return false;
  const isAskedSo = WAITS_FOR_NONE.test(trace.text(span, 'db.query.text'));
  if (!isAskedSo && !wasRefusedAtOnce(trace, span)) return false;
  return laterSiblings(trace, span).some(
    (other) => !trace.failed(other) && trace.isDatabaseCall(other) && trace.startUs(other) >= trace.endUs(span),
  );
}

/** Where the recorded statement lacks its hint, the words and the time say it. */
function wasRefusedAtOnce(trace: Trace, span: SpanIndex): boolean {
  if (trace.durationOfUs(span) >= REFUSED_WITHIN_US) return false;
  return failureTexts(trace, span, NO_LINES).some(({ text }) => REFUSED_AT_ONCE.test(text));
}

/** A statement that waits for nothing takes a round trip. */
const REFUSED_WITHIN_US = 10_000;

/** People do not notice less than 100 ms, and such a statement waits for nothing. */
export const AT_ONCE_US = 100_000;
