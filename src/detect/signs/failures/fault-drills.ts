/** A proxy injects a fault, and its line or the request says that people test the failure now. */
import { namesExperiment } from '#model/changes/declared-faults.ts';
import type { Candidate } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { recordedFlags } from '#model/trace/views/recorded-flags.ts';

/**
 * A caller asks for its own fault: headers of Envoy's fault filter, and those that chaos tools choose their requests by.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter
 */
const ASKS_FOR_FAULT = /x-envoy-fault-|\bchaos\b|\bdrill\b|\bfault[-_]injection\b/i;
/** Envoy: `fault_filter_abort`; Istio and others: injected. */
const INJECTS = /\bfault_filter_|\bfault filter\b|\binject(?:s|ed|ing|ion)?\b/i;
const DRILL = /\bdrill\b|\bplanned\b|\bon purpose\b/i;

export function isDrill(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  if (recordedFlags(trace, span)[0]?.blames !== 'injection') return false;
  if (trace.hasAttribute(span, ASKS_FOR_FAULT)) return true;
  // The flag shows the fault: who tells of the test, a mesh, a chaos tool or the service behind, does not matter.
  return logs.some(({ line }) => INJECTS.test(line) && (DRILL.test(line) || namesExperiment(line)));
}

export const CANDIDATES_OF_DRILL: readonly Candidate[] = [
  { what: 'a test of failures that runs now', shownBy: 'somebody announced it, and only its own requests fail' },
  { what: 'a test that nobody ended', shownBy: 'the requests of users fail, and nobody tests now' },
];
