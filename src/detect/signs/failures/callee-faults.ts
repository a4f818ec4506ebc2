/**
 * Who is at fault for a call that failed on its way, where its callee has no spans: the words of the failure say so.
 *
 *   POST /labels ✗            [=========]   labelhub
 *     POST ✗                    [=======]   to shipping.dhl.example, "cURL error 52: Empty reply from server"
 *
 * An answer of the callee (4xx) shows that it was reached: then such words are about something else.
 */

import {
  endingBehindEdge,
  endingLine,
  endingOfNamed,
  failingLine,
  limitOfFunction,
  nameServerLine,
  noInstanceLine,
  notStartedLine,
  type OwnLine,
  timeLimitLine,
} from '#detect/signs/failures/callee-lines.ts';
import { shutOutBy } from '#detect/signs/failures/shut-out-callers.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { NAME_UNRESOLVED } from '#model/instruments/address-words.ts';
import {
  CERTIFICATE_EXPIRED,
  CERTIFICATE_OF_OTHERS,
  NOT_YET_VALID,
  OWN_CERTIFICATE_REFUSED,
} from '#model/instruments/certificate-words.ts';
import { CIRCUIT_OPEN } from '#model/instruments/circuit-words.ts';
import { CONNECTION_CUT, NOBODY_LISTENS } from '#model/instruments/cut-words.ts';
import { ROUTER_GAVE_UP } from '#model/instruments/router-words.ts';
import { LEFT_IN_QUEUE } from '#model/instruments/server-queue-words.ts';
import { FUNCTION_NOT_STARTED, NO_INSTANCE } from '#model/instruments/start-words.ts';
import { wordedAsFailure } from '#model/logs/log-failure.ts';
import { FAILURE_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { upstreamIn } from '#model/logs/proxied-calls.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import {
  isInternalHost,
  serviceNamed,
  withoutClusterDomain,
  withoutPrivateDomain,
} from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledFunction, calledName, hostInAddress } from '#model/trace/views/called-host.ts';
import { isOfDevice } from '#model/trace/views/device.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/**
 *  ended          its process ended during the call, as its own line says
 *  overdue        what runs it ended its work at a time limit, as its own line says
 *  not-started    its platform could not start it
 *  no-instance    its platform had no instance of it for the call
 *  gone           it broke the connection, or nobody accepted one
 *  no-name        the resolver answered that its name does not exist
 *  no-resolver    the resolver gave no answer for its name
 *  unresolving    it is the name service, and its own line says that it got no answer for a name
 *  expired        its certificate has expired
 *  other-names    its certificate was issued for other names
 *  answered       it answered with a failure of its own
 *  late           a proxy waited for it in vain
 *  shut           the mesh does not let the caller in, by the policy of the callee
 */
export type CalleeFault =
  | 'ended'
  | 'overdue'
  | 'not-started'
  | 'no-instance'
  | 'gone'
  | 'no-name'
  | 'no-resolver'
  | 'unresolving'
  | 'expired'
  | 'other-names'
  | 'answered'
  | 'late'
  | 'shut';

/**
 * `service`: the callee by its name, or else by its host. `item`: the words; undefined where the status says it.
 * `isBehindProxy`: the failed span is that of a proxy, which made none for its call. `isWorkflow`: the spans below the call
 * are those of its tasks.
 */
export type FaultyCallee = Readonly<{
  service: string;
  fault: CalleeFault;
  item: EvidenceItem | undefined;
  isBehindProxy?: true;
  isWorkflow?: true;
}>;

/** Attempts of one call; the first may say nothing, and the next one finds nobody. */
const MOST_ATTEMPTS = 10;

/** Undefined where the words show no fault of a callee without spans. */
export function faultyCallee(
  trace: Trace,
  spans: readonly SpanIndex[],
  lines: LinesBySpan,
  logs: readonly LogLine[],
): FaultyCallee | undefined {
  const [span = trace.root] = spans;
  const workflow = failedWorkflow(trace, spans, lines);
  if (workflow !== undefined) return workflow;
  const said = [...textsOf(trace, span, lines), ...saidAfterwards(trace, spans, lines)];
  const shut = shutOutBy(trace, span, said, logs);
  if (shut !== undefined) return { ...shut, fault: 'shut' };
  const found =
    withOwnLine(trace, span, faultIn(trace, spans, lines) ?? unsaidFault(trace, spans, lines), logs) ??
    endedUnaddressed(trace, span, logs);
  const isBehindProxy = trace.kind(span) === 'server';
  return found && isBehindProxy ? { ...found, isBehindProxy } : found;
}

/**
 * The definition of a workflow in AWS Step Functions cannot go on, whatever its tasks did: a result is too large for it, or
 * a path or a choice does not fit. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const OF_WORKFLOW =
  /\bStates\.(?:DataLimitExceeded|Runtime|ParameterPathFailure|ResultPathMatchFailure|NoChoiceMatched|IntrinsicFailure|QueryEvaluationError|BranchFailed|ExceedToleratedFailureThreshold|ItemReaderFailed|ResultWriterFailed)\b/;

/** The workflow that the call started, by the name that the call records; its tasks may have spans below the call. */
function failedWorkflow(trace: Trace, spans: readonly SpanIndex[], lines: LinesBySpan): FaultyCallee | undefined {
  const [span] = spans;
  if (span === undefined || trace.kind(span) !== 'client') return undefined;
  const service = trace.text(span, 'peer.service');
  if (service === '' || service === trace.service(span)) return undefined;
  const texts = [...textsOf(trace, span, lines), ...saidAfterwards(trace, spans, lines)];
  const item = texts.find(({ text }) => OF_WORKFLOW.test(text));
  return item && { service, fault: 'answered', item: shortened(item), isWorkflow: true };
}

/** `calleeSays`: its own line is the record of what happened. */
export function factsOfFault(
  trace: Trace,
  call: SpanIndex,
  faulty: FaultyCallee | undefined,
): Readonly<{ calleeFault: string; calleeSays: boolean; address: string }> {
  const fault = faulty?.fault ?? '';
  return {
    calleeFault: fault,
    calleeSays: fault === 'ended' || fault === 'overdue',
    address: fault === 'expired' || fault === 'other-names' ? addressOf(trace, call) : '',
  };
}

/** Host and port as the caller asked for them, which a tool can connect to; empty where the call records no host. */
function addressOf(trace: Trace, call: SpanIndex): string {
  const host = hostInAddress(trace, call) || trace.text(call, 'server.address');
  const [, written] = PORT.exec(trace.text(call, 'url.full')) ?? [];
  return host === '' ? '' : `${host}:${written ?? trace.number(call, 'server.port') ?? HTTPS}`;
}

const PORT = /^\w{1,20}:\/\/[^/?#]{1,400}:(\d{1,5})(?:[/?#]|$)/;
const HTTPS = 443;

/**
 * The callee as the service to look at; empty where it did nothing. A resolver that gives no answer is that of the
 * caller, and the host behind the name was never asked. Kubernetes has a record for each Service as long as
 * it exists: where such a name is unknown, the caller has a wrong address, or nothing is behind the name.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function blamedCallee(trace: Trace, call: SpanIndex, faulty: FaultyCallee | undefined): string {
  if (faulty === undefined) return '';
  if (faulty.fault === 'no-resolver' && trace.kind(call) === 'client') return '';
  const names = [hostInAddress(trace, call), trace.text(call, 'server.address'), faulty.item?.text ?? ''];
  const isOfCaller =
    faulty.fault === 'no-name' && trace.kind(call) === 'client' && names.some((name) => OF_CLUSTER.test(name));
  return isOfCaller ? '' : faulty.service;
}

const OF_CLUSTER = /[a-z\d]\.[a-z\d-]{1,63}\.svc\b/i;

type Found = Readonly<Omit<FaultyCallee, 'fault'> & { fault: CalleeFault | 'unsaid' }>;

/** Its last line says more than the lost connection, and the name service's line more than the name. */
function withOwnLine(
  trace: Trace,
  span: SpanIndex,
  found: Found | undefined,
  logs: readonly LogLine[],
): FaultyCallee | undefined {
  if (found === undefined) return undefined;
  const { fault, service, ...rest } = found;
  const [own, said] = ownFault(trace, span, { fault, service }, logs);
  if (said !== undefined) return { service: said.line.service, fault: own, item: ofLine(said.line, said.text) };
  if (fault === 'no-resolver' || fault === 'no-name') {
    const line = nameServerLine(trace, span, service, logs);
    if (line !== undefined)
      return { service: line.service, fault: 'unresolving', item: ofLine(line, logMessage(line)) };
  }
  const limit = fault === 'unsaid' ? limitOfFunction(trace, span, logs) : undefined;
  if (limit !== undefined)
    return { service: limit.line.service, fault: 'overdue', item: ofLine(limit.line, limit.text) };
  return fault === 'unsaid' ? undefined : { service, fault, ...rest };
}

type SaidFault = readonly [CalleeFault, OwnLine | undefined];

/** What the callee, or its platform, wrote about its own end during the call. */
function ownFault(
  trace: Trace,
  span: SpanIndex,
  { fault, service }: Pick<Found, 'fault' | 'service'>,
  logs: readonly LogLine[],
): SaidFault {
  if (fault !== 'gone' && fault !== 'unsaid' && fault !== 'answered') return ['gone', undefined];
  const ways: readonly SaidFault[] = [
    ['ended', endingLine(trace, span, service, logs) ?? endingBehindEdge(trace, span, logs)],
    ['overdue', timeLimitLine(trace, span, service, logs)],
    ['no-instance', noInstanceLine(trace, span, service, logs)],
    ['not-started', notStartedLine(trace, span, service, logs)],
  ];
  return ways.find(([, line]) => line !== undefined) ?? ['gone', undefined];
}

/** The call has no address, so only what it is called names its callee. */
function endedUnaddressed(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): FaultyCallee | undefined {
  const isCall = trace.kind(span) === 'client' && trace.childCount(span) === 0 && !trace.isDatabaseCall(span);
  if (!isCall || calledName(trace, span) !== '' || trace.httpStatus(span) !== 0) return undefined;
  const said = endingOfNamed(trace, span, logs);
  if (said !== undefined) return { service: said.line.service, fault: 'ended', item: ofLine(said.line, said.text) };
  const failing = failingLine(trace, span, logs);
  return failing && { service: failing.service, fault: 'answered', item: ofLine(failing, logMessage(failing)) };
}

function ofLine(line: LogLine, text: string): EvidenceItem {
  return shortened({ ...itemOf(line), text });
}

/** The call failed, and nothing that its caller recorded says why. Only a line of the callee can. */
function unsaidFault(trace: Trace, spans: readonly SpanIndex[], lines: LinesBySpan): Found | undefined {
  const [span] = spans;
  if (span === undefined || (trace.kind(span) !== 'client' && trace.childCount(span) === 0)) return undefined;
  const service = calleeWithoutSpans(trace, span, lines);
  const hasWords = spans
    .slice(0, MOST_ATTEMPTS)
    .some((each) => failureTexts(trace, each, lines).some(({ text }) => !SAYS_ONLY_STATUS.test(text)));
  return service === undefined || hasWords ? undefined : { service, fault: 'unsaid', item: undefined };
}

/** `labels: 504 stream timeout`: what a proxy in between answered, and no reason. */
const SAYS_ONLY_STATUS =
  /^[^\n]{0,80}\b(?:50[234]\b|bad gateway|service unavailable|gateway time-?out|(?:stream|upstream request) timeout)[^\n]{0,40}$/i;

/** AWS Lambda says no more of an error of the function: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const FUNCTION_ERROR = /^(?:unhandled|handled)$/i;

function faultIn(trace: Trace, spans: readonly SpanIndex[], lines: LinesBySpan): FaultyCallee | undefined {
  const [span] = spans;
  const service = span === undefined ? undefined : calleeWithoutSpans(trace, span, lines);
  if (span === undefined || service === undefined) return undefined;
  const texts = [
    ...spans.slice(0, MOST_ATTEMPTS).flatMap((each) => textsOf(trace, each, lines)),
    ...saidAfterwards(trace, spans, lines),
  ];
  if (trace.httpStatus(span) === REFUSED_FOR_LOAD) return withoutPlace(service, texts);
  if (texts.some(({ text }) => isNotOfCallee(withoutAddresses(text)))) return undefined;
  const said = firstSaid([...failureTexts(trace, span, lines).slice(0, 1), ...texts]);
  if (said === undefined) return unnamedFault(trace, span, withoutPrivateDomain(service), texts);
  if (isOfLine(trace, span, service, said.fault)) return undefined;
  const isOfName = said.fault === 'no-name' || said.fault === 'no-resolver';
  return { service: isOfName ? service : withoutPrivateDomain(service), ...said };
}

/** A function's error, a proxy's patience or the status say so, and no words. */
function unnamedFault(
  trace: Trace,
  span: SpanIndex,
  service: string,
  texts: readonly EvidenceItem[],
): FaultyCallee | undefined {
  const ofFunction = texts.find(({ text }) => FUNCTION_ERROR.test(text));
  if (ofFunction !== undefined && calledFunction(trace, span) !== '')
    return { service, fault: 'answered', item: ofFunction };
  const late = trace.kind(span) === 'server' ? texts.find(({ text }) => ROUTER_GAVE_UP.test(text)) : undefined;
  if (late !== undefined) return { service, fault: 'late', item: shortened(late) };
  return trace.kind(span) === 'client' && FAILED.has(trace.httpStatus(span))
    ? { service, fault: 'answered', item: undefined }
    : undefined;
}

/** The platform refused the call, because all places of the function are taken. */
function withoutPlace(service: string, texts: readonly EvidenceItem[]): FaultyCallee | undefined {
  const said = texts.find(({ text }) => NO_INSTANCE.test(text));
  return said && { service, fault: 'no-instance', item: shortened(said) };
}

/** By its name, or else by its host; undefined where it has spans, is a store, or answered that the request is wrong. */
function calleeWithoutSpans(trace: Trace, span: SpanIndex, lines: LinesBySpan): string | undefined {
  if (trace.isDatabaseCall(span)) return undefined;
  if (trace.childCount(span) > 0) return lostAnswerer(trace, span, lines);
  const status = trace.httpStatus(span);
  const isAnswered = status > 0 && status < 500 && status !== REFUSED_FOR_LOAD && !isOfPlatform(trace, span);
  if (isAnswered) return undefined;
  if (trace.kind(span) === 'server') return upstreamBehind(trace, span, lines) || undefined;
  if (trace.kind(span) !== 'client') return undefined;
  const upstream = upstreamOf(trace, span, lines);
  const service = HOST.test(upstream) ? upstream : calledName(trace, span) || upstream;
  const isOther = service !== trace.service(span) && service !== 'localhost';
  return isOther && HOST.test(service) ? service : undefined;
}

/**
 * The platform answers that it ran the function, whose error is in the body. AWS Lambda:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html
 */
function isOfPlatform(trace: Trace, call: SpanIndex): boolean {
  return trace.failed(call) && trace.httpStatus(call) < 300 && calledFunction(trace, call) !== '';
}

/**
 * The service that handled the call, where only the calls that it made came: its own span was lost with it.
 *
 *   GET ✗ EOF        [=========]        edge
 *     GET s:91           [=]            sessions
 *
 * A proxy without a span for its call says in its line that it had an upstream, or those calls name a parent that never came.
 */
function lostAnswerer(trace: Trace, span: SpanIndex, lines: LinesBySpan): string | undefined {
  const isCall = trace.kind(span) === 'client';
  const isAnswer = trace.kind(span) === 'server' && trace.httpStatus(span) >= 500;
  if (!isCall && !(isAnswer && (trace.repairs.placedOrphan > 0 || upstreamOf(trace, span, lines)))) return undefined;
  const service = trace.service(trace.firstChild(span) ?? span);
  const areItsCalls = trace
    .children(span)
    .every((child) => trace.kind(child) === 'client' && trace.service(child) === service);
  return areItsCalls && service !== trace.service(span) ? service : undefined;
}

/** A name, and not an address alone. */
const HOST = /^(?=.*[a-z])[a-z\d_][\w.-]{0,252}(?::\d{1,5})?$/i;

/** A platform without an instance for the request answers so itself: Cloud Run. */
const REFUSED_FOR_LOAD = 429;

/**
 * It says that its own work failed, that it has too much of it, or no room to store it (507, RFC 4918): RFC 9110, and 529 of
 * Anthropic and others. Cloudflare answers
 * for a host that it does not reach. https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const FAILED: ReadonlySet<number> = new Set([503, 507, 520, 521, 522, 523, 525, 526, 529, 530]);

/**
 * Whoever calls pings too often (gRPC), or presents a certificate that the other end does not accept; a proxy's client
 * left; Envoy injects a failure.
 */
const NOT_OF_CALLEE = new RegExp(
  String.raw`\bclient prematurely closed connection\b|\btoo_many_pings\b|\bENHANCE_YOUR_CALM\b|\bfault filter abort\b|${OWN_CERTIFICATE_REFUSED.source}`,
  'i',
);

function isNotOfCallee(text: string): boolean {
  return NOT_OF_CALLEE.test(text) || CIRCUIT_OPEN.test(text);
}

/** Behind a proxy the callee is what its line about this call names. */
function upstreamOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): string {
  for (const line of lines.get(trace.spanId(span)) ?? []) {
    const upstream = upstreamIn(line);
    if (upstream !== '') return serviceNamed(trace.services)(upstream) ?? upstream;
  }
  return '';
}

/**
 * Behind a proxy that made no span for its call. Where its line has only an address, the name is that by which the proxy
 * was called, if that is one from inside; otherwise the address.
 */
function upstreamBehind(trace: Trace, span: SpanIndex, lines: LinesBySpan): string {
  const upstream = upstreamOf(trace, span, lines);
  const call = trace.parent(span);
  if (upstream === '' || HOST.test(upstream) || call === undefined || trace.kind(call) !== 'client') return upstream;
  const called = withoutClusterDomain(hostInAddress(trace, call) || trace.text(call, 'server.address'));
  const isName = called !== trace.service(span) && HOST.test(called) && isInternalHost(called);
  return isName ? called : upstream;
}

/** Between a phone and a host of the internet lies its user's line: most lost connections are of that line. */
function isOfLine(trace: Trace, span: SpanIndex, host: string, fault: CalleeFault): boolean {
  const isOfConnection = fault === 'gone' || fault === 'no-name' || fault === 'no-resolver';
  return isOfConnection && !isInternalHost(host) && isOfDevice(trace, span);
}

type Said = Readonly<{ fault: CalleeFault; item: EvidenceItem }>;

/** A name and a certificate say more than that no answer came. */
function firstSaid(texts: readonly EvidenceItem[]): Said | undefined {
  for (const [fault, says] of SAYS) {
    const item = texts.find(({ text }) => says(withoutAddresses(text)));
    if (item !== undefined) return { fault, item: shortened(item) };
  }
  return undefined;
}

function shortened(item: EvidenceItem): EvidenceItem {
  return { ...item, text: cutFirstLine(item.text, LONGEST_MESSAGE) };
}

const SAYS: readonly (readonly [CalleeFault, (text: string) => boolean])[] = [
  ['no-resolver', (text) => NAME_UNRESOLVED.find(text)?.isNoAnswer === true],
  ['no-name', (text) => NAME_UNRESOLVED.test(text)],
  ['expired', (text) => CERTIFICATE_EXPIRED.test(text) && !NOT_YET_VALID.test(text)],
  ['other-names', (text) => CERTIFICATE_OF_OTHERS.test(text)],
  ['not-started', (text) => FUNCTION_NOT_STARTED.test(text)],
  ['answered', (text) => LEFT_IN_QUEUE.test(text)],
  ['gone', (text) => NOBODY_LISTENS.test(text) || CONNECTION_CUT.test(text)],
];

const LONGEST_MESSAGE = 200;
const LONGEST_READ = 4_000;

/** What the call says about its failure, whole. */
function textsOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): readonly EvidenceItem[] {
  const ref = trace.spanId(span);
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const ofEvents = events.flatMap(({ name, attributes }): EvidenceItem[] => {
    const message = canonicalText(attributes, 'exception.message') || String(attributes.error ?? '');
    const type = canonicalText(attributes, 'exception.type');
    const text = [type, message].filter((part) => part !== '').join(': ');
    return [{ kind: 'event', ref, text: text || (FAILS.test(name) ? name : '') }];
  });
  const ofSpan = ['exception.message', 'error.type'].map((name): EvidenceItem => {
    return { kind: 'span', ref, text: trace.text(span, name) };
  });
  const ofLines = (lines.get(ref) ?? []).filter(reportsFailure).map(itemOf);
  const statusText = trace.statusText(span);
  const type = trace.text(span, 'error.type');
  const status: EvidenceItem = { kind: 'span', ref, text: statusText };
  // Some messages mean a lost connection only beside their type: `Mint.TransportError: socket closed`.
  const typed: EvidenceItem = {
    kind: 'span',
    ref,
    text: type === '' || statusText === '' ? '' : `${type}: ${statusText}`,
  };
  return [...ofEvents, status, ...ofSpan, ...ofLines, typed].filter(({ text }) => text !== '');
}

/**
 * The code that called logs the exception, with the id of its own span. Only where no other call below it failed: then
 * the line may be about that one.
 */
function saidAfterwards(trace: Trace, spans: readonly SpanIndex[], lines: LinesBySpan): readonly EvidenceItem[] {
  const [last = trace.root] = spans;
  const caller = trace.parent(last);
  if (caller === undefined || !trace.isOfOneService(caller, last)) return [];
  const own = new Set(spans);
  if (trace.children(caller).some((child) => trace.failed(child) && !own.has(child))) return [];
  return (lines.get(trace.spanId(caller)) ?? [])
    .filter((line) => {
      const afterUs = epochUsOf(line) - trace.startEpochUs - trace.endUs(last);
      return reportsFailure(line) && afterUs >= -TOLERANCE_US && afterUs <= LOGGED_WITHIN_US;
    })
    .map(itemOf);
}

/** A tenth of a second is what people do not notice. */
const LOGGED_WITHIN_US = 100_000;
/** A span ends a little after its call. */
const TOLERANCE_US = 5_000;

function reportsFailure(line: LogLine): boolean {
  return FAILURE_LEVELS.has(line.level) || (line.level === 'warn' && wordedAsFailure(line.line));
}

function itemOf(line: LogLine): EvidenceItem {
  return { kind: 'log', ref: line.timeNs, text: logMessage(line) };
}

/** Within an address any word may stand. */
function withoutAddresses(text: string): string {
  return text.slice(0, LONGEST_READ).replace(ADDRESS, '$1');
}

const FAILS = /fail|error|exception|refused|reset|closed/i;
/** The host stays: `Post "http://stock:8080/orders/EOF": EOF`. */
const ADDRESS = /\b(https?:\/\/[^\s"'<>/?#]{1,260})[/?#][^\s"'<>]{0,2000}/gi;
