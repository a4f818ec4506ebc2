/** Logs without a trace: lines drawn by hand, and what is said of them. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { BodyHead, Forms } from '#analyse/session.ts';
import type { Detector } from '#detect/detector.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import type { Series } from '#model/metrics/series.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { logLine } from '#test/log-lines.ts';

/** The guide's morning: 2025-01-06T14:30:00Z. */
const WINDOW_AT_MS = Date.UTC(2025, 0, 6, 14, 30);

/** `at` in seconds from 14:30. */
export function said(at: number, service: string, level: string, line: string): LogLine {
  return logLine(line, { service, level, timeNs: `${Math.round((WINDOW_AT_MS / 1000 + at) * 1000)}000000` });
}

/** As the file of a case. */
export function jsonlOf(lines: readonly LogLine[]): string {
  return lines
    .map(({ timeNs, service, level, line, labels }) =>
      JSON.stringify({
        ts: timeNs,
        labels: { ...labels, ...(service && { service_name: service }), ...(level && { level }) },
        line,
      }),
    )
    .join('\n');
}

/** All the way: bytes in, the window's report and its forms out. */
export async function windowPresented(
  lines: readonly LogLine[] | string,
  {
    baseline = [],
    healthy = jsonlOf(baseline),
    service = '',
    requestId,
    forms = {},
  }: { baseline?: readonly LogLine[]; healthy?: string; service?: string; requestId?: string; forms?: Forms } = {},
) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  const bodies: readonly (readonly [BodyHead['kind'], string])[] = [
    ['logs', typeof lines === 'string' ? lines : jsonlOf(lines)],
    ['baseline-logs', healthy],
  ];
  for (const [kind, body] of bodies.filter(([, { length }]) => length > 0)) {
    session.body(kind, { kind, format: 'auto', source: kind, file: '', query: { text: '', url: '' } });
    await session.bytes(kind, new TextEncoder().encode(body));
    await session.end(kind);
  }
  const window = { kind: 'window', service, fromUs: Number.NaN, toUs: Number.NaN, requestId } as const;
  const [only] = await session.reports({ ...forms, window });
  await session.close();
  if (only === undefined) throw new Error('no report was made of the lines');
  return only;
}

export async function windowReport(...asked: Parameters<typeof windowPresented>) {
  return (await windowPresented(...asked)).report;
}

type Drawn = Readonly<{
  lines: readonly LogLine[];
  baseline?: readonly LogLine[];
  metrics?: readonly Series[];
  thresholds?: ThresholdValues;
}>;

type Expected = Readonly<{ service?: string; title?: string | RegExp; explanation?: RegExp; lines?: number }>;

/** Positive cases and nearest misses of one detector of logs; every case is also held to what all of them promise. */
export function testLogDetector(
  detector: Detector,
  cases: Readonly<{
    clear: Readonly<Record<string, Drawn>>;
    found: Readonly<Record<string, Drawn & { sightings: readonly Expected[] }>>;
  }>,
): void {
  describe(`${detector.id} stays silent on`, () => {
    test.each(Object.entries(cases.clear))('%s', (_, drawn) => {
      expect(findingsIn(detector, drawn).map(({ title }) => title)).toEqual([]);
    });
  });

  describe(`${detector.id} finds`, () => {
    test.each(Object.entries(cases.found))('%s', (_, { sightings, ...drawn }) => {
      const findings = findingsIn(detector, drawn).map((finding) => ({
        ...finding,
        lines: finding.lines?.length,
      }));
      expect(findings).toMatchObject(
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

  describe(`${detector.id} keeps what all detectors of logs promise for`, () => {
    test.each([...Object.entries(cases.clear), ...Object.entries(cases.found)])('%s', (_, drawn) => {
      for (const finding of findingsIn(detector, drawn)) {
        const { lines = [], evidence = [], title, explanation, remedy, check } = finding;
        expect(finding.wastedUs).toBe(0);
        expect(lines.length).toBeGreaterThan(0);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
        expect(evidence.length).toBeGreaterThan(0);
        const times = drawn.lines.map(({ timeNs }) => timeNs);
        for (const { kind, ref } of evidence) expect([kind, times.includes(ref)]).toEqual(['log', true]);
        for (const words of [title, explanation, remedy, check]) {
          expect(words).toMatch(/\w/);
          expect(words).not.toMatch(/undefined|NaN|\bnull\b|\[object/);
        }
      }
    });
  });
}

export function findingsIn(detector: Detector, { lines, baseline, metrics, thresholds }: Drawn): readonly Finding[] {
  const evidence = {
    window: { service: '', fromUs: Number.NaN, toUs: Number.NaN },
    logs: lines,
    ...(baseline && { baselineLogs: baseline }),
    ...(metrics && { metrics }),
    templates: logTemplates([...lines, ...(baseline ?? [])]),
  };
  const outcome = runDetector(detector, evidence, thresholds);
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}

/** The same line again and again, evenly from one second to another. */
export function every(count: number, from: number, to: number, line: (at: number, n: number) => LogLine): LogLine[] {
  return Array.from({ length: count }, (_, n) => line(from + ((to - from) * n) / count, n));
}

/** In order of time. */
export function together(...streams: readonly (readonly LogLine[])[]): LogLine[] {
  return streams.flat().sort((a, b) => (a.timeNs < b.timeNs ? -1 : Number(a.timeNs > b.timeNs)));
}
