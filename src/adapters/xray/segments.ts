/**
 * Segment documents as OTLP, which the decoder reads. A segment is what one service did for a request, and holds its calls
 * and its own steps as subsegments. OpenTelemetry's exporter sends subsegments as documents of their own, which say nothing
 * of their program: their parents do. Segments that X-Ray inferred from a call have no program either: the call itself says
 * the same.
 *
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
import { z } from 'zod';
import { parsed } from '#adapters/http.ts';
import { valuesIn } from '#adapters/otlp-attributes.ts';
import { type Attributes, kindOfMessage, type OtlpEvent, type OtlpSpan } from '#adapters/otlp-spans.ts';
import { isObject, leavesOf } from '#model/text/json-object.ts';

const Text = z.string().catch('');
const Flag = z.boolean().catch(false);
const Loose = z.record(z.string(), z.unknown()).catch({});
const Seconds = z.number().min(0).max(8e9);

const Frame = z.object({ path: Text, line: z.number().optional().catch(undefined), label: Text });
const Exception = z.object({ message: Text, type: Text, stack: z.array(Frame).catch([]) });

/** The members that segments and subsegments have in common. A member of a wrong type is left out, and the others count. */
const Piece = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/i),
  name: Text,
  start_time: Seconds,
  end_time: Seconds.optional().catch(undefined),
  parent_id: Text,
  type: Text,
  namespace: Text,
  inferred: Flag,
  ...{ error: Flag, fault: Flag, throttle: Flag },
  http: z.object({ request: Loose, response: Loose }).partial().catch({}),
  ...{ aws: Loose, sql: Loose, service: Loose, annotations: Loose, metadata: Loose },
  cause: z.object({ exceptions: z.array(Exception).catch([]) }).catch({ exceptions: [] }),
  subsegments: z.array(z.unknown()).catch([]),
});
type Piece = z.output<typeof Piece>;

export type SegmentReader = Readonly<{
  /** `documents`: the JSON of segments of one trace. What is no segment is left out, and what waits for its parent. */
  read(traceId: string, documents: readonly string[]): readonly OtlpSpan[];
  /** What still waits, once all documents were read: its parent is missing, and its own name has to do. */
  rest(): readonly OtlpSpan[];
}>;

/** Reads documents of some traces, which may come in several pages. */
export function segmentReader(): SegmentReader {
  /** The program of each span that was read, by the ids of its trace and its own. */
  const programs = new Map<string, Attributes>();
  /** By the ids of its trace and its parent. */
  const waiting = new Map<string, Readonly<{ traceId: string; piece: Piece }>[]>();

  /** With what is below it, and what waited for any of these. */
  function spansFrom(traceId: string, document: Piece, resource: Attributes): readonly OtlpSpan[] {
    const spans: OtlpSpan[] = [];
    const left = [{ piece: document, parentId: document.parent_id, isSegment: isSegment(document) }];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { piece, parentId } = next;
      spans.push({ ...spanOf(piece, next.isSegment), resource, traceId, parentSpanId: parentId.toLowerCase() });
      const inner = piece.subsegments.flatMap((one) => Piece.safeParse(one).data ?? []);
      for (const one of inner) left.push({ piece: one, parentId: piece.id, isSegment: false });
      const key = keyOf(traceId, piece.id);
      programs.set(key, resource);
      for (const { piece: one } of waiting.get(key) ?? [])
        left.push({ piece: one, parentId: one.parent_id, isSegment: false });
      waiting.delete(key);
    }
    return spans;
  }

  function readPiece(traceId: string, piece: Piece): readonly OtlpSpan[] {
    const parent = keyOf(traceId, piece.parent_id);
    const resource = isSegment(piece) ? resourceOf(piece) : programs.get(parent);
    if (resource !== undefined) return spansFrom(traceId, piece, resource);
    const before = waiting.get(parent);
    if (before === undefined) waiting.set(parent, [{ traceId, piece }]);
    else before.push({ traceId, piece });
    return [];
  }

  return {
    read(traceId, documents) {
      const pieces = documents.flatMap((document) => Piece.safeParse(parsed(document)).data ?? []);
      return pieces.filter(({ inferred }) => !inferred).flatMap((piece) => readPiece(traceId, piece));
    },
    rest() {
      return [...waiting.keys()].flatMap((parent) => {
        const left = waiting.get(parent) ?? [];
        waiting.delete(parent);
        return left.flatMap(({ traceId, piece }) => spansFrom(traceId, piece, resourceOf(piece)));
      });
    },
  };
}

function isSegment({ type }: Piece): boolean {
  return type !== 'subsegment';
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId} ${spanId.toLowerCase()}`;
}

type Own = Omit<OtlpSpan, 'resource' | 'traceId' | 'parentSpanId'>;

function spanOf(piece: Piece, isSegment: boolean): Own {
  const { id, start_time: start, end_time: end = start, cause } = piece;
  const isCall = !isSegment && (piece.namespace !== '' || textIn(piece.sql, 'sanitized_query') !== '');
  // A server that refuses a wrong request has not failed; the call that was refused has.
  const hasFailed = piece.fault || (isCall && (piece.error || piece.throttle));
  const attributes = attributesOf(piece);
  const [first] = cause.exceptions;
  const startNs = nanoseconds(start);
  const endNs = nanoseconds(Math.max(start, end));
  return {
    scope: 'aws.xray',
    spanId: id.toLowerCase(),
    name: nameOf(piece),
    kind: kindOfMessage(attributes) || (isSegment ? 'server' : isCall ? 'client' : 'internal'),
    startNs,
    durationNs: endNs - startNs,
    attributes,
    events: cause.exceptions.map((one) => exceptionOf(one, endNs)),
    links: [],
    status: { code: hasFailed ? 2 : 0, message: hasFailed ? (first?.message ?? '') : '' },
  };
}

/** The times have microseconds at best. */
function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e6)) * 1_000n;
}

/** `GET /cart/{id}`, `DynamoDB.GetItem`; else the name that the program gave. */
function nameOf({ name, http, aws, namespace, metadata, annotations }: Piece): string {
  const operation = textIn(aws, 'operation');
  if (namespace === 'aws' && operation !== '') return `${name}.${operation}`;
  const method = textIn(http.request ?? {}, 'method');
  const spaces = [annotations, ...Object.values(metadata).filter(isObject)];
  const route = spaces.map((space) => textIn(space, 'http.route')).find((one) => one !== '');
  const path = route ?? URL.parse(textIn(http.request ?? {}, 'url'))?.pathname;
  return method === '' || path === undefined ? name : `${method} ${path}`;
}

function attributesOf({ name, namespace, http, aws, sql, annotations, metadata, throttle }: Piece): Attributes {
  const operation = textIn(aws, 'operation');
  const isAws = namespace === 'aws' && operation !== '';
  const known: readonly (readonly [string, unknown])[] = [
    ['http.request.method', http.request?.method],
    ['url.full', http.request?.url],
    ['user_agent.original', http.request?.user_agent],
    ['client.address', http.request?.client_ip],
    ['http.response.status_code', http.response?.status],
    ['http.response.body.size', http.response?.content_length],
    ['server.address', namespace === 'remote' ? hostIn(name) : undefined],
    ['db.system', textIn(sql, 'database_type').toLowerCase()],
    ['db.statement', sql.sanitized_query],
    ['db.user', sql.user],
    ...(isAws
      ? ([
          ['rpc.system', 'aws-api'],
          ['rpc.service', name],
          ['rpc.method', operation],
        ] as const)
      : []),
    ['aws.request_id', aws.request_id],
    ['aws.dynamodb.table_names', aws.table_name],
    ['aws.sqs.queue_url', aws.queue_url],
    ['cloud.region', aws.region],
    ['aws.xray.throttle', throttle || undefined],
  ];
  const said = saidIn({ annotations, metadata }).filter(([member]) => !member.startsWith(OF_RESOURCE));
  return valuesIn([...said, ...known]);
}

/** OpenTelemetry's exporter puts its attributes below `default`; programs name spaces of their own. */
function saidIn({ annotations, metadata }: Pick<Piece, 'annotations' | 'metadata'>) {
  const spaces = Object.values(metadata).filter(isObject);
  return [annotations, ...spaces].flatMap((space) => [...leavesOf(space)]);
}

/** Before an attribute of the program, which the exporter writes beside those of the span. */
const OF_RESOURCE = 'otel.resource.';

function resourceOf({ name, service, aws, ...more }: Piece): Attributes {
  const [ecs, eks, ec2] = [aws.ecs, aws.eks, aws.ec2].map((one) => (isObject(one) ? one : {}));
  const said = saidIn(more).filter(([member]) => member.startsWith(OF_RESOURCE));
  return valuesIn([
    ...said.map(([member, value]) => [member.slice(OF_RESOURCE.length), value] as const),
    ['service.name', name],
    ['service.version', service.version],
    ['cloud.account.id', aws.account_id],
    ['container.name', ecs?.container],
    ['container.id', ecs?.container_id ?? eks?.container_id],
    ['k8s.cluster.name', eks?.cluster_name],
    ['k8s.pod.name', eks?.pod],
    ['host.id', ec2?.instance_id],
  ]);
}

/** `db.example.com` of `shop@db.example.com`. A call without a known host has the name of its operation: `GET /users`. */
function hostIn(name: string): string {
  const host = name.slice(name.lastIndexOf('@') + 1);
  return /^[\p{L}\p{N}_.:-]+$/u.test(host) ? host : '';
}

function textIn(object: Readonly<Record<string, unknown>>, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

/** The segment says not when it was raised: at the latest when the work ended. */
function exceptionOf({ message, type, stack }: z.output<typeof Exception>, atNs: bigint): OtlpEvent {
  const frames = stack.map(
    ({ path, line, label }) => `    at ${label} (${path}${line === undefined ? '' : `:${line}`})`,
  );
  return {
    atNs,
    name: 'exception',
    attributes: valuesIn([
      ['exception.type', type],
      ['exception.message', message],
      ['exception.stacktrace', frames.length === 0 ? '' : [`${type}: ${message}`, ...frames].join('\n')],
    ]),
  };
}
