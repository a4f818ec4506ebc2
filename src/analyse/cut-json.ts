/**
 * Removes spans from a body of traces, in any format and as one value or one per line, until it is small enough. The
 * rest stays unchanged byte for byte.
 *
 *   {"data":[{"spans":[{…},{…}],"processes":{…}},{"spans":[{…}],"processes":{…}}]}
 *            └─────────└─┘─└─┘──────────────────┘ └────────└─┘──────────────────┘      pieces: spans, and their containers
 *
 * A piece is an element of a list, or a line. A piece that loses all its spans is removed as a whole. Nothing recurses
 * over the input, however deep it is.
 */
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '#decode/json-cursor.ts';
import { jsonTextEnd } from '#decode/json-text-end.ts';

/** Spans of a lower level come first. Undefined for a span to remove. */
export type LevelOf = (spanId: string) => number | undefined;

export function cutJson(bytes: Uint8Array, maxBytes: number, levelOf: LevelOf): Uint8Array {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces = nested(piecesOf(json));
  const around = json.length - pieces.reduce((sum, { ownBytes }) => sum + ownBytes, 0);
  keepByLevel(pieces, maxBytes - around, levelOf);
  return without(
    json,
    pieces.filter((piece) => !piece.isKept && piece.parent?.isKept !== false),
  );
}

type Piece = {
  readonly from: number;
  readonly to: number;
  /** For a span; undefined for a container of spans. */
  readonly spanId: string | undefined;
  parent: Piece | undefined;
  /** Without the pieces inside. */
  ownBytes: number;
  isKept: boolean;
};

/** In order of their start, each with the piece around it. */
function nested(pieces: Piece[]): Piece[] {
  pieces.sort((a, b) => a.from - b.from || b.to - a.to);
  const around: Piece[] = [];
  for (const piece of pieces) {
    while ((around.at(-1)?.to ?? Number.POSITIVE_INFINITY) <= piece.from) around.pop();
    piece.parent = around.at(-1);
    if (piece.parent) piece.parent.ownBytes -= piece.to - piece.from;
    around.push(piece);
  }
  return pieces;
}

/** A span keeps its container, which is counted once. A span that is too large by itself does not displace others. */
function keepByLevel(pieces: readonly Piece[], maxBytes: number, levelOf: LevelOf): void {
  const byLevel = Map.groupBy(pieces, ({ spanId }) => (spanId === undefined ? undefined : levelOf(spanId)));
  const levels = [...byLevel.keys()].filter((level) => level !== undefined).sort((a, b) => a - b);
  let left = maxBytes;
  for (const span of levels.flatMap((level) => byLevel.get(level) ?? [])) {
    if (span.ownBytes > left) continue;
    let bytes = 0;
    for (let one: Piece | undefined = span; one && !one.isKept; one = one.parent) bytes += one.ownBytes + COMMA_BYTES;
    left -= bytes;
    if (left < 0) return;
    for (let one: Piece | undefined = span; one && !one.isKept; one = one.parent) one.isKept = true;
  }
}

const COMMA_BYTES = 1;

type Frame = {
  readonly from: number;
  readonly isObject: boolean;
  /** How many pieces there were before it. */
  readonly piecesBefore: number;
  name: string;
  expectsName: boolean;
  /** The mark of a span: `spanId` in the formats that have it, `id` next to a `traceId` in Zipkin's. */
  spanId: string | undefined;
  id: string | undefined;
  hasTraceId: boolean;
};

function piecesOf(json: Buffer): Piece[] {
  const pieces: Piece[] = [];
  const open: Frame[] = [];
  let isFirstValue = true;
  const close = (to: number): void => {
    const frame = open.pop();
    if (frame === undefined) return;
    // Without its first value a body would be empty.
    const isElement = open.length === 0 ? !isFirstValue : open.at(-1)?.isObject === false;
    const spanId = frame.spanId ?? (frame.hasTraceId ? frame.id : undefined);
    if (isElement && spanId !== undefined) {
      pieces.length = frame.piecesBefore; // an object inside a span, such as a link, is part of the span
      pieces.push(pieceOf(frame.from, to, spanId));
    } else if (isElement && pieces.length > frame.piecesBefore) {
      pieces.push(pieceOf(frame.from, to, undefined));
    }
    isFirstValue &&= open.length > 0;
  };
  const sign = (byte: number, at: number): void => {
    const frame = open.at(-1);
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const isObject = byte === OPEN_BRACE;
      open.push({ ...NOTHING_SAID, from: at, isObject, expectsName: isObject, piecesBefore: pieces.length });
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) close(at + 1);
    else if (byte === COMMA && frame) frame.expectsName = frame.isObject;
  };
  for (let at = 0; at < json.length; ) {
    const byte = json[at] ?? 0;
    if (byte !== QUOTE && !isInWord(byte)) {
      sign(byte, at);
      at += 1;
      continue;
    }
    const to = byte === QUOTE ? jsonTextEnd(json, at) : endOfWord(json, at);
    const frame = open.at(-1);
    if (frame?.isObject) note(frame, json, at, to);
    at = to;
  }
  return pieces;
}

const NOTHING_SAID = { name: '', spanId: undefined, id: undefined, hasTraceId: false } as const;

function pieceOf(from: number, to: number, spanId: string | undefined): Piece {
  return { from, to, spanId, parent: undefined, ownBytes: to - from, isKept: false };
}

/** A name, or the value of one. */
function note(frame: Frame, json: Buffer, from: number, to: number): void {
  if (frame.expectsName) {
    frame.expectsName = false;
    frame.name = to - from <= LONGEST_NAME ? json.toString('latin1', from + 1, to - 1) : '';
  } else if (frame.name === 'id') frame.id = textAt(json, from, to);
  else if (frame.name === 'traceId') frame.hasTraceId = true;
  else if (SPAN_ID.has(frame.name)) frame.spanId = textAt(json, from, to);
}

const SPAN_ID: ReadonlySet<string> = new Set(['spanID', 'spanId', 'span_id']);
/** A requested one, with its quotes. */
const LONGEST_NAME = 9;

function textAt(json: Buffer, from: number, to: number): string {
  const literal = json.toString('utf8', from, to);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

/** Numbers and true, false, null. */
function isInWord(byte: number): boolean {
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e;
}

function endOfWord(json: Buffer, from: number): number {
  let at = from;
  while (isInWord(json[at] ?? 0)) at += 1;
  return at;
}

/** The bytes without these pieces, which do not overlap, and without the commas between them. */
function without(json: Buffer, leftOut: readonly Piece[]): Uint8Array {
  const stays: { from: number; to: number }[] = [];
  let at = 0;
  for (const { from, to } of leftOut) {
    stays.push({ from: at, to: from });
    const next = behindSpace(json, to);
    const isLast = json[next] !== COMMA;
    at = isLast ? to : behindSpace(json, next + 1);
    if (isLast) dropComma(json, stays);
  }
  stays.push({ from: at, to: json.length });
  return Buffer.concat(stays.map(({ from, to }) => json.subarray(from, to)));
}

/** The comma at the end, after the last element that stays. */
function dropComma(json: Buffer, stays: { from: number; to: number }[]): void {
  for (let last = stays.at(-1); last; last = stays.at(-1)) {
    let to = last.to;
    while (to > last.from && isSpace(json[to - 1])) to -= 1;
    if (to > last.from) {
      if (json[to - 1] === COMMA) last.to = to - 1;
      return;
    }
    stays.pop();
  }
}

function behindSpace(json: Buffer, from: number): number {
  let at = from;
  while (isSpace(json[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
