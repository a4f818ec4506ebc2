/**
 * Reads Jaeger's JSON (query API v1, and downloads of its UI), `{"data":[{traceID, spans, processes}]}`, a list of
 * traces, or a single trace, while its bytes arrive: without objects or strings for a regular span.
 * A part that the window cuts off waits for more bytes. Keys come in any order, spans before or after their processes
 * and their parents. Where no column needs a value, only its brackets and quotes are read. `JSON.parse` reads only
 * spans with an escape in a name or an id, or with a type that servers do not send. Attributes and events stay in the
 * body until they are requested.
 */

import { SPANS_BEFORE_FOLLOWING } from '#decode/followed-spans.ts';
import { type JaegerTraces, jaegerTraces, type OpenTrace, type ScannedTrace } from '#decode/jaeger-traces.ts';
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
import { objectsIn, textIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { oneLine } from '#decode/recognise.ts';
import { isObject } from '#model/text/json-object.ts';

export type JaegerScan = Readonly<{
  /** Another value begins there in the body; the first one begins with the body. */
  begin(at: number): void;
  push(chunk: Uint8Array): void;
  /** Whether the received bytes complete the value. */
  isWhole(): boolean;
  /** Where in the body it ended, also where other bytes came behind it; undefined while it is open. */
  endsAt(): number | undefined;
  /** The complete part of what arrived, up to there in the body. */
  end(upTo: number): Scanned;
  /** The errors that Jaeger reports beside the traces, for example about a trace that it did not find. */
  remarks(): readonly string[];
  /** Nothing more is read. */
  close(): void;
}>;

export type Scanned = Readonly<{
  traces: readonly ScannedTrace[];
  /** `cut`: it ended in the middle, or is damaged there. `other`: no trace of Jaeger's. */
  state: 'whole' | 'cut' | 'other';
  /** The last trace, where the value ended in it. */
  open: ScannedTrace | undefined;
  /** The value up to its last complete part, with closing brackets: read again it gives the same traces. */
  closed(): readonly Uint8Array[];
}>;

/** Where the scan stands between two things that were whole. */
const [START, IN_TRACE, IN_LIST, IN_SPANS, DONE, STOPPED] = [0, 1, 2, 3, 4, 5];

/**
 * `kept` has the bytes of the body, each piece before it is pushed here. After `followAfter` spans others are followed.
 */
export function jaegerScan(kept: KeptBytes, followAfter = SPANS_BEFORE_FOLLOWING): JaegerScan {
  const json = new JsonCursor();
  const spans: JaegerTraces = jaegerTraces(json, kept, followAfter);
  let begunAt = 0;
  let state = START;
  /** Where the list of traces stands in the envelope: then the envelope itself is no trace. */
  let isEnveloped = false;
  let top: OpenTrace | undefined;
  let trace: OpenTrace | undefined;
  let traces: ScannedTrace[] = [];
  const remarks = new Set<string>();

  /** Behind the bracket that opens here. */
  const enter = (inside: number): void => {
    steps.enter();
    state = inside;
  };
  const readTraceMember = (open: OpenTrace): void => {
    if (json.next() !== QUOTE) throw DAMAGED;
    const from = json.at;
    json.skipText();
    const key = json.value(from, json.at);
    json.expect(COLON);
    const isList = json.next() === OPEN_BRACKET;
    if (key === 'spans') enterSpans(open, isList);
    else if (open === top && key === 'data') enterData(isList);
    // Another format's: it may be the whole body, which the window is not for.
    else if (open === top && (key === 'resourceSpans' || key === 'batches')) state = STOPPED;
    else if (open === top && key === 'errors') readErrors();
    else readTraceValue(open, key);
  };
  const readErrors = (): void => {
    const from = json.at;
    json.skipValue();
    for (const error of objectsIn({ errors: json.valueIfAny(from, json.at) }, 'errors')) {
      const of = textIn(error, 'traceID');
      remarks.add(`answered: ${oneLine(of === '' ? textIn(error, 'msg') : `${textIn(error, 'msg')} (${of})`)}`);
    }
  };
  const enterSpans = (open: OpenTrace, isList: boolean): void => {
    if (open.hasSpans) spans.clear(open); // the last of several lists counts
    open.hasSpans = isList;
    if (isList) enter(IN_SPANS);
    else json.skipValue();
  };
  const enterData = (isList: boolean): void => {
    isEnveloped = isList;
    traces = [];
    if (isList) {
      trace = undefined;
      enter(IN_LIST);
    } else json.skipValue();
  };
  const readTraceValue = (open: OpenTrace, key: unknown): void => {
    const from = json.at;
    json.skipValue();
    if (key === 'traceID') open.traceId = textIn({ value: json.value(from, json.at) }, 'value');
    if (key !== 'processes') return;
    const processes = json.value(from, json.at);
    open.processes = isObject(processes) ? processes : {};
  };
  const start = (): void => {
    if (json.base + json.at === 0) json.skipByteOrderMark();
    const byte = json.next();
    if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) {
      state = STOPPED;
      return;
    }
    if (byte === OPEN_BRACE) top = trace = spans.open();
    enter(byte === OPEN_BRACE ? IN_TRACE : IN_LIST);
  };
  const stepInTrace = (open: OpenTrace): void => {
    if (steps.hasNext(CLOSE_BRACE)) {
      readTraceMember(open);
      return;
    }
    trace = undefined;
    state = open === top ? DONE : IN_LIST;
    if (open === top && isEnveloped) return;
    if (open.hasSpans) traces.push(spans.finish(open));
  };
  const stepInList = (): void => {
    if (!steps.hasNext(CLOSE_BRACKET)) {
      trace = top;
      state = top ? IN_TRACE : DONE;
    } else if (json.next() === OPEN_BRACE) {
      trace = spans.open();
      enter(IN_TRACE);
    } else json.skipValue();
  };
  const stepInSpans = (open: OpenTrace): void => {
    if (!steps.hasNext(CLOSE_BRACKET)) state = IN_TRACE;
    else if (json.next() === OPEN_BRACE) spans.readSpans(open);
    else json.skipValue();
  };
  const step = (): void => {
    if (state === IN_SPANS && trace) stepInSpans(trace);
    else if (state === IN_TRACE && trace) stepInTrace(trace);
    else if (state === IN_LIST) stepInList();
    else if (state === START) start();
    else {
      json.next();
      throw DAMAGED; // something behind the end
    }
  };
  const closingBrackets = (): string => {
    let brackets = state === IN_SPANS ? ']' : '';
    if (trace) brackets += '}';
    const isInList = state === IN_LIST || (trace !== undefined && trace !== top);
    if (isInList) brackets += top ? ']}' : ']';
    return brackets;
  };
  const steps = jsonSteps(json, step, () => state === STOPPED);
  const endsAt = (): number | undefined => (state === DONE ? json.base + json.at : undefined);
  const isFinished = (): boolean => state === DONE && !steps.isDamaged();

  return {
    begin(at) {
      steps.begin(at);
      begunAt = at;
      state = START;
      isEnveloped = false;
      top = undefined;
      trace = undefined;
      traces = [];
    },
    push: steps.push,
    remarks: () => [...remarks],
    close: () => json.close(),
    isWhole() {
      steps.run();
      return isFinished();
    },
    endsAt,
    end(upTo) {
      steps.run();
      const open = trace?.hasSpans && !(trace === top && isEnveloped) ? [spans.finish(trace)] : [];
      const found = state === STOPPED ? [] : [...traces, ...open];
      const isWhole = isFinished() || endsAt() === upTo;
      const closing = new TextEncoder().encode(closingBrackets());
      const from = begunAt;
      const to = json.base + json.at;
      return {
        traces: found,
        state: found.length === 0 ? 'other' : isWhole ? 'whole' : 'cut',
        open: open[0],
        closed: () => [kept.slice(from, to), closing],
      };
    },
  };
}
