import { describe, expect, test } from 'vitest';
import type { Detector } from '#detect/detector.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { baselines } from '#model/requests/baseline.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { rowsOf, type SpanNode } from '#test/trace.ts';

type Drawn = Readonly<{
  roots: readonly SpanNode[];
  logs?: readonly LogLine[];
  /** The roots of traces to compare with. */
  baseline?: readonly SpanNode[];
  thresholds?: ThresholdValues;
}>;
/** What of a finding the case spells out; `spans` by the DSL's ids. */
type Expected = Readonly<{
  service?: string;
  operation?: string;
  spans?: readonly string[];
  wastedMs?: number;
  title?: string | RegExp;
  explanation?: RegExp;
  remedy?: RegExp;
  check?: RegExp;
}>;

/** Positive cases and nearest misses of one detector; every case is also held to what all detectors promise. */
export function testDetector(
  detector: Detector,
  cases: Readonly<{
    clear: Readonly<Record<string, Drawn>>;
    found: Readonly<Record<string, Drawn & { sightings: readonly Expected[] }>>;
  }>,
): void {
  describe(`${detector.id} stays silent on`, () => {
    test.each(Object.entries(cases.clear))('%s', (_, drawn) => {
      expect(findingsOf(detector, drawn)).toEqual([]);
    });
  });

  describe(`${detector.id} finds`, () => {
    test.each(Object.entries(cases.found))('%s', (_, { sightings, ...drawn }) => {
      const findings = findingsOf(detector, drawn);
      expect(findings.map((finding) => shown(finding, drawn))).toMatchObject(
        sightings.map((sighting) =>
          Object.fromEntries(
            Object.entries(sighting).map(([key, value]) => [
              key,
              value instanceof RegExp ? expect.stringMatching(value) : value,
            ]),
          ),
        ),
      );
    });
  });

  describe(`${detector.id} keeps what all detectors promise for`, () => {
    test.each([...Object.entries(cases.clear), ...Object.entries(cases.found)])('%s', (_, drawn) => {
      const trace = traceOf(drawn);
      const findings = findingsOf(detector, drawn);
      for (const finding of findings) expectPromises(trace, finding);
      const backwards = findingsOf(detector, drawn, (rows) => rows.reverse());
      expect(backwards.map((finding) => shown(finding, drawn))).toEqual(
        findings.map((finding) => shown(finding, drawn)),
      );
    });
  });
}

function expectPromises(trace: Trace, finding: Finding): void {
  expect(finding.spans.length).toBeGreaterThan(0);
  for (const span of finding.spans) expect(trace.spanId(span)).not.toBe('');
  expect(finding.wastedUs).toBeGreaterThanOrEqual(0);
  expect(finding.wastedUs).toBeLessThanOrEqual(trace.durationOfUs(trace.root));
  const { title, explanation, remedy, check, couldBe = [] } = finding;
  const clauses = couldBe.flatMap(({ what, shownBy }) => [what, shownBy]);
  for (const words of [title, explanation, remedy, check, ...clauses]) {
    expect(words).toMatch(/\w/);
    expect(words).not.toMatch(/undefined|NaN|\bnull\b|\[object/);
  }
  for (const clause of clauses) expect(clause).not.toMatch(/\.$/);
  // Of what nothing recorded names, several things are named that it may be.
  if (finding.inferred) expect(couldBe.length).toBeGreaterThanOrEqual(2);
}

function traceOf(
  { roots }: Drawn,
  order: (rows: ReturnType<typeof rowsOf>) => ReturnType<typeof rowsOf> = (rows) => rows,
): Trace {
  return traceFrom(order(rowsOf(...roots)), 'drawn');
}

function findingsOf(
  detector: Detector,
  drawn: Drawn,
  order?: (rows: ReturnType<typeof rowsOf>) => ReturnType<typeof rowsOf>,
): readonly Finding[] {
  const trace = traceOf(drawn, order);
  const healthy = drawn.baseline?.map((root, i) => traceFrom(rowsOf(root), `healthy ${i}`));
  const baseline = healthy && baselines(order === undefined ? healthy : healthy.reverse()).of(trace);
  const evidence: Partial<Evidence> = {
    trace,
    ...(drawn.logs === undefined ? {} : { logs: drawn.logs }),
    ...(baseline && { baseline }),
  };
  const outcome = runDetector(detector, evidence, drawn.thresholds);
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}

function shown(finding: Finding, drawn: Drawn) {
  const trace = traceOf(drawn);
  const { service, operation, title, explanation, remedy, check, spans, wastedUs } = finding;
  return {
    service,
    operation,
    title,
    explanation,
    remedy,
    check,
    spans: spans.map((span) => trace.spanId(span)),
    wastedMs: Math.round(wastedUs / 1000),
  };
}

/** Draws one trace of one root. */
export function drawn(root: SpanNode, more: Omit<Drawn, 'roots'> = {}): Drawn {
  return { roots: [root], ...more };
}
