/** Values beside the name of a secret that open nothing: they stay readable. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const SEALED = `AgB${'Lx5F7q'.repeat(30)}`;
const RANDOM = 'TL9TikDBY0qJayGd3tl6wDe8tAxeVFG2zWgsqn9sYF3';

test.each([
  ['an encrypted value', `encryptedData:\n  password: ${SEALED}`],
  ['an encrypted value', `password_enc=AQICAH${'sQa7kP'.repeat(20)} (KMS ciphertext blob)`],
  ['an encrypted value', `ciphertext=${RANDOM}`],
  ['an encrypted value', `secret_encrypted: ${RANDOM}`],
  ['an encrypted value', `password: vault:v1:${RANDOM}`],
  [
    'an encrypted file',
    `-----BEGIN AGE ENCRYPTED FILE-----\n${RANDOM}${RANDOM.slice(0, 21)}\n${RANDOM}\n-----END AGE ENCRYPTED FILE-----`,
  ],
  ['a public key', `applicationServerKey (VAPID public): B${RANDOM}${RANDOM}`],
  ['a hash of a verifier', `code_challenge=${RANDOM}&code_challenge_method=S256`],
  ['code', 'String u = "jdbc:postgresql://h/db?password=" + System.getenv("PGPW");'],
  ['code', "$dsn = 'password=' . $password . ';';"],
  ['code', '"token=" & pwd & ";"'],
  ['a rule in words', 'contraseña: mínimo 12 caracteres'],
  ['a rule in words', 'Kennwort: mindestens 12 Zeichen'],
  ['a pointer in words', 'parool: küsi haldurilt'],
  ['a pointer in words', 'hasło: zapytaj administratora'],
  ['a pointer in words', 'wachtwoord: vraag de beheerder'],
  ['a claim', 'jwt: alg=HS512 leeway=30s'],
  ['what a plan does not show', 'password = "(known after apply)"'],
  ['what a plan does not show', 'db_password = "(sensitive value)"'],
  ['a principal', 'kinit etl@PLANT.EXAMPLE'],
  ['a principal', 'Default principal: jo@CORP.EXAMPLE'],
  ['an algorithm', 'cipher: chacha20-poly1305@openssh.com mac: umac-64-etm@openssh.com'],
])('%s: %j', (_, text) => {
  expect(redact(text)).toBe(text);
});

test('the repository behind a token in an address without a scheme stays', () => {
  const url = (token: string) => `remote: x-access-token:${token}@github.com/acme/app`;
  expect(redact(url(`ghp_${'a1B2'.repeat(9)}`)).replace(/\[redacted:[\w-]+\]/, '⟦⟧')).toBe(url('⟦⟧'));
});

test.each(['mail jo@ACME.EXAMPLE', 'djm@openssh.com', 'kinit: jo@acme.example'])('%j has an email address', (text) => {
  expect(redact(text)).toContain('[redacted:email]');
});
