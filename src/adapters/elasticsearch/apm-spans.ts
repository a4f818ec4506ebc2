/**
 * Documents of Elastic APM as OTLP. A transaction is a request that a service received, a span is what it did for it;
 * what went wrong in either is an error, a document of its own. Names are ECS's, and each becomes OpenTelemetry's.
 *
 * https://www.elastic.co/docs/reference/apm/observability/apm-field-reference
 * https://github.com/elastic/apm-data/tree/main/model/modeljson
 */

import { flattened, membersAt, numberAt, objectsAt, textAt } from '#adapters/members.ts';
import type { Attributes, OtlpEvent, OtlpSpan } from '#adapters/otlp-spans.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { OLDER_NAMES } from '#model/trace/semconv-names.ts';
import { instantAt, nanosecondsOf } from './instants.ts';

const NS_PER_US = 1_000;

export function isApmSpan(document: JsonObject): boolean {
  return textAt(document, 'trace.id') !== '' && (isTransaction(document) || takes(document, 'span'));
}

/** Spans of newer agents name their transaction, too: only its own document has its duration. */
function isTransaction(document: JsonObject): boolean {
  return takes(document, 'transaction');
}

function takes(document: JsonObject, what: 'transaction' | 'span'): boolean {
  return !Number.isNaN(numberAt(document, `${what}.duration.us`));
}

/** What Elastic calls it, as in `processor.event`. */
function eventOf(document: JsonObject): 'transaction' | 'span' {
  return isTransaction(document) ? 'transaction' : 'span';
}

/** The id of the span that the document is. */
export function apmSpanId(document: JsonObject): string {
  return textAt(document, `${eventOf(document)}.id`);
}

/** The id of the span or the transaction in which it happened; '' where the document is none. */
export function spanOfApmError(document: JsonObject): string {
  if (textAt(document, 'error.id') === '') return '';
  return textAt(document, 'parent.id') || textAt(document, 'span.id') || textAt(document, 'transaction.id');
}

/** `errors`: those of the span. */
export function apmSpan(document: JsonObject, errors: readonly JsonObject[]): OtlpSpan {
  const what = eventOf(document);
  const events = errors.map(errorEvent);
  const hasFailed = textAt(document, 'event.outcome') === 'failure';
  return {
    resource: resourceOf(document),
    scope: textAt(document, 'service.framework.name'),
    traceId: textAt(document, 'trace.id'),
    spanId: apmSpanId(document),
    parentSpanId: textAt(document, 'parent.id'),
    name: textAt(document, `${what}.name`),
    kind: kindOf(document, what),
    startNs: startOf(document),
    durationNs: nanosecondsOf(numberAt(document, `${what}.duration.us`), NS_PER_US),
    attributes: attributesOf(document, what),
    events,
    links: objectsAt(document, 'span.links').map((link) => ({
      traceId: textAt(link, 'trace.id'),
      spanId: textAt(link, 'span.id'),
    })),
    status: { code: hasFailed ? 2 : 0, message: hasFailed ? messageOf(events) : '' },
  };
}

function startOf(document: JsonObject): bigint {
  const us = numberAt(document, 'timestamp.us');
  return Number.isNaN(us) ? instantAt(document, '@timestamp') : nanosecondsOf(us, NS_PER_US);
}

/** Elastic's agents write the kind only for spans of OpenTelemetry. Otherwise the types tell it. */
function kindOf(document: JsonObject, what: 'transaction' | 'span'): string {
  const said = textAt(document, 'span.kind').toLowerCase();
  if (said !== '') return said;
  const type = textAt(document, `${what}.type`);
  if (what === 'transaction') return { request: 'server', messaging: 'consumer' }[type] ?? 'internal';
  if (type === 'messaging') return textAt(document, 'span.action') === 'send' ? 'producer' : 'consumer';
  const isCall = CALLS.has(type) || textAt(document, 'span.destination.service.resource') !== '';
  return isCall ? 'client' : 'internal';
}

/** https://github.com/elastic/apm/blob/main/tests/agents/json-specs/span_types.json */
const CALLS: ReadonlySet<string> = new Set(['db', 'external', 'storage', 'cache']);

/** Elastic's name, and OpenTelemetry's. The first that a document has counts. */
const OF_RESOURCE: readonly (readonly [name: string, field: string])[] = [
  ['service.name', 'service.name'],
  ['service.version', 'service.version'],
  ['service.instance.id', 'service.node.name'],
  ['deployment.environment.name', 'service.environment'],
  ['telemetry.sdk.language', 'service.language.name'],
  ['host.name', 'host.name'],
  ['host.name', 'host.hostname'],
  ['container.id', 'container.id'],
  ['k8s.namespace.name', 'kubernetes.namespace'],
  ['k8s.node.name', 'kubernetes.node.name'],
  ['k8s.pod.name', 'kubernetes.pod.name'],
  ['cloud.availability_zone', 'cloud.availability_zone'],
  ['cloud.region', 'cloud.region'],
];

const OF_SPAN: readonly (readonly [name: string, field: string])[] = [
  ['http.request.method', 'http.request.method'],
  ['http.response.status_code', 'http.response.status_code'],
  ['url.full', 'url.full'],
  ['url.full', 'url.original'],
  ['url.path', 'url.path'],
  ['user_agent.original', 'user_agent.original'],
  ['client.address', 'client.ip'],
  ['server.address', 'destination.address'],
  ['server.port', 'destination.port'],
  ['db.namespace', 'span.db.instance'],
  ['db.query.text', 'span.db.statement'],
  ['messaging.destination.name', 'span.message.queue.name'],
  ['messaging.destination.name', 'transaction.message.queue.name'],
  ['peer.service', 'span.destination.service.resource'],
  ['span.composite.count', 'span.composite.count'],
];

function resourceOf(document: JsonObject): Attributes {
  return named(document, OF_RESOURCE);
}

function attributesOf(document: JsonObject, what: 'transaction' | 'span'): Attributes {
  const type = textAt(document, `${what}.type`);
  const subtype = textAt(document, 'span.subtype');
  const system = what === 'span' && subtype !== '' ? { db: 'db.system.name', messaging: 'messaging.system' }[type] : '';
  return {
    ...labelsOf(document),
    ...(system !== undefined && system !== '' && { [system]: subtype }),
    ...named(document, OF_SPAN),
  };
}

/** Attributes without a field of their own. APM Server writes `_` for the dots of their names. */
function labelsOf(document: JsonObject): Attributes {
  const labels = { ...flattened(membersAt(document, 'labels')), ...flattened(membersAt(document, 'numeric_labels')) };
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [DOTTED.get(name) ?? name, value]));
}

/** OpenTelemetry's names that never had another one. */
const STEADY_NAMES = [
  ...['error.type', 'http.route', 'url.template', 'url.query', 'url.scheme', 'faas.coldstart', 'faas.trigger'],
  ...['rpc.service', 'rpc.method', 'messaging.message.id', 'network.protocol.name', 'server.service.name'],
];

/** The names with dots that become a label without. A name that is used without dots as well stays as it is. */
const DOTTED: ReadonlyMap<string, string> = dottedNames([
  ...STEADY_NAMES,
  ...Object.entries(OLDER_NAMES).flatMap(([current, older]) => [current, ...older]),
]);

function dottedNames(names: readonly string[]): ReadonlyMap<string, string> {
  const known = new Set(names);
  const dotted = names.filter((name) => name.includes('.')).map((name) => [name.replaceAll('.', '_'), name] as const);
  return new Map(dotted.filter(([label]) => !known.has(label)));
}

function named(document: JsonObject, names: typeof OF_SPAN): Attributes {
  const said: Record<string, Attributes[string]> = {};
  for (const [name, field] of names) {
    const text = textAt(document, field);
    const isNumber = NUMBERS.has(name) && !Number.isNaN(numberAt(document, field));
    if (text !== '') said[name] ??= isNumber ? numberAt(document, field) : text;
  }
  return said;
}

const NUMBERS: ReadonlySet<string> = new Set(['http.response.status_code', 'server.port', 'span.composite.count']);

/** The first exception is the outermost; the others are its causes. An error without one was logged. */
function errorEvent(document: JsonObject): OtlpEvent {
  const [exception] = objectsAt(document, 'error.exception');
  const atNs = startOf(document);
  if (exception === undefined) {
    const message = textAt(document, 'error.log.message') || textAt(document, 'message');
    return { atNs, name: 'log', attributes: { message } };
  }
  const said = {
    'exception.type': textAt(exception, 'type'),
    'exception.message': textAt(exception, 'message'),
    'exception.stacktrace': textAt(document, 'error.stack_trace'),
  };
  const attributes = Object.fromEntries(Object.entries(said).filter(([, text]) => text !== ''));
  return { atNs, name: 'exception', attributes };
}

function messageOf(events: readonly OtlpEvent[]): string {
  for (const { attributes } of events) {
    const { 'exception.message': message = attributes.message } = attributes;
    if (typeof message === 'string' && message !== '') return message;
  }
  return '';
}
