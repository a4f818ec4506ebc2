/** Whether a process runs on the user's device: its database is not on a server. */

import type { Stretch } from '#model/finding/finding.ts';
import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Recognises devices by OpenTelemetry's resource attributes and by SDKs that run only there. */
export function runsOnDevice(resource: Attributes): boolean {
  if (['device.id', 'device.model.identifier', 'browser.platform', 'browser.brands'].some((name) => name in resource))
    return true;
  if (/^(?:android|ios|ipados|watchos|tvos)$/i.test(canonicalText(resource, 'os.name'))) return true;
  if (/^(?:webjs|swift)$/i.test(canonicalText(resource, 'telemetry.sdk.language'))) return true;
  return ON_DEVICE.test(canonicalText(resource, 'telemetry.sdk.name'));
}

const ON_DEVICE = /\b(?:android|cocoa|ios|flutter|react-native|javascript\.(?:browser|react|vue|angular|svelte))\b/i;

/**
 * A round trip of EDGE takes up to a second, and a new connection needs four: name, TCP, TLS, request (Grigorik, High
 * Performance Browser Networking).
 */
const CELLULAR_US = 4_000_000;
/** For a device that does not record its line. A longer wait interrupts the flow of thought (Nielsen). */
const UNKNOWN_LINE_US = 1_000_000;
/** `network.connection.type`, and the Network Information API's `effectiveType`. */
const CELLULAR = /^(?:cell(?:ular)?|edge|gprs|hspap?|umts|lte|(?:slow-)?[2-5]g)$/i;

/** The span records a phone's network. */
export function isCellular(trace: Trace, span: SpanIndex): boolean {
  return Object.entries(trace.attributes(span)).some(
    ([name, value]) => /connection|effective_?type/i.test(name) && CELLULAR.test(String(value)),
  );
}

/** Its resource says that it is a device, or the span that it had a phone's network. */
export function isOfDevice(trace: Trace, span: SpanIndex): boolean {
  return runsOnDevice(trace.resource(span)) || isCellular(trace, span);
}

/** Between a phone or a browser and the server lies its user's line, which nobody here can mend. */
export function isOfLine(trace: Trace, { span, startUs, endUs }: Stretch): boolean {
  const call = trace.kind(span) === 'client' ? span : trace.parent(span);
  if (call === undefined || trace.kind(call) !== 'client') return false;
  if (!trace.children(call).some((child) => trace.kind(child) === 'server')) return false;
  if (isCellular(trace, call)) return endUs - startUs <= CELLULAR_US;
  return runsOnDevice(trace.resource(call)) && endUs - startUs <= UNKNOWN_LINE_US;
}
