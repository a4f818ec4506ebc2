/** Forms that an operator planted: no part of a secret stays, and redacting twice changes nothing. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';
import { SECRETS_OF_OPERATORS } from '#test/secrets-of-operators.ts';

/** Fewer characters of a secret tell nothing. */
const PART = 6;

/** How other programs carry a text. */
const CARRIED: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a sentence': (text) => `order 17 failed: ${text} and so on`,
  'in JSON': (text) => JSON.stringify(text),
  'in JSON in JSON': (text) => JSON.stringify({ message: JSON.stringify(text) }),
  'in a page': (text) => JSON.stringify(text).replaceAll('"', '&quot;'),
};

describe.each(Object.entries(CARRIED))('%s', (_, carry) => {
  test.each(Object.values(SECRETS_OF_OPERATORS).flat())('%s', (marked) => {
    const secrets = Array.from(marked.matchAll(/⟦([^⟧]*)⟧/g), ([, secret = '']) => secret);
    const text = marked.replace(/[⟦⟧]/g, '');
    const rest = secrets.reduce((left, secret) => left.replaceAll(secret, '\n'), text);
    const clean = redact(carry(text));
    expect(secrets.filter((secret) => partIn(clean, secret, carry(rest)))).toEqual([]);
    expect(redact(clean)).toBe(clean);
  });
});

function partIn(clean: string, secret: string, rest: string): boolean {
  const parts = Array.from({ length: secret.length - PART + 1 }, (_, at) => secret.slice(at, at + PART));
  return parts.some((part) => clean.includes(part) && !rest.includes(part));
}
