/**
 * Rows of Application Insights as OTLP, which the decoder reads: what a service answered, what it called, and what it threw.
 *
 * “AppRequests”: https://learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests
 * “AppDependencies”: https://learn.microsoft.com/azure/azure-monitor/reference/tables/appdependencies
 * “AppExceptions”: https://learn.microsoft.com/azure/azure-monitor/reference/tables/appexceptions
 */
import { parsed } from '#adapters/http.ts';
import { OF_RESOURCE, valuesIn } from '#adapters/otlp-attributes.ts';
import { type Attributes, kindOfMessage, type OtlpEvent, type OtlpSpan } from '#adapters/otlp-spans.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';
import { sha256 } from '#core/sha256.ts';
import { isObject } from '#model/text/json-object.ts';
import type { Row } from './api.ts';

/** A row without an id or a time is left out. */
export function spansIn(rows: readonly Row[]): readonly OtlpSpan[] {
  const thrown = Map.groupBy(
    rows.filter(({ Type }) => Type === 'AppExceptions'),
    (row) => `${textIn(row, 'OperationId')} ${textIn(row, 'ParentId')}`,
  );
  return rows.flatMap((row) => {
    const span = row.Type === 'AppExceptions' ? undefined : spanOf(row);
    if (span === undefined) return [];
    const events = thrown.get(`${textIn(row, 'OperationId')} ${textIn(row, 'Id')}`) ?? [];
    return [{ ...span, events: events.flatMap(exceptionOf) }];
  });
}

function spanOf(row: Row): OtlpSpan | undefined {
  const [traceId, id, parent] = [textIn(row, 'OperationId').toLowerCase(), textIn(row, 'Id'), textIn(row, 'ParentId')];
  const startNs = rfc3339Ns(textIn(row, 'TimeGenerated'));
  if (!/^[0-9a-f]{1,32}$/.test(traceId) || id === '' || startNs === undefined) return undefined;
  const isRequest = row.Type === 'AppRequests';
  const properties = propertiesOf(row);
  const attributes = attributesOf(row, properties);
  return {
    resource: resourceOf(row, properties),
    ...{ scope: textIn(properties, SCOPE) || 'azure.application_insights', traceId },
    ...{ spanId: spanIdOf(id), name: textIn(row, 'Name') },
    // The parent of the first one is the operation itself.
    parentSpanId: parent === '' || parent.toLowerCase() === traceId ? '' : spanIdOf(parent),
    kind: kindOfMessage(attributes) || (isRequest ? 'server' : kindOfCall(textIn(row, 'DependencyType'))),
    startNs,
    durationNs: durationOf(row.DurationMs),
    attributes,
    ...{ events: [], links: [] },
    status: hasFailed(row, isRequest)
      ? { code: 2, message: textIn(properties, 'otel.status_description') }
      : { code: 0, message: '' },
  };
}

/** Where OpenTelemetry's exporter writes the name of the library. */
const SCOPE = 'instrumentationlibrary.name';

/** Older SDKs write `|4bf9….7a.`: the same text is the same span. */
function spanIdOf(text: string): string {
  return /^[0-9a-f]{16}$/i.test(text) ? text.toLowerCase() : sha256(text).slice(0, 16);
}

/** The SDKs take a request for failed from 400 on. A server that refuses a wrong request has not failed. */
function hasFailed({ Success, ResultCode }: Row, isRequest: boolean): boolean {
  const isRefusal = isRequest && /^4\d\d$/.test(`${ResultCode}`);
  return (Success === false || Success === 'False') && !isRefusal;
}

function kindOfCall(type: string): string {
  if (/^InProc\b/i.test(type)) return /queue message/i.test(type) ? 'producer' : 'internal';
  return /^Queue Message\b/i.test(type) ? 'producer' : 'client';
}

const MOST_MS = 8e12;

function durationOf(ms: unknown): bigint {
  return typeof ms === 'number' && ms >= 0 && ms < MOST_MS ? BigInt(Math.round(ms * 1e3)) * 1_000n : 0n;
}

/** Texts, and the numbers that stand apart from them. */
function propertiesOf({ Properties, Measurements }: Row): Row {
  return { ...dynamic(Measurements), ...dynamic(Properties) };
}

/** A dynamic column comes as the text of its JSON. */
function dynamic(column: unknown): Row {
  const said = typeof column === 'string' ? parsed(column) : column;
  return isObject(said) ? said : {};
}

const DATABASES: Readonly<Record<string, string>> = {
  sql: 'mssql',
  mssql: 'mssql',
  mysql: 'mysql',
  postgresql: 'postgresql',
  redis: 'redis',
  mongodb: 'mongodb',
  cassandra: 'cassandra',
  'azure documentdb': 'cosmosdb',
};

/** Azure's own names, and parts of the span that stand elsewhere in OTLP. */
const OTHERS = /^(?:_MS\.|instrumentationlibrary\.|otel\.status_)/;

function attributesOf(row: Row, properties: Row): Attributes {
  const [type, data, code] = [
    textIn(row, 'DependencyType').toLowerCase(),
    textIn(row, 'Data'),
    textIn(row, 'ResultCode'),
  ];
  const database = DATABASES[type];
  const url = textIn(row, 'Url') || (/^https?:\/\//i.test(data) ? data : '');
  const own = Object.entries(properties).filter(([name]) => !OF_RESOURCE.test(name) && !OTHERS.test(name));
  return valuesIn([
    ['db.system', database],
    ['db.statement', database === undefined ? '' : data],
    ['url.full', url],
    ['http.request.method', /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/.exec(textIn(row, 'Name'))?.[0]],
    [
      'http.response.status_code',
      /^[1-5]\d\d$/.test(code) && (url !== '' || type.startsWith('http')) ? Number(code) : '',
    ],
    ['server.address', textIn(row, 'Target').split(' ', 1)[0]],
    ['azure.dependency.type', textIn(row, 'DependencyType')],
    ...own,
  ]);
}

function resourceOf(row: Row, properties: Row): Attributes {
  const said = Object.entries(properties).filter(([name]) => OF_RESOURCE.test(name));
  return valuesIn([
    ...said,
    ...roleOf(row, properties),
    ['service.version', textIn(row, 'AppVersion')],
    ['service.instance.id', textIn(row, 'AppRoleInstance')],
  ]);
}

/** `[shop]/cart` */
const ROLE_WITH_NAMESPACE = /^\[([^\]]*)\]\/(.+)$/s;

/** The service, and its namespace where the role says it: see `SERVICE_OF_ROLE`. */
function roleOf(row: Row, properties: Row): readonly (readonly [string, string])[] {
  const role = textIn(row, 'AppRoleName');
  const [, namespace = '', name = role] = ROLE_WITH_NAMESPACE.exec(role) ?? [];
  const service = ['service.name', textIn(properties, 'service.name') || name] as const;
  return namespace === '' ? [service] : [['service.namespace', namespace], service];
}

function exceptionOf(row: Row): OtlpEvent[] {
  const atNs = rfc3339Ns(textIn(row, 'TimeGenerated'));
  if (atNs === undefined) return [];
  const attributes = valuesIn([
    ['exception.type', textIn(row, 'ExceptionType')],
    ['exception.message', textIn(row, 'OuterMessage') || textIn(row, 'InnermostMessage')],
  ]);
  return [{ atNs, name: 'exception', attributes }];
}

export function textIn(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}
