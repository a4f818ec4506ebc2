import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf, subjectOf } from '#detect/detector.ts';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { windowDetectors } from '#detect/window-registry.ts';
import { JUDGED_SIGNS } from '#model/finding/detector-traits.ts';

const FILES = globSync('src/detect/{trace,window,logs,metrics,platform,changes}/*.ts');

test('every detector file is registered, in order', () => {
  expect(detectors.map(({ id }) => `${id}.ts`)).toEqual(FILES.map((file) => basename(file)).sort());
});

test.each(detectors.map((detector) => [detector.id, detector] as const))(
  '%s stands in the folder of its evidence',
  (id, detector) => {
    expect(FILES).toContain(`src/detect/${folderOf(detector)}/${id}.ts`);
    expect(existsSync(`test/detect/${folderOf(detector)}/${id}.test.ts`)).toBe(true);
  },
);

test('those of a window, and no others, are loaded for windows alone', () => {
  expect(windowDetectors.filter((detector) => subjectOf(detector) !== 'window')).toEqual([]);
  expect(requestDetectors.filter((detector) => subjectOf(detector) === 'window')).toEqual([]);
});

test('each sign that judgement sees by itself has the name of one detector', () => {
  expect(detectors.flatMap(({ signs = [] }) => signs).sort()).toEqual([...JUDGED_SIGNS].sort());
  expect(knownDetectors([]).of('no-such-detector')).toMatchObject({ role: 'mechanism', field: 'code' });
  expect(() => knownDetectors([]).named('own-time')).toThrow('no detector lists the sign own-time');
});

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (id, detector) => {
  test('has a runbook with the headings that responders look for', () => {
    expect(detector.runbook).toBe(`runbooks/${id}.md`);
    expect(readFileSync(detector.runbook, 'utf8')).toMatch(
      /^# .+[\s\S]+^## Confirm it[\s\S]+^## Stop the bleeding[\s\S]+^## Get help[\s\S]+^## Fix it[\s\S]+^## When this is wrong/m,
    );
  });

  test('says in a few sentences why it may stay silent where something is wrong', () => {
    expect(detector.silent.length).toBeGreaterThanOrEqual(2);
    expect(detector.silent.length).toBeLessThanOrEqual(4);
    for (const sentence of detector.silent) expect(sentence).toMatch(/^[A-Z“][^\n]{20,220}\.$/);
  });

  test('says of every threshold what it means and why it is so', () => {
    for (const [name, threshold] of Object.entries(detector.thresholds)) {
      expect(threshold, name).toMatchObject({
        means: expect.stringMatching(/\w/),
        why: expect.stringMatching(/\w{3}/),
        unit: expect.stringMatching(/\w/),
      });
    }
  });
});
