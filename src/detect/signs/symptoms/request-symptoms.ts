/**
 * The symptoms of one request that a change has to explain: the words of its failed or slow spans and of its failing log
 * lines, and what the service at fault depends on.
 */

import { symptomsOfMetric } from '#detect/signs/symptoms/metric-symptoms.ts';
import { saidSymptoms } from '#detect/signs/symptoms/said-symptoms.ts';
import { unseenCallees } from '#detect/signs/symptoms/unseen-callees.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { topicLeftText } from '#model/changes/said/topics.ts';
import type { Symptom } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';
import { FULL_MEMORY_REPORTS } from '#model/instruments/kill-words.ts';
import { type Complaint, requestComplaint } from '#model/logs/complaint.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { tellsOfFailure, wordedAsFailure } from '#model/logs/log-failure.ts';
import { logFields } from '#model/logs/log-fields.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { stackPart } from '#model/logs/log-stack.ts';
import { reportsProxyFailure } from '#model/logs/proxied-calls.ts';
import { codeWords } from '#model/text/code-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { isInternalHost } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { behind } from '#model/trace/views/behind.ts';
import { aboveInService } from '#model/trace/views/entry.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

export type RequestSeen = Readonly<{
  trace: Trace;
  /** The finding of the verdict. */
  first: Finding;
  symptom: Symptom['kind'];
  logs: readonly LogLine[];
  /** Lines of that time of the services behind the request, whatever their request. */
  nearLines: readonly LogLine[];
  baselineLogs: readonly LogLine[];
}>;

export function requestSymptoms(seen: RequestSeen): ChangeSymptoms {
  const { trace, first, symptom, logs, nearLines } = seen;
  // What only a line tells of a request that went well is no slowness either.
  const isTold = first.lines !== undefined && first.spans.length === 0;
  const isFailed = symptom === 'failed' || symptom === 'degraded' || isTold;
  const own = isFailed ? textsOfFailure(trace, first, logs) : textsOfWork(trace, first);
  const full = isFailed ? logs.filter((line) => FULL_MEMORY_REPORTS.test(line.line)).map(logMessage) : [];
  const refusals = isFailed ? refusalsIn(trace, logs) : [];
  const texts = [
    ...own,
    ...complaintsIn(logs),
    ...complaintsIn(nearLines, first.service),
    ...refusals,
    ...full.slice(0, MOST_READ),
  ];
  const services = [...trace.services, ...behind(trace).services];
  const frames = [...framesIn(logs), ...framesIn(nearLines, first.service)];
  const complaint = complaintOf(texts, seen, { atUs: trace.startEpochUs, services, frames });
  const shown = withoutRequest(first, isFailed, complaint);
  const isOwn = isFailed && isOwnFailure(trace, first);
  const [origin] = first.spans;
  const isStatement = isFailed && isTimeout(first) && origin !== undefined && trace.isDatabaseCall(origin);
  return {
    ...shown,
    kinds: new Set([
      ...shown.kinds,
      ...(isOwn ? (['own-failure'] as const) : []),
      // A statement that did not answer in time is a slow one.
      ...(isStatement ? (['slow-statement'] as const) : []),
    ]),
    ...(isFailed && { whole: wholeLines(logs), unseenCallees: unseenCallees(trace, first) }),
    failedWork: isOwn && origin !== undefined ? trace.operation(origin) : '',
    onsetUs: trace.startEpochUs,
    suffering: relatedTo(trace, first),
    gaveUp: isTimeout(first) ? new Set(first.spans.slice(0, MOST_READ).map((span) => trace.service(span))) : new Set(),
    refusing: isFailed ? new Set(behind(trace).broken) : new Set(),
    databases: behind(trace).databases,
    flags: flagsOf(trace, first),
  };
}

/**
 * OpenTelemetry records the evaluation of a flag as an event; some SDKs write an attribute of the span.
 *
 * https://opentelemetry.io/docs/specs/semconv/feature-flags/
 */
function flagsOf(trace: Trace, finding: Finding): ReadonlySet<string> {
  const spans = spansOf(trace, finding).slice(0, MOST_READ);
  const own = new Set([...spans, ...spans.slice(0, 1).flatMap((span) => [...aboveInService(trace, span)])]);
  const flags = new Set<string>();
  for (const span of own) {
    flags.add(trace.text(span, FLAG_KEY));
    for (const { attributes } of trace.hasEvents(span) ? trace.events(span) : [])
      flags.add(String(attributes[FLAG_KEY] ?? ''));
  }
  flags.delete('');
  return flags;
}

const FLAG_KEY = 'feature_flag.key';

/** It failed in an operation of its own, and not in what it asked. */
function isOwnFailure(trace: Trace, { detector, service, spans: [origin] }: Finding): boolean {
  if (detector !== 'error-origin' || origin === undefined || trace.service(origin) !== service) return false;
  const above = trace.parent(origin);
  const isEntry = above === undefined || trace.service(above) !== service;
  return !trace.isDatabaseCall(origin) && (isEntry || trace.isInternal(origin));
}

/** The symptoms of a cause that no request shows: of a pod, of a queue, of a resource. */
export function symptomsWithoutRequest(
  seen: Pick<RequestSeen, 'first' | 'symptom' | 'nearLines' | 'baselineLogs'>,
  atUs: number,
): ChangeSymptoms {
  const { first, symptom, nearLines } = seen;
  const said = (first.evidence ?? []).filter(({ kind }) => kind === 'event' || kind === 'log').map(({ text }) => text);
  // What the callers get, where no line of the service says it.
  const answered =
    typeof first.facts.message === 'string' && first.facts.form === 'refused' ? [first.facts.message] : [];
  const { form, topic, other } = first.facts;
  const moved = form === 'moved' ? [topicLeftText(String(topic), String(other))] : [];
  const texts = [...answered, ...moved, ...said, ...complaintsIn(nearLines, first.service)];
  const complaint = complaintOf(texts, seen, { atUs, services: [] });
  return {
    ...withoutRequest(first, symptom === 'failed' || symptom === 'degraded', complaint),
    onsetUs: atUs,
    suffering: new Set(),
  };
}

function complaintOf(
  texts: readonly string[],
  { first, baselineLogs }: Pick<RequestSeen, 'first' | 'baselineLogs'>,
  { atUs, services, frames = [] }: Readonly<{ atUs: number; services: readonly string[]; frames?: readonly string[] }>,
): Complaint | undefined {
  return requestComplaint(texts, {
    atUs,
    frames,
    services: new Set([...services, serviceToChange(first)]),
    usual: new Set([...baselineLogs.slice(0, HEALTHY_READ).flatMap(({ line }) => codeWords(line)), ...OF_SQL]),
  });
}

/** The value that nearly all affected requests have; empty where each request of a kind has it. */
export function traitOf({ detector, facts }: Pick<Finding, 'detector' | 'facts'>): string {
  return detector === 'partial-outage' && facts.isType !== true ? String(facts.value ?? '') : '';
}

/** Without the deploy that the finding mentions because of its time: that is no evidence against it. */
function saidOf({ title, explanation, facts }: Finding): string {
  const deploy = String(facts.deploy ?? '');
  const said = `${title} ${explanation}`;
  return deploy === '' ? said : said.replaceAll(deploy, '');
}

function withoutRequest(
  first: Finding,
  isFailed: boolean,
  complaint: Complaint | undefined,
): Omit<ChangeSymptoms, 'onsetUs' | 'suffering'> {
  return {
    service: serviceToChange(first),
    complaint,
    said: saidOf(first),
    cause: first.detector,
    trait: traitOf(first),
    slowWork: OF_OWN_WORK.has(first.detector) ? first.operation : '',
    notCalled: isNotCalled(first) ? String(first.facts.callee ?? first.service) : '',
    metricWords: new Set(),
    kinds: new Set([...(complaint?.kinds ?? []), ...kindsOf(first, isFailed), ...saidSymptoms(complaint?.text ?? '')]),
    isLoad: false,
    ofRequest: isFailed ? 'the failed spans and lines' : 'the slow spans and lines',
  };
}

/** Detectors that find an operation whose own work takes longer, not one that waits longer. */
const OF_OWN_WORK: ReadonlySet<string> = new Set(['slower-than-baseline', 'bottleneck']);

/** The caller decides which services it calls, and by which address. Nobody here changes a third party's host. */
function serviceToChange(first: Finding): string {
  return isNotCalled(first) || isAddressedByCaller(first) ? String(first.facts.caller) : first.service;
}

function isAddressedByCaller({ facts, service }: Finding): boolean {
  const fault = String(facts.calleeFault ?? '');
  return fault !== '' && (fault === 'no-name' || fault === 'other-names' || !isInternalHost(service));
}

function isNotCalled({ detector, facts }: Finding): boolean {
  return detector === 'missing-service' && facts.cutShort !== true && String(facts.caller ?? '') !== '';
}

const HEALTHY_READ = 5_000;

function complaintsIn(lines: readonly LogLine[], service?: string): string[] {
  return lines
    .filter((line) => (service === undefined || line.service === service) && isComplaint(line))
    .slice(0, MOST_READ)
    .map(logMessage);
}

/**
 * Why a service refused a call of this request, in its own harmless line: to it a refusal is no failure. ASP.NET Core, Spring
 * Security and Envoy write it so.
 */
function refusalsIn(trace: Trace, lines: readonly LogLine[]): string[] {
  const refusing = new Set<string>();
  for (let span = 0; span < trace.spanCount && span < MOST_SPANS; span += 1)
    if (trace.kind(span) === 'server' && REFUSALS.has(trace.httpStatus(span))) refusing.add(trace.service(span));
  if (refusing.size === 0) return [];
  return lines
    .filter((line) => isOfRequest(line) && refusing.has(line.service) && !isComplaint(line))
    .map(logMessage)
    .filter(wordedAsFailure)
    .slice(0, MOST_READ);
}

/** RFC 9110: who asks, or what it sends, is not as the service wants it. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 406, 409, 413, 415, 422]);
const MOST_SPANS = 1_000;

/** The stack trace of a failing line, where each of its frames is a line of its own. */
function framesIn(lines: readonly LogLine[], service?: string): string[] {
  const frames: string[] = [];
  const isOpen = new Set<string>();
  for (const line of lines) {
    if (service !== undefined && line.service !== service) continue;
    if (frames.length >= MOST_FRAMES) break;
    const message = logMessage(line);
    if (isOpen.has(line.service) && isFrame(message)) frames.push(message);
    else if (isComplaint(line)) {
      isOpen.add(line.service);
      frames.push(...(message.match(FRAME_INSIDE) ?? []));
    } else isOpen.delete(line.service);
  }
  return frames;
}

/** Behind a time of its collector it is still a frame: `/src/shop/cart.go:14 +0x1f`. */
const ENDS_WITH_PLACE = /\w\.[a-z]{1,5}:\d{1,7}(?: \+0x[\da-f]{1,16})?$/i;
/** Loggers that write one line a record put the frames of the JVM behind the message. */
const FRAME_INSIDE = /(?<=\s)at [\w$.<>/]{3,200}\(\w{1,80}\.(?:java|kt|scala|groovy|clj):\d{1,7}\)/g;
const MOST_FRAMES = 200;

function isFrame(message: string): boolean {
  return stackPart(message) !== '' || ENDS_WITH_PLACE.test(message.trimEnd());
}

function isComplaint(line: LogLine): boolean {
  return tellsOfFailure(line) || severityOf(line.level) >= WARN || reportsProxyFailure(line);
}

/** `400 {"error": {"message": …}}`: what a message leaves out may be the very reason. */
function wholeLines(lines: readonly LogLine[]): string {
  const said = lines.filter(isComplaint).slice(0, MOST_WHOLE).map(saidWhole);
  return [...new Set(said)].join('\n').replaceAll('\\', '').toLowerCase();
}

/** A row of JSON holds more fields than those of its message. */
function saidWhole(line: LogLine): string {
  return (/^\s{0,8}\{/.test(line.line) ? logFields(line).message : line.line).slice(0, LONGEST_WHOLE);
}

const MOST_WHOLE = 5;
const LONGEST_WHOLE = 500;

/** More spans of one request repeat the same failure. */
const MOST_READ = 50;

/** What failed spans say, and the names of those where the failure began. */
function textsOfFailure(
  trace: Trace,
  { service, operation, spans, facts }: Finding,
  logs: readonly LogLine[],
): string[] {
  const lines = linesBySpan(logs);
  const said = failedSpans(trace)
    .slice(0, MOST_READ)
    .flatMap((span) => failureTexts(trace, span, lines).map(({ text }) => text));
  const own = spansOf(trace, { service, operation, spans }).slice(0, MOST_READ);
  const names = own.flatMap((span) => [trace.operation(span), trace.queryShape(span)]);
  const deeper = failedSpans(trace)
    .slice(0, MOST_READ)
    .flatMap((span) => [...causesOf(trace, span), unroutedBy(trace, span)]);
  return [...said, String(facts.message ?? ''), ...new Set([...deeper, ...names])].filter((text) => text !== '');
}

/** The exceptions inside the recorded one: the JVM and PHP (`Caused by:`), .NET (`--->`). The innermost says most. */
const CAUSE = /(?:^|\n)\s{0,8}(?:Caused by: |---> )([^\n]{1,400})/g;
const MOST_CAUSES = 5;

function causesOf(trace: Trace, span: SpanIndex): readonly string[] {
  if (!trace.hasEvents(span)) return [];
  return trace.events(span).flatMap(({ attributes }) => {
    const stack = String(attributes['exception.stacktrace'] ?? '').slice(0, LONGEST_STACK);
    return Array.from(stack.matchAll(CAUSE), ([, cause = '']) => cause).slice(-MOST_CAUSES);
  });
}

const LONGEST_STACK = 50_000;

/** `GET /v1/seats answered 404`: the callee has no such route, whatever its caller says of it; else empty. */
function unroutedBy(trace: Trace, span: SpanIndex): string {
  const status = trace.httpStatus(span);
  if (!trace.isCall(span) || !NO_ROUTE.has(status)) return '';
  const path = pathOf(trace.text(span, 'url.full') || trace.text(span, 'url.path'));
  return path === '' ? '' : `${trace.text(span, 'http.request.method')} ${path} answered ${status}`.trim();
}

/** RFC 9110: not found, no such method there, gone. */
const NO_ROUTE: ReadonlySet<number> = new Set([404, 405, 410]);

function pathOf(url: string): string {
  return /^(?:[a-z][a-z\d+.-]{1,20}:\/\/[^/\s?#]{1,200})?(\/[^\s?#]{0,400})/i.exec(url)?.[1] ?? '';
}

/** The statements and names of the spans that the finding is about, and of those right below. */
function textsOfWork(trace: Trace, finding: Finding): string[] {
  const spans = spansOf(trace, finding);
  const below = spans.slice(0, 1).flatMap((span) => [...trace.children(span)]);
  const names = (span: SpanIndex) => [trace.queryShape(span), trace.operation(span)];
  const texts = [...spans.slice(0, MOST_READ), ...below.slice(0, MOST_READ)].flatMap(names);
  return [...new Set(texts)].filter((text) => text !== '');
}

/** What many requests show together names no spans: then those of its operation, or of its service. */
function spansOf(
  trace: Trace,
  { service, operation, spans }: Pick<Finding, 'service' | 'operation' | 'spans'>,
): readonly SpanIndex[] {
  if (spans.length > 0) return spans;
  const own = Array.from({ length: trace.spanCount }, (_, span) => span).filter(
    (span) => trace.service(span) === service,
  );
  const named = own.filter((span) => [trace.operation(span), operationName(trace, span)].includes(operation));
  return named.length > 0 ? named : own;
}

/** Words of every second statement. */
const OF_SQL = codeWords(
  'SELECT INSERT UPDATE DELETE FROM INTO JOIN INNER LEFT RIGHT OUTER GROUP ORDER LIMIT OFFSET HAVING DISTINCT COUNT UNION SET VALUES COALESCE BETWEEN LIKE EXISTS ASC DESC BEGIN COMMIT find aggregate query execute prepare',
);

/** A lower limit in the service that gave up makes the call time out, too. */
function isTimeout({ detector, facts }: Finding): boolean {
  return detector === 'timeout-cascade' || facts.reason === 'timeout';
}

/**
 * What the service calls, directly or not, the machines that it runs on, and who calls it: a caller may ask for more than
 * before, or for something else.
 */
function relatedTo(trace: Trace, finding: Finding): ReadonlySet<string> {
  const { service } = finding;
  const calls = Map.groupBy(serviceGraph(trace), ({ caller }) => caller);
  const reached = new Set([service]);
  for (const from of reached) for (const { callee } of calls.get(from) ?? []) reached.add(callee);
  for (const machine of behind(trace).machines) reached.add(machine);
  for (const span of spansOf(trace, finding).slice(0, MOST_READ)) {
    const above = trace.parent(span);
    if (above !== undefined) reached.add(trace.service(above));
    reached.add(senderOf(trace, span));
  }
  reached.delete(service);
  reached.delete('');
  return reached;
}

/** The service that sent the message in whose handling the span ran; empty where it ran in none. */
function senderOf(trace: Trace, span: SpanIndex): string {
  const [handler] = [span, ...aboveInService(trace, span)].filter((each) => trace.kind(each) === 'consumer');
  const sender = handler === undefined ? undefined : trace.parent(handler);
  return sender === undefined ? '' : trace.service(sender);
}

/** The kind of failure by the detector's own words for it. */
function kindsOf({ title, explanation, detector, facts }: Finding, isFailed: boolean): readonly ChangeSymptom[] {
  const text = `${detector} ${title} ${explanation}`;
  const ofWords = WORDS.filter(([, words]) => words.test(text)).map(([kind]) => kind);
  const all = [...ofWords, ...symptomsOfMetric(facts)];
  // A metric of response times is about slow answers, whatever else fails; a disk that fills up slows nobody down.
  const isFilling = all.includes('disk') && !all.includes('slow-statement');
  return (isFailed || isFilling) && facts.concept !== 'latency' ? all : ['slow', ...all];
}

const WORDS: readonly (readonly [ChangeSymptom, RegExp])[] = [
  ['timeout', /timed out|timeout/i],
  ['memory', /out of memory|\b(?:memory|cache) (?:at \d|will reach)|\boom\b|memory limit|heap|garbage collect/i],
  ['capacity', /\bpool\b|exhausted|at \d+ % of|limit|\b429\b/i],
  ['refused', /\bpool\b|connection/i],
  [
    'access',
    /\b40[13] (?:unauthori[sz]ed|forbidden)\b|\baccess ?denied\b|\bpermission ?denied\b|\bnot authori[sz]ed\b/i,
  ],
  // Azure SQL's DTUs are shares of a processor, its memory and its reads.
  ['cpu', /\bcpu\b|\bdtu\b|throttl/i],
  ['no-endpoints', /\bno healthy (?:upstream|host)|\bno (?:available|live) (?:server|upstream|backend|instance)/i],
  ['disk', /\bdisk\b|\bstorage (?:at \d|will reach)|space left/i],
  ['backlog', /backlog|\bqueue|consumer.lag|cannot keep up/i],
  ['fewer-requests', /requests (?:a|per) second|throughput/i],
];
