/** Every case of a real incident opens. The gate opens each fortieth one; the deep run's `accuracy` opens all of them. */
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayed } from '#test/cases.ts';
import { shared } from '#test/shared-files.ts';

/** A case takes one to ten seconds. */
const STEP = process.env.EVERY_CASE === undefined ? 40 : 1;

describe('every case of a real incident opens', () => {
  const all = shared.files('cases/*/case.json').map((file) => dirname(file));

  test('and there are some', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  test.each(all.filter((_, at) => at % STEP === 0))('%s', async (folder) => {
    const { report } = await replayed(shared.place(folder));
    expect(report.subject.kind).toBe('alert');
    expect(report.exemplars.length).toBeGreaterThan(0);
    // Metrics and changes are looked at for an alert, also where one request says more.
    const isOfTime = report.trace === null;
    expect(report.gaps.filter(({ problem }) => problem === 'was not used')).toEqual([]);
    // What a case has of healthy traces is compared with, or the report says why not.
    const toldWhy = report.gaps.some(({ problem }) => problem.startsWith('holds no healthy trace'));
    const hasBaseline = shared.files(`${folder}/baseline*`).some((file) => /\.json(?:\.gz)?$/.test(file));
    const skipped = report.checked.skipped.flatMap(({ missing }) => missing);
    // Many requests together are compared with their own healthy ones, and not one by one.
    expect(skipped.includes('baseline')).toBe(isOfTime || !hasBaseline || toldWhy);
  });
});
