/** What programs write instead of a secret, and public halves of keys: they stay readable. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const BASE64 = '4qSQfMM+Wmc5WHkK0Ijk17yUATSIAsJjpDwL6x42esHGYZpig3OmCbHOa1uzm5Ki';
const pem = (label: string): string => Buffer.from(`-----BEGIN ${label}-----\n${BASE64}`).toString('base64');

const KEPT: Readonly<Record<string, readonly string[]>> = {
  'a mask with words': [
    'dbPassword: [secret]',
    '  + dbPassword: [secret]',
    'password: [PRIVATE]',
    'password: **redacted**',
    'password => Sensitive [value redacted]',
    'password "*** sensitive value suppressed ***"',
    'token: Secret([REDACTED alloc::string::String])',
    'changed password from [old secret redacted] to [new secret redacted]',
  ],
  'a mask of blocks': ['secret: ██████████'],
  'the length of a value of a Secret': [
    "Secret pg data.password: '-------- # (24 bytes)' -> '++++++++ # (32 bytes)'",
    '  token: "REDACTED # (16 bytes)"',
  ],
  'an array as Java prints it': ['password: [C@1b2c3d4e', 'secret=[B@4edde6e5'],
  'a reference in the syntax of one program': [
    `password: "%{lookup('shop::db_password')}"`,
    "password: '%env(DATABASE_PASSWORD)%'",
    'password = $__file{/etc/keys/db}',
    'password => $ENV{DB_PASSWORD}',
    'password: @@DB_PASSWORD@@',
    'password: __DB_PASSWORD__',
    'password: [[ .Values.db.password ]]',
    `"adminPassword": "[parameters('adminPassword')]"`,
    'password: aws-ssm:///prod/shop/db',
    'password: secretRef:db-password',
    ['password: $', '{secrets:prod/db:password}'].join(''),
    'password: !Sub "{{resolve:ssm-secure:/db/pw:1}}"',
    "environment { DB_CREDS = credentials('db-prod-creds') }",
  ],
  'the path of a secret': [
    'reads_total{secret="prod/ledger/db",result="ok"} 14',
    'rotation of secret=prod/payments/stripe/webhook finished',
  ],
  'what a name server publishes': [
    `shop.test. IN DNSKEY 257 3 13 ${BASE64}+A=`,
    `shop.test. 300 IN RRSIG A 13 2 300 20261224000000 20261203000000 34505 shop.test. ${BASE64}=`,
    `shop.test. CDNSKEY 257 3 15 ${BASE64.slice(0, 43)}=`,
  ],
  'a certificate or a request for one': [
    `caBundle: ${pem('CERTIFICATE')}`,
    `  request: ${pem('CERTIFICATE REQUEST')}`,
    `pubkey: ${pem('PUBLIC KEY')}`,
  ],
  'a public key and a signature of minisign': [
    `untrusted comment: minisign public key 42FA\n${BASE64.slice(0, 50)} ok`,
    `untrusted comment: signature from minisign secret key\nRUQf${BASE64}==\ntrusted comment: x:1\n${BASE64}==`,
  ],
  'an address on a chain of blocks': [
    'contract 0xdAC17F958D2ee523a2206206994597C13D831ec7 call reverted',
    'token: 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48 decimals 6',
    'usdt address TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
  ],
};

describe.each(Object.entries(KEPT))('%s stays', (_, texts) => {
  test.each(texts)('%j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

test.each([
  'password: #Blau_Berg7#',
  'password: __LarchKiwi7__',
  'passwords: [larch7Kiwi!, birch9Moon!]',
  'private_key: 0xdAC17F958D2ee523a2206206994597C13D831ec7dAC17F958D2ee523a2206206',
  'api_key: 0xdAC17F958D2ee523a2206206994597C13D831ec7',
  'secret=prod/Ledger7!xK',
  'untrusted comment: minisign encrypted secret key\nRWRTY0Iyo4W7mQp2xT9zLkq8vBn3Rf6YhJd5sGcWe1uKoAaZbMxNpQtS',
  `client-key-data: ${pem('RSA PRIVATE KEY')}`,
])('%j has a secret', (text) => {
  expect(redact(text)).toContain('[redacted:');
});
