/** Formats and names as other projects write them. They are pinned: `test/support/shared-files.ts`. */
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';
import { runDetector } from '#detect/run.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { readTrace } from '#test/read-trace.ts';
import { shared } from '#test/shared-files.ts';

const FOLDER = 'conformance';

const spansOf = (trace: Trace) => Array.from({ length: trace.spanCount }, (_, span) => span);

describe('OTLP and the Jaeger JSON that Jaeger makes of it are one trace', () => {
  const told = (trace: Trace) =>
    spansOf(trace)
      .map((span) => {
        const parent = trace.parent(span);
        return {
          id: trace.spanId(span),
          parent: parent === undefined ? '' : trace.spanId(parent),
          service: trace.service(span),
          operation: trace.operation(span),
          scope: trace.scope(span),
          kind: trace.kind(span),
          failed: trace.failed(span),
          startUs: trace.startUs(span),
          durationUs: trace.durationOfUs(span),
          events: trace.events(span).map(({ name, atUs }) => [name, atUs]),
        };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  test.each(shared.files(`${FOLDER}/jaeger-ui-otlp2jaeger/*/otlp.json`))('%s', (file) => {
    const converted = join(dirname(file), 'trace.json');
    expect(told(readTrace(shared.place(file)))).toEqual(told(readTrace(shared.place(converted))));
  });
});

describe('findings do not depend on the names that a sender uses', () => {
  const findingsOf = (trace: Trace) =>
    detectors.flatMap((detector) => {
      const outcome = runDetector(detector, { trace });
      const findings = outcome.kind === 'found' ? outcome.findings : [];
      return findings.map((finding) => ({
        detector: finding.detector,
        spans: finding.spans.map((span) => trace.spanId(span)),
      }));
    });

  test.each(shared.files(`${FOLDER}/semconv-variants/**/expect.json`))('%s', (file) => {
    const folder = dirname(file);
    const { original } = shared.json<{ original: string }>(file);
    const read = (path: string) => findingsOf(readTrace(shared.place(path)));
    expect(read(join(folder, 'trace.json'))).toEqual(read(join(folder, original, 'trace.json')));
  });
});

type Rename = Readonly<{ old?: string; new?: string; version: string }>;

test('every attribute that OpenTelemetry renamed is read', () => {
  const { renames } = shared.json<{ renames: readonly Rename[] }>(`${FOLDER}/semconv-renames.json`);
  /** What a name is called today, over all renames since. A bare label of metrics became many names. */
  function todayOf(name: string): string {
    const seen = new Set<string>();
    let at = name;
    for (let next: string | undefined = at; next !== undefined && !seen.has(next); ) {
      at = next;
      seen.add(at);
      next = renames.find((rename) => rename.old === at)?.new;
    }
    return at;
  }

  const attributes = renames.flatMap((rename) =>
    rename.old === undefined || rename.new === undefined ? [] : [[rename.old, rename.new] as const],
  );

  expect(attributes.length).toBeGreaterThan(150);
  const unread = attributes.filter(
    ([old, renamed]) => canonicalText({ [old]: 'some-value' }, todayOf(renamed)) !== 'some-value',
  );
  expect(unread).toEqual([]);
});

test('every name of the table of names is read', () => {
  type Entry = Readonly<{ aliases: readonly string[] }>;
  const { canonical } = shared.json<{ canonical: Readonly<Record<string, Entry>> }>('semconv-map.json');
  const pairs = Object.entries(canonical).flatMap(([current, { aliases }]) =>
    aliases.map((old) => [old, current] as const),
  );

  expect(pairs.length).toBeGreaterThan(100);
  // A path with a query, since two names each take a part of it.
  expect(pairs.filter(([old, current]) => canonicalText({ [old]: '/path?query' }, current) === '')).toEqual([]);
});
