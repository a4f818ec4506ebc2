import { expect, test } from 'vitest';
import { upgradedText } from '#detect/signs/suspicion/upgrades.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changed } from '#test/changes.ts';

/** What a failure of the service says, beside a change of its libraries. */
function upgraded(said: string, diff: string, kinds: readonly ChangeSymptom[] = ['own-failure']): string {
  const complaint = { text: said.toLowerCase() } as ChangeSymptoms['complaint'];
  const none = { suffering: new Set<string>(), metricWords: new Set<string>(), isLoad: false };
  const change = changed(-60, { diff });
  const trouble = { ...none, service: change.service, onsetUs: 0, kinds: new Set(kinds), complaint };
  return upgradedText(trouble, change);
}

const PYTHON = '@@ requirements.txt @@\n-marshmallow==3.26.1\n+marshmallow==4.0.0\n';
const ERROR = 'marshmallow.exceptions.StringNotCollectionError: "only" must be a collection';

test('an error of the library that a change upgrades', () => {
  expect(upgraded(ERROR, PYTHON)).toBe('it brings marshmallow 4.0.0, and the error is one of marshmallow');
  expect(
    upgraded(
      'Nokogiri::CSS::SyntaxError: unexpected',
      '@@ Gemfile.lock @@\n-    nokogiri (1.15.2)\n+    nokogiri (1.16.0)',
    ),
  ).toMatch(/nokogiri 1\.16\.0/);
});

test('not of a library that keeps its version, is new, or has another name', () => {
  expect(upgraded(ERROR, PYTHON.replace('4.0.0', '3.26.1'))).toBe('');
  expect(upgraded(ERROR, '@@ requirements.txt @@\n+marshmallow==4.0.0\n')).toBe('');
  expect(upgraded(ERROR.replace('marshmallow', 'jinja2'), PYTHON)).toBe('');
});

test('not where a callee failed, or where the name is no part of an error', () => {
  expect(upgraded(ERROR, PYTHON, ['timeout'])).toBe('');
  expect(upgraded('marshmallow is slow', PYTHON)).toBe('');
});
