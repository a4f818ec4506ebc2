/** Reads the size of the data in a call from its spans: HTTP bodies, messages of brokers and of gRPC. */

import { sizeText } from '#model/text/size-text.ts';
import type { SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { canonicalNumber, canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';

/** Takes 80 ms on a line of 100 Mbit/s, and both sides process every byte. */
const LARGE_BYTES = 1_000_000;
/** At most this many spans are read, those with the most time first. */
const ASKED = 5;

/** `an answer of 48 MB`, of the operation or its caller; empty where nothing large was sent. */
export function largestBody(trace: Trace, spans: readonly SpanIndex[]): string {
  const asked = spans.slice(0, ASKED).flatMap((span) => [span, trace.parent(span) ?? span]);
  const [largest] = asked
    .filter((span) => span === trace.root || pathBelowUs(trace, span) > 0)
    .flatMap((span) => [...bodies(trace, span), ...messages(trace, span)])
    .filter(({ bytes }) => bytes >= LARGE_BYTES)
    .sort((a, b) => b.bytes - a.bytes);
  return largest === undefined ? '' : `${largest.what} of ${sizeText(largest.bytes)}`;
}

type Body = Readonly<{ what: string; bytes: number }>;

const BODIES: Readonly<Record<string, string>> = {
  'http.response.body.size': 'an answer',
  'http.request.body.size': 'a request',
  'messaging.message.body.size': 'a message',
  'rpc.response.size': 'an answer',
  'rpc.request.size': 'a request',
};

function bodies(trace: Trace, span: SpanIndex): Body[] {
  return Object.entries(BODIES).map(([name, what]) => ({ what, bytes: trace.number(span, name) ?? 0 }));
}

/** gRPC's instrumentation records each message of a call as an event. What a client sends, its callee receives. */
function messages(trace: Trace, span: SpanIndex): Body[] {
  if (!trace.hasEvents(span)) return [];
  const byWay = Map.groupBy(trace.events(span).filter(isMessage), ({ attributes }) =>
    canonicalText(attributes, 'rpc.message.type').toUpperCase(),
  );
  const isClient = trace.kind(span) === 'client';
  return [...byWay].flatMap(([way, sent]): Body[] => {
    const bytes = sent.reduce((sum, event) => sum + sizeOf(event), 0);
    const isAnswer = (way === 'RECEIVED') === isClient;
    const what = way === '' ? 'a message' : isAnswer ? 'an answer' : 'a request';
    return [{ what: sent.length > 1 ? `${what} in ${sent.length} messages` : what, bytes }];
  });
}

function isMessage({ name, attributes }: SpanEvent): boolean {
  return /^(?:rpc\.)?message$/i.test(name) || canonicalText(attributes, 'rpc.message.type') !== '';
}

/** The uncompressed size, or else the size on the wire. */
function sizeOf({ attributes }: SpanEvent): number {
  return (
    canonicalNumber(attributes, 'rpc.message.uncompressed_size') ??
    canonicalNumber(attributes, 'rpc.message.compressed_size') ??
    0
  );
}
