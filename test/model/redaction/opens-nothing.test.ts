/** Values that a form or a name takes for a secret, and that open nothing: they stay readable. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const RANDOM = 'TL9TikDBY0qJayGd3tl6wDe8tAxeVFG2zWgsqn9sYF3';

const KEPT: Readonly<Record<string, readonly string[]>> = {
  'which key signed': [`Signing key not found for kid "${RANDOM}" in https://id.test/jwks`],
  'what divides a body': [
    'Content-Type: multipart/form-data; boundary=----WebKitFormBoundary8gOWXlD3GRiJ1iqJ',
    'Content-Type: multipart/mixed; boundary="k3J9xQ2mVb7TzR4nLp8WsY6cHd1FgAeU"',
    '------WebKitFormBoundary7MA4YWxkTrZu0gW8kQ2mVb\r\nContent-Disposition: form-data',
  ],
  'the id of a log of certificates': [`SCT verification failed for log ${RANDOM}=`],
  'a test that passed': ['--- PASS: TestPasswordReset/expired_token (0.01s)', '--- PASS: ExampleToken (0.00s)'],
  'mechanisms of a server': ['250-AUTH PLAIN LOGIN CRAM-MD5', '250 AUTH=PLAIN LOGIN'],
  'words of a vocabulary': ['added: bos_token=<s>, unk_token=<unk>, mask_token=[MASK]', 'pad_token: "[PAD]"'],
  'the kind of what was not found': ['failed to fetch token: serviceaccounts "orders" not found'],
  'when a password is written': ['{"name": "svc", "update_password": "always"}', 'update_password: on_create'],
  'a placeholder behind the beginning of a token': [
    'SLACK_BOT_TOKEN=xoxb-your-token-here',
    'key: sk-your-api-key-here',
  ],
  'a pattern for a secret': ['regex "^password=(.*)$" matched 0 lines', String.raw`grep -E 'token=\S+' app.log`],
  'a status code of Windows': [
    'Failure Reason: Unknown user name or bad password. Sub Status: 0xC000006A',
    'bad password: status 0xC000006D',
    'Password: 0x80070056',
    'token: 0x80090308',
  ],
  'a documented example': [
    'AWS documents AKIAIOSFODNN7EXAMPLE / wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY as example credentials',
    'test card 4242 4242 4242 4242 from the Stripe docs was used',
    'docs: the example IBAN DE89370400440532013000 is used in the sandbox guide',
  ],
  'the header of a token alone': ['RFC 7519 example JWT header eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9'],
};

describe.each(Object.entries(KEPT))('%s stays', (_, texts) => {
  test.each(texts)('%j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

test.each([
  'charged 4242 4242 4242 4242 twice',
  'refund to DE89370400440532013000 failed',
  'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
  'PASS: Test-Larch7kiwi',
  `AUTH PLAIN ${'AGpvAGxhcmNoS2l3aTc='}`,
  'mask_token=larchKiwi7Birch2',
  'my_token=k3J9xQ2mVb7TzR4nLp8WsY6c',
  'password: 0xDEADBEEF12',
])('%j has a secret', (text) => {
  expect(redact(text)).toContain('[redacted:');
});

test('an address behind a password and a variable behind NUL stay', () => {
  expect(redact("connect('weblogic','Larch83!Kiwi','t3://wls-2:7001')")).toContain('t3://wls-2:7001');
  expect(redact('HOME=/a^@SMTP_PASSWORD=larch6529Kiwi^@LANG=C')).toBe(
    'HOME=/a^@SMTP_PASSWORD=[redacted:secret]^@LANG=C',
  );
});

test('a form that contains itself again and again is read', () => {
  expect(() => redact('ejabberdctl register '.repeat(5000))).not.toThrow();
});
