// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what other programs put values into is among the texts
/** For each class of places of secrets: a text with the secret between ⟦ and ⟧, and innocent twins that stay as they are. */
import { expect, test } from 'vitest';
import { redact, redactNamed } from '#model/redaction/redaction.ts';

type Class = Readonly<{ what: string; secrets: readonly string[]; innocent: readonly string[] }>;

const CLASSES: readonly Class[] = [
  {
    what: 'tokens of Slack and names that begin like them',
    secrets: [
      'slack answered invalid_auth for ⟦xoxo-123456789012-123456789012-abcDEF123456⟧',
      'slack answered invalid_auth for ⟦xoxb-123456789012-abcDEF123456ghiJKL⟧',
    ],
    innocent: ['xoxo-valentines-sender-20260214-0007 finished 220 mails', 'job xoxo-newsletter-nightly'],
  },
  {
    what: 'a random token and an id of Twilio',
    secrets: ['twilio refused ⟦SK0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e⟧'],
    innocent: ['twilio: call CA0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e ended, account AC9c1e0f3a7b2d4f6a8c0e1b3d5f7a9c1e'],
  },
  {
    what: 'a mail address and a version of Go',
    secrets: ['mail to ⟦ann.kit@v1mail.example⟧'],
    innocent: ['go: github.com/acme/kit@v0.4.1-0.20260120101112-a1b2c3d4e5f6: unknown revision'],
  },
  {
    what: 'an encoded object',
    secrets: [`body (base64): ⟦${encoded({ user: 'jo', password: 'x7-Otter9', n: 1 })}⟧`],
    innocent: [`body (base64): ${encoded({ state: 'ok', size: 81_244, zone: 'eu-north-1' })} size=48`],
  },
  {
    what: 'a checksum of a secret',
    secrets: ['secret: ⟦4ced1e00cc2041a6fe20d6748ce21f065aef8cf9e650e42dacfe9f6b6da7dee5⟧'],
    innocent: ['checksum/credentials: 9ced1e00cc2041a6fe20d6748ce21f065aef8cf9e650e42dacfe9f6b6da7dee5 changed'],
  },
  {
    what: 'members of a JSON Web Key',
    secrets: ['{"kty":"EC","crv":"P-256","d":"⟦870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE⟧"}'],
    innocent: ['{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","use":"sig"}'],
  },
  //NEXT
];

test.each(CLASSES)('$what', ({ secrets, innocent }) => {
  for (const marked of secrets) {
    const text = marked.replace(/[⟦⟧]/g, '');
    const clean = redact(text);
    expect(secretsOf(marked).filter((secret) => clean.includes(secret))).toEqual([]);
    expect(redact(clean)).toBe(clean);
  }
  for (const text of innocent) expect(redact(text)).toBe(text);
});

test('the coordinates of a public key stay in its object', () => {
  expect(redactNamed('x', 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4')).toMatch(/^MKB/);
  expect(redactNamed('d', 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4')).not.toMatch(/MKB/);
});

function encoded(value: unknown): string {
  return btoa(JSON.stringify(value)).replace(/=+$/, '');
}

function secretsOf(marked: string): string[] {
  return Array.from(marked.matchAll(/⟦([^⟧]*)⟧/g), ([, secret = '']) => secret);
}
