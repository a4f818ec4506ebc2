/**
 * A body of bytes that should hold traces. Bytes are pushed as they arrive; what they were is known at the end.
 *
 * This decoder keeps the bytes and parses them whole at the end, so that a body of more than 512 MB, V8's longest string,
 * is refused with a clear error.
 */
import { UnreadableInputError } from '#core/errors.ts';
import { decodeJaegerJson, isJaegerJson } from '#decode/jaeger-json.ts';
import { decodeOtlpJson, isOtlpJson } from '#decode/otlp-json.ts';
import type { BodyFormat } from '#model/body.ts';
import type { SpanRow } from '#model/trace-builder.ts';

export type DecodedTrace = Readonly<{ traceId: string; rows: readonly SpanRow[] }>;

export type BodyDecoder<T> = Readonly<{
  push(chunk: Uint8Array): void;
  /** Throws UnreadableInputError. */
  end(): T;
}>;

const ACCEPTED = 'Accepted are Jaeger JSON and OTLP JSON, plain or gzipped.';
const LONGEST_TEXT = 0x1fffffe8;

export function traceBody(format: BodyFormat, source: string): BodyDecoder<readonly DecodedTrace[]> {
  const chunks: Uint8Array[] = [];
  return {
    push: (chunk) => {
      chunks.push(chunk);
    },
    end() {
      const body = parse(joined(chunks), source);
      chunks.length = 0;
      if (format !== 'otlp-json' && isJaegerJson(body)) return decodeJaegerJson(body);
      if (format !== 'jaeger-json' && isOtlpJson(body)) return decodeOtlpJson(body);
      if (format !== 'auto') return []; // an answer of a backend that holds no spans
      throw new UnreadableInputError(`${source} holds no trace: it looks like ${looks(body)}`, ACCEPTED);
    },
  };
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function parse(bytes: Uint8Array, source: string): unknown {
  if (bytes.length === 0) throw new UnreadableInputError(`${source} is empty`, ACCEPTED);
  if (bytes.length > LONGEST_TEXT) {
    throw new UnreadableInputError(
      `${source} is too large: ${Math.round(bytes.length / 1e6)} MB`,
      'Cut the trace into smaller files.',
    );
  }
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    const start = text.trimStart().slice(0, 40).replace(/\s+/g, ' ');
    const kind = start.startsWith('<')
      ? 'a web page'
      : start.startsWith('{') || start.startsWith('[')
        ? 'JSON that is cut short or damaged'
        : 'no JSON';
    throw new UnreadableInputError(`${source} cannot be read: it is ${kind} (it begins with “${start}”)`, ACCEPTED, {
      cause: error,
    });
  }
}

function looks(body: unknown): string {
  if (Array.isArray(body)) {
    const [first] = body;
    if (typeof first === 'object' && first !== null && 'traceId' in first && 'localEndpoint' in first)
      return 'Zipkin JSON';
    return `a JSON list of ${body.length} elements`;
  }
  if (typeof body !== 'object' || body === null) return `a JSON ${body === null ? 'null' : typeof body}`;
  const keys = Object.keys(body).slice(0, 5).join(', ');
  return keys === '' ? 'an empty JSON object' : `a JSON object with the keys ${keys}`;
}
