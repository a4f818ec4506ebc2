/**
 * A drawn scenario as a collector and a log shipper would send it: OTLP/JSON, Loki's push API, or the lines of a case.
 * Ids follow from a seed: the same seed gives the same bytes, another seed another trace in the same backend.
 */

import { createHash } from 'node:crypto';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { AttributeValue } from '#model/trace/columns.ts';
import { SPAN_KINDS } from '#model/trace/span-kinds.ts';
import type { Scenario, ScenarioLog } from '#test/scenarios.ts';
import { DRAWN_AT_US, rowsOf } from '#test/trace.ts';

/** A scenario that happened: with ids, at a time. */
export type Happening = Readonly<{
  scenario: Scenario;
  /** 32 hex digits. */
  traceId: string;
  /** Microseconds since the epoch. */
  startUs: number;
  /** With the ids that go over the wire; times since the epoch. */
  rows: readonly SpanRow[];
}>;

export function happening(scenario: Scenario, { seed = scenario.name, startUs = DRAWN_AT_US } = {}): Happening {
  const spanId = (id: string) => hex(`${seed} span ${id}`, 16);
  const shiftUs = startUs - DRAWN_AT_US;
  const rows = rowsOf(...scenario.roots).map((row) => ({
    ...row,
    id: spanId(row.id),
    parentId: row.parentId === undefined ? undefined : spanId(row.parentId),
    startUs: row.startUs + shiftUs,
    events: (row.events ?? []).map((event) => ({ ...event, atUs: event.atUs + shiftUs })),
  }));
  return { scenario, traceId: hex(`${seed} trace`, 32), startUs, rows };
}

/** The body of `POST /v1/traces`, and of a case's `traces.json`. */
export function otlpOf({ traceId, rows }: Happening) {
  const services = Map.groupBy(rows, (row) => row.service);
  return {
    resourceSpans: [...services].map(([service, ofService]) => ({
      resource: { attributes: keyValues({ 'service.name': service, ...ofService[0]?.resource }) },
      scopeSpans: [...Map.groupBy(ofService, (row) => row.scope ?? '')].map(([scope, ofScope]) => ({
        scope: { name: scope, version: '0.60.0' },
        spans: ofScope.map((row) => otlpSpan(traceId, row)),
      })),
    })),
  };
}

/** The body of Loki's `POST /loki/api/v1/push`. */
export function lokiPushOf(happened: Happening) {
  const lines = happened.scenario.logs.map((log) => ({ log, ...written(happened, log) }));
  const streams = Map.groupBy(lines, ({ log }) => `${log.service} ${log.level}`);
  return {
    streams: [...streams.values()].map((ofStream) => ({
      stream: ofStream[0]?.labels ?? {},
      values: ofStream.map(({ ts, line, fields }) => [ts, line, fields]),
    })),
  };
}

/** The lines of a case's `logs.jsonl`: what a search by the trace's id would have found. */
export function logsJsonlOf(happened: Happening): string {
  return happened.scenario.logs
    .filter((log) => log.tie !== 'none')
    .toSorted((a, b) => a.at - b.at)
    .map((log) => {
      const { ts, labels, fields, line } = written(happened, log);
      return `${JSON.stringify({ ts, labels: { ...labels, ...fields }, line })}\n`;
    })
    .join('');
}

function otlpSpan(traceId: string, row: SpanRow) {
  return {
    traceId,
    spanId: row.id,
    ...(row.parentId === undefined ? {} : { parentSpanId: row.parentId }),
    name: row.operation,
    kind: SPAN_KINDS.indexOf(row.kind),
    startTimeUnixNano: nanoseconds(row.startUs),
    endTimeUnixNano: nanoseconds(row.startUs + row.durationUs),
    attributes: keyValues(row.attributes),
    events: (row.events ?? []).map((event) => ({
      timeUnixNano: nanoseconds(event.atUs),
      name: event.name,
      attributes: keyValues(event.attributes),
    })),
    ...(row.links?.length ? { links: row.links } : {}),
    status: row.failed ? { code: 2, ...(row.statusText ? { message: row.statusText } : {}) } : {},
  };
}

/** A line as its service wrote it, with the labels of its stream and the fields beside it. */
function written({ traceId, rows, startUs }: Happening, { at, service, level, text, tie }: ScenarioLog) {
  const atUs = startUs + Math.round(at * 1000);
  const spanId = spanAt(rows, service, atUs);
  return {
    ts: nanoseconds(atUs),
    labels: { service_name: service, level, namespace: 'shop' },
    fields: tie === 'fields' ? { trace_id: traceId, ...(spanId === undefined ? {} : { span_id: spanId }) } : {},
    line: tie === 'text' ? `${text} trace_id=${traceId}` : text,
  };
}

/** The span in which a service was at work at that time: the one of its spans that began last. */
function spanAt(rows: readonly SpanRow[], service: string, atUs: number): string | undefined {
  return rows
    .filter((row) => row.service === service && row.startUs <= atUs && atUs <= row.startUs + row.durationUs)
    .toSorted((a, b) => b.startUs - a.startUs)[0]?.id;
}

function keyValues(attributes: Readonly<Record<string, AttributeValue>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue) {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Microseconds since the epoch fit a number exactly, nanoseconds do not. */
function nanoseconds(us: number): string {
  return `${us}000`;
}

function hex(seed: string, digits: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, digits);
}
