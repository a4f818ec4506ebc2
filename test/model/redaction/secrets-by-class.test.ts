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
  {
    what: 'tokens of a documented form',
    secrets: [
      'mailchimp key ⟦0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e-us7⟧ was revoked',
      'nuget push -k ⟦oy2abcd3fgh1jkl4mnopq5rstuv6wxyz7abcde8fgh9ijk⟧ -s https://api.nuget.org',
      'nkey seed ⟦SAAGJ63MJCNAVJS4RV52JZC7HEVKJGPBB3454MHYKJB7HVI4NYGNOSHYWV⟧',
      'https://outlook.office.com/webhook/⟦0f3a9c1e-7b2d-4f6a-8c0e-1b3d5f7a9c1e@7b2d0f3a-9c1e-4f6a-8c0e-1b3d5f7a9c1e/IncomingWebhook/0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e/0f3a9c1e-7b2d-4f6a-8c0e-1b3d5f7a9c1e⟧ 429',
      'config dump (base64): cGFzc3dvcmQ9⟦djdVeElJZm4x⟧',
    ],
    innocent: [
      'bucket 0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e-us-east-1 is full, etag 0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e',
      'nkey UAGJ63MJCNAVJS4RV52JZC7HEVKJGPBB3454MHYKJB7HVI4NYGNOSHYW is not known, SATURDAY SUNDAY',
      'https://outlook.office.com/mail/inbox answered 302',
      'user oy2 pushed oy2-tools',
    ],
  },
  {
    what: 'arguments of commands',
    secrets: [
      'rabbitmqadmin -u admin -p ⟦gx-Otter9⟧ list queues',
      'cypher-shell -u neo4j -p ⟦gxOtter⟧ "MATCH (n) RETURN n"',
      'sqlplus -s shop/"⟦x7@Otter?⟧"@PRD @purge.sql',
      'sqlplus shop/⟦x7Otter⟧@PRD',
      'restic --password-command "echo ⟦Otter-river-9⟧" snapshots',
      "BORG_PASSCOMMAND='echo ⟦Otter-river-9⟧' borg list",
    ],
    innocent: [
      'rabbitmqadmin -u admin -P 15672 list queues',
      'ssh -p 2222 db-1 and docker run -p 8080:80 shop',
      'sqlplus / as sysdba @purge.sql',
      'restic --password-command "pass show backup" snapshots',
    ],
  },
  {
    what: 'a user and a password in one argument',
    secrets: [
      "requests.get(url, auth=('svc', '⟦hiG64+oKFa⟧'), timeout=5)",
      'SMTPHandler(credentials=("mail", "⟦K0ttleRocket⟧"))',
      'req.SetBasicAuth("svc", "⟦otter-river⟧")',
    ],
    innocent: [
      "requests.get(url, auth=('basic', 'digest'))",
      'SMTPHandler(credentials=("mail", "$MAIL_PASSWORD"))',
      'auth=(user, password)',
    ],
  },
  {
    what: 'AUTH of Redis',
    secrets: [
      '1763972004.118823 [0 10.4.4.9:51812] "AUTH" "worker" "⟦MF5x0!Kndww⟧"',
      '1763972004.118823 [0 10.4.4.9:51812] "AUTH" "⟦MF5x0!Kndww⟧"',
      '1763972004.118823 [0 10.4.4.9:51812] "CONFIG" "SET" "requirepass" "⟦MF5x0!Kndww⟧"',
      'AUTH ⟦MF5x0!Kndww⟧',
    ],
    innocent: ['1763972004.118823 [0 10.4.4.9:51812] "GET" "auth:88"', 'AUTH failed for worker-3', 'AUTH ?'],
  },
  {
    what: 'settings of routers and VPNs',
    secrets: [
      'tacacs-server key ⟦Otter89!⟧',
      'radius-server host 10.0.0.9 auth-port 1812 key 7 ⟦0822455D0A16⟧',
      'crypto isakmp key ⟦OtterRiver⟧ address 203.0.113.9',
      ': PSK "⟦LKf!jEY?⟧"  # ipsec.secrets',
      'bob : EAP "⟦Otter-river⟧"',
    ],
    innocent: [
      'tacacs-server key mismatch on sw-2',
      'no radius-server host 10.0.0.9 auth-port 1812',
      'wlan0: PSK "home" profile, EAP "PEAP"',
      'crypto isakmp policy 10',
    ],
  },
  {
    what: 'members of CREATE SECRET',
    secrets: ["CREATE SECRET s (TYPE S3, KEY_ID 'x', SECRET '⟦W7AqARozMdnIdm9Qqy3oAaauE8o/Lr8n⟧')"],
    innocent: ["secret 'shop-db-credentials' not found, SECRET 'orders-api-tls-2025-11' is used"],
  },
  {
    what: 'keys of hexadecimal digits behind their names',
    secrets: [
      'Algolia admin key ⟦0f3a9c1e7b2d4f6a8c0e1b3d5f7a9c1e⟧ is exposed',
      'rotated: old token ⟦42f9a20ae164ca606a2dd8cffb74fb193af81c86⟧, the signing secret stays ⟦103cfb32fb572a365c924394d4fa7b1a⟧ until Friday',
    ],
    innocent: [
      'page token 42f9a20ae164ca606a2dd8cffb74fb193af81c86 is too old',
      'commit 42f9a20ae164ca606a2dd8cffb74fb193af81c86 adds the admin key page',
      'the signing secret stays valid until Friday',
    ],
  },
  {
    what: 'sentences of chats',
    secrets: [
      "le mot de passe du compte batch c'est ⟦otter_rocket31⟧, le serveur est batch-3",
      'пароль от прод базы ⟦glacier2657⟧, юзер orders',
      '운영 서버 비밀번호는 ⟦OtterFalcon66!⟧ 입니다',
      'veritabanı şifresi ⟦otter8204⟧ olarak değişti',
      'كلمة المرور لخادم web-3 هي ⟦K0ttleJuniper9#⟧',
      'logged into the jumphost with ops / ⟦H0rborWalnut5#⟧ and it worked',
    ],
    innocent: [
      "le mot de passe du compte batch c'est important, le serveur est batch-3",
      'не помню пароль от сервера web-9, кто знает?',
      '비밀번호는 필수입니다',
      'veritabanı şifresi yanlış, web-3 bekliyor',
      'كلمة المرور غير صحيحة',
      'logged into staging with sso / okta and it worked',
      'creds for staging -> vault/shop, see the runbook',
      'login for the shop: api/v2 answers 401',
    ],
  },
  {
    what: 'recovery codes in a line',
    secrets: ['Recovery codes for jo: ⟦6zdzfg88ug⟧, ⟦ujo0w7nka0⟧, ⟦mx3qyqeept⟧'],
    innocent: ['recovery codes: none left', 'recovery code: E12 and E13 were returned'],
  },
  {
    what: 'national ids beside their names',
    secrets: [
      'codice fiscale: ⟦RSSMRA85T10A562S⟧, CPF ⟦529.982.247-25⟧',
      'passport number ⟦X4RTBPFW46⟧ rejected, DNI: ⟦12345678Z⟧, NINO ⟦QQ123456C⟧',
    ],
    innocent: [
      'codice fiscale: mancante',
      'order 529982247 and CPF invalid',
      'DNI is required, passport number missing',
    ],
  },
  {
    what: 'a header that goes on in the next line',
    secrets: [
      'Authorization: Basic ⟦s7ML+fwtJ9hUST8mY3bzBfBQV3Kdf7NZCd9U3CHG⟧\n ⟦29cPBlc2Omfox2lZMg1NXTxzO7Q=⟧\nHost: shop',
    ],
    innocent: ['Authorization: missing\n in request 29cPBlc2\nHost: shop'],
  },
  {
    what: 'parameters before their statement',
    secrets: [
      "DETAIL: parameters: $1 = 'jo', $2 = '⟦KettleRiver⟧' for prepared statement \"SELECT id FROM users WHERE login=$1 AND password=$2\"",
    ],
    innocent: [
      "DETAIL: parameters: $1 = 'jo', $2 = 'paid' for prepared statement \"SELECT id FROM orders WHERE login=$1 AND state=$2\"",
    ],
  },
  {
    what: 'literals of kubectl',
    secrets: ["kubectl create secret generic pg --from-literal=pin='⟦7P-FZBtvA7⟧'"],
    innocent: ['kubectl create secret generic pg --from-literal=username=orders'],
  },
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
