/**
 * How often the detectors of logs are right on windows that are drawn with their answers. The gate judges a quarter of the
 * windows, the deep run all.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { LOG_VERDICTS } from '#diagnose/log-calibration-data.ts';
import { INJECTED } from '#test/log-corpus.ts';
import { type JudgedLogs, judgedLogs, verdictCounts } from '#test/log-verdicts.ts';

const AT_LEAST = 0.95;

let judged: JudgedLogs;

describe('a quarter of the drawn windows', () => {
  beforeAll(async () => {
    judged = await judgedLogs('quarter');
  }, 600_000);

  areRight();

  test('no verdict is wrong, or right, more often than among all', () => {
    for (const [kind, { of, right }] of Object.entries(verdictCounts(judged))) {
      const all = LOG_VERDICTS[kind] ?? { of: 0, right: 0 };
      expect(of - right, `${kind}, wrong`).toBeLessThanOrEqual(all.of - all.right);
      expect(right, kind).toBeLessThanOrEqual(all.right);
    }
  });
});

describe('all drawn windows', { tags: ['deep'] }, () => {
  beforeAll(async () => {
    judged = await judgedLogs();
  }, 600_000);

  areRight();

  test('how sure a verdict may be is what was measured here', () => {
    expect(LOG_VERDICTS).toEqual(verdictCounts(judged));
  });
});

function areRight(): void {
  describe.each(INJECTED)('%s', (kind) => {
    test(`precision and recall of at least ${AT_LEAST}`, () => {
      const with_ = judged.windows.filter((window) => window.kind === kind);
      const told = judged.windows.filter(({ found }) => found.has(kind));
      const right = told.filter((window) => window.kind === kind);
      const precision = right.length / Math.max(1, told.length);
      const recall = right.length / with_.length;
      process.stdout.write(
        `${kind}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} (${right.length} of ${with_.length})\n`,
      );
      expect({
        precision,
        recall,
        wrong: told.filter((window) => window.kind !== kind).map(({ name }) => name),
      }).toEqual({
        precision: expect.toSatisfy((value: number) => value >= AT_LEAST),
        recall: expect.toSatisfy((value: number) => value >= AT_LEAST),
        wrong: expect.anything(),
      });
    });
  });

  test('where all is well nothing is found', () => {
    expect(
      judged.windows
        .filter(({ kind, found }) => kind === '' && found.size > 0)
        .map(({ name, found }) => [name, ...found]),
    ).toEqual([]);
  });

  test('a request without a trace: the verdict names the service that failed first, and none where all went well', () => {
    const failed = judged.requests.filter(({ origin }) => origin !== '');
    const right = failed.filter(({ origin, service }) => service === origin).length;
    process.stdout.write(`requests: ${right} of ${failed.length}\n`);
    expect(right / failed.length).toBeGreaterThanOrEqual(AT_LEAST - 0.05);
    expect(
      judged.requests.filter(({ origin, verdict }) => origin === '' && verdict !== '').map(({ name }) => name),
    ).toEqual([]);
  });
}
