/**
 * The name service whose own line says that it got no answer for a name, while a caller waited for its address.
 *
 *   POST ✗ lookup api.bank.example: i/o timeout   [==========]    payouts
 *                                                       ·         coredns: … api.bank.example. A: … i/o timeout
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

const LONGEST_MESSAGE = 200;

/** Undefined where no line of another service names the host while the call lasted. */
export function nameServerOf(
  trace: Trace,
  call: SpanIndex,
  host: string,
  logs: readonly LogLine[],
): Readonly<{ service: string; item: EvidenceItem }> | undefined {
  const startUs = trace.startEpochUs + trace.startUs(call);
  const endUs = trace.startEpochUs + trace.endUs(call);
  const line = logs.find((each) => {
    if (each.service === '' || trace.services.includes(each.service) || !each.line.includes(host)) return false;
    const atUs = epochUsOf(each);
    return atUs >= startUs && atUs <= endUs && tellsOfFailure(each);
  });
  if (line === undefined) return undefined;
  const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: cutFirstLine(logMessage(line), LONGEST_MESSAGE) };
  return { service: line.service, item };
}
