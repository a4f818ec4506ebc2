/** Secrets that people tell, and that tools of several vendors take: the words around them stay. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

test.each([
  ['pwd changed from Amber.Wren4 to Amber.Wren5', 'Amber'],
  ['login: jo / Copper7Lark', 'Copper7Lark'],
  ['the api key that we leaked was q7Zp-4Kd2-Lm9x-Vt3c', 'q7Zp'],
  ['G-204913 is your Google verification code', '204913'],
  ['GET /shop;jsessionid=8A1BC2D3E4F5061728394A5B6C7D8E9F?page=2 500', '8A1BC2D3'],
  ['ldap bind cn=jo,dc=example -w Fern3Otter: Invalid credentials (49)', 'Fern3Otter'],
  ['couchbase-cli server-list -u Administrator -p Fern3Otter', 'Fern3Otter'],
  [`braintree access_token$sandbox$k3j9x2m4q8w1z7b5$${'0a1b2c3d'.repeat(4)} used`, '0a1b2c3d'],
  [`EasyPost refused EZTK${'4f2a9c'.repeat(9)}`, '4f2a9c'],
  ['login by jo@b\u00fccher.example refused', 'b\u00fccher'],
])('%s', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

test.each([
  'the token we got is invalid',
  'the key that we use is in Vault',
  'login: jo / shop',
  'password changed from the console to the vault',
  'user login: 200 / 3ms',
  'G-204913 is a part number',
  'mkdir -p /var/lib/couchbase',
])('%s stays', (text) => {
  expect(redact(text)).toBe(text);
});
