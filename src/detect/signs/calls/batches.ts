/**
 * Calls that move many elements at once: a page, a slice of time, a bulk write, a cursor. One after another they are a
 * batch, not a loop that loads its elements one by one.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';

/** The first calls of a loop tell what it does. */
const READ = 5;
/** A few calls before and after a long row of batches prepare it and clean up. */
const READ_OF_MANY = 40;
const MOST_ARE = 0.9;

export function areBatches(trace: Trace, calls: readonly SpanIndex[]): boolean {
  const read = calls.slice(0, calls.length < READ_OF_MANY / 2 ? READ : READ_OF_MANY);
  return read.filter((call) => isBatch(trace, call)).length >= MOST_ARE * read.length || areChunks(trace, read);
}

function isBatch(trace: Trace, call: SpanIndex): boolean {
  if (!trace.isDatabaseCall(call)) return isBulkCall(trace, call);
  return (
    movesManyRows(trace, call) || isBulkOperation(trace, call) || isBatchStatement(trace, call) || fills(trace, call)
  );
}

/** Pages of APIs and of frameworks have up to a hundred rows (Django REST, Spring Data, GitHub). */
const MANY_ROWS = 100;

function movesManyRows(trace: Trace, call: SpanIndex): boolean {
  if ((trace.number(call, 'db.operation.batch.size') ?? 0) >= 2) return true;
  const rows = ['db.response.returned_rows', 'db.response.affected_rows', 'db.rows_affected'];
  return rows.some((name) => (trace.number(call, name) ?? 0) >= MANY_ROWS);
}

/**
 * A statement for one row takes about this long with its round trip; Coroot's least limit for a command is 5 ms, too. A
 * batch that needs less for each element is quicker than a loop over them.
 */
const MOST_US_PER_ELEMENT = 5_000;

/** Whether a call recorded that it carried many elements, and took no longer than a call for each of them would. */
export function worksOffBatch(trace: Trace, call: SpanIndex): boolean {
  const elements = trace.number(call, 'db.operation.batch.size') ?? 0;
  return elements >= MANY_ROWS && trace.durationOfUs(call) <= elements * MOST_US_PER_ELEMENT;
}

/**
 * Operations of MongoDB, DynamoDB, Elasticsearch and Cassandra for many elements, or for the next page. Firestore's clients
 * read a single document by BatchGetDocuments, too.
 */
const BULK =
  /(?:^|[\s./{:_"])(?:batch_?(?:get(?!_?documents)|write|execute|create|update|delete)\w{0,40}|bulk_?\w{0,40}|insert_?many|update_?many|delete_?many|get_?more|scroll(?:_id)?|search_?after|m(?:get|search)|copy)(?:$|[\s./(:?"])/i;

function isBulkOperation(trace: Trace, call: SpanIndex): boolean {
  return [trace.operation(call), trace.text(call, 'db.operation.name'), trace.queryShape(call)].some((text) =>
    BULK.test(text.slice(0, LOOKED_AT)),
  );
}

/** `insert into … select … from …` that people notice (100 ms, Nielsen): to copy a single row takes far less. */
function fills(trace: Trace, call: SpanIndex): boolean {
  const isLong = trace.durationOfUs(call) >= 100_000;
  return isLong && /^insert into .{1,300}\bselect\b.{1,900}\bfrom\b/s.test(trace.queryShape(call).slice(0, 1200));
}

/** Characters: the operation, or the first members of a document. */
const LOOKED_AT = 80;

function isBatchStatement(trace: Trace, call: SpanIndex): boolean {
  const shape = trace.queryShape(call);
  if (
    /^fetch (?:\w+ )?(?:\? )?(?:from|in) /.test(shape) ||
    /\bunnest \(|= any \(\?|\bjson_?b?_to_recordset\b/.test(shape)
  )
    return true;
  if (/\bin \(\?\)/.test(shape) && /\bin ?\([^()]{1,400},/i.test(trace.text(call, 'db.query.text'))) return true;
  // With an equality the statement is about one element, whatever else it compares.
  if (/(?<![<>!])= ?\?|\bin \(\?/.test(shape)) return false;
  const isLimited = /\b(?:limit|fetch next|fetch first|top) ?\(?\?/.test(shape);
  const hasBound = /[<>]=? ?(?:\?|\()/.test(shape) || /\boffset \?/.test(shape);
  const isSlice = /\bbetween \? and \?/.test(shape) || (/>=? ?\?/.test(shape) && /<=? ?\?/.test(shape));
  return isSlice || (isLimited && (hasBound || /^(?:delete|update)\b/.test(shape)));
}

/** `gen_ai.request.batch_size`, `batch.size`, `messaging.batch.message_count`: more than one element in one call. */
const BATCH_SIZE = /(?:^|[._-])batch[._-]?(?:size|count|message_count)$/i;

function saysBatch(trace: Trace, call: SpanIndex): boolean {
  return Object.keys(trace.attributesFor(call, BATCH_SIZE)).some(
    (name) => BATCH_SIZE.test(name) && (trace.number(call, name) ?? 0) >= 2,
  );
}

/** Reads a list page by page: each page needs the token, or the number, of the one before. */
function asksForPage(trace: Trace, call: SpanIndex): boolean {
  const address = trace.text(call, 'url.full') || trace.text(call, 'url.query') || trace.operation(call);
  return (
    address.includes('=') &&
    /(?:^|[?&])(?:page|offset|skip|cursor|after|start(?:_?index)?|page_?token|continuation_?token)=/i.test(address)
  );
}

/** Such methods of AWS answer with one page and a token for the next. Another service may list what belongs to one element. */
const LISTS = /^(?:List[A-Z]|Scan$)/;

/** Whether each call of a row needs what the one before answered: the next page of a list. */
export function arePages(trace: Trace, calls: readonly SpanIndex[]): boolean {
  const read = calls.slice(0, READ);
  return read.length > 0 && read.every((call) => asksForPage(trace, call) || listsOnAws(trace, call));
}

function listsOnAws(trace: Trace, call: SpanIndex): boolean {
  return trace.text(call, 'rpc.system.name') === 'aws-api' && LISTS.test(trace.text(call, 'rpc.method'));
}

/** Addresses and methods for many elements: Elasticsearch, Google's APIs, OData, JSON-RPC. */
const BULK_CALL =
  /(?:\/|:|^|\.)(?:_?bulk|_mget|_msearch|_search\/scroll|scroll|batch|\$batch|batch(?:get(?!documents)|create|update|delete|write)\w*|bulk(?:get|create|update|delete|write|insert|upsert)\w*)(?:$|[/?#\s])/i;

/**
 * S3's multipart upload, Azure's block blobs, Google's resumable uploads, OCI's and Backblaze's parts, upload sessions of
 * Dropbox and Microsoft Graph, chunks of X's and Facebook's media.
 */
const PART_CALL =
  /(?:^|[./ _])(?:Upload_?Part(?:Copy)?|Put_?Block(?:From_?URL)?|Stage_?Block(?:From_?URL)?|Append_?Block|(?:upload|send|put|write|receive|download)[_ -]?(?:chunk|part|segment|range)s?)$|[?&](?:partNumber=\d|comp=(?:block|appendblock)(?:&|$)|blockid=|uploadType=resumable|upload_id=|resumable=|command=APPEND|upload_phase=transfer)|\/upload_session\/append|\/uploadSessions?\b/i;
/** Where in the file it begins, or which part it is: tus, Content-Range (RFC 9110, 14.4), Azure's `x-ms-range`. */
const PART_NUMBER =
  /(?:^|[._-])(?:part[._-]?number|(?:upload|file|blob|media)[._-](?:chunk|part|block|segment)[._-]?(?:number|index|no|id|offset)|upload[._-]?offset|content[._-]?range|(?:x-ms-|http\.request\.header\.)range)$/i;

/** Parts of one large object. The store's interface asks for them, and a single call cannot replace them. */
export function areParts(trace: Trace, calls: readonly SpanIndex[]): boolean {
  const read = calls.slice(0, READ);
  return read.every((call) => isPart(trace, call)) || areChunks(trace, read);
}

/** Google's resumable uploads, and the Graph's sessions, have chunks of at least 256 and 320 KiB. Forms are smaller. */
const CHUNK_BYTES = 256 * 1024;
const WRITES = /\b(?:PATCH|PUT|POST)\b/i;

/** Large bodies that go one after another to the same address: tus, and every upload in chunks. */
function areChunks(trace: Trace, calls: readonly SpanIndex[]): boolean {
  const [first] = calls;
  if (first === undefined) return false;
  const address = trace.text(first, 'url.full').replace(/[?#].*$/s, '');
  return calls.every((call) => {
    const method = trace.text(call, 'http.request.method') || trace.operation(call);
    return (
      address !== '' &&
      WRITES.test(method) &&
      trace.text(call, 'url.full').replace(/[?#].*$/s, '') === address &&
      bodyBytes(trace, call) >= CHUNK_BYTES
    );
  });
}

/** As either end recorded it. */
function bodyBytes(trace: Trace, call: SpanIndex): number {
  const ends = [call, calleeSpan(trace, call)];
  return Math.max(...ends.map((span) => trace.number(span, 'http.request.body.size') ?? 0));
}

/** 206 Partial Content (RFC 9110, 15.3.7): the answer is a range of one object, as downloads ask for it. */
const PARTIAL_CONTENT = 206;

function isPart(trace: Trace, call: SpanIndex): boolean {
  const called = calleeSpan(trace, call);
  const ends = called === call ? [call] : [call, called];
  return ends.some((span) => {
    if (trace.httpStatus(span) === PARTIAL_CONTENT) return true;
    const named = ['rpc.method', 'url.full', 'url.path'].map((name) => trace.text(span, name));
    if (
      [trace.operation(span), ...named, `?${trace.text(span, 'url.query')}`].some((text) => PART_CALL.test(text)) ||
      isBlobPart(trace, span)
    )
      return true;
    return trace.hasAttribute(span, PART_NUMBER);
  });
}

/** Container registries take a layer in parts by PATCH, and whole by PUT (OCI Distribution Specification). */
function isBlobPart(trace: Trace, span: SpanIndex): boolean {
  if (trace.text(span, 'http.request.method') !== 'PATCH') return false;
  return `${trace.text(span, 'url.full')} ${trace.text(span, 'url.path')}`.includes('/blobs/uploads/');
}

function isBulkCall(trace: Trace, call: SpanIndex): boolean {
  if (isPart(trace, call) || saysBatch(trace, call)) return true;
  const called = calleeSpan(trace, call);
  return [
    trace.text(call, 'url.full').replace(/[?#].*$/s, ''),
    trace.text(call, 'url.path'),
    trace.operation(call),
    trace.operation(called),
  ].some((text) => BULK_CALL.test(text));
}
