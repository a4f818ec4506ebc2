/**
 * OTLP's, Zipkin's and Datadog's JSON, walked while its bytes arrive. Only one part at a time becomes an object: a span,
 * a resource, a scope.
 *
 *  {"result":{"resourceSpans":[{"resource":{…},"scopeSpans":[{"scope":{…},"spans":[{…},{…}]}]}]}}
 *   envelope   resources       resource        scopes         scope        spans         OTLP, Jaeger v3, Tempo
 *  [[{"traceId":…,"id":…},{…}],[…]]
 *   list, inner list, and in it envelopes that turn out to be spans                      Zipkin
 *  {"data":[{"type":"spans","attributes":{…}},{…}],"meta":{…}}
 *   envelope events, or without their envelope envelopes that turn out to be spans         Datadog
 *
 * Members come in any order: the spans of a resource or a scope may come before its description. The first member that
 * only one format has decides the format; a body of Jaeger's is left to `jaeger-scan.ts`.
 */

import { byteTable } from '#decode/byte-table.ts';
import { DATADOG, datadogProcess, isDatadogSpan } from '#decode/datadog-json.ts';
import { SPANS_BEFORE_FOLLOWING } from '#decode/followed-spans.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  DAMAGED,
  JsonCursor,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '#decode/json-cursor.ts';
import { jsonSteps } from '#decode/json-steps.ts';
import { textIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { memberNames } from '#decode/member-names.ts';
import { otlpProcess, otlpScope, RESOURCE_SPANS, SCOPE, SCOPE_SPANS } from '#decode/otlp-json.ts';
import { otlpSpans } from '#decode/otlp-spans.ts';
import { oneLine } from '#decode/recognise.ts';
import { parsedBytes } from '#decode/span-details.ts';
import type { AddedSpan, SpansByTrace } from '#decode/spans-by-trace.ts';
import { isZipkinSpan, ZIPKIN, zipkinProcess } from '#decode/zipkin-json.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import type { SpanProcess } from '#model/trace/build/span-table.ts';

export type TraceScan = Readonly<{
  /** A value begins there in the body. */
  begin(at: number): void;
  push(bytes: Uint8Array): void;
  /** It is Jaeger's: nothing was read. */
  isJaeger(): boolean;
  /** Whether the value is whole with what has come. */
  isWhole(): boolean;
  /** Where in the body it ended, also where other bytes came behind it; undefined while it is open. */
  endsAt(): number | undefined;
  /** All of the value has come, up to there in the body. */
  end(to: number): ScannedValue;
  /** The store's remarks about values that it did not return completely. */
  remarks(): readonly string[];
  /** Whether the store itself says so of one of them. */
  isPart(): boolean;
  /** Nothing more is read. */
  close(): void;
}>;

export type ScannedValue = Readonly<{
  isWhole: boolean;
  /** The end of the complete part in the body, and the brackets that close it there. */
  wholeTo: number;
  closing: string;
}>;

type Place = keyof typeof OPENS;

/** The opening byte of each walked container. */
const OPENS = {
  list: OPEN_BRACKET,
  'inner list': OPEN_BRACKET,
  envelope: OPEN_BRACE,
  'inner envelope': OPEN_BRACE,
  resources: OPEN_BRACKET,
  resource: OPEN_BRACE,
  scopes: OPEN_BRACKET,
  scope: OPEN_BRACE,
  spans: OPEN_BRACKET,
  events: OPEN_BRACKET,
} as const;

const RESOURCES = RESOURCE_SPANS.map((name) => [name, 'resources'] as const);

/** Members that are walked instead of skipped, by place. */
const MEMBERS: Readonly<Partial<Record<Place, ReadonlyMap<string, Place>>>> = {
  envelope: new Map<string, Place>([
    ...RESOURCES,
    ['result', 'inner envelope'],
    ['trace', 'inner envelope'],
    ['data', 'events'],
  ]),
  'inner envelope': new Map<string, Place>(RESOURCES),
  resource: new Map<string, Place>(SCOPE_SPANS.map((name) => [name, 'scopes'])),
  scope: new Map<string, Place>([['spans', 'spans']]),
};

const ELEMENTS: Readonly<Partial<Record<Place, readonly Place[]>>> = {
  list: ['envelope', 'inner list'],
  'inner list': ['envelope'],
  resources: ['resource'],
  scopes: ['scope'],
};

export function traceScan(
  kept: KeptBytes,
  spans: SpansByTrace,
  formats: Readonly<{ onlyOtlp: boolean }>,
  followAfter = SPANS_BEFORE_FOLLOWING,
): TraceScan {
  const json = new JsonCursor();
  const otlp = otlpSpans(json, spans, followAfter);
  const memberName = memberNames(json);
  const processOf = otlpProcesses();
  const zipkinProcessOf = zipkinProcesses();
  const datadogProcessOf = datadogProcesses();
  let places: Place[] = [];
  let hasBegun = false;
  let isJaeger = false;
  /** It has something of another format's; of Zipkin's. */
  let isOther = false;
  let isZipkin = false;
  /** For an envelope: where it begins, with the comma before it, and whether it may be a Zipkin span. */
  let envelope = { ...NO_ENVELOPE };
  const remarks = new Set<string>();
  /** The process of spans that came before their resource: filled in when that arrives. */
  let earlyProcess = noProcess();
  let process: SpanProcess = earlyProcess;
  let scope: string | undefined;
  /** The spans that came before their scope. */
  let early: AddedSpan[] = [];

  const enter = (inside: Place, stepFrom: number): void => {
    if (inside === 'envelope') {
      envelope = { ...NO_ENVELOPE, commaAt: json.base + stepFrom, from: json.base + json.at };
    } else if (inside === 'inner envelope' || inside === 'resources' || inside === 'events') envelope.isWalked = true;
    else if (inside === 'resource') process = earlyProcess = noProcess();
    else if (inside === 'scope') {
      scope = undefined;
      early = [];
    }
    steps.enter();
    places.push(inside);
  };
  const isJaegersMember = (place: Place, name: string, byte: number): boolean => {
    if (formats.onlyOtlp || isOther || place !== 'envelope' || byte !== OPEN_BRACKET) return false;
    if (places.length === 1) return name === 'spans' || name === 'data';
    return name === 'spans' && places.length === 2 && places[0] === 'list';
  };
  /** Jaeger has a list of this name too: the first member of its first element tells. */
  const beginsEvents = (): boolean => {
    const from = json.at;
    const isFirst = json.enter(CLOSE_BRACKET) && json.next() === OPEN_BRACE && json.enter(CLOSE_BRACE);
    const name = isFirst && json.next() === QUOTE ? memberName() : '';
    json.at = from;
    return OF_EVENT.has(name);
  };
  const isEntered = (inside: Place | undefined, byte: number): inside is Place => {
    if (inside === undefined || byte !== OPENS[inside]) return false;
    return inside !== 'events' || (!formats.onlyOtlp && beginsEvents());
  };
  const noteOfEnvelope = (name: string, from: number): void => {
    if (name === 'traceId') envelope.hasTraceId = true;
    else if (name === 'attributes') envelope.hasAttributes = true;
    else if (name === 'meta') envelope.hasTimedOut = hasTimedOut(json.valueIfAny(from, json.at));
    else if (name === 'id' || name === 'timestamp') envelope.hasIdOrTime = true;
    else if (name === 'status') envelope.isPart = json.valueIfAny(from, json.at) === 'PARTIAL';
    else if (name === 'message' && json.isText(from)) {
      envelope.message = String(json.valueIfAny(from, json.at) ?? '');
    }
  };
  /** The member whose value was passed over says something of what it is in. */
  const note = (place: Place, name: string, from: number): void => {
    if (place === 'envelope') noteOfEnvelope(name, from);
    else if (place === 'resource' && name === 'resource') {
      process = processOf(json.bytes.subarray(from, json.at));
      Object.assign(earlyProcess, process);
    } else if (place === 'scope' && IS_SCOPE.has(name)) {
      scope = otlpScope(json.value(from, json.at));
      for (const added of early) setScope(added, scope);
    }
  };
  const readMember = (place: Place, stepFrom: number): void => {
    if (json.next() !== QUOTE) throw DAMAGED;
    const name = memberName();
    json.expect(COLON);
    const byte = json.next();
    const inside = MEMBERS[place]?.get(name);
    if (isEntered(inside, byte)) {
      if (inside === 'resources' || inside === 'events') isOther = true;
      enter(inside, stepFrom);
      return;
    }
    if (isJaegersMember(place, name, byte)) {
      isJaeger = true;
      return;
    }
    const from = json.at;
    json.skipValue();
    note(place, name, from);
  };
  const readSpans = (): void => {
    const added = otlp.readSpans(process, scope);
    if (scope === undefined) early.push(...added);
  };
  const addZipkin = (span: JsonObject, from: number, to: number): void => {
    spans.add(ZIPKIN, { span, from, to }, zipkinProcessOf(span));
    isOther = true;
    isZipkin = true;
  };
  /** Among Zipkin's spans: false where it is none, and nothing was read. */
  const readZipkinSpan = (): boolean => {
    const from = json.at;
    json.skipValue();
    const span = json.value(from, json.at);
    const isSpan = isZipkinSpan(span);
    if (isSpan) addZipkin(span, json.base + from, json.base + json.at);
    else json.at = from;
    return isSpan;
  };
  const addDatadog = (event: JsonObject, from: number, to: number): void => {
    spans.add(DATADOG, { span: event, from, to }, datadogProcessOf(event));
    isOther = true;
  };
  const readEvent = (): void => {
    const from = json.at;
    json.skipValue();
    const event = json.value(from, json.at);
    if (isDatadogSpan(event)) addDatadog(event, json.base + from, json.base + json.at);
  };
  const readElement = (place: Place, stepFrom: number): void => {
    const byte = json.next();
    if (place === 'events') {
      readEvent();
      return;
    }
    if (isZipkin && byte === OPEN_BRACE && readZipkinSpan()) return;
    if (place === 'spans' && byte === OPEN_BRACE) {
      readSpans();
      return;
    }
    const inside = ELEMENTS[place]?.find((one) => OPENS[one] === byte);
    if (inside === undefined) json.skipValue();
    else enter(inside, stepFrom);
  };
  const addEnvelope = (): void => {
    const { from, hasTraceId, hasIdOrTime, hasAttributes, isWalked } = envelope;
    const mayBeSpan = (hasTraceId && hasIdOrTime) || hasAttributes;
    if (!mayBeSpan || isWalked || formats.onlyOtlp) return;
    const to = json.base + json.at;
    const span = parsedBytes(kept.slice(from, to));
    if (isZipkinSpan(span)) addZipkin(span, from, to);
    else if (isDatadogSpan(span)) addDatadog(span, from, to);
  };
  const leave = (place: Place): void => {
    if (place === 'envelope') {
      addEnvelope();
      if (envelope.isPart) remarks.add(partly(envelope.message));
      if (envelope.hasTimedOut) remarks.add(partly('its search timed out'));
    }
    places.pop();
  };
  const step = (stepFrom: number): void => {
    const place = places.at(-1);
    if (place === undefined) start();
    else if (OPENS[place] === OPEN_BRACE) {
      if (steps.hasNext(CLOSE_BRACE)) readMember(place, stepFrom);
      else leave(place);
    } else if (steps.hasNext(CLOSE_BRACKET)) readElement(place, stepFrom);
    else leave(place);
  };
  const start = (): void => {
    if (json.base + json.at === 0) json.skipByteOrderMark();
    const byte = json.next();
    if (hasBegun || (byte !== OPEN_BRACE && byte !== OPEN_BRACKET)) throw DAMAGED; // or something behind the end
    hasBegun = true;
    enter(byte === OPEN_BRACE ? 'envelope' : 'list', json.at);
  };
  const steps = jsonSteps(json, step, () => isJaeger);
  const endsAt = (): number | undefined => (hasBegun && places.length === 0 ? json.base + json.at : undefined);
  const isWhole = (): boolean => !steps.isDamaged() && endsAt() !== undefined;

  return {
    begin(at) {
      steps.begin(at);
      places = [];
      hasBegun = false;
      isJaeger = false;
      isOther = false;
      isZipkin = false;
    },
    push: steps.push,
    isJaeger: () => isJaeger,
    remarks: () => [...remarks],
    isPart: () => remarks.size > 0,
    close: () => json.close(),
    isWhole() {
      steps.run();
      return isWhole();
    },
    endsAt,
    end(to) {
      steps.run();
      if (places.at(-1) === 'envelope' && !envelope.isWalked) {
        // It would have been a span: only whole spans are kept.
        return { isWhole: false, wholeTo: envelope.commaAt, closing: closingOf(places.slice(0, -1)) };
      }
      return {
        isWhole: isWhole() || endsAt() === to,
        wholeTo: json.base + json.at,
        closing: closingOf(places),
      };
    },
  };
}

const NO_ENVELOPE = {
  commaAt: 0,
  from: 0,
  hasTraceId: false,
  hasIdOrTime: false,
  hasAttributes: false,
  isWalked: false,
  /** As Datadog says of a search. */
  hasTimedOut: false,
  /** As Tempo says of a trace that is larger than its limit, or was filtered; and why. */
  isPart: false,
  message: '',
};

function partly(message: string): string {
  return message === ''
    ? 'returned only a part of the trace'
    : `returned only a part of the trace: ${oneLine(message)}`;
}

/** Members of an event of Datadog's; a trace of Jaeger's has none of them. */
const OF_EVENT: ReadonlySet<string> = new Set(['id', 'type', 'attributes', 'relationships']);

function hasTimedOut(meta: unknown): boolean {
  return isObject(meta) && textIn(meta, 'status') === 'timeout';
}

const IS_SCOPE: ReadonlySet<string> = new Set(SCOPE);

function closingOf(places: readonly Place[]): string {
  return places
    .map((place) => (OPENS[place] === OPEN_BRACE ? '}' : ']'))
    .reverse()
    .join('');
}

/** For spans whose resource has not arrived, or never does. */
function noProcess(): { -readonly [K in keyof SpanProcess]: SpanProcess[K] } {
  return { service: '', resource: {} };
}

function setScope({ spans, number }: AddedSpan, scope: string): void {
  spans.column('scope')[number] = spans.names.number(scope);
}

/** One process for all resources that are written alike: a file has one a line, and few that differ. */
function otlpProcesses(): (resource: Uint8Array) => SpanProcess {
  const literals = byteTable();
  const processes: SpanProcess[] = [];
  return (resource) => {
    const number = literals.ofBytes(resource, 0, resource.length);
    processes[number] ??= otlpProcess(parsedBytes(resource));
    return processes[number];
  };
}

function zipkinProcesses(): (span: JsonObject) => SpanProcess {
  const known = new Map<string, SpanProcess>();
  return (span) => {
    const process = zipkinProcess(span);
    const { ip = '' } = process.resource;
    const key = `${String(ip).length} ${ip}${process.service}`;
    const shared = known.get(key) ?? process;
    known.set(key, shared);
    return shared;
  };
}

/** Spans of one program on one machine share their process. */
function datadogProcesses(): (event: JsonObject) => SpanProcess {
  const known = new Map<string, SpanProcess>();
  return (event) => {
    const process = datadogProcess(event);
    const key = JSON.stringify([process.service, Object.entries(process.resource).sort()]);
    const shared = known.get(key) ?? process;
    known.set(key, shared);
    return shared;
  };
}
