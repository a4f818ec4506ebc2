/** Formats and names as other projects write them. Skipped where `../shared/conformance` is not beside the checkout. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';
import { runDetector } from '#detect/run.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { readTrace } from '#test/read-trace.ts';

const FOLDER = '../shared/conformance';
const isThere = existsSync(FOLDER);

const spansOf = (trace: Trace) => Array.from({ length: trace.spanCount }, (_, span) => span);

describe.skipIf(!isThere)('OTLP and the Jaeger JSON that Jaeger makes of it are one trace', () => {
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

  test.each(globSync(`${FOLDER}/jaeger-ui-otlp2jaeger/*`))('%s', (folder) => {
    expect(told(readTrace(join(folder, 'otlp.json')))).toEqual(told(readTrace(join(folder, 'trace.json'))));
  });
});

describe.skipIf(!isThere)('findings do not depend on the names that a sender uses', () => {
  const findingsOf = (trace: Trace) =>
    detectors.flatMap((detector) => {
      const outcome = runDetector(detector, { trace });
      const findings = outcome.kind === 'found' ? outcome.findings : [];
      return findings.map((finding) => ({
        detector: finding.detector,
        spans: finding.spans.map((span) => trace.spanId(span)),
      }));
    });

  test.each(globSync(`${FOLDER}/semconv-variants/**/expect.json`).sort())('%s', (file) => {
    const folder = dirname(file);
    const { original } = JSON.parse(readFileSync(file, 'utf8')) as { original: string };
    expect(findingsOf(readTrace(join(folder, 'trace.json')))).toEqual(
      findingsOf(readTrace(join(folder, original, 'trace.json'))),
    );
  });
});

type Rename = Readonly<{ old?: string; new?: string; version: string }>;

const renames = isThere
  ? (JSON.parse(readFileSync(`${FOLDER}/semconv-renames.json`, 'utf8')) as { renames: readonly Rename[] }).renames
  : [];

describe.skipIf(!isThere)('every attribute that OpenTelemetry renamed is read', () => {
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

  test('of which there are many', () => {
    expect(attributes.length).toBeGreaterThan(150);
  });

  test.each(attributes)('%s as %s', (old, renamed) => {
    expect(canonicalText({ [old]: 'some-value' }, todayOf(renamed))).toBe('some-value');
  });
});

describe.skipIf(!existsSync('../shared/semconv-map.json'))('every name of the table of names is read', () => {
  type Entry = Readonly<{ aliases: readonly string[] }>;
  const { canonical } = JSON.parse(
    existsSync('../shared/semconv-map.json') ? readFileSync('../shared/semconv-map.json', 'utf8') : '{"canonical":{}}',
  ) as { canonical: Readonly<Record<string, Entry>> };
  const pairs = Object.entries(canonical).flatMap(([current, { aliases }]) =>
    aliases.map((old) => [old, current] as const),
  );

  test.each(pairs)('%s as %s', (old, current) => {
    // A path with a query, since two names each take a part of it.
    expect(canonicalText({ [old]: '/path?query' }, current)).not.toBe('');
  });
});
