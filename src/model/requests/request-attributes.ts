/**
 * The attributes of requests, to compare failing with successful ones: those of the root and of all spans below, those
 * of their processes, evaluated flags, and the operation.
 *
 *  request 1   cloud.region=EU-West   app.promo_code=SUMMER24          k8s.pod.name of payment = payment-7
 *  request 2   cloud.region=APAC      (none, though POST /cart says so elsewhere)      …     = payment-3
 *
 * An attribute counts only among requests through an operation that records it: an attribute of an error handler has
 * nothing to compare with. Attributes about the outcome are left out: a status, an exception, a number of attempts.
 */
import { compareTexts } from '#model/text/compare-texts.ts';
import { cutText } from '#model/text/cut-text.ts';
import type { Attributes, AttributeValue, SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import { currentNames } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';

/** One attribute of one service, in all requests. */
export type RequestAttribute = Readonly<{
  /** The service of its spans; empty for the root, or for the whole request. */
  service: string;
  name: string;
  /** The indexes of the requests through an operation that records it. */
  among: ReadonlySet<number>;
  /** Each request's values, by its index; a request may pass several pods. */
  values: ReadonlyMap<number, ReadonlySet<AttributeValue>>;
}>;

/** The operation that a request asks for, as an attribute of its root. */
export const REQUEST_TYPE = 'operation';
const FLAG = 'feature_flag';

/** The attributes of this many spans are read, distributed evenly over the requests. */
const MOST_SPANS = 40_000;
const LEAST_SPANS_EACH = 20;
/** A loop over orders records every order's id: such a frequent attribute does not describe the request. */
const MOST_VALUES = 20;
const LONGEST_VALUE = 200;

/** In order of service and name; `traces` in any order, indexes refer to them. */
export function requestAttributes(traces: readonly Trace[]): readonly RequestAttribute[] {
  const reading: Reading = { attributes: new Map(), passing: new Map(), names: new Map() };
  const each = Math.max(LEAST_SPANS_EACH, Math.floor(MOST_SPANS / Math.max(1, traces.length)));
  for (const [place, trace] of traces.entries()) read(reading, trace, place, each);
  return [...reading.attributes.values()]
    .map(({ service, name, operations, values }) => ({ service, name, values, among: amongOf(reading, operations) }))
    .sort((a, b) => compareTexts(a.service, b.service) || compareTexts(a.name, b.name));
}

type Said = { service: string; name: string; operations: Set<string>; values: Map<number, Set<AttributeValue>> };
type Reading = Readonly<{
  attributes: Map<string, Said>;
  /** By operation, the places of the requests that pass it. */
  passing: Map<string, Set<number>>;
  /** By a name as it was sent, the current one; empty where it is left out. */
  names: Map<string, string>;
}>;

function read(reading: Reading, trace: Trace, place: number, most: number): void {
  const { root } = trace;
  const told = new Set<Attributes>();
  const operations = new Map<number, string>();
  for (let span = 0; span < Math.min(trace.spanCount, most); span += 1) {
    const key = trace.operationKey(span);
    const operation = operations.get(key) ?? `${trace.service(span)}\n${operationTemplate(trace.operation(span))}`;
    operations.set(key, operation);
    addTo(reading.passing, operation, place);
    const at = { service: trace.service(span), operation, place };
    const resource = trace.resource(span);
    // Spans of one process share their resource; that each of its operations says it is clear by one.
    if (!told.has(resource)) addAll(reading, at, resource);
    told.add(resource);
    // The root's attributes belong to the request, whichever service received it.
    const own = span === root ? { ...at, service: '' } : at;
    addAll(reading, own, trace.attributes(span));
    if (trace.hasEvents(span)) addFlags(reading, own, trace, span);
  }
  const service = trace.service(root);
  const type = operationTemplate(trace.operation(root));
  addTo(reading.passing, ROOTS, place);
  add(reading, { service: '', operation: ROOTS, place }, REQUEST_TYPE, `${service} ${type}`);
}

/** Every request passes its own root. */
const ROOTS = '';

type Where = Readonly<{ service: string; operation: string; place: number }>;

function addAll(reading: Reading, at: Where, attributes: Attributes): void {
  for (const [sent, value] of Object.entries(attributes)) {
    const name = comparedName(reading, sent);
    if (name !== '' && value !== '') add(reading, at, name, value);
  }
  addFlag(reading, at, attributes);
}

function addFlags(reading: Reading, at: Where, trace: Trace, span: SpanIndex): void {
  for (const { name, attributes } of trace.events(span)) {
    if (name.startsWith(FLAG)) addFlag(reading, at, attributes);
  }
}

/** A flag is an attribute of its own: its key is the name. */
function addFlag(reading: Reading, at: Where, attributes: Attributes): void {
  const key = attributes['feature_flag.key'];
  if (key === undefined) return;
  const variant = VARIANTS.map((name) => attributes[name]).find((value) => value !== undefined);
  if (variant !== undefined) add(reading, at, `flag ${key}`, variant);
}

const VARIANTS = ['feature_flag.result.variant', 'feature_flag.variant', 'feature_flag.result.value'];

function add({ attributes }: Reading, { service, operation, place }: Where, name: string, value: AttributeValue): void {
  const key = `${service}\n${name}`;
  let known = attributes.get(key);
  if (known === undefined) {
    known = { service, name, operations: new Set(), values: new Map() };
    attributes.set(key, known);
  }
  known.operations.add(operation);
  const values = known.values.get(place);
  const short = typeof value === 'string' ? cutText(value, LONGEST_VALUE) : value;
  if (values === undefined) known.values.set(place, new Set([short]));
  else if (values.size <= MOST_VALUES) values.add(short);
}

function amongOf({ passing }: Reading, operations: ReadonlySet<string>): ReadonlySet<number> {
  const [only = '', ...more] = operations;
  if (more.length === 0) return passing.get(only) ?? new Set();
  const among = new Set<number>();
  for (const operation of operations) for (const place of passing.get(operation) ?? []) among.add(place);
  return among;
}

function comparedName({ names }: Reading, sent: string): string {
  const known = names.get(sent) ?? comparedNameOf(sent);
  names.set(sent, known);
  return known;
}

/** The current name of an attribute; empty where it describes the outcome or the recording. */
export function comparedNameOf(sent: string): string {
  const [name = sent, ...more] = currentNames(sent);
  const current = more.length === 0 ? name : sent;
  return [OUTCOMES, RECORDING, ONE_ITEM].some((left) => left.test(current)) ? '' : current;
}

/**
 * What names a single message or request, in the words of OpenTelemetry (`messaging.message.id`,
 * `messaging.kafka.offset`, `messaging.rabbitmq.message.delivery_tag`) and of frameworks (`request_id`). Requests that
 * share it are attempts at the same item, and no group of users.
 */
const ONE_ITEM =
  /^messaging\..{0,80}(?:offset|message[._]id|conversation_id|delivery_tag)$|(?:^|[._-])(?:kafka[._]offset|(?:message|request|correlation|job|event|delivery)[._-]?id)$/i;

/** Outcomes are no causes. */
const OUTCOMES =
  /error|exception|fail|(?<!de)fault|status|result|outcome|response|retr(?:y|ies)|resend|attempt|stack_?trace|duration|latency|elapsed|took|time_?out|success|breaker|fallback|degraded|cancel|drop|warn|severity|\.reason$/i;

/** Attributes about the recording, and texts that another detector reads. */
const RECORDING =
  /^(?:otel|telemetry|thread|code|sampl\w*|internal|span|jaeger|feature_flag|error|service\.name|process\.(?:pid|command|executable|owner|parent)\w*|db\.(?:query|statement|response|operation\.parameter)|url\.(?:full|query|original)|http\.(?:url|target)|w3c|component)(?:[._]|$)/i;

function addTo(map: Map<string, Set<number>>, key: string, place: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([place]));
  else known.add(place);
}
