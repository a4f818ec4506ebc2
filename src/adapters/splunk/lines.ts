/**
 * Events as lines in Loki's form, which the decoder reads. The raw text is the line; service, level, ids and place become
 * labels. Splunk Connect for Kubernetes and the collector wrap a program's line into JSON: the program's own line counts.
 */
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import { type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import type { Row } from './rows.ts';

type Labels = Readonly<Record<string, string>>;

/** `services`: the fields that may name the service. Counts the lines in `tally`. */
export function streamsOf(
  rows: readonly Row[],
  { services, ...set }: LineFields & Readonly<{ services: readonly string[] }>,
  tally: Tally,
): Uint8Array {
  return lokiStreams(
    rows.flatMap((row): LabelledLine[] => {
      const ns = timeIn(row);
      if (ns === undefined) return [];
      count(tally, ns);
      const line = { ns, labels: labelsOf(row, services), line: firstText(row, ['_raw']) };
      return [byFields(set, line, (field) => firstText(row, [field]))];
    }),
  );
}

/** `1795155944.488`: seconds since the epoch, in nanoseconds. */
export function timeIn({ spanhound_time: time }: Row): bigint | undefined {
  const [, seconds, fraction = ''] =
    /^(\d{1,11})(?:\.(\d{1,9})\d{0,9})?$/.exec(typeof time === 'string' ? time : '') ?? [];
  return seconds === undefined ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** The names of levels that loggers and OpenTelemetry's collector write. */
export const LEVEL_FIELDS: readonly string[] = [
  'level',
  'severity',
  'log.level',
  'log_level',
  'loglevel',
  'severity_text',
  'otel.log.severity.text',
];

const LABELS: readonly (readonly [label: string, names: readonly string[]])[] = [
  ['level', LEVEL_FIELDS],
  ['host', ['host']],
  ['namespace', ['k8s.namespace.name', 'namespace']],
  ['pod', ['k8s.pod.name', 'pod']],
  ['container', ['k8s.container.name', 'container_name']],
  ['sourcetype', ['sourcetype']],
  ['trace_id', ['trace_id', 'traceId', 'trace.id', 'traceid', 'otelTraceID']],
  ['span_id', ['span_id', 'spanId', 'span.id', 'otelSpanID']],
];

function labelsOf(row: Row, serviceFields: readonly string[]): Labels {
  const service = firstText(row, serviceFields);
  const said = LABELS.map(([label, names]) => [label, firstText(row, names)] as const);
  return Object.fromEntries([['service_name', service] as const, ...said].filter(([, value]) => value !== ''));
}

/** A field with several values is a list; its first one counts. */
export function firstText(row: Row, names: readonly string[]): string {
  for (const name of names) {
    const [value] = [row[name]].flat();
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}
