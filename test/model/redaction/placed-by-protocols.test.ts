/** Secrets by their place in what a protocol, a prompt or a shell says. The part between ⟦ and ⟧ is the secret. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const RANDOM = 'vewK1v8aECgOkslfOWuzHRi4X';

const FOUND: Readonly<Record<string, readonly string[]>> = {
  'a line of FTP or POP3': [
    '331 Password required\nPASS ⟦Ankerkette⟧\n530 Login incorrect',
    '+OK ready\nUSER jo\n+OK\nPASS ⟦Sommerregen⟧\n-ERR bad login',
    '12:04 ftp: USER jo\n12:04 ftp: 331 need password\n12:04 ftp: PASS ⟦Ankerkette⟧',
  ],
  'the answer to a digest challenge': [
    'REGISTER sip:pbx.test Digest username="44", nonce="df0a", response="⟦61ce0fc0064340110198b2175b8fa7e6⟧"',
  ],
  'what expect sends': [
    'send: sending "⟦Prufalun#tins55⟧\\r" to { exp6 } (ssh jo@nas1) password prompt matched',
    'expect: does "password: " match glob pattern "*assword*"? yes\nsend: sending "⟦larchkiwi⟧\\r" to { exp6 }',
  ],
  'a digest of ZooKeeper': ['zkCli: addauth digest admin:⟦regenbogen⟧'],
  'a command that prints a password': [
    'impala-shell -l --ldap_password_cmd="echo -n ⟦Ranfa_tinjemku66⟧"',
    'passwordeval "echo ⟦larch7Kiwi⟧"',
    'TOKEN=$(echo ⟦aGVtbWVsaWctUmVrZSMxMg==⟧ | base64 -d) ./deploy.sh',
    "DB_PASSWORD=$(echo -n '⟦larchkiwi⟧' | base64)",
  ],
  'a password of a board or a router': [
    'ipmitool user set password 2 ⟦larchKiwi7⟧',
    'racadm set iDRAC.Users.2.Password ⟦larchKiwi7⟧',
    'ip ftp password ⟦larchKiwi7⟧',
    'vrrp 1 authentication text ⟦larchKi7⟧',
    'BIOS supervisor password ⟦larchKiwi7⟧ set on ws-12',
  ],
  'a hash of a boot loader': [
    `password_pbkdf2 jo ⟦grub.pbkdf2.sha512.10000.${'A1B2C3D4'.repeat(8)}.${'0F1E2D3C'.repeat(8)}⟧`,
  ],
  'a step of an address': ['conda config channels https://conda.test/t/⟦jo-6c0e9f8d-7a6b-4d2f-a1a8-b7c6e54f3d9a⟧/x'],
  'a PIN of a terminal': ['ISO8583 field 52 PIN block ⟦1A2B3C4D5E6F7081⟧'],
  'an answer of SASL': ['xmpp SASL PLAIN ⟦AGpvAGxhcmNoS2l3aTc=⟧'],
  'a token of a telephone': [`fcm dQw4w9WgXcQ:⟦APA91b${RANDOM.repeat(5)}⟧`],
  'a key of a name server': ['rndc -s 10.1.1.53 -y rndc-key:⟦3D/iq0BY770Z+f63cEMHick5AaSLS1qshL6TvJG74p0=⟧ status'],
  'a list of arguments': ['["AUTH","⟦Basilikum-9⟧"]', "args=['AUTH', '⟦Basilikum-9⟧']"],
  'a part of a form': [
    "curl --data-urlencode 'password=⟦L0k & Hvitl0k⟧' --data 'site=nord' https://auth.test",
    "curl -F 'password=⟦Lok og Hvitl0k⟧' https://x.test",
  ],
  'a key of PAN-OS': [`GET /api/?type=op&key=⟦LUFRPT16BA52+Hrbd${RANDOM}${RANDOM}⟧&cmd=<show></show>`],
  'a recovery key': [
    'recovery key for /dev/nvme0n1p3: ⟦enfylupl-hxvfdbnw-zyimwrvu-dqyaerwk-rednbrjf-dkuvchdm-wfcwaiin-ezxcgjrp⟧',
    'saved ⟦vbcrnbjn-vkrkihnb-vrfedhgi-nngfudnh-gcglucul-ktljrnvb-dfjkcuef-ndkbhbit⟧ for nas1',
  ],
  'an address that takes alerts': [
    `POST https://oncall.test/integrations/v1/alertmanager/⟦${RANDOM}⟧/ 200`,
    'POST https://api.squadcast.com/v2/incidents/api/⟦9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e3f2a1b0c⟧ 202',
    'POST https://www.zenduty.com/api/integration/prometheus/⟦d2f1a8b7-c6e5-4f3d-9a2b-1c0e9f8d7a6b⟧/ 200',
    'POST https://hooks.spike.sh/⟦a1b2c3d4e5f6a7b8c9d0e1f2⟧/push-events',
  ],
  'a key behind the name of a member': ['twilio: auth_token ⟦976da0310518204b3c5a6671efa4acb9⟧ region ie1'],
  'a part of a connection string with an entity': [
    'connectionString="Server=sql-1;User Id=app;Password=⟦Kirsche&amp;Kuchen4⟧;Encrypt=True"',
  ],
  'a value with a type of YAML': [
    'password: !ruby/string "⟦Sj0-kreps⟧"',
    "password: !!python/unicode '⟦Sj0-kreps⟧'",
    'password: !str ⟦Sj0-kreps⟧',
  ],
};

describe.each(Object.entries(FOUND))('%s is redacted', (_, texts) => {
  test.each(texts)('%j', (marked) => {
    const text = marked.replace(/[⟦⟧]/g, '');
    expect(redact(text).replaceAll(/\[redacted:[\w-]+\]/g, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  });
});

test.each([
  '--- PASS TestLogin\nok',
  'PASS all checks\n230 tests',
  'Digest algorithm=MD5, realm="x"',
  'send: sending "ls -la\\r" to { exp6 }',
  'GET https://shop.test/integrations/v1/alertmanager/status 200',
  'TOKEN=$(cat /run/token)',
  'auth_token 12 characters long',
])('%j has no secret', (text) => {
  expect(redact(text)).toBe(text);
});
