import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { subjectOf } from '#detect/detector.ts';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { windowDetectors } from '#detect/window-registry.ts';
import { JUDGED_SIGNS } from '#model/detector-traits.ts';

test('every detector file is registered, in order', () => {
  const files = globSync('src/detect/*.ts').filter((file) => readFileSync(file, 'utf8').includes('= defineDetector({'));
  expect(detectors.map(({ id }) => `${id}.ts`)).toEqual(files.map((file) => basename(file)).sort());
});

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
  test('has a test and a runbook with the headings that responders look for', () => {
    expect(existsSync(`test/detect/${id}.test.ts`)).toBe(true);
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
