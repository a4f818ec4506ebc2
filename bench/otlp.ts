/** The same trace as OTLP: a whole process against one that only parses the bytes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PARSE_FILE } from './analysis.ts';
import { CLI, type Row, ratioOf, sampleOf, spansText, wholeProcess } from './measure.ts';

/** `analysisRows` has written the file. */
const SPANS = 100_000;

type Tag = Readonly<{ key: string; type: 'string' | 'int64' | 'bool'; value: string | number | boolean }>;
type Span = Readonly<{
  traceID: string;
  spanID: string;
  operationName: string;
  references: readonly Readonly<{ spanID: string }>[];
  startTime: number;
  duration: number;
  tags: readonly Tag[];
  logs: readonly Readonly<{ timestamp: number; fields: readonly Tag[] }>[];
  processID: string;
}>;
type Process = Readonly<{ serviceName: string; tags: readonly Tag[] }>;
type Body = Readonly<{ data: readonly [Readonly<{ spans: readonly Span[]; processes: Record<string, Process> }>] }>;

export async function otlpRows(rounds: number, folder: string): Promise<Row[]> {
  const file = join(folder, 'otlp.json');
  const jaeger: Body = JSON.parse(await readFile(join(folder, `${SPANS}.json`), 'utf8'));
  await writeFile(file, JSON.stringify(asOtlp(jaeger)));
  const parse: number[] = [];
  const verb: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    parse.push((await wholeProcess(['-e', PARSE_FILE, file])).ms);
    verb.push((await wholeProcess([...CLI, 'analyze', file])).ms);
  }
  return [
    { what: `analyze of OTLP as a process, ${spansText(SPANS)}`, sample: sampleOf(verb), unit: 'ms' },
    { what: '  of one that only parses', sample: ratioOf(verb, parse), unit: '×' },
  ];
}

/** As a collector's exporter writes it: spans by the service that sent them, nanoseconds as text. */
function asOtlp({ data: [{ spans, processes }] }: Body): unknown {
  const byProcess = Map.groupBy(spans, ({ processID }) => processID);
  return {
    resourceSpans: [...byProcess].map(([processId, own]) => ({
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: processes[processId]?.serviceName ?? '' } },
          ...(processes[processId]?.tags ?? []).map(attributeOf),
        ],
      },
      scopeSpans: [{ scope: { name: 'bench' }, spans: own.map(spanOf) }],
    })),
  };
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
/** Tags that Jaeger makes of what has a place of its own in OTLP. */
const MADE_BY_JAEGER = new Set(['span.kind', 'error', 'otel.status_code']);

function spanOf(span: Span) {
  const kind = span.tags.find(({ key }) => key === 'span.kind')?.value;
  const parentSpanId = span.references[0]?.spanID;
  return {
    traceId: span.traceID,
    spanId: span.spanID,
    ...(parentSpanId !== undefined && { parentSpanId }),
    flags: 257,
    name: span.operationName,
    kind: Math.max(1, KINDS.indexOf(String(kind ?? ''))),
    startTimeUnixNano: `${span.startTime}000`,
    endTimeUnixNano: `${span.startTime + span.duration}000`,
    attributes: span.tags.filter(({ key }) => !MADE_BY_JAEGER.has(key)).map(attributeOf),
    ...(span.logs.length > 0 && {
      events: span.logs.map(({ timestamp, fields }) => ({
        timeUnixNano: `${timestamp}000`,
        name: 'event',
        attributes: fields.map(attributeOf),
      })),
    }),
    status: span.tags.some(({ key, value }) => key === 'error' && value === true) ? { code: 2 } : {},
  };
}

function attributeOf({ key, type, value }: Tag) {
  if (type === 'bool') return { key, value: { boolValue: value } };
  return { key, value: type === 'int64' ? { intValue: String(value) } : { stringValue: value } };
}
