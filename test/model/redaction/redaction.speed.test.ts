/** Hostile texts are read once: no text takes the square of its length. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';
import { computingMs } from '#test/computing-time.ts';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';
import { inGate } from '#test/in-gate.ts';
import { secretTexts } from '#test/secret-corpus.ts';
import { secretForms } from '#test/secret-forms.ts';

/** Four times as many are read as well: what takes the square of them takes seconds. */
const CHARACTERS = 15_000;

const pieces = inGate(
  [
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
    'password  ',
    'password\t',
    'password,',
    'password | ',
    'id,password\n',
    'id\tpassword\n',
    'id | password\n',
    'USER  PASSWORD\n',
    'USER  PASSWORD\n----  --------\n',
    'user, password\n',
    'password,x\na,"',
    'password,"\n',
    '{"csv":"id,password',
    'INSERT INTO t (id,password) VALUES (',
    "INSERT INTO t (id,password) VALUES ('",
    'INSERT INTO t (id,password) VALUES (1,NULL),',
    'COPY t (id, password) FROM stdin;\t\\N\n',
    '"columns":["id","password"],',
    '"columns":["id","password"],"rows":[',
    '[["id","password"],[',
    'old password: Amber4Wren, new: ',
    'password from x1 to ',
    'creds: jo/',
    '"kty":"RSA",',
    '{"kty":"RSA","d":"',
    'x:*:',
    ':*:a:b:',
    'user x on >',
    'user x on ~',
    'kinit x ',
    'sudo -S ',
    '--password-stdin ',
    '://a:b@c:d',
    '://a:b/',
    '://a:b@c:d/e@f:1',
    'a1Q~',
    'a8Q~',
    'TOTP ABCD ',
    'TOTP: ABC2 ',
    'recovery codes:\n1. ab12-cd34',
    'backup codes\n',
    'the password on x?\n10:00 a: ',
    'enter password: ',
    'password\ninput_value="',
    'PLAIN \0a\0',
    'a=b\0',
    '/s/aB3xY7aB3xY7aB3',
    '/invite/Ab1-',
    'VALUES ($1) RETURNING "id" [',
    'RETURNING "password" = $1 [1, ',
    'insert into t (id,password) values (a,b',
    'export A_KEY=',
    'Password(',
    'tokens { a = "b"\n',
    'Key  Value\n---  -----\npassword  x\n',
    '  key: d6dca2c8831671a76389692fb205a1ef\n',
    'api_key":"encoded":"abcdefghijklmnopqrstuv"',
    'password Kiwi-larch-417 or ',
    'login aB3xY7 ',
    'root/aB3xY7',
    'a.B3!',
    "login('a', '",
  ],
  4,
);
test.each(pieces.gate)('many of %j are read once', isReadOnce);
test.each(pieces.deep)('many of %j are read once', { tags: ['deep'] }, isReadOnce);

async function isReadOnce(piece: string): Promise<void> {
  expect(await growthWith(piece, CHARACTERS)).toBeLessThan(MOST_GROWTH);
}

const columns = (count: number) => Array.from({ length: count }, (_, at) => (at % 3 === 0 ? 'password' : 'name'));

/** Tables of a size: how wide or how long they are. */
const TABLES: Readonly<Record<string, (size: number) => string>> = {
  'a header of many columns': (size) => `${columns(size).join(',')}\n${columns(size).join(',')}`,
  'headers of many columns': (size) => `${columns(100).join(',')}\nx\n`.repeat(size / 100),
  'aligned headers of many columns': (size) => `${columns(70).join('  ')}\nx\n`.repeat(size / 70),
  'a header with many lines of dashes': (size) => `${columns(100).join(',')}\n${'-----\n'.repeat(size)}`,
  'a row of many open quotes': (size) => `password${','.repeat(400)}\n${'"x",'.repeat(size)}`,
  'a statement of many columns': (size) => `INSERT INTO t (${columns(size).join()}) VALUES (${columns(size).join()})`,
  'a statement of many rows': (size) => `INSERT INTO t (id,password) VALUES ${'(1,NULL),'.repeat(size)}`,
  'a list of many columns and rows': (size) =>
    `{"columns":["${columns(60).join('","')}"],"rows":[${'[null],'.repeat(size)}`,
  'lists of columns before the same rows': (size) =>
    `{${'"columns":["password","password"],'.repeat(6)}"rows":[${'[null,1],'.repeat(size)}`,
};

const tables = inGate(Object.entries(TABLES), 3);
test.each(tables.gate)('%s is read once', isTableReadOnce);
test.each(tables.deep)('%s is read once', { tags: ['deep'] }, isTableReadOnce);

async function isTableReadOnce(_: string, table: (size: number) => string): Promise<void> {
  const growth = await growthOf((times) => {
    const text = table(times * 5_000);
    return async () => void redact(text);
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
}

/** In UTF-16 units: what takes the square of it takes 60 ms, and what does not half a millisecond. */
const HOSTILE = 10_000;
const SUSPECT_MS = 10;

describe('a hostile text is read once, made', { tags: ['deep'] }, () => {
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
