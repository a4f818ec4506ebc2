/** Hostile texts are read once: no text takes the square of its length. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';
import { computingMs } from '#test/computing-time.ts';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';
import { secretTexts } from '#test/secret-corpus.ts';
import { secretForms } from '#test/secret-forms.ts';

test.each([
  'eyJ',
  'password="',
  '-----BEGIN PRIVATE KEY-----',
  'a.',
  'a-',
  '://',
  'token=\\"',
  'Bearer ',
  'ghp_',
  'x:y@',
  'cookie:',
  '"\\',
  '[redacted:',
  '4111 1111 ',
  'DE89 ',
  'a@b.c',
  '%3D',
  '--password ',
  'curl -u a:',
  'ghs_1_a',
  'aB3_',
  `${'aB3xY7'.repeat(6)}+`,
  'password=\\\\\\"',
  '-----BEGIN CERTIFICATE-----AAAA',
  'authorization: ',
  '1.2.3.',
  'ab:cd:',
  'a:b@tcp(',
  'PWD={a}}',
  'ConvertTo-SecureString ',
  '"random_password","result":',
  'password for x on ',
  'your one-time code is 123 ',
  'SecretString:{{resolve:',
  'пароль от ',
  '密码是',
  'パスワードを',
  "password='a''",
  '$2a$10$',
  'curl -u "a:',
  'password: “',
  'set-cookie: a=;',
  'а:б@c(',
])('many of %j are read once', async (piece) => {
  expect(await growthWith(piece, 250_000)).toBeLessThan(MOST_GROWTH);
});

/** In UTF-16 units: what takes the square of it takes a second, and what does not a millisecond or two. */
const HOSTILE = 40_000;
const SUSPECT_MS = 60;

describe('a hostile text is read once, made', () => {
  const byWhat = Map.groupBy([...secretTexts(), ...secretForms()], ({ what }) => what);
  const all = [...byWhat.values()].flatMap(([first]) => first?.text ?? []);

  test.each([
    ['of one character', Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))],
    ['of the corpus', all],
    ['of what begins a secret and ends none', all.flatMap((text) => [4, 9, 17, 30].map((end) => text.slice(0, end)))],
    ['of names with their signs', all.flatMap((text) => text.match(/[\w.%-]{1,20}\W{1,4}/g) ?? [])],
  ])('%s', async (_, pieces) => {
    const readAgain: string[] = [];
    for (const piece of new Set(pieces)) {
      if (computingMs(() => redact(filled(piece, HOSTILE))) < SUSPECT_MS) continue;
      if ((await growthWith(piece, HOSTILE)) >= MOST_GROWTH) readAgain.push(piece);
    }
    expect(readAgain).toEqual([]);
  });
});

/** From that many characters to four times as many. */
async function growthWith(piece: string, characters: number): Promise<number> {
  return await growthOf((times) => {
    const text = filled(piece, times * characters);
    return async () => void redact(text);
  });
}

function filled(piece: string, characters: number): string {
  return piece.repeat(Math.ceil(characters / piece.length));
}
