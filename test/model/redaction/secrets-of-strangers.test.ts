/** Lines of somebody who had not read the redaction: the secrets go, and what stands beside them stays. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';
import { INNOCENT_OF_STRANGERS, LINES_OF_STRANGERS, UNTOLD_OF_STRANGERS } from '#test/secrets-of-strangers.ts';

test.each(LINES_OF_STRANGERS)('%s', (_, marked, stays) => {
  const clean = redact(marked.replace(/[⟦⟧]/g, ''));
  expect(secretsOf(marked).filter((secret) => clean.includes(secret))).toEqual([]);
  expect(stays.filter((other) => !clean.includes(other))).toEqual([]);
  expect(redact(clean)).toBe(clean);
});

test.each(INNOCENT_OF_STRANGERS)('%s stays', (line) => {
  expect(redact(line)).toBe(line);
});

test('what is known to be missed is still missed', () => {
  const clean = UNTOLD_OF_STRANGERS.map((marked) => redact(marked.replace(/[⟦⟧]/g, '')));
  expect(UNTOLD_OF_STRANGERS.flatMap(secretsOf).filter((secret) => !clean.join().includes(secret))).toEqual([]);
});

function secretsOf(marked: string): string[] {
  return Array.from(marked.matchAll(/⟦([^⟧]*)⟧/g), ([, secret = '']) => secret);
}
