/** Uploads and downloads, which take as long as their bytes. */
import { takesTripPerRow } from '#model/sql/row-rate.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { LISTED_AT_MOST, LONG_US, longSpans, MOST_OF_TIME, REPEATED } from '#model/trace/views/request-spans.ts';

/** Ten megabytes are no page and no document: they are moved for their own sake. */
const TRANSFER_BYTES = 10_000_000;
/** A slower transfer than a megabyte a second is a fault for what is recorded. */
const LEAST_BYTES_A_SECOND = 1_000_000;

/** Pages weigh about 2.6 MB with all that they load (HTTP Archive, 2024): one answer of a megabyte is a file. */
const PAGE_BYTES = 1_000_000;
/** Most of the time the server waits for what its client sends. */
const READS_BODY =
  /\b(?:read|receive|parse|buffer|stream)(?:s|d|ing)?[ ._-]{0,2}(?:http[ ._-]?)?(?:request|client)?[ ._-]?(?:body|upload|multipart|form[ ._-]?data)\b/i;

/** The other way: the server sends what it has at hand as quickly as its client takes it. */
const SENDS_BODY =
  /\b(?:send|write|stream|flush)(?:s|d|ing)?[ ._-]{0,2}(?:http[ ._-]?)?(?:response|client)?[ ._-]?(?:body|download|file|response|chunks?)\b|\bsendfile\b/i;

/** The spans of sending a file are as long as the client's line is slow. */
function sendsDownload(trace: Trace, span: SpanIndex, chain: readonly SpanIndex[]): boolean {
  if (!SENDS_BODY.test(trace.operation(span).replaceAll('_', ' ')) || trace.isDatabaseCall(span)) return false;
  return [span, ...chain].some((each) => (trace.number(each, 'http.response.body.size') ?? 0) >= PAGE_BYTES);
}

/** Its client sends a file: the spans of reading it are as long as the client's line is slow. */
function readsUpload(trace: Trace, span: SpanIndex, chain: readonly SpanIndex[]): boolean {
  if (!READS_BODY.test(trace.operation(span))) return false;
  return chain.some((above) => (trace.number(above, 'http.request.body.size') ?? 0) >= PAGE_BYTES);
}

/** Files that are made and sent piece by piece. */
const FILE = /\.(?:csv|tsv|ndjson|parquet|xlsx|zip|gz|tar|iso|mp4|webm|m4s|apk|dmg|exe)(?:$|[?#])/i;

/** `an upload`, `a download`; undefined for neither. */
export function transferOf(trace: Trace, chain: readonly SpanIndex[]): string | undefined {
  const least = MOST_OF_TIME * trace.durationOfUs(trace.root);
  const spans = longSpans(trace, least);
  for (const span of spans) {
    if (movesMuch(trace, span, 'request')) return 'an upload';
    if (movesMuch(trace, span, 'response')) return 'a download';
  }
  if (spans.some((span) => readsUpload(trace, span, chain))) return 'an upload';
  if (spans.some((span) => trace.isInternal(span) && sendsDownload(trace, span, chain))) return 'a download';
  // Its rows take the time, and not its bytes.
  if (spans.some((span) => trace.isDatabaseCall(span) && takesTripPerRow(trace, span))) return undefined;
  return isFile(trace, chain) || passesFileOn(trace) ? 'a download' : undefined;
}

function movesMuch(trace: Trace, span: SpanIndex, way: 'request' | 'response'): boolean {
  const bytes = trace.number(span, `http.${way}.body.size`) ?? 0;
  return bytes >= TRANSFER_BYTES && bytes / (trace.durationOfUs(span) / 1e6) >= LEAST_BYTES_A_SECOND;
}

/** It took long, or the size of its answer shows how quick it was. */
function isFile(trace: Trace, chain: readonly SpanIndex[]): boolean {
  const file = chain.find((span) => FILE.test(trace.text(span, 'url.path') || trace.text(span, 'http.route')));
  if (file === undefined) return false;
  const rootUs = trace.durationOfUs(trace.root);
  const bytes = trace.number(file, 'http.response.body.size') ?? 0;
  return rootUs >= LONG_US || (bytes >= PAGE_BYTES && bytes / (rootUs / 1e6) >= LEAST_BYTES_A_SECOND);
}

/** S3, Google Cloud Storage and Azure call so what sends one part of a file. */
const PART_CALL = /\b(?:UploadPart(?:Copy)?|Put ?Block|StageBlock)$/i;
/** tus, resumable uploads of Google and Dropbox, S3's presigned parts, Azure's blocks. */
const PART_HEADER = /^http\.request\.header\.(?:upload[-_]offset|content[-_]range)$/i;
const PART_ADDRESS =
  /[?&](?:partNumber=\d|comp=(?:append)?block\b|upload_id=|uploadType=resumable)|\/upload_session\/append|\/uploadSessions?\b/i;
/** Google's resumable uploads have chunks of at least 256 KiB. What changes a resource is smaller. */
const CHUNK_BYTES = 256 * 1024;

/** A file that is sent or fetched part by part. */
export function inParts(trace: Trace): string | undefined {
  if (trace.durationOfUs(trace.root) < LONG_US) return undefined;
  const most = MOST_OF_TIME * trace.durationOfUs(trace.root);
  if (pathUs(trace, chunksOf(trace)) >= most) return 'an upload in parts';
  return pathUs(trace, rangesOf(trace)) >= most ? 'a download in parts' : undefined;
}

/** The calls that each send one part of a file, where there are several. */
function chunksOf(trace: Trace): readonly SpanIndex[] {
  const isPartCall = trace.operationTest((name) => PART_CALL.test(name));
  const isUpload = trace.operationTest((name) => /\b(?:PUT|PATCH|POST)\b/i.test(name));
  const parts: SpanIndex[] = [];
  for (let span = 0, read = 0; span < trace.spanCount && read < LISTED_AT_MOST; span += 1) {
    if (isPartCall(span)) parts.push(span);
    else if (trace.isCall(span) && isUpload(span)) {
      read += 1;
      if (sendsPart(trace, span)) parts.push(span);
    }
  }
  return parts.length >= REPEATED ? parts : [];
}

/** 206: one range of a file (RFC 9110). */
const PARTIAL = 206;

/** The calls that each fetch one range of a file, where there are several. */
function rangesOf(trace: Trace): readonly SpanIndex[] {
  const ranges: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount && ranges.length < LISTED_AT_MOST; span += 1)
    if (trace.kind(span) === 'client' && trace.httpStatus(span) === PARTIAL) ranges.push(span);
  return ranges.length >= REPEATED ? ranges : [];
}

/** A proxy has the whole file from the server behind it, and its client takes the rest of the time to read it. */
function passesFileOn(trace: Trace): boolean {
  const { root } = trace;
  if (trace.kind(root) !== 'server' || (trace.number(root, 'http.response.body.size') ?? 0) < PAGE_BYTES) return false;
  const behind = trace.children(root);
  const isProxy = behind.length === 1 && trace.httpStatus(behind[0] ?? root) === trace.httpStatus(root);
  return isProxy && trace.durationOfUs(behind[0] ?? root) < (1 - MOST_OF_TIME) * trace.durationOfUs(root);
}

function sendsPart(trace: Trace, span: SpanIndex): boolean {
  return (
    trace.hasAttribute(span, PART_HEADER) ||
    PART_ADDRESS.test(`${trace.text(span, 'url.full')}?${trace.text(span, 'url.query')}`) ||
    isLargePatch(trace, span)
  );
}

/** tus, and container registries, take a file as one PATCH after another. Either end records the size. */
function isLargePatch(trace: Trace, span: SpanIndex): boolean {
  const ends = [span, trace.firstChild(span) ?? span];
  const isLarge =
    trace.text(span, 'url.full').includes('/blobs/uploads/') ||
    ends.some((end) => (trace.number(end, 'http.request.body.size') ?? 0) >= CHUNK_BYTES);
  return isLarge && trace.text(span, 'http.request.method') === 'PATCH';
}
