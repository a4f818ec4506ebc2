/**
 * Jaeger's JSON (query API v1, and what its UI downloads), `{"data":[{traceID, spans, processes}]}`, a list of traces, or
 * one trace alone, read as its bytes come: no object and no string for a span that is regular.
 *
 * What is cut off by the window waits for more bytes. Keys come in any order, spans before or after their processes and
 * their parents. Of what no column needs only the brackets and quotes are read. A span with an escape in a name or an id,
 * or with another type than servers send, is parsed by `JSON.parse` alone. Attributes and events stay in the body until
 * somebody asks for them.
 */
import { type JaegerTraces, jaegerTraces, type OpenTrace, type ScannedTrace } from '#decode/jaeger-traces.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CUT,
  DAMAGED,
  JsonCursor,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '#decode/json-cursor.ts';
import { isObject, textIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';

export type JaegerScan = Readonly<{
  /** Another value begins there in the body; the first one begins with the body. */
  begin(at: number): void;
  push(chunk: Uint8Array): void;
  /** Whether the value is whole with what has come. */
  isWhole(): boolean;
  /** What came as far as it was whole. */
  end(): Scanned;
}>;

export type Scanned = Readonly<{
  traces: readonly ScannedTrace[];
  /** `cut`: ended in the middle, or is damaged there. `other`: no trace of Jaeger's. */
  state: 'whole' | 'cut' | 'other';
  /** The value up to where it is whole, with the brackets that close it: read again it gives the same traces. */
  closed(): readonly Uint8Array[];
}>;

/** Larger bodies come in pieces of this size, so that the window stays small. */
const WINDOW_BYTES = 4_194_304;

/** Where the scan stands between two things that were whole. */
const [START, IN_TRACE, IN_LIST, IN_SPANS, DONE, STOPPED] = [0, 1, 2, 3, 4, 5];

/** `kept` has the bytes of the body, each piece before it is pushed here. */
export function jaegerScan(kept: KeptBytes): JaegerScan {
  const json = new JsonCursor();
  const spans: JaegerTraces = jaegerTraces(json, kept);
  /** A thing that did not fit is tried again when there is twice as much of it: reading stays linear. */
  let tryAgainAt = 0;
  let begunAt = 0;
  let state = START;
  let isFirst = true;
  /** Where the list of traces stands in the envelope: then the envelope itself is no trace. */
  let isEnveloped = false;
  let isDamaged = false;
  let top: OpenTrace | undefined;
  let trace: OpenTrace | undefined;
  let traces: ScannedTrace[] = [];

  /** Behind the bracket that opens here. */
  const enter = (inside: number): void => {
    json.at += 1;
    isFirst = true;
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
    else readTraceValue(open, key);
  };
  const enterSpans = (open: OpenTrace, isList: boolean): void => {
    spans.clear(open);
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
  /** Of an object or a list that is read in steps: false where it ends here. */
  const hasNext = (close: number): boolean => {
    if (json.next() === close) {
      json.at += 1;
      isFirst = false;
      return false;
    }
    if (isFirst) {
      isFirst = false;
      return true;
    }
    json.expect(COMMA);
    if (json.next() === close) throw DAMAGED;
    return true;
  };
  const skipByteOrderMark = (): void => {
    if (json.bytes[0] !== BYTE_ORDER_MARK[0]) return;
    if (json.end < BYTE_ORDER_MARK.length) throw CUT;
    if (json.is(0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK)) json.at = BYTE_ORDER_MARK.length;
  };
  const start = (): void => {
    if (json.base + json.at === 0) skipByteOrderMark();
    const byte = json.next();
    if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) {
      state = STOPPED;
      return;
    }
    if (byte === OPEN_BRACE) top = trace = spans.open();
    enter(byte === OPEN_BRACE ? IN_TRACE : IN_LIST);
  };
  const stepInTrace = (open: OpenTrace): void => {
    if (hasNext(CLOSE_BRACE)) {
      readTraceMember(open);
      return;
    }
    trace = undefined;
    state = open === top ? DONE : IN_LIST;
    if (open === top && isEnveloped) return;
    if (open.hasSpans) traces.push(spans.finish(open));
  };
  const stepInList = (): void => {
    if (!hasNext(CLOSE_BRACKET)) {
      trace = top;
      state = top ? IN_TRACE : DONE;
    } else if (json.next() === OPEN_BRACE) {
      trace = spans.open();
      enter(IN_TRACE);
    } else json.skipValue();
  };
  const stepInSpans = (open: OpenTrace): void => {
    if (!hasNext(CLOSE_BRACKET)) state = IN_TRACE;
    else if (json.next() === OPEN_BRACE) spans.readSpan(open);
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
  const run = (): void => {
    let from = json.at;
    let wasFirst = isFirst;
    try {
      while (!isDamaged && state !== STOPPED) {
        from = json.at;
        wasFirst = isFirst;
        step();
      }
    } catch (error) {
      json.at = from;
      isFirst = wasFirst;
      if (error === CUT) return;
      if (error !== DAMAGED && !(error instanceof SyntaxError)) throw error;
      isDamaged = true;
    }
  };
  const take = (bytes: Uint8Array): void => {
    json.take(bytes);
    if (json.end < tryAgainAt) return;
    run();
    tryAgainAt = (json.end - json.at) * 2;
  };

  return {
    begin(at) {
      json.base = at;
      json.at = 0;
      json.end = 0;
      begunAt = at;
      tryAgainAt = 0;
      state = START;
      isFirst = true;
      isEnveloped = false;
      isDamaged = false;
      top = undefined;
      trace = undefined;
      traces = [];
    },
    push(chunk) {
      for (let from = 0; from < chunk.length && !isDamaged && state !== STOPPED; from += WINDOW_BYTES) {
        take(chunk.subarray(from, from + WINDOW_BYTES));
      }
    },
    isWhole() {
      run();
      return state === DONE && !isDamaged;
    },
    end() {
      run();
      const open = trace?.hasSpans && !(trace === top && isEnveloped) ? [spans.finish(trace)] : [];
      const found = state === STOPPED ? [] : [...traces, ...open];
      const isWhole = state === DONE && !isDamaged;
      const closing = new TextEncoder().encode(closingBrackets());
      const from = begunAt;
      const to = json.base + json.at;
      return {
        traces: found,
        state: found.length === 0 ? 'other' : isWhole ? 'whole' : 'cut',
        closed: () => [kept.slice(from, to), closing],
      };
    },
  };
}

const BYTE_ORDER_MARK = new TextEncoder().encode('\ufeff');
