/** A secret is found beside its name however both are written; and what else stands there stays. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';
import { secretForms } from '#test/secret-forms.ts';

test.each([...Map.groupBy(secretForms(), ({ what }) => what)])('%s', (_, forms) => {
  const wrong = forms.filter(({ text, secret }) => {
    const clean = redact(text);
    return clean.includes(secret) || clean === text || !keepsOther(text, clean) || (isJson(text) && !isJson(clean));
  });
  expect(wrong.map(({ text }) => [text, redact(text)])).toEqual([]);
});

function keepsOther(text: string, clean: string): boolean {
  return ['ok', 'Ok', 'REGION', 'eu'].every((other) => !text.includes(other) || clean.includes(other));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
