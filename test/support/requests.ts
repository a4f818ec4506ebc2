/** Many requests of a time, drawn by hand, and what a detector of windows says of them. */
import { describe, expect, test } from 'vitest';
import type { Detector } from '#detect/detector.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { Series } from '#model/metrics/series.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { happening, otlpOf } from '#test/otlp.ts';
import { DRAWN_AT_US, rowsOf, type SpanNode } from '#test/trace.ts';

/** `at`: seconds from 14:30 at which it began. */
export type DrawnRequest = Readonly<{ at: number; root: SpanNode; id?: string }>;

export function requestAt(at: number, root: SpanNode): DrawnRequest {
  return { at, root };
}

export function tracesOf(requests: readonly DrawnRequest[], name = 'request'): Trace[] {
  return requests.map(({ at, root, id }, number) => {
    const shiftUs = Math.round(at * 1e6);
    const rows = rowsOf(root).map((row) => ({
      ...row,
      id: `${id ?? number}.${row.id}`,
      parentId: row.parentId === undefined ? undefined : `${id ?? number}.${row.parentId}`,
      startUs: row.startUs + shiftUs,
      events: (row.events ?? []).map((event) => ({ ...event, atUs: event.atUs + shiftUs })),
      links: (row.links ?? []).map((link) => ({ ...link })),
    }));
    return traceFrom(rows, `${name}-${String(id ?? number).padStart(4, '0')}`);
  });
}

/** As a body of OTLP, for whatever reads bytes. */
export function otlpBody(requests: readonly DrawnRequest[], name = 'request'): string {
  const resourceSpans = requests.flatMap(({ at, root, id }, number) => {
    const scenario = { name, title: '', what: '', roots: [root], logs: [], expected: undefined };
    const when = { seed: `${name} ${id ?? number}`, startUs: DRAWN_AT_US + Math.round(at * 1e6) };
    return otlpOf(happening(scenario, when)).resourceSpans;
  });
  return JSON.stringify({ resourceSpans });
}

/** The time in which they began. */
export function timeOf(requests: readonly Pick<DrawnRequest, 'at'>[], service = ''): TimeWindow {
  const times = requests.map(({ at }) => at);
  const fromUs = DRAWN_AT_US + Math.floor(Math.min(...times)) * 1e6;
  return { service, fromUs, toUs: DRAWN_AT_US + Math.ceil(Math.max(...times) + 1) * 1e6 };
}

type DrawnWindow = Readonly<{
  requests?: readonly DrawnRequest[];
  healthy?: readonly DrawnRequest[];
  metrics?: readonly Series[];
  window?: Partial<TimeWindow>;
  thresholds?: ThresholdValues;
}>;

type Expected = Readonly<{
  service?: string;
  operation?: string;
  title?: string | RegExp;
  explanation?: RegExp;
  remedy?: RegExp;
  facts?: Readonly<Record<string, unknown>>;
}>;

/** Positive cases and nearest misses of one detector; every case is also held to what all of them promise. */
export function testWindowDetector(
  detector: Detector,
  cases: Readonly<{
    clear: Readonly<Record<string, DrawnWindow>>;
    found: Readonly<Record<string, DrawnWindow & { sightings: readonly Expected[] }>>;
  }>,
): void {
  describe(`${detector.id} stays silent on`, () => {
    test.each(Object.entries(cases.clear))('%s', (_, drawn) => {
      expect(windowFindings(detector, drawn).map(({ title }) => title)).toEqual([]);
    });
  });

  describe(`${detector.id} finds`, () => {
    test.each(Object.entries(cases.found))('%s', (_, { sightings, ...drawn }) => {
      expect(windowFindings(detector, drawn)).toMatchObject(
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

  describe(`${detector.id} keeps what all detectors of windows promise for`, () => {
    test.each([...Object.entries(cases.clear), ...Object.entries(cases.found)])('%s', (_, drawn) => {
      const findings = windowFindings(detector, drawn);
      for (const finding of findings) {
        const { evidence = [], title, explanation, remedy, check } = finding;
        expect(finding.spans).toEqual([]);
        expect(evidence.length).toBeGreaterThan(0);
        for (const { ref, text } of evidence)
          expect([ref, text]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\w/)]);
        for (const words of [title, explanation, remedy, check]) {
          expect(words).toMatch(/\w/);
          expect(words).not.toMatch(/undefined|NaN|Infinity|\bnull\b|\[object/);
        }
      }
      const turned = windowFindings(detector, drawn, (all) => all.toReversed());
      expect(turned.map(({ title }) => title)).toEqual(findings.map(({ title }) => title));
    });
  });
}

export function windowFindings(
  detector: Detector,
  drawn: DrawnWindow,
  order: <T>(all: readonly T[]) => readonly T[] = (all) => all,
): readonly Finding[] {
  const outcome = runDetector(detector, evidenceOf(drawn, order), drawn.thresholds);
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}

/** Ids are given before the order is changed, so that a request stays what it is. */
function evidenceOf(
  { requests, healthy, metrics, window }: DrawnWindow,
  order: <T>(all: readonly T[]) => readonly T[],
): Partial<Evidence> {
  const time = timeOf(requests?.length ? requests : [{ at: 0 }]);
  return {
    window: { ...time, ...window },
    ...(requests && { requests: order(tracesOf(requests)) }),
    ...(healthy && { healthyRequests: order(tracesOf(healthy, 'healthy')) }),
    ...(metrics && { metrics: order(metrics) }),
  };
}
