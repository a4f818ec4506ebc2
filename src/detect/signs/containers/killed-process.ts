/**
 * Whose process the kernel killed. It writes the name of the process into the log of the machine, which may be collected
 * under the name of any service of that machine.
 *
 *   web   Memory cgroup out of memory: Killed process 4121 (inventory) …      inventory was killed, not web
 */
import { isSameService } from '#model/incident/alert-service.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

/** The name of the process in the kernel's line, and in its summary of the same kill. */
const PROCESS = /\bkilled process \d{1,10},? \(?([\w.-]{1,15})\)?|\btask=([\w.-]{1,15}),pid=\d/i;
/** The kernel keeps 15 characters of a name. */
const LONGEST_NAME = 15;

/** The service of the request that a line names as killed; undefined where it names none, or a runtime like `java`. */
export function victimsAmong(trace: Trace | undefined): (line: LogLine | undefined) => string | undefined {
  let services: readonly string[] | undefined;
  return (line) => {
    const found = line === undefined ? null : PROCESS.exec(line.line);
    const process = found?.[1] ?? found?.[2] ?? '';
    if (process === '' || trace === undefined) return undefined;
    services ??= servicesIn(trace);
    const isIts = (service: string) =>
      isSameService(service, process) || (process.length === LONGEST_NAME && service.startsWith(process));
    return services.find(isIts);
  };
}

/** With spans or without: a killed callee often left none. */
function servicesIn(trace: Trace): readonly string[] {
  const names = new Set(trace.services);
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.isCall(span)) names.add(callee(trace, span));
  names.delete('');
  return [...names];
}
