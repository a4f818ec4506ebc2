/**
 * The lines of a body as they are found: each with its service, level and ids, and finally in order of time. Of a body
 * with very many lines not all are kept unchanged: ordinary ones that say the same within some seconds become one line.
 */

import { growArray } from '#core/grow-array.ts';
import { foldedLines, LINE_PARTS, type LinePart } from '#decode/log-fold.ts';
import { firstLabel, type Labels, NO_LABELS } from '#decode/log-labels.ts';
import { levelIn, saidIn } from '#model/logs/log-fields.ts';
import { bySeverity, logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import { compareNs, type LogLine } from '#model/logs/log-line.ts';
import { stackPart } from '#model/logs/log-stack.ts';
import { shapeText } from '#model/logs/log-templates.ts';
import { type LogText, logText } from '#model/logs/log-text.ts';
import { PLATFORM_LABELS, SERVICE_LABELS } from '#model/logs/service-labels.ts';
import { herokuFleet } from '#model/platform/heroku-fleet.ts';
import { placeInLabels, unitInLine } from '#model/platform/place-labels.ts';
import { comparableId, isNoId } from '#model/trace/id-forms.ts';

export type FoundLine = Readonly<{
  /** Undefined where nothing tells. */
  timeNs: string | undefined;
  line: string;
  /** The labels of its stream: the same object for all of its lines. */
  stream: Labels;
  /** The store's data about this line alone. */
  more?: Labels;
  /** The parsed line, where it was parsed already. */
  text?: LogText;
  /** It has no time of its own, but earlier ones have. */
  isUntimed?: boolean;
}>;

export type LogLines = Readonly<{
  add(found: FoundLine): void;
  count(): number;
  /** How many have no time. */
  untimed(): number;
  /** How many of them are not kept unchanged. */
  reduced(): number;
  /** In order of time, with stack traces in the line that they belong to. */
  ordered(): LogLine[];
}>;

/** Texts with their overhead: a hundred thousand lines of the usual length, and far more than queries return. */
const MOST_BYTES = 40_000_000;
/** From here on ordinary lines are reduced; what is left is for the others. */
const ORDINARY_BYTES = 28_000_000;
/** The overhead of a line beside its text: its own object, its time, its ids. */
const LINE_BYTES = 250;
/** Ordinary lines of a kind that come so close are one. */
const TOGETHER_S = 10;
/** More would hide how many there were at which time: rates are told from them. */
const MOST_TOGETHER = 64;
/** So many of these; then all of a kind are one. */
const MOST_REDUCED = 100_000;
/** Kinds of which the text is held once; of more only the first word stays. */
const MOST_KINDS = 20_000;
/** This many lines of each kind always stay unchanged. */
const ALWAYS_KEPT = 20;

/** Lines that say the same. */
type Kind = { readonly shape: string; count: number; last: ReducedLine | undefined; lastSeconds: number };

type ReducedLine = LogLine & { standsFor: number };

type Labelled = Readonly<{ labels: Labels; told: Told }>;

/** Lines with the same labels. */
type Stream = Labelled & Readonly<{ number: number }>;

const NO_KIND: Kind = { shape: '<*>', count: 0, last: undefined, lastSeconds: 0 };

export function logLines(): LogLines {
  const lines: LogLine[] = [];
  let parts = new Uint8Array(1_024);
  let streamNumbers = new Int32Array(1_024);
  const streams = new Map<Labels, Stream>();
  const kinds = new Map<string, Kind>();
  let bytes = 0;
  let reduced = 0;
  /** The lines that they became. */
  let reducedLines = 0;
  let untimed = 0;
  let count = 0;
  /** By time, as they came. */
  let isOrdered = true;
  const services = sharedTexts();
  const fleet = herokuFleet();
  const push = (line: LogLine, part: LinePart, { number }: Stream): void => {
    isOrdered &&= compareNs(lines.at(-1)?.timeNs ?? '', line.timeNs) <= 0;
    if (lines.length === parts.length) {
      parts = growArray(parts);
      streamNumbers = growArray(streamNumbers);
    }
    parts[lines.length] = LINE_PARTS.indexOf(part);
    streamNumbers[lines.length] = number;
    lines.push(line);
  };
  /** Into the last one that says the same, where that is near; beyond a number of them, wherever it is. */
  const reduce = (kind: Kind, stream: Stream, timeNs: string, service: string, level: string): void => {
    reduced += 1;
    const { last } = kind;
    const seconds = Number(timeNs.slice(0, -9));
    if (last?.service === service && last.level === level && last.labels === stream.labels) {
      const isNear = Math.abs(seconds - kind.lastSeconds) < TOGETHER_S;
      if ((isNear && last.standsFor < MOST_TOGETHER) || reducedLines > MOST_REDUCED) {
        last.standsFor += 1;
        return;
      }
    }
    const { shape } = kind;
    kind.last = {
      timeNs,
      labels: stream.labels,
      line: shape,
      service,
      level,
      traceId: '',
      spanId: '',
      shape,
      standsFor: 1,
    };
    kind.lastSeconds = seconds;
    reducedLines += 1;
    push(kind.last, '', stream);
  };
  /** Beyond so many kinds only the first word of another one counts, and beyond so many of these none. */
  const kindOf = (shape: string): Kind =>
    kinds.get(shape) ??
    known(shape, MOST_KINDS) ??
    known(`${shape.split(' ', 1)[0]} <*>`, MOST_KINDS * 2) ??
    known('<*>', Number.POSITIVE_INFINITY) ??
    NO_KIND;
  const known = (shape: string, most: number): Kind | undefined => {
    const kind = kinds.get(shape);
    if (kind !== undefined || kinds.size >= most) return kind;
    const made = { shape, count: 0, last: undefined, lastSeconds: 0 };
    kinds.set(shape, made);
    return made;
  };
  const streamOf = (labels: Labels): Stream => {
    const stream = streams.get(labels);
    if (stream !== undefined) return stream;
    const made = { number: streams.size, ...labelled(labels) };
    streams.set(labels, made);
    return made;
  };
  return {
    add({ timeNs = '0', line, stream: streamLabels, more, text = logText(line), isUntimed = false }) {
      count += 1;
      if (timeNs === '0') untimed += 1;
      const stream = streamOf(streamLabels);
      const part = isUntimed ? 'untimed' : stackPart(line);
      const { labels, told } = more === undefined ? stream : labelled({ ...streamLabels, ...more });
      const said = shapeText(saidIn(text, labels));
      const kind = kindOf(said);
      kind.count += 1;
      const level = told.level || levelIn(text);
      const service = services(serviceOf(told, text, line));
      fleet.hear(labels, text.parts.service);
      const shape = kind.shape === said ? kind.shape : said; // the same text, held once
      const cost = line.length + LINE_BYTES + (shape === kind.shape ? 0 : shape.length);
      const most = isOrdinary(kind, level, part) ? ORDINARY_BYTES : MOST_BYTES;
      if (bytes + cost > most) {
        reduce(kind, stream, timeNs, service, level);
        return;
      }
      bytes += cost;
      push({ timeNs, labels, line, service, level, ...idsOf(line, told, text), shape }, part, stream);
    },
    count: () => count,
    untimed: () => untimed,
    reduced: () => reduced,
    ordered() {
      const order = isOrdered ? undefined : orderOf(lines, isNewestFirst(lines, streamNumbers));
      const each = (at: number) => {
        const number = order?.[at] ?? at;
        const line = fleet.named(lines[number] ?? NO_LINE);
        return { line, part: LINE_PARTS[parts[number] ?? 0] ?? '', stream: streamNumbers[number] ?? 0 };
      };
      return foldedLines(lines.length, each, withStack);
    },
  };
}

/** Not the first of its kind, and nothing that people look for. */
function isOrdinary({ count }: Kind, level: string, part: LinePart): boolean {
  return part === '' && severityOf(level) < WARN && count > ALWAYS_KEPT;
}

const NO_LINE: LogLine = { timeNs: '0', labels: NO_LABELS, line: '', service: '', level: '', traceId: '', spanId: '' };

/** A line whose stack trace came behind it: what that says, the line says. */
function withStack(first: LogLine, line: string): LogLine {
  const text = logText(line);
  const { level, ...said } = first;
  return { ...said, line, level: level || levelIn(text), shape: shapeText(saidIn(text, first.labels)) };
}

/** A store that was asked for the latest lines gives each stream from its end. */
function isNewestFirst(lines: readonly LogLine[], streams: Int32Array): boolean {
  let steps = 0;
  for (let at = 1; at < lines.length; at += 1) {
    if (streams[at] !== streams[at - 1]) continue;
    steps += Math.sign(compareNs(lines[at - 1]?.timeNs ?? '', lines[at]?.timeNs ?? ''));
  }
  return steps > 0;
}

/** The positions of the lines in order of time. Lines with equal times keep the order in which they were written. */
function orderOf(lines: readonly LogLine[], newestFirst: boolean): Uint32Array {
  const timeOf = (number: number) => lines[number]?.timeNs ?? '';
  /** A number holds a time to some hundred nanoseconds. That is enough to order most lines. */
  const rough = Float64Array.from(lines, ({ timeNs }) => Number(timeNs));
  return Uint32Array.from(lines.keys()).sort(
    (a, b) => (rough[a] ?? 0) - (rough[b] ?? 0) || compareNs(timeOf(a), timeOf(b)) || (newestFirst ? b - a : a - b),
  );
}

/** The place according to a collector, where neither the sender nor the line says more. */
const PLACE_LABELS = [
  'job',
  'container',
  'k8s.deployment.name',
  'k8s.container.name',
  'container_name',
  'compose_service',
  // What Docker's `labels` and `labels-regex` write as `attrs`: docs.docker.com/engine/logging/drivers/json-file
  'com.docker.compose.service',
];
const LEVEL_LABELS = ['severity_text', 'level', 'severity', 'detected_level'];
const TRACE_ID_LABELS = ['trace_id', 'traceID', 'traceId', 'TraceId', 'traceid'];
const SPAN_ID_LABELS = ['span_id', 'spanID', 'spanId', 'SpanId', 'spanid'];

/** The content of labels; empty where they have none. */
type Told = Readonly<{ service: string; place: string; level: string; traceId: string; spanId: string }>;

function labelled(labels: Labels): Labelled {
  const told = {
    service: firstLabel(labels, SERVICE_LABELS),
    place: placeIn(labels),
    level: logLevel(firstLabel(labels, LEVEL_LABELS)) || bySeverity(labels.severity_number),
    traceId: firstLabel(labels, TRACE_ID_LABELS),
    spanId: firstLabel(labels, SPAN_ID_LABELS),
  };
  return { labels, told };
}

/** The container of a pod names its service, unless it only says that the service's own code runs in it. */
function placeIn(labels: Labels): string {
  const place = firstLabel(labels, PLATFORM_LABELS) || placeInLabels(labels) || firstLabel(labels, PLACE_LABELS);
  const pod = ofPod(labels.pod);
  return place === '' || (pod !== '' && OWN_CODE.test(place)) ? pod : place;
}

const OWN_CODE = /^(?:app|application|main|server|service|container|web)$/i;

function serviceOf({ service, place }: Told, { parts, head }: LogText, line: string): string {
  return service || parts.service || unitInLine(line) || head?.service || place;
}

function idsOf(line: string, told: Told, { parts }: LogText): Ids {
  const traceId = told.traceId || traceIdIn(parts.traceId);
  const spanId = told.spanId || parts.spanId || spanIdIn(parts.traceId);
  const mayName = (traceId === '' || spanId === '') && NAMES_TRACE.test(line);
  const named = {
    traceId: traceId || (mayName ? idIn(line, TRACE_ID) : ''),
    spanId: spanId || (mayName ? idIn(line, SPAN_ID) : ''),
  };
  const other = named.traceId === '' ? otherIds(line) : NO_IDS;
  return { traceId: idOf(named.traceId || other.traceId), spanId: idOf(named.spanId || other.spanId) };
}

type Ids = Pick<LogLine, 'traceId' | 'spanId'>;
const NO_IDS: Ids = { traceId: '', spanId: '' };

/** Ids that a logger writes without naming them. */
function otherIds(line: string): Ids {
  const head = line.slice(0, MOST_HEAD);
  const [, traceId, spanId = ''] = PAIR_OF_IDS.exec(head) ?? [];
  if (traceId !== undefined) return { traceId, spanId };
  const [, begin, rest = ''] = line.includes('1-') ? (XRAY.exec(line) ?? []) : [];
  if (begin !== undefined) return { traceId: `${begin}${rest}`, spanId: '' };
  const [, compact = ''] = line.includes('"@tr"') ? (CLEF_TRACE.exec(line) ?? []) : [];
  if (compact !== '') return { traceId: compact, spanId: CLEF_SPAN.exec(line)?.[1] ?? '' };
  return { traceId: line.includes('traces/') ? (CLOUD_TRACE.exec(line)?.[1] ?? '') : '', spanId: '' };
}

/** Characters: a time, a level, a thread, a service, and the ids. */
const MOST_HEAD = 300;
/** Spring Boot's `[trace-span]`, and Spring Cloud Sleuth's `[service,trace,span,true]`. */
const PAIR_OF_IDS = /\[(?:[\w.-]{0,80},)?([\da-f]{32}|[\da-f]{16})[,-]([\da-f]{16})(?:,(?:true|false|0|1)?)?\]/i;
/** AWS X-Ray: `XRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793`, `Root=1-…` */
const XRAY = /\b(?:XRAY TraceId: |Root=|xray[._-]?trace[._-]?id["']?\s?[:=]\s?["']?)1-([\da-f]{8})-([\da-f]{24})\b/i;
/** Serilog's compact format (CLEF). */
const CLEF_TRACE = /"@tr"\s?:\s?"([\da-f]{32})"/i;
const CLEF_SPAN = /"@sp"\s?:\s?"([\da-f]{16})"/i;
/** Google Cloud: `"logging.googleapis.com/trace":"projects/shop/traces/4bf9…"` */
const CLOUD_TRACE = /\bprojects\/[\w-]{1,60}\/traces\/([\da-f]{32})\b/i;

/** Keeps one copy of a repeated text instead of the line that it was cut from. */
function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const shared = known.get(text);
    if (shared !== undefined) return shared;
    if (known.size < MOST_KINDS) known.set(text, text);
    return text;
  };
}

/** Without what its ReplicaSet added: `checkout-7d9f8b6c5-x2kqz`. */
function ofPod(pod = ''): string {
  return pod.replace(/-[\da-f]{8,10}-[\da-z]{5}$|-\d{1,4}$/, '');
}

const NAMES_TRACE = /trace|span/i;
/**
 * `trace_id=…`, `"traceId": "…"`, `trace.id …`, `otel_trace_id=…` (Erlang and Elixir), `otelTraceID=…` (Python); hex only,
 * so that a sentence about trace ids is none. A plain `trace=…` names a trace only with all 32 digits.
 */
const TRACE_ID =
  /\b(?:otel_?)?trace(?:[._-]?id["']?\s{0,8}[:=]\s{0,8}["']?(?=[0-9a-f]{16}(?:[0-9a-f]{16})?\b)|["']?\s{0,8}[:=]\s{0,8}["']?(?=[0-9a-f]{32}\b))([0-9a-f]{16,32})\b/i;
const SPAN_ID = /\b(?:otel_?)?span[._-]?id["']?\s{0,8}[:=]\s{0,8}["']?([0-9a-f]{16})\b/i;
/** W3C's header: version, trace, span, flags. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}$/;

function traceIdIn(value = ''): string {
  return TRACEPARENT.exec(value)?.[1] ?? value;
}

function spanIdIn(traceparent = ''): string {
  return TRACEPARENT.exec(traceparent)?.[2] ?? '';
}

function idOf(id: string): string {
  return id === '' || isNoId(id) ? '' : comparableId(id);
}

function idIn(line: string, pattern: RegExp): string {
  return pattern.exec(line)?.[1] ?? '';
}
