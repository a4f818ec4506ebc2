/** The text of a span's event: an OpenTracing log has it among the fields, an OpenTelemetry event in its name. */

import type { SpanEvent } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';

export function eventText({ name, attributes }: SpanEvent): string {
  const fields = [
    canonicalText(attributes, 'exception.message'),
    ...['message', 'error', 'error.message'].map((key) => attributes[key]),
  ];
  const texts = new Set(fields.filter((text): text is string => typeof text === 'string' && text !== ''));
  texts.delete(name);
  return [name, ...texts].join(' ').trim();
}

/** Some instrumentation records an exception and leaves the span's status unset. */
export function recordsException({ name, attributes }: SpanEvent): boolean {
  return name === 'exception' || attributes['exception.type'] !== undefined;
}

/** `lock.wait` and `connection_acquired` are words, too. */
export function spaced(text: string): string {
  return text.replace(/[._]/g, ' ');
}
