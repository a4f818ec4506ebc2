// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what other programs put values into is among the texts
/** For each class of places of secrets: a text with the secret between ⟦ and ⟧, and innocent twins that stay as they are. */
import { expect, test } from 'vitest';
import { redactJson } from '#analyse/redacted-json.ts';
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
  {
    what: 'tokens, and positions in a list',
    secrets: [
      'GET /v1/invoices?access_token=⟦Htzo5YtFpN0VHPDxvOO9Viu60I15wcQjduDsyqHS⟧ 200',
      'rotated; the previous token: ⟦Htzo5YtFpN0VHPDxvOO9⟧',
    ],
    innocent: [
      'GET /v1/invoices?page_size=100&page_token=Htzo5YtFpN0VHPDxvOO9Viu60I15wcQjduDsyqHS 200',
      '{"nextSyncToken":"Htzo5YtFpN0VHPDxvOO9Viu60I15wcQjduDsyqHS","items":[]}',
      'aws s3api list-objects-v2 --starting-token Htzo5YtFpN0VHPDxvOO9Viu60I15wcQjduDsyqHS',
      'continuation_token: Htzo5YtFpN0VHPDxvOO9Viu60I15wcQjduDsyqHS',
    ],
  },
  {
    what: 'a token, and the key of a store that is named so',
    secrets: ['SET token:⟦refresh:x7Otter9Kiel⟧', 'token: ⟦x7Otter9Kiel0f3a⟧'],
    innocent: ['SETEX token:refresh:8812 ttl=3600 -> OOM', 'DEL token:user:17:session'],
  },
  {
    what: 'values that somebody has to replace',
    secrets: ['DB_PASSWORD=⟦your-s3cret-Otter⟧', 'DB_PASSWORD=⟦mysecret⟧', 'api_key: ⟦key-here-9f8e7d6c5b4a⟧'],
    innocent: [
      'API_KEY=your-api-key-here\nDB_PASSWORD=yourPassword\nTOKEN=insert_your_access_token',
      '{ token: null, apiKey: undefined }',
      'connect(host=pg-1, password=None)',
    ],
  },
  {
    what: 'a member with spaces around it',
    secrets: ['{ token: null, apiKey: ⟦river Otter 7⟧ }'],
    innocent: ['{ password: undefined , apiKey: null }'],
  },
  {
    what: 'a key of a section that opens something',
    secrets: [
      'datadog:\n  api:\n    site: datadoghq.eu\n    key: ⟦d6dca2c8831671a76389692fb205a1ef⟧',
      '{"config":"api:\\n  key: ⟦d6dca2c8831671a76389692fb205a1ef⟧\\n"}',
      'signing {\n  key = "⟦d6dca2c8831671a76389692fb205a1ef⟧"\n}',
      '[license]\nkey = ⟦d6dca2c8831671a76389692fb205a1ef⟧',
    ],
    innocent: [
      'cache:\n  key: d6dca2c8831671a76389692fb205a1ef',
      'api:\n  version: 2\nbuild:\n  key: d6dca2c8831671a76389692fb205a1ef',
      'api:\n  key: request-headers\n  header: x-shop',
      '{"api":{"version":2},"cache":{"key":"d6dca2c8831671a76389692fb205a1ef"}}',
    ],
  },
  {
    what: 'keys of Airflow and Mailgun by their names',
    secrets: [
      'fernet_key = ⟦Id12D8UIDOM2Axg-NEtGKT_iZLrbvhnBI8-Qe1-eWJB=⟧',
      'MAILGUN_SENDING_KEY="⟦269015499f7100327e3f1534b6fdd707-bf3cc19b-abac209d⟧"',
    ],
    innocent: [
      'fernetKeySecretName: airflow-fernet-key',
      'fernet_key: airflow-fernet-key',
      'sending_key: order-events',
    ],
  },
  {
    what: 'the tokens of an agent of Consul',
    secrets: [
      'acl { tokens { agent = "⟦9b728fda-9165-4349-ab2b-9b9fdab35341⟧" } }',
      'tokens {\n  agent                    = "⟦9b728fda-9165-4349-ab2b-9b9fdab35341⟧"\n  config_file_registration = "⟦7c61fda8-2165-4349-bb2b-1b9fdab35342⟧"\n}',
      '{"acl":{"tokens":{"default":"⟦9b728fda-9165-4349-ab2b-9b9fdab35341⟧"}}}',
    ],
    innocent: [
      'usage: tokens { prompt = 812, completion = 40 }',
      '{"tokens":{"agent":"anonymous","id":"9b728fda-9165-4349-ab2b-9b9fdab35341"}}',
      'services { agent = "9b728fda-9165-4349-ab2b-9b9fdab35341" }',
    ],
  },
  {
    what: 'rows of a key and its value',
    secrets: [
      'Key                Value\n---                -----\nlease_duration     768h\ndb_password        ⟦UrtkA7LI9grb⟧\npasscode           ⟦my-long-passcode⟧',
    ],
    innocent: [
      'Key                 Value\n---                 -----\ntoken_duration      768h\ntoken_policies      [default shop]\npassword_policy     strict',
      'Key         Owner\n---         -----\npassword    platform',
      'Key                Value\n---                -----\nversion            3\n\npassword    policies are below',
    ],
  },
  {
    what: 'a key of Elasticsearch and the same in base64',
    secrets: [
      '{"id":"ADes1dUeYd8S","api_key":"⟦1shP6TZjefLAMAqAfjQXY3⟧","encoded":"⟦F7eP4Utav02qJl5OpV7ryxZOOdEIH0bSOpeo3zlH2Vzl==⟧"}',
    ],
    innocent: ['{"id":"ADes1dUeYd8S","encoded":"dGhlIHF1aWNrIGJyb3duIGZveA=="}'],
  },
  {
    what: 'the text of an object of one value',
    secrets: [
      'KafkaConf(broker-1:9092,Some(sasl),Password(⟦s2rWH0LHPMob⟧))',
      'auth: Passphrase("⟦otter-77-sea⟧")',
      'ApiKey(value=⟦9f8e7d6c5b4a39281706f5e4d3c2b1a0⟧)',
    ],
    innocent: [
      'at app.HashPassword(input1), then Password(String) and Token(IDENT)',
      'main.Password(0xc000123456)',
      'new Password(user.password1)',
    ],
  },
  {
    what: 'cookies of .NET',
    secrets: [
      'New-Object System.Net.Cookie("grafana_session", "⟦6d6d9d85a59f40ed0f70b19d4518b55d⟧", "/", "grafana.example.com")',
      "[System.Net.Cookie]::new('sid', '⟦6d6d9d85a59f40ed0f70b19d4518b55d⟧')",
    ],
    innocent: ['New-Object System.Net.Cookie("lang", "de", "/", "shop")', "[System.Net.Cookie]::new('theme', 'dark')"],
  },
  {
    what: 'a user and a password behind words of access',
    secrets: [
      'Zugangsdaten für bkp01: admin / ⟦Zinnober-9x⟧',
      '{"text":"Zugang für die Konsole: admin / ⟦Zinnober-9x⟧"}',
    ],
    innocent: ['Zugangsdaten für bkp01: admin / siehe Tresor', 'Zugang für alle: Werk / Tor'],
  },
  {
    what: 'routable tokens of GitLab and keys of incident.io',
    secrets: [
      'git clone with ⟦glpat-zXW8cYh7B8weu9ygXgwrCIE9A6b.01.fgrtydzga⟧ says Access denied',
      'glpat ⟦glpat-zXW8cYh7B8weu9ygXgwrCIE9A6b.012abcdef⟧.',
      'incident.io: ⟦inc_1af34695b76682336e8aa73a26dd530bc4bd14fa11f8041fedcd583e17541117⟧',
    ],
    innocent: ['opened inc_20260112_checkout and inc_1af34695'],
  },
  {
    what: 'values in base64 that begin with a slash',
    secrets: [
      'AccountName=logs;AccountKey=⟦/bMajaEscUiF9JkrhVSfD5XJxcUzCMMHCd0voyVR2jgMWWYiPzsaW13PE3wcGZwAytrLFeWesdRzieDU0mpLxA==⟧;',
      'SharedAccessKeyName=Root;SharedAccessKey=⟦/yMajaEscUiF9JkrhVSfD5XJxcUzCMMHCd0voyVR2jg=⟧',
      'AWS_SECRET_ACCESS_KEY=⟦/Majaf/EscUiF9JkrhVSfD5XJxcUzCMMHCd0voyV⟧',
    ],
    innocent: [
      'secret=/mnt/Secrets/ApiToken/current',
      'password=/run/secrets/db',
      'token=/Users/kim/Projects/shop/token',
      'key=//host/share',
    ],
  },
  {
    what: 'arguments of commands in quotes',
    secrets: [
      "rabbitmqctl add_user hind '⟦Pilv_ees8⟧' && rabbitmqctl list_users",
      "radtest kask '⟦Radtest-pw5⟧' 10.1.1.9 0 ⟦Raadius!22⟧",
      "gpg --batch --passphrase '⟦must kass korstnal 4⟧' -d dump.sql.gpg",
    ],
    innocent: ["tool --token 'not set'", 'rabbitmqctl add_user $USER $PASS'],
  },
  {
    what: 'codes and keys for recovery, with a word in brackets',
    secrets: [
      'Google backup codes (10 left): ⟦4418 2093⟧, ⟦9920 5517⟧',
      'FileVault recovery key (mac-118): ⟦K7QD-M2XP-9RTB-4HWN-L8CV-Z3GF⟧',
    ],
    innocent: ['backup codes (10 left): none', 'recovery key (mac-118): escrowed'],
  },
  {
    what: 'numbers of persons with their country',
    secrets: ['userId=EE⟦48811234575⟧', 'serialNumber=PNOLV-⟦123456-12345⟧', 'RUT ⟦12.678.579-8⟧, boleta 5521'],
    innocent: ['order EE48819934575', 'EE4710 of eleven', 'RUT missing'],
  },
  {
    what: 'passwords that Junos hides, and codes of Google',
    secrets: [
      'set system radius-server 10.1.1.9 secret "$⟦9$Za6fgYFYHkVQYQAhECL1Mi⟧"',
      'POST /token code=⟦4/0Ae8asZPWDqm9LnD_HUIvX3ClvAj9-Pm1NyPk0⟧&redirect_uri=https://app.test/cb',
    ],
    innocent: ["awk '{print $9$10}'", 'step 4/0A of the plan'],
  },
  {
    what: 'a key behind a question, and words as a passphrase of something',
    secrets: [
      'is this the right api key for the weather service? ⟦13f7112fe0adc82d49f7f0a674cf08d8⟧',
      'passphrase of the deploy key is ⟦viis valget luike⟧',
    ],
    innocent: [
      'is this the right cache key? 13f7112fe0adc82d49f7f0a674cf08d8',
      'passphrase of the deploy key is wrong again today',
      'which image? 13f7112fe0adc82d49f7f0a674cf08d8',
    ],
  },
  {
    what: 'what stands beside a name and opens nothing',
    secrets: [],
    innocent: ['"stop_token": "</s>"', '"pad_token": "<|endoftext|>"', 'bin/rails credentials:show'],
  },
];

test('a variable that Ansible encrypted stays, and what follows it is read', () => {
  const text = 'db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  01efd7b99dc14ffda753e8f0f4532521\n';
  expect(redact(`${text}mq_password: Kettle14x`)).toBe(`${text}mq_password: [redacted:secret]`);
});

test('the head of a file that Ansible encrypted stays', () => {
  const text = 'db_password: |\n  $ANSIBLE_VAULT;1.1;AES256\n  01efd7b99dc14ffda753e8f0f4532521';
  expect(redact(text)).toBe('db_password: |\n  $ANSIBLE_VAULT;1.1;AES256\n  [redacted:secret]');
});

test.each([
  [
    'a key of a section',
    '{"datadog":{"api":{"key":"⟦d6dca2c8831671a76389692fb205a1ef⟧"}}}',
    '{"cache":{"key":"d6dca2c8831671a76389692fb205a1ef"}}',
  ],
  [
    'an encoded key',
    '{"encoded":"⟦F7eP4Utav02qJl5OpV7ryxZOOdEIH0bS==⟧","api_key":"⟦1shP6TZjefLAMAqA⟧"}',
    '{"encoded":"dGhlIHF1aWNrIGJyb3duIGZveA==","name":"x"}',
  ],
  [
    'a token',
    '{"tokens":{"agent":"⟦9b728fda-9165-4349-ab2b-9b9fdab35341⟧"}}',
    '{"nextPageToken":"Htzo5YtFpN0VHPDxvOO9Viu60I15wcQjduDsyqHS"}',
  ],
])('in a JSON document: %s', (_, marked, innocent) => {
  const clean = inDocument(marked.replace(/[⟦⟧]/g, ''));
  expect(secretsOf(marked).filter((secret) => clean.includes(secret))).toEqual([]);
  expect(inDocument(innocent)).toBe(innocent);
});

function inDocument(json: string): string {
  return Buffer.from(redactJson(Buffer.from(json)).bytes).toString();
}

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
