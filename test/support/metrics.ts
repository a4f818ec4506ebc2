/** Metrics drawn by hand: a value a minute, beside a window that begins at 14:30 UTC. */
import { describe, expect, test } from 'vitest';
import { metricsBody } from '#decode/metrics-json.ts';
import type { Detector } from '#detect/detector.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { Series } from '#model/metrics/series.ts';

/** The guide's morning: 2025-01-06T14:30:00Z. */
const BEGINS_S = Date.UTC(2025, 0, 6, 14, 30) / 1_000;

/** Quarter of an hour. */
export const METRICS_WINDOW: TimeWindow = { service: 'checkout', fromUs: BEGINS_S * 1e6, toUs: (BEGINS_S + 900) * 1e6 };

export type DrawnSeries = Readonly<{
  metric: Readonly<Record<string, string>>;
  values: readonly (readonly [number, string])[];
}>;

/** `value` at each minute, counted from 14:30: those before are negative. Where it is undefined there is no point. */
export function series(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: (minute: number) => number | undefined,
  { from = -60, to = 15, every = 1 }: { from?: number; to?: number; every?: number } = {},
): DrawnSeries {
  const values: [number, string][] = [];
  for (let minute = from; minute < to; minute += every) {
    const drawn = value(minute);
    if (drawn !== undefined) values.push([BEGINS_S + minute * 60, `${drawn}`]);
  }
  return { metric: { __name__: name, ...labels }, values };
}

/** Between −1 and 1, the same at each call: no chance in tests. */
export function wobble(minute: number): number {
  const drawn = Math.sin((minute + 1_000) * 12.9898) * 43_758.5453;
  return (drawn - Math.floor(drawn)) * 2 - 1;
}

export function seriesOf(drawn: readonly DrawnSeries[]): readonly Series[] {
  const decoder = metricsBody('test');
  decoder.push(Buffer.from(JSON.stringify(drawn)));
  return decoder.end();
}

type Drawn = Readonly<{
  metrics: readonly DrawnSeries[];
  window?: TimeWindow;
  thresholds?: ThresholdValues;
  more?: Partial<Evidence>;
}>;

type Expected = Readonly<{ service?: string; title?: string | RegExp; explanation?: RegExp; facts?: Finding['facts'] }>;

function metricFindings(
  detector: Detector,
  { metrics, window = METRICS_WINDOW, thresholds, more }: Drawn,
): readonly Finding[] {
  const outcome = runDetector(detector, { window, metrics: seriesOf(metrics), ...more }, thresholds);
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}

/** Positive cases and nearest misses of one detector of metrics; every case is also held to what all of them promise. */
export function testMetricDetector(
  detector: Detector,
  cases: Readonly<{
    clear: Readonly<Record<string, Drawn>>;
    found: Readonly<Record<string, Drawn & { sightings: readonly Expected[] }>>;
  }>,
): void {
  describe(`${detector.id} stays silent on`, () => {
    test.each(Object.entries(cases.clear))('%s', (_, drawn) => {
      expect(metricFindings(detector, drawn).map(({ title }) => title)).toEqual([]);
    });
  });

  describe(`${detector.id} finds`, () => {
    test.each(Object.entries(cases.found))('%s', (_, { sightings, ...drawn }) => {
      expect(metricFindings(detector, drawn)).toMatchObject(
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

  describe(`${detector.id} keeps what all detectors of metrics promise for`, () => {
    test.each([...Object.entries(cases.clear), ...Object.entries(cases.found)])('%s', (_, drawn) => {
      const findings = metricFindings(detector, drawn);
      for (const { evidence = [], wastedUs, title, explanation, remedy, check } of findings) {
        expect(wastedUs).toBe(0);
        expect(evidence.length).toBeGreaterThan(0);
        for (const words of [title, explanation, remedy, check, ...evidence.map(({ text }) => text)]) {
          expect(words).toMatch(/\w/);
          expect(words).not.toMatch(/undefined|NaN|Infinity|\bnull\b|\[object/);
        }
      }
      // The order in which a backend answers is no part of the evidence.
      expect(metricFindings(detector, { ...drawn, metrics: drawn.metrics.toReversed() })).toEqual(findings);
    });
  });
}
