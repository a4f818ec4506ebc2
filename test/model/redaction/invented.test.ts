/** Words that somebody made up to open something. Secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

const STATED: Readonly<Record<string, readonly string[]>> = {
  'beside a word of access, in any language': [
    'ssh in as root with ⟦P1neTree!⟧',
    'ich hab den Zugang auf ⟦Zander#Wolke81⟧ geändert',
    'le code wifi est ⟦BleuNuit-2291⟧',
    'lykilorðið er ⟦Hraun#Jokull8⟧, vél db-is-1',
    'رمز عبور سرور ⟦Tehran!Sib77⟧ است',
    "I can't get in with ⟦Tr0ub4dor&3⟧, did someone rotate?",
  ],
  'behind a user': ['root/⟦calvin7Xq⟧ on the idrac of node 7', 'login for the demo tenant (ops:⟦Pineapple77x⟧)'],
  'as an answer': [
    '<ana> psw for the jump box?\n<bo> ⟦Rook!castle55⟧\n<ana> ty',
    "what's the ansible vault pass again\n⟦Copper-Finch-88⟧",
  ],
  'so odd that they count anywhere': ['the ⟦T9#vLq2!mmR⟧ you sent me does not open the zip'],
  'in a list': [
    'the passwords are these: db ⟦eaJwHe04v8grT8yY⟧, mq ⟦q5gzT1xu2dQyfOWy⟧. All live in the secret app-creds.',
  ],
  'as digits and words': [
    'if it asks for a PIN, ⟦4471⟧',
    'enter ⟦661-204⟧ on the login page',
    'unlock phrase is ⟦purple monkey dishwasher⟧',
    'the combination of the safe is ⟦32-17-05⟧',
  ],
};

test.each(Object.entries(STATED))('%s', (_, texts) => {
  for (const marked of texts) {
    const clean = redact(marked.replace(/[⟦⟧]/g, ''));
    expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
    expect(redact(clean)).toBe(clean);
  }
});

test.each([
  'login failed for Foo#bar1 in AuthController#create2',
  'vpn gateway is Fra-Edge-01, ssh works, wifi SSID is Guest-Office-2024',
  'secret rotated in MR platform/auth-api!77, ERROR ntdll.dll!RtlUserThreadStart+0x21 in login',
  'passed 15/16, login spec: LoginSpec2.it#3',
  'root@Web01:~# systemctl restart Foo@Bar1.service',
  'x-request-id: Kj82hHs0aKq1 POST /login 401',
  'password hash algorithm is PBKDF2WithHmacSHA256',
  'das Passwort auf Server2019 ist abgelaufen',
  'who has admin on Cluster-West-02?',
  'PIN 1234 is not a valid BCM channel, MFA 2024 rollout is done',
  'use 5432 for login to postgres',
])('%s names nothing secret', (text) => {
  expect(redact(text)).toBe(text);
});
