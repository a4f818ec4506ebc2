/**
 * Lines that another service wrote during a call, and that say why the call failed. Its caller only lost the connection,
 * or got no address.
 *
 *   GET ✗ EOF                          [=========]    edge
 *                                               ·     sessions: fatal error: concurrent map writes
 *   POST ✗ lookup api.bank.example     [=========]    payouts
 *                                           ·         coredns: … api.bank.example. A: … i/o timeout
 */
import { serviceKey } from '#model/incident/alert-service.ts';
import { TIME_LIMIT_LINES } from '#model/instruments/kill-words.ts';
import { PANICS, PROCESS_ENDS } from '#model/instruments/panic-words.ts';
import type { SignList } from '#model/instruments/sign-list.ts';
import { FUNCTION_NOT_STARTED, NO_INSTANCE } from '#model/instruments/start-words.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { namesInHost } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A supervisor writes its line after the caller noticed. A tenth of a second is what people do not notice. */
const WRITTEN_WITHIN_US = 100_000;

export type OwnLine = Readonly<{ line: LogLine; text: string }>;

/** The line in which this service says that its process ended. A line about SIGKILL is left to who reads the memory. */
export function endingLine(
  trace: Trace,
  call: SpanIndex,
  service: string,
  logs: readonly LogLine[],
): OwnLine | undefined {
  return ownLine(trace, call, { service, lists: [PROCESS_ENDS, PANICS] }, logs);
}

/**
 * The line of a process that ended during the call, where the call has no address: gRPC's clients often record only the
 * method, and its package has the name of the service. The process has no spans in this request.
 */
export function endingOfNamed(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): OwnLine | undefined {
  const names = new Set(`${trace.text(call, 'rpc.service')}.${trace.operation(call)}`.split(/[./]/).map(serviceKey));
  const services = new Set(logs.map(({ service }) => service));
  for (const service of services) {
    if (service === '' || trace.services.includes(service) || !names.has(serviceKey(service))) continue;
    const line = endingLine(trace, call, service, logs);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** What a proxy answers for a server that it lost (RFC 9110). */
const LOST: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * The line of the only process that ended during the call, where a proxy at the edge answered for it: the host of the call
 * names no process, and nothing behind the edge was recorded. Undefined where two services wrote such a line.
 */
export function endingBehindEdge(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): OwnLine | undefined {
  const isWhole = call === trace.root && trace.childCount(call) === 0 && trace.kind(call) === 'client';
  if (!isWhole || !LOST.has(trace.httpStatus(call))) return undefined;
  const wasWrittenThen = writtenDuring(trace, call, WRITTEN_WITHIN_US);
  const endings = logs.filter(
    (line) =>
      line.service !== '' &&
      !trace.services.includes(line.service) &&
      PROCESS_ENDS.test(line.line) &&
      wasWrittenThen(line),
  );
  const [line] = endings;
  const isOnly = endings.every(({ service }) => service === line?.service);
  return line === undefined || !isOnly ? undefined : { line, text: logMessage(line) };
}

/**
 * The failing line of this request that the only service without spans wrote during the call. Undefined where two such
 * services wrote one.
 */
export function failingLine(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): LogLine | undefined {
  const wasWrittenThen = writtenDuring(trace, call, 0);
  const failing = logs.filter(
    (line) =>
      line.traceId === trace.traceId &&
      line.service !== '' &&
      !trace.services.includes(line.service) &&
      tellsOfFailure(line) &&
      wasWrittenThen(line),
  );
  const [first] = failing;
  return failing.every(({ service }) => service === first?.service) ? first : undefined;
}

/** The line in which the platform says that it had no instance of this service for the call. */
export function noInstanceLine(
  trace: Trace,
  call: SpanIndex,
  service: string,
  logs: readonly LogLine[],
): OwnLine | undefined {
  return ownLine(trace, call, { service, lists: [NO_INSTANCE] }, logs);
}

/** The line in which the platform says that it could not start this function. */
export function notStartedLine(
  trace: Trace,
  call: SpanIndex,
  service: string,
  logs: readonly LogLine[],
): OwnLine | undefined {
  return ownLine(trace, call, { service, lists: [FUNCTION_NOT_STARTED] }, logs);
}

/** The line in which what runs this service says that it ended the work at its time limit. */
export function timeLimitLine(
  trace: Trace,
  call: SpanIndex,
  service: string,
  logs: readonly LogLine[],
): OwnLine | undefined {
  return ownLine(trace, call, { service, lists: [TIME_LIMIT_LINES] }, logs);
}

/** What people add to the name of a function where it is a service. */
const FUNCTION_SUFFIX = /[-_.](?:fn|func|function|lambda|handler)$/i;

/**
 * The same of a function behind the gateway of its platform: the address has the function's name in its path, and its
 * process has no spans in this request.
 */
export function limitOfFunction(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): OwnLine | undefined {
  const path = trace.text(call, 'url.full').replace(/^\w{1,20}:\/\/[^/]{0,260}|[?#].*$/gs, '');
  const names = new Set(path.split('/').map((part) => part.toLowerCase()));
  const isNamed = (service: string) =>
    service !== '' &&
    !trace.services.includes(service) &&
    [service, service.replace(FUNCTION_SUFFIX, '')].some((name) => names.has(name.toLowerCase()));
  const service = logs.find((line) => TIME_LIMIT_LINES.test(line.line) && isNamed(line.service))?.service;
  return service === undefined ? undefined : timeLimitLine(trace, call, service, logs);
}

function ownLine(
  trace: Trace,
  call: SpanIndex,
  { service, lists }: Readonly<{ service: string; lists: readonly SignList[] }>,
  logs: readonly LogLine[],
): OwnLine | undefined {
  const wasWrittenThen = writtenDuring(trace, call, WRITTEN_WITHIN_US);
  const says = (line: LogLine) =>
    line.service !== '' && lists.some((list) => list.test(line.line)) && wasWrittenThen(line);
  for (const name of namesInHost(service)) {
    const at = logs.findIndex((line) => serviceKey(line.service) === serviceKey(name) && says(line));
    const line = logs[at];
    if (line !== undefined) return { line, text: withMessage(line, logs[at + 1]) };
    // If a service of the logs has exactly this name, the call went to it. A shorter name is another service.
    if (logs.some((other) => serviceKey(other.service) === serviceKey(name))) return undefined;
  }
  return undefined;
}

/** Rust writes the place first, and the message into a line of its own. https://blog.rust-lang.org/2023/10/05/Rust-1.73.0.html */
function withMessage(line: LogLine, next: LogLine | undefined): string {
  const said = logMessage(line);
  const isCut = said.endsWith(':') && next?.service === line.service;
  return isCut ? `${said} ${logMessage(next)}` : said;
}

/** The line in which a name service without spans reports a failure for this host. */
export function nameServerLine(
  trace: Trace,
  call: SpanIndex,
  host: string,
  logs: readonly LogLine[],
): LogLine | undefined {
  const wasWrittenThen = writtenDuring(trace, call, 0);
  return logs.find(
    (line) =>
      line.service !== '' &&
      !trace.services.includes(line.service) &&
      line.line.includes(host) &&
      wasWrittenThen(line) &&
      tellsOfFailure(line),
  );
}

function writtenDuring(trace: Trace, call: SpanIndex, lateUs: number): (line: LogLine) => boolean {
  const startUs = trace.startEpochUs + trace.startUs(call);
  const endUs = trace.startEpochUs + trace.endUs(call) + lateUs;
  return (line) => {
    const atUs = epochUsOf(line);
    return atUs >= startUs && atUs <= endUs;
  };
}
