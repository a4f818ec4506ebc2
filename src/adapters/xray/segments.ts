/**
 * Segment documents as OTLP, which the decoder reads. A segment is what one service did for a request, and holds its calls
 * and its own steps as subsegments. Segments that X-Ray inferred from a call have no program of their own: the call itself
 * says the same.
 *
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
import { z } from 'zod';
import { parsed } from '#adapters/http.ts';
import { valuesIn } from '#adapters/otlp-attributes.ts';
import type { Attributes, OtlpEvent, OtlpSpan } from '#adapters/otlp-spans.ts';
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
  namespace: Text,
  inferred: Flag,
  ...{ error: Flag, fault: Flag, throttle: Flag },
  http: z.object({ request: Loose, response: Loose }).partial().catch({}),
  ...{ aws: Loose, sql: Loose, service: Loose, annotations: Loose, metadata: Loose },
  cause: z.object({ exceptions: z.array(Exception).catch([]) }).catch({ exceptions: [] }),
  subsegments: z.array(z.unknown()).catch([]),
});
type Piece = z.output<typeof Piece>;

/** `documents`: the JSON of the segments of one trace. What is no segment is left out. */
export function spansIn(traceId: string, documents: readonly string[]): readonly OtlpSpan[] {
  const spans: OtlpSpan[] = [];
  for (const document of documents) {
    const segment = Piece.safeParse(parsed(document));
    if (!segment.success || segment.data.inferred) continue;
    const resource = resourceOf(segment.data);
    const waiting = [{ piece: segment.data, parentId: segment.data.parent_id, isSegment: true }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { piece } = next;
      spans.push({ ...spanOf(piece, next.isSegment), resource, traceId, parentSpanId: next.parentId.toLowerCase() });
      const inner = piece.subsegments.map((one) => Piece.safeParse(one)).filter(({ success }) => success);
      waiting.push(
        ...inner.flatMap(({ data }) => (data ? [{ piece: data, parentId: piece.id, isSegment: false }] : [])),
      );
    }
  }
  return spans;
}

type Own = Omit<OtlpSpan, 'resource' | 'traceId' | 'parentSpanId'>;

function spanOf(piece: Piece, isSegment: boolean): Own {
  const { id, start_time: start, end_time: end = start, cause } = piece;
  const isCall = !isSegment && (piece.namespace !== '' || textIn(piece.sql, 'sanitized_query') !== '');
  // A server that refuses a wrong request has not failed; the call that was refused has.
  const hasFailed = piece.fault || (isCall && (piece.error || piece.throttle));
  const [first] = cause.exceptions;
  const startNs = nanoseconds(start);
  const endNs = nanoseconds(Math.max(start, end));
  return {
    scope: 'aws.xray',
    spanId: id.toLowerCase(),
    name: nameOf(piece),
    kind: isSegment ? 'server' : isCall ? 'client' : 'internal',
    startNs,
    durationNs: endNs - startNs,
    attributes: attributesOf(piece),
    events: cause.exceptions.map((one) => exceptionOf(one, endNs)),
    links: [],
    status: { code: hasFailed ? 2 : 0, message: hasFailed ? (first?.message ?? '') : '' },
  };
}

/** The times have microseconds at best. */
function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e6)) * 1_000n;
}

/** `GET /cart`, `DynamoDB.GetItem`; else the name that the program gave. */
function nameOf({ name, http, aws, namespace }: Piece): string {
  const operation = textIn(aws, 'operation');
  if (namespace === 'aws' && operation !== '') return `${name}.${operation}`;
  const method = textIn(http.request ?? {}, 'method');
  const path = URL.parse(textIn(http.request ?? {}, 'url'))?.pathname;
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
    ['server.address', namespace === 'remote' ? name : undefined],
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
  // OpenTelemetry's exporter puts its attributes below `default`; programs name spaces of their own.
  const spaces = Object.values(metadata).filter(isObject);
  const said = [annotations, ...spaces].flatMap((space) => [...leavesOf(space)]);
  return valuesIn([...said, ...known]);
}

function resourceOf({ name, service, aws }: Piece): Attributes {
  const [ecs, eks, ec2] = [aws.ecs, aws.eks, aws.ec2].map((one) => (isObject(one) ? one : {}));
  return valuesIn([
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
