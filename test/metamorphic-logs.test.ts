// @module-tag deep
/** What no finding of a log may depend on: the order of its lines, the day, names and ids, who else wrote, and copies. */
import { describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import { type DrawnWindow, drawnWindows, INJECTED } from '#test/log-corpus.ts';
import { randomOf } from '#test/random.ts';
import { every, said, together, windowReport } from '#test/window.ts';

/** One of each kind. */
const windows = INJECTED.map((kind) => drawnWindows(5, 2).find((window) => window.kind === kind)).filter(
  (window) => window !== undefined,
);

type Change = (window: DrawnWindow) => Pick<DrawnWindow, 'lines' | 'baseline'>;

const both =
  (change: (lines: readonly LogLine[]) => readonly LogLine[]): Change =>
  (window) => ({
    lines: change(window.lines),
    baseline: change(window.baseline),
  });

/** Whole days, so that the hour stays. */
const DAYS_NS = 37n * 86_400n * 1_000_000_000n;

const CHANGES: Readonly<Record<string, Change>> = {
  'the order of the lines': both((lines) => shuffled(lines)),
  'the day': both((lines) => lines.map((line) => ({ ...line, timeNs: `${BigInt(line.timeNs) + DAYS_NS}` }))),
  'lines that two stores gave': both((lines) => [...lines, ...lines]),
  'another service beside it': (window) => ({
    ...window,
    lines: together(
      window.lines,
      every(500, 0, 1800, (at, n) => said(at, 'bystander', 'info', `bystander did thing ${n}`)),
    ),
  }),
};

/** What is wrong, where, and how bad; the words but for the numbers of lines, which are the log's. */
async function told({ lines, baseline }: Pick<DrawnWindow, 'lines' | 'baseline'>) {
  const { findings, diagnosis } = await windowReport(lines, { baseline });
  return {
    verdict: diagnosis && [diagnosis.kind, diagnosis.service, diagnosis.verdict],
    findings: findings.map(({ detector, severity, service, title }) =>
      [detector, severity, service, title].join(' | '),
    ),
  };
}

describe.each(windows.map((window) => [window.name, window] as const))('%s', (_, window) => {
  test.each(Object.entries(CHANGES))('does not depend on %s', async (_, change) => {
    expect(await told(change(window))).toEqual(await told(window));
  });

  test('follows the name of its service', async () => {
    const renamed = both((lines) => lines.map((line) => rename(line, window.service, 'zeta-7')))(window);
    const known = await told(window);
    const now = await told(renamed);
    const back = JSON.parse(JSON.stringify(now).replaceAll('zeta-7', window.service));
    expect(back).toEqual(known);
  });
});

function rename(line: LogLine, from: string, to: string): LogLine {
  return { ...line, service: to, line: line.line.replace(`"service":"${from}"`, `"service":"${to}"`) };
}

function shuffled<T>(values: readonly T[]): T[] {
  const random = randomOf(3);
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
