/**
 * JSON that holds many log lines in one value, walked while its bytes arrive; one line or one resource at a time
 * becomes an object.
 *
 *  {"status":"success","data":{"result":[{"stream":{…},"values":[["ns","line",{…}],…]}]}}      a response of Loki
 *  {"streams":[{"stream":{…},"values":[["ns","line"],…]}]}                                      pushed to Loki
 *  {"resourceLogs":[{"resource":{…},"scopeLogs":[{"scope":{…},"logRecords":[{…},…]}]}]}         OTLP
 *  [{…},{…}]                                                                                   a list of other lines
 *
 * Members come in any order: lines may come before the labels of their stream.
 */
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
import { memberNames } from '#decode/member-names.ts';
import type { LineValues } from '#decode/value-lines.ts';

export type LogScan = LineValues &
  Readonly<{
    /** The status in the body: `success`, or an error of Loki's. */
    status(): string;
    /** Whether it has the list for lines, even an empty one. */
    hasList(): boolean;
  }>;

/** Turns what is found into lines. Everything is parsed JSON and may be anything. */
export type LogSink = Readonly<{
  /** A line of a stream, or a record; `of` is its stream or resource, undefined until it has arrived. */
  line(value: unknown, of: Held): void;
  /** An element of a list, and its bytes. */
  element(value: unknown, bytes: Uint8Array): void;
}>;

/** The common context of lines. */
export type Held = Readonly<{ kind: 'stream' | 'resource'; value: unknown }>;

type Place = keyof typeof OPENS;

const OPENS = {
  list: OPEN_BRACKET,
  envelope: OPEN_BRACE,
  data: OPEN_BRACE,
  streams: OPEN_BRACKET,
  stream: OPEN_BRACE,
  values: OPEN_BRACKET,
  resources: OPEN_BRACKET,
  resource: OPEN_BRACE,
  scopes: OPEN_BRACKET,
  scope: OPEN_BRACE,
  records: OPEN_BRACKET,
} as const;

/** Members that are walked instead of skipped, by place. */
const MEMBERS: Readonly<Partial<Record<Place, ReadonlyMap<string, Place>>>> = {
  envelope: new Map<string, Place>([
    ['data', 'data'],
    ['streams', 'streams'],
    ['resourceLogs', 'resources'],
    ['resource_logs', 'resources'],
  ]),
  data: new Map<string, Place>([['result', 'streams']]),
  stream: new Map<string, Place>([['values', 'values']]),
  resource: new Map<string, Place>([
    ['scopeLogs', 'scopes'],
    ['scope_logs', 'scopes'],
    ['instrumentationLibraryLogs', 'scopes'],
  ]),
  scope: new Map<string, Place>([
    ['logRecords', 'records'],
    ['log_records', 'records'],
  ]),
};

const ELEMENTS: Readonly<Partial<Record<Place, Place>>> = { streams: 'stream', resources: 'resource', scopes: 'scope' };
/** Where the elements are lines. */
const LINES: ReadonlySet<Place> = new Set(['values', 'records']);

export function logScan(sink: LogSink): LogScan {
  const json = new JsonCursor();
  const memberName = memberNames(json);
  let places: Place[] = [];
  let hasBegun = false;
  let status = '';
  let hasList = false;
  /** The current stream or resource. */
  let held: Held | undefined;
  /** Its lines that came before what it is. */
  let early: unknown[] = [];

  const enter = (inside: Place): void => {
    if (inside === 'stream' || inside === 'resource') {
      held = undefined;
      early = [];
    }
    if (inside === 'streams' || inside === 'resources' || inside === 'list') hasList = true;
    steps.enter();
    places.push(inside);
  };
  const hold = (kind: Held['kind'], value: unknown): void => {
    held = { kind, value };
    for (const line of early.splice(0)) sink.line(line, held);
  };
  /** The member whose value was passed over says something of what it is in. */
  const note = (place: Place, name: string, from: number): void => {
    if (place === 'stream' && name === 'stream') hold('stream', json.value(from, json.at));
    else if (place === 'resource' && name === 'resource') hold('resource', json.value(from, json.at));
    else if (place === 'envelope' && name === 'status') status = String(json.value(from, json.at));
  };
  const readMember = (place: Place): void => {
    if (json.next() !== QUOTE) throw DAMAGED;
    const name = memberName();
    json.expect(COLON);
    const byte = json.next();
    const inside = MEMBERS[place]?.get(name);
    if (inside !== undefined && byte === OPENS[inside]) {
      enter(inside);
      return;
    }
    const from = json.at;
    json.skipValue();
    note(place, name, from);
  };
  const readElement = (place: Place): void => {
    const byte = json.next();
    const inside = ELEMENTS[place];
    if (inside !== undefined && byte === OPENS[inside]) {
      enter(inside);
      return;
    }
    const from = json.at;
    json.skipValue();
    if (place === 'list') sink.element(json.value(from, json.at), json.bytes.subarray(from, json.at));
    if (!LINES.has(place)) return;
    const value = json.value(from, json.at);
    if (held === undefined) early.push(value);
    else sink.line(value, held);
  };
  /** A resource may say nothing of itself; a stream without labels is no stream of lines. */
  const leave = (place: Place): void => {
    places.pop();
    if (place === 'resource' && held === undefined) hold('resource', {});
  };
  const step = (): void => {
    const place = places.at(-1);
    if (place === undefined) start();
    else if (OPENS[place] === OPEN_BRACE) {
      if (steps.hasNext(CLOSE_BRACE)) readMember(place);
      else leave(place);
    } else if (steps.hasNext(CLOSE_BRACKET)) readElement(place);
    else leave(place);
  };
  const start = (): void => {
    if (json.base + json.at === 0) json.skipByteOrderMark();
    const byte = json.next();
    if (hasBegun || (byte !== OPEN_BRACE && byte !== OPEN_BRACKET)) throw DAMAGED; // or something behind the end
    hasBegun = true;
    enter(byte === OPEN_BRACE ? 'envelope' : 'list');
  };
  const steps = jsonSteps(json, step, () => false);
  const endsAt = (): number | undefined => (hasBegun && places.length === 0 ? json.base + json.at : undefined);
  const isWhole = (): boolean => {
    steps.run();
    return !steps.isDamaged() && endsAt() !== undefined;
  };
  return {
    begin(at) {
      steps.begin(at);
      places = [];
      hasBegun = false;
      held = undefined;
      early = [];
    },
    push: (bytes) => steps.push(bytes),
    isWhole,
    endsAt,
    end(to) {
      const whole = isWhole() || endsAt() === to;
      if (places.includes('resource') && held === undefined) hold('resource', {});
      return whole;
    },
    status: () => status,
    hasList: () => hasList,
  };
}
