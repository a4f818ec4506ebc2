/**
 * Attributes and headers that distinguish the failing traces from the healthy ones.
 * Values that differ from trace to trace anyway (ids, times, ports, random values) say nothing. Several healthy traces
 * show this: the share of values that occur in only one of them estimates the chance that the next trace brings a new
 * one (Good and Turing). With few healthy traces, names and forms of values have to decide.
 */
import { comparedCall, type Sides } from '#diagnose/compared-call.ts';
import { type Field, fieldsOf, lineFields, resourceFields, STATUS_TEXT } from '#diagnose/compared-fields.ts';
import { differenceOf, ENOUGH, middle } from '#diagnose/differs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { AttributeChange, Told } from '#model/requests/comparison.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Reading attributes is slow: this many calls are read, the most interesting first, and this many spans of each. */
const MOST_CALLS = 400;
const MOST_SPANS = 3;

/** One odd healthy trace in ten may have the failing value, or a value of its own. */
const RARE = 0.1;
const NEARLY_ALL = 0.9;

const MOST_VALUES = 3;

export function attributeChanges(sides: Sides, interest: (call: CallIndex) => number): AttributeChange[] {
  const found: AttributeChange[] = [];
  const services = new Set<string>();
  for (const call of comparable(sides, interest)) {
    found.push(...changesOf(sides, call, fieldsOf, 'span'));
    const service = sides.calls.service(call);
    if (services.has(service)) continue;
    services.add(service);
    found.push(...changesOf(sides, call, resourceFields, 'resource'));
  }
  return together(found).sort(byWeight);
}

/** Calls that both sides make; the root and the interesting calls first. */
function comparable({ calls }: Sides, interest: (call: CallIndex) => number): CallIndex[] {
  const both: Readonly<{ call: CallIndex; weight: number }>[] = [];
  for (let call = 0; call < calls.count; call += 1) {
    const has = (samples: readonly (CallSample | undefined)[]) => samples.some((sample) => sample !== undefined);
    if (has(calls.healthy(call)) && has(calls.failing(call))) both.push({ call, weight: interest(call) });
  }
  return both
    .sort((a, b) => Number(b.call === 0) - Number(a.call === 0) || b.weight - a.weight || a.call - b.call)
    .slice(0, MOST_CALLS)
    .map(({ call }) => call);
}

type ReadFields = (trace: Trace, span: number) => Field[];

/** The value of one attribute in each trace; empty where a trace does not have it. */
type Column = Readonly<{
  healthy: (readonly string[])[];
  failing: (readonly string[])[];
  of: Field['of'];
  name: string;
}>;

function changesOf(sides: Sides, call: CallIndex, read: ReadFields, of: 'span' | 'resource'): AttributeChange[] {
  const healthy = readSide(sides.healthy, sides.calls.healthy(call), read);
  const failing = readSide(sides.failing, sides.calls.failing(call), read);
  return changesBetween(healthy, failing, of).map((change) => ({ ...change, at: comparedCall(sides, call) }));
}

/** How many lines are read for their fields: more show the same. */
const MOST_LINES = 2_000;

/** Fields of lines of JSON, each line a sample. */
export function lineFieldChanges(healthy: readonly LogLine[], failing: readonly LogLine[]): AttributeChange[] {
  const side = (lines: readonly LogLine[]) => lines.slice(0, MOST_LINES).map((line) => collected(lineFields(line)));
  const service = failing.find((line) => line.service !== '')?.service ?? '';
  const at = { call: 0, service, operation: '', path: [], healthySpanId: '', failingSpanId: '' };
  return changesBetween(side(healthy), side(failing), 'line')
    .map((change) => ({ ...change, at }))
    .sort(byWeight);
}

function changesBetween(
  healthy: readonly Fields[],
  failing: readonly Fields[],
  of: 'span' | 'resource' | 'line',
): Omit<AttributeChange, 'at'>[] {
  const names = new Map(
    [...healthy, ...failing].flatMap((fields) => [...fields].map(([key, { field }]) => [key, field])),
  );
  const values = (side: readonly Fields[], key: string) => side.map((fields) => fields.get(key)?.values ?? []);
  return [...names].flatMap(([key, field]) => {
    if (isIgnored(field.name)) return [];
    const column = { healthy: values(healthy, key), failing: values(failing, key), of: field.of, name: field.name };
    const seen = differenceIn(column);
    return seen === undefined ? [] : [changeOf(column, seen, of)];
  });
}

type Fields = Map<string, { field: Field; values: string[] }>;

/** Reads one side of a call, from the traces that make it. */
function readSide(traces: readonly Trace[], samples: readonly (CallSample | undefined)[], read: ReadFields): Fields[] {
  return samples.flatMap((sample, at) => {
    const trace = traces[at];
    return sample === undefined || trace === undefined ? [] : [readTrace(trace, sample, read)];
  });
}

function readTrace(trace: Trace, { spans }: CallSample, read: ReadFields): Fields {
  return collected(spans.slice(0, MOST_SPANS).flatMap((span) => read(trace, span)));
}

function collected(found: readonly Field[]): Fields {
  const fields: Fields = new Map();
  for (const field of found) {
    const key = `${field.of}\n${field.name}`;
    if (field.value === '') continue; // counts as missing
    const known = fields.get(key);
    if (known === undefined) fields.set(key, { field, values: [field.value] });
    else if (!known.values.includes(field.value)) known.values.push(field.value);
  }
  return fields;
}

type Difference = Readonly<{ told: Told; healthyWith: number; ratio: number }>;

function differenceIn(column: Column): Difference | undefined {
  if (column.healthy.length === 0 || column.failing.length === 0) return undefined;
  return isMeasure(column) ? measureDifference(column) : valueDifference(column);
}

/** A number that counts or measures. A code, a version or a port is a name made of digits. */
function isMeasure({ name, healthy, failing }: Column): boolean {
  if (IS_CODE.test(name)) return false;
  const all = [...healthy, ...failing];
  const isNumber = (value: string) => value.trim() !== '' && Number.isFinite(Number(value));
  return (
    all.every((values) => values.length > 0 && values.every(isNumber)) &&
    (IS_SIZE.test(name) || healthy.length >= ENOUGH)
  );
}

function measureDifference({ healthy, failing }: Column): Difference | undefined {
  const numbers = (side: Column['healthy']) => side.map((values) => middle(values.map(Number)));
  const [before, now] = [numbers(healthy), numbers(failing)];
  if (Math.min(...before, ...now) < 0) return undefined; // no logarithm exists
  const told = differenceOf(before, now, 1);
  const median = middle(before);
  return told && { told, healthyWith: 0, ratio: median === 0 ? 0 : middle(now) / median };
}

/** A value that the failing traces have and hardly any healthy one has. */
function valueDifference(column: Column): Difference | undefined {
  const isFew = column.healthy.length < ENOUGH;
  const told: Told = isFew ? 'uncertain' : 'clear';
  if (!isFew) return differenceBy(column, exact, told) ?? differenceBy(column, masked, told);
  if (!IS_SECRET.test(column.name)) {
    return VARIES_BY_NAME.test(column.name) ? undefined : differenceBy(column, masked, told);
  }
  return looksRandom(column) ? undefined : differenceBy(column, exact, told);
}

function differenceBy(column: Column, form: (value: string) => string, told: Told): Difference | undefined {
  const [healthy, failing] = [texts(column.healthy, form), texts(column.failing, form)];
  const value = mostFrequent(failing)[0] ?? ABSENT;
  const having = (side: readonly string[]) => side.filter((text) => text === value).length;
  if (having(failing) < NEARLY_ALL * failing.length || having(healthy) > RARE * healthy.length) return undefined;
  if (chanceOfNew(healthy) > RARE || chanceOfNew(failing) > RARE) return undefined;
  return { told, healthyWith: having(healthy), ratio: 0 };
}

const ABSENT = '\u0000absent';

function texts(side: Column['healthy'], form: (value: string) => string): string[] {
  return side.map((values) => (values.length === 0 ? ABSENT : [...new Set(values.map(form))].sort().join('\n')));
}

function exact(value: string): string {
  return value;
}

/** Replaces numbers, hex and ids in paths: a few traces cannot show that these vary. */
function masked(value: string): string {
  const path = value.includes('/') ? operationTemplate(value) : value;
  return path
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '#')
    .replace(/\d+(?:[.:,]\d+)*/g, (digits) =>
      digits.length <= SHORT_CODE && value.length <= SHORT_VALUE ? digits : '#',
    );
}

/** `200`, `1.5`, `v2`: a short value of few digits is a name. */
const SHORT_CODE = 3;
const SHORT_VALUE = 8;

/** The chance that one more trace brings a new value (Good and Turing). Unknown for a single trace. */
function chanceOfNew(values: readonly string[]): number {
  if (values.length < 3) return 0;
  const once = mostFrequent(values).filter((value) => values.indexOf(value) === values.lastIndexOf(value)).length;
  return once / values.length;
}

/** A generated credential differs for every caller. */
function looksRandom({ healthy, failing }: Column): boolean {
  const isRandom = (value: string) => /[\w-]{20,}/.test(value) && /\d/.test(value);
  return [...healthy, ...failing].every((values) => values.some(isRandom));
}

function mostFrequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1)).map(([value]) => value);
}

function changeOf(column: Column, seen: Difference, of: 'span' | 'resource' | 'line'): Omit<AttributeChange, 'at'> {
  const shownOf = (side: Column['healthy']) => mostFrequent(side.flat()).slice(0, MOST_VALUES);
  const [healthy, failing] = [shownOf(column.healthy), shownOf(column.failing)];
  const isEmpty = (values: readonly string[]) => values.every((value) => EMPTY.test(value));
  return {
    name: column.name,
    of: column.of === 'event' ? 'event' : of,
    also: 0,
    healthy,
    failing,
    isEmptied: !isEmpty(healthy) && isEmpty(failing),
    role: roleOf(column),
    ...seen,
  };
}

const EMPTY = /^(?:null|undefined|none|nil|\[\]|\{\}|\s*)$/i;

function roleOf({ name, of }: Column): AttributeChange['role'] {
  if (of === 'event' || IS_OUTCOME.test(name)) return 'outcome';
  return IS_INSTANCE.test(name) ? 'instance' : 'input';
}

/** The response and its consequences. */
const IS_OUTCOME =
  /(?:^|[._-])(?:status|status_code|response|error|exception|result|outcome|returned_rows|success|retry|retries|resend_count|duration|latency|elapsed)(?:[._-]|$)|_(?:ms|us|ns)$|duration/i;
/** Where it ran. A restart changes all of these. */
const IS_INSTANCE =
  /^(?:host|process|container|k8s|os|cloud|thread|faas\.(?:instance|invocation)|service\.instance|telemetry|device)\b|^(?:hostname|ip|pod)\b|client\.|network\.|server\.(?:address|port)$/i;

/** What the alignment has compared already, and attributes that say nothing about the request. */
const IGNORED =
  /^(?:error|span\.kind|internal\.span\.format|otel\.(?:status_code|status_description|scope\..*|library\..*)|sampler\..*|w3c\.tracestate|db\.(?:query\.text|statement)|thread\.(?:id|name)|code\.(?:line|column).*|telemetry\..*|jaeger\.version|client-uuid)$/i;

function isIgnored(name: string): boolean {
  return IGNORED.test(name) || (name !== STATUS_TEXT && /(?:^|[._-])(?:trace|span)[._-]?id$/i.test(name));
}

const IS_SECRET = /authorization|cookie|token|secret|passw|api[._-]?key|credential/i;

/** Differs between any two requests. */
const VARIES_BY_NAME =
  /(?:^|[._-])(?:id|ids|uuid|guid|pid|port|time|timestamp|date|nonce|seq|sequence|offset|address|ip|ip_addr|host|hostname|instance|pod|session|request[_-]?id|correlation|traceparent|tracestate|baggage|etag|key|query|full|url|user|email|name)$|(?:[a-z])(?:Id|Uuid|Time|Timestamp|Port)$|^(?:host|process|container|k8s|os|cloud|net|network|peer|client)\./;

const IS_CODE = /(?:^|[._-])(?:code|status|errno|level|version|port|pid|id|year|day|number)$|(?:Id|Code|Version)$/;
const IS_SIZE =
  /(?:^|[._-])(?:size|length|bytes|count|rows|total|duration|age|depth|retries|attempts|ms|us|ns|seconds)$|content[._-]length|_(?:ms|us|count|size)$|(?:Size|Count|Ms|Length)$/i;

/** Merges one difference that shows in many calls. Its origin is the call nearest to the root. */
function together(found: readonly AttributeChange[]): AttributeChange[] {
  const groups = Map.groupBy(found, ({ of, name, healthy, failing, at }) =>
    [of, name, of === 'resource' ? at.service : '', healthy.join('\n'), failing.join('\n')].join('\n\n'),
  );
  return [...groups.values()].flatMap((alike) => {
    const [first, ...others] = alike.toSorted((a, b) => a.at.call - b.at.call);
    return first === undefined ? [] : [{ ...first, also: others.length }];
  });
}

const ROLES: readonly AttributeChange['role'][] = ['input', 'outcome', 'instance'];

function byWeight(a: AttributeChange, b: AttributeChange): number {
  return (
    Number(b.told === 'clear') - Number(a.told === 'clear') ||
    ROLES.indexOf(a.role) - ROLES.indexOf(b.role) ||
    Number(IS_SECRET.test(b.name)) - Number(IS_SECRET.test(a.name)) ||
    a.at.call - b.at.call ||
    (a.name < b.name ? -1 : Number(a.name > b.name))
  );
}
