/** How often the detectors of logs are right on windows that are drawn with their answers. */
import { beforeAll, describe, expect, test } from 'vitest';
import { LOG_VERDICTS } from '#diagnose/log-calibration.ts';
import { type DrawnRequest, type DrawnWindow, drawnRequests, drawnWindows, INJECTED } from '#test/log-corpus.ts';
import { windowReport } from '#test/window.ts';

const SEED = 1;
const PER_KIND = 40;
const REQUESTS = 240;
const AT_LEAST = 0.95;

type Judged = DrawnWindow & Readonly<{ found: ReadonlySet<string>; verdict: string }>;

type JudgedRequest = DrawnRequest & Readonly<{ verdict: string; service: string }>;

let judged: readonly Judged[] = [];
let requests: readonly JudgedRequest[] = [];

beforeAll(async () => {
  const all: Judged[] = [];
  for (const window of drawnWindows(SEED, PER_KIND)) {
    const { findings, diagnosis } = await windowReport(window.lines, { baseline: window.baseline });
    all.push({ ...window, found: new Set(findings.map(({ detector }) => detector)), verdict: diagnosis?.kind ?? '' });
  }
  judged = all;
  const told: JudgedRequest[] = [];
  for (const request of drawnRequests(SEED, REQUESTS)) {
    const { diagnosis } = await windowReport(request.lines, { requestId: request.id });
    told.push({ ...request, verdict: diagnosis?.kind ?? '', service: diagnosis?.service ?? '' });
  }
  requests = told;
}, 600_000);

describe.each(INJECTED)('%s', (kind) => {
  test(`precision and recall of at least ${AT_LEAST}`, () => {
    const with_ = judged.filter((window) => window.kind === kind);
    const told = judged.filter(({ found }) => found.has(kind));
    const right = told.filter((window) => window.kind === kind);
    const precision = right.length / Math.max(1, told.length);
    const recall = right.length / with_.length;
    process.stdout.write(
      `${kind}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${right.length} of ${with_.length})\n`,
    );
    expect({ precision, recall, wrong: told.filter((window) => window.kind !== kind).map(({ name }) => name) }).toEqual(
      {
        precision: expect.toSatisfy((value: number) => value >= AT_LEAST),
        recall: expect.toSatisfy((value: number) => value >= AT_LEAST),
        wrong: expect.anything(),
      },
    );
  });
});

test('where all is well nothing is found', () => {
  expect(
    judged.filter(({ kind, found }) => kind === '' && found.size > 0).map(({ name, found }) => [name, ...found]),
  ).toEqual([]);
});

test('of a request without a trace, who failed first is told, and of one that went well nobody', () => {
  const failed = requests.filter(({ origin }) => origin !== '');
  const right = failed.filter(({ origin, service }) => service === origin).length;
  process.stdout.write(`requests: ${right} of ${failed.length}\n`);
  expect(right / failed.length).toBeGreaterThanOrEqual(AT_LEAST - 0.05);
  expect(requests.filter(({ origin, verdict }) => origin === '' && verdict !== '').map(({ name }) => name)).toEqual([]);
});

test('how sure a verdict may be is what was measured here', () => {
  const verdicts = Object.fromEntries(
    INJECTED.map((kind) => {
      const of = judged.filter(({ verdict }) => verdict === kind);
      return [kind, { of: of.length, right: of.filter((window) => window.kind === kind).length }];
    }),
  );
  const byOrder = requests.filter(({ verdict }) => verdict === 'error-origin');
  const rightly = byOrder.filter(({ origin, service }) => service === origin);
  expect(LOG_VERDICTS).toEqual({ ...verdicts, 'error-origin': { of: byOrder.length, right: rightly.length } });
});
