/** Calls whose callee recorded no span, although its service records spans elsewhere in the trace. */
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { hostInAddress } from '#model/trace/views/called-host.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** Calls to services that record spans in this trace, but not for these calls. Failed calls may never have arrived. */
export function silentCalls(trace: Trace, minHiddenUs: number): (readonly [string, readonly SpanIndex[]])[] {
  const calls = spansWith(trace, { kinds: ['client'] });
  if (calls.length === 0) return [];
  const recordingService = recordingServices(trace);
  const isWait = trace.operationTest(isConnectionWait);
  const hostOf = hostsInAddresses(trace);
  const byService = new Map<string, SpanIndex[]>();
  for (const span of calls) {
    if (trace.childCount(span) > 0 || trace.isDatabaseCall(span)) continue;
    if (trace.failed(span) || trace.durationOfUs(span) < minHiddenUs || isWait(span)) continue;
    const service = recordingService(trace.peer(span) || hostOf(span));
    if (service === '' || service === trace.service(span)) continue;
    const known = byService.get(service);
    if (known === undefined) byService.set(service, [span]);
    else known.push(span);
  }
  return [...byService];
}

/** Reads the address of this many spans at most. */
const READ_AT_MOST = 100;

/** Older HTTP clients name the callee only in the address. */
function hostsInAddresses(trace: Trace): (span: SpanIndex) => string {
  let read = 0;
  return (span) => {
    read += 1;
    if (read > READ_AT_MOST) return '';
    return hostInAddress(trace, span);
  };
}

/** The service of that name that answers calls in this trace; empty where there is none. */
function recordingServices(trace: Trace): (peer: string) => string {
  const known = new Map<string, string>([['', '']]);
  let named: ReturnType<typeof serviceNamed> | undefined;
  return (peer) => {
    let service = known.get(peer);
    if (service === undefined) {
      named ??= serviceNamed(answeringServices(trace));
      service = named(peer) ?? '';
      known.set(peer, service);
    }
    return service;
  };
}

function answeringServices(trace: Trace): string[] {
  const names = new Set<string>();
  for (const span of spansWith(trace, { kinds: ['server'] })) names.add(trace.service(span));
  return [...names].sort();
}
