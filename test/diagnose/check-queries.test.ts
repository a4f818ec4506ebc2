import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { checkQueries } from '#diagnose/check-queries.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { redact } from '#model/redaction/redaction.ts';
import { secretTexts } from '#test/secret-corpus.ts';
import { secretForms } from '#test/secret-forms.ts';

const known = knownDetectors(detectors);

function logQueryFor(text: string): string {
  const finding = { service: 'stock', spans: [], evidence: [{ text }] } as unknown as JudgedFinding;
  return checkQueries(undefined, finding, [], known)
    .map((query) => query.text)
    .join();
}

test('the query for the lines of a finding searches what the line says', () => {
  expect(logQueryFor('bind: no free connection after 30 s')).toBe(
    '{service_name="stock"} |= "no free connection after"',
  );
});

/** Letters alone say nothing without the name beside them. */
const SECRETS = [
  { text: 'bind: password=correcthorsebatterystaple', secret: 'correcthorsebatterystaple' },
  ...secretTexts().filter(({ isFound }) => isFound),
  ...secretForms(),
];

test('it holds no part of a secret', { tags: ['deep'] }, () => {
  const leaked = SECRETS.filter(({ text, secret }) => {
    const rest = redact(text);
    const parts = (secret.match(/[A-Za-z]{6,}/g) ?? []).filter((part) => !rest.includes(part));
    const query = logQueryFor(text);
    return parts.some((part) => query.includes(part));
  });
  expect(leaked).toEqual([]);
});
