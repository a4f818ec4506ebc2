/** Secrets that only their position shows, and the same positions without one. */
import { describe, expect, test } from 'vitest';
import { redactJson } from '#analyse/redacted-json.ts';
import { redact } from '#model/redaction/redaction.ts';

const SECRET = 'q7RtZ2mKw9LxV4Bn';
const HEX = '9f0c41d7'.repeat(5);
const KEY_OF_64_BYTES = `${'q7RtZ2mKw9+xV4Bn'.repeat(5)}A1b2C3==`;

describe('redacts', () => {
  test.each([
    ['what a command prints', `$ bw unlock --raw\n${SECRET}+/x==\n$ exit`, SECRET],
    ['the first line of pass', `$ pass show shop/till\n${SECRET}@1!\nuser: till`, SECRET],
    ['a decoding template', `kubectl get secret s -o go-template='{{.data.pin|base64decode}}'\n${SECRET}`, SECRET],
    ['a file of a secret', `# cat /run/secrets/till-password\n${SECRET}\n#`, SECRET],
    ['the path of a webhook', `"POST /services/T0AAAAAAA/B0BBBBBBB/${SECRET}q7RtZ2mK HTTP/1.1" 404`, SECRET],
    ['the token of a node', `K10${'9f0c41d7'.repeat(8)}::server:${HEX}`, '9f0c41d7'],
    ['a password of a registry', `eyJwYXlsb2FkIjoi${SECRET.repeat(8)}`, SECRET],
    ['a short parameter of a reset', `"GET /account/reset?uid=3&t=${HEX} HTTP/2.0" 200`, HEX],
    ['a signature of a webhook', `X-Hub-Signature-256: sha256=${HEX}${HEX}`, HEX],
    ['a signature with its time', `stripe-signature: t=1796001234,v1=${HEX},v0=${HEX}`, HEX],
    ['a signature that S3 received', `<SignatureProvided>${HEX}</SignatureProvided>`, HEX],
    ['a signature of SAML', `<ds:SignatureValue>\n${SECRET.repeat(4)}\n+/${SECRET}=</ds:SignatureValue>`, SECRET],
    ['a patch of a Secret', `- op: add\n  path: /data/till-password\n  value: ${SECRET}=`, SECRET],
    ['a key in folded lines', `tls:\n  key: >-\n    ${SECRET.repeat(4)}\n    ${SECRET}==\n  crt: /etc/t.crt`, SECRET],
    ['a key of PuTTY in a log', `a | Private-Lines: 1\na | ${SECRET}\na | Private-MAC: 00`, SECRET],
    [
      'a static key',
      `-----BEGIN OpenVPN Static key V1-----\n${HEX}\n-----END OpenVPN Static key V1-----`,
      HEX.slice(0, 32),
    ],
    [
      'parameters of XML-RPC',
      `<methodName>login</methodName><params><param><value><string>till</string></value></param><param><value><string>${SECRET}</string></value></param></params>`,
      SECRET,
    ],
    ['a service of IRC', `PRIVMSG NickServ :IDENTIFY till ${SECRET}`, SECRET],
    ['arguments of DBI', `DBI->connect("dbi:Pg:dbname=till", "till", "${SECRET}", {})`, SECRET],
    ['arguments in a stack trace', `#2 /a/b.php(14): App\\Ldap->ldapLogin('till', '${SECRET}')`, SECRET],
    ['a tuple of Erlang', `{auth_failure,<<"till">>,<<"${SECRET}">>,access_refused}`, SECRET],
    ['a file of cookies', `.shop.test\tTRUE\t/\tTRUE\t1796001234\tSESSIONID\t${HEX}`, HEX],
    ['an answer of SASL', `client in: AUTH\t1\tPLAIN\tservice=imap\tresp=${SECRET}==`, SECRET],
    ['the passphrase of a key', `# ipsec.secrets\n: RSA till.key "Kiwi-Larch"`, 'Kiwi-Larch'],
    ['codes that a check compares', 'verifying otp for user 12: got=533715 want=781476', '533715'],
    ['a key of 64 bytes alone', `bw list\n${KEY_OF_64_BYTES}\nok`, 'q7RtZ2mK'],
    ['a number of a person', "the applicant's social security number 427-12-9693 fails", '427-12-9693'],
  ])('%s', (_, text, secret) => {
    const redacted = redact(text);
    expect(redacted).not.toContain(secret);
    expect(redact(redacted)).toBe(redacted);
  });

  test.each([
    ['shares of a key', { unseal_keys_b64: [`${SECRET}+/${SECRET}`, `+${SECRET}/${SECRET}`] }, SECRET],
    ['keys of an account', [{ keyName: 'key1', value: KEY_OF_64_BYTES }], 'q7RtZ2mK'],
    ['an argument behind its option', { cmd: ['curl', '--user', `till:${SECRET}`, 'https://a.test'] }, SECRET],
    ['an argument of the program before', { entrypoint: 'mysql', args: ['-h', 'db-1', `-p${SECRET}`] }, SECRET],
    ['codes for a lost phone', { recovery_codes: ['c7c88-94a23'] }, 'c7c88'],
    ['what checks a login', { storedKey: `${SECRET}/${SECRET}=` }, SECRET],
  ])('%s in JSON', (_, value, secret) => {
    expect(inJson(value)).not.toContain(secret);
  });
});

describe('leaves', () => {
  test.each([
    ['what follows a command', '$ pass show shop/till\nError: shop/till is not in the password store.'],
    ['an address of services', 'GET /services/TRAINING/BOOKINGS/list'],
    ['a parameter of a search', `GET /search?q=1&t=${HEX}`],
    ['a patch of a ConfigMap', '- op: add\n  path: /data/log-level\n  value: debug-all'],
    ['a function with two names', "#2 /a/b.php(14): App\\Ldap->ldapLogin('till', 'web')"],
    ['a cookie of a language', '.shop.test\tTRUE\t/\tFALSE\t0\tlang\tit'],
    ['a sum of 64 bytes', `integrity sha512-${KEY_OF_64_BYTES}`],
    ['an argument of a comparison', 'retry: got=533715 want=781476'],
    ['a sentence of PAM', 'passwd: Authentication token manipulation error'],
    ['a variable that says where', 'flyctl secrets set SENTRY_ENV=prod -a shop'],
    ['the name of a Secret', 'Reloaded secret=till-admin key=admin-password'],
  ])('%s', (_, text) => {
    expect(redact(text)).toBe(text);
  });

  test('the modulus of a public key', () => {
    const key = { keys: [{ kty: 'RSA', use: 'sig', n: SECRET.repeat(11), e: 'AQAB' }] };
    expect(inJson(key)).toBe(JSON.stringify(key));
  });
});

function inJson(value: unknown): string {
  return new TextDecoder().decode(redactJson(new TextEncoder().encode(JSON.stringify(value))).bytes);
}
