/** What is found must not depend on the names and forms that a sender gave its attributes. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';
import { runDetector } from '#detect/run.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { OLDER_NAMES } from '#model/trace/semconv-names.ts';
import { decodedRows } from '#test/decoded-rows.ts';

const samples = globSync('samples/*/traces.json').sort();

/** What is renamed here: the names that findings rest on, for which senders have another of the same meaning. */
const RENAMED = [
  'db.system.name',
  'db.query.text',
  'db.operation.name',
  'db.namespace',
  'db.collection.name',
  'http.request.method',
  'http.response.status_code',
  'url.full',
  'rpc.system.name',
  'rpc.status_code',
  'messaging.system.name',
  'messaging.destination.name',
  'exception.type',
  'exception.message',
];

const forms: Readonly<Record<string, (name: string) => string>> = {
  'current names': (name) => RENAMED.find((current) => OLDER_NAMES[current]?.includes(name)) ?? name,
  'the first older names': (name) => (RENAMED.includes(name) ? (OLDER_NAMES[name]?.[0] ?? name) : name),
  'the oldest names': (name) =>
    name === 'db.query.text' ? 'sql.query' : name === 'db.namespace' ? 'db.instance' : name,
};

const cases = samples.flatMap((file) => Object.keys(forms).map((form) => [file, form] as const));

test.each(cases)('%s with %s', (file, form) => {
  const rename = forms[form] ?? ((name: string) => name);
  const rows = rowsOf(file);
  expect(found(rows.map((row) => renamed(row, rename, (value) => value)))).toEqual(found(rows));
});

test.each(samples)('%s with every value sent as text', (file) => {
  const rows = rowsOf(file);
  expect(found(rows.map((row) => renamed(row, (name) => name, String)))).toEqual(found(rows));
});

function rowsOf(file: string): readonly SpanRow[] {
  return decodedRows(readFileSync(file), file)[0]?.rows ?? [];
}

function renamed(row: SpanRow, rename: (name: string) => string, form: (value: unknown) => unknown): SpanRow {
  const inForm = (attributes: Attributes) =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [rename(name), form(value)])) as Attributes;
  return {
    ...row,
    attributes: inForm(row.attributes),
    events: (row.events ?? []).map((event) => ({ ...event, attributes: inForm(event.attributes) })),
  };
}

function found(rows: readonly SpanRow[]) {
  const trace = traceFrom(rows, 'sample');
  return detectors.flatMap((detector) => {
    const outcome = runDetector(detector, { trace });
    const findings = outcome.kind === 'found' ? outcome.findings : [];
    return findings.map(({ service, spans, title, wastedUs }) => ({
      detector: detector.id,
      service,
      title,
      wastedUs,
      spans: spans.map((span) => trace.spanId(span)),
    }));
  });
}
