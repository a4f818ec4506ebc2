// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what other programs put values into is among the texts
/**
 * Secrets that no name and no beginning tells, but what stands around them: a statement, a question, a sign inside, a
 * line above. Between ⟦ and ⟧; and their twins, which hold none. All values are made up.
 */
const N = String.fromCharCode(0);
const SEED = ['GEZD', 'GNBV', 'GY3T', 'QOJQ', 'MFZW', '6Z2X'].join(' ');
const RANDOM_40 = ['q7Lm2/Vx9Rt4', 'Bz8Kd1+Wn5Hc', '3Yp6Js0Gf2Ta', '9Ue4'].join('');
const RANDOM_67 = ['Wq7Lm2Vx9Rt4', 'Bz8Kd1Wn5Hc3', 'Yp6Js0Gf2Ta9'].join('').repeat(2).slice(0, 67);
const ENTRA = ['t4B8', 'Q~', 'Lm2Vx9Rt.4Bz8Kd1Wn5Hc3Yp6Js~0Gf2Ta'].join('');
const NT = '5f4dcc3b5aa765d61d8327deb882cf99';

export const SECRETS_BY_NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  'values of a statement': [
    'INSERT INTO "api_tokens" ("kind","secret","owner_id") VALUES ($1,$2,$3) RETURNING "id","inserted_at" ["deploy", "⟦kP3-vQ9x_Lw2RtZ8⟧", 41]',
    'INSERT INTO "sessions" ("at","token") VALUES ($1,$2) RETURNING "id" [~U[2026-01-05 10:00:00Z], "⟦kP3-vQ9x_Lw2RtZ8⟧"]',
    'UPDATE "users" AS u0 SET "password" = $1 WHERE u0."id" = $2 [nil, 7]\nSELECT u0."id" FROM "users" AS u0 WHERE u0."reset_token" = $1 ["⟦kP3-vQ9x_Lw2RtZ8⟧"]',
    'SQL: insert into `clients` (`name`, `secret`, `scopes`) values (Nightly import, ⟦b7d2f09a4c6e81355b0a97c3d2e4f618⟧, ["read"]))',
    'UPDATE hooks SET secret = $1 WHERE id = $2 parameters: $1 = &#39;⟦Otter!River44⟧&#39;, $2 = &#39;7&#39;',
    "UPDATE hooks SET secret = $1 WHERE id = $2 parameters: $1 = '⟦Otter\\\\River44⟧', $2 = '7'",
    'SQL: insert into `users` (`email`, `password`) values (none, ⟦Otter!River44⟧)',
  ],
  'NUL between texts': [
    `LANG=C${N}SMTP_PASSWORD=⟦birch4Lake⟧${N}HOME=/srv/app${N}`,
    `DB_PASSWORD=⟦birch4Lake⟧${N}TERM=xterm${N}API_TOKEN=⟦n5Lq82Vt⟧`,
    '{"environ":"LANG=C\\u0000SMTP_PASSWORD=⟦birch4Lake⟧\\u0000HOME=/srv/app"}',
    'sasl: PLAIN \\x00orders\\x00⟦birch4Lake⟧ ok=false',
    `AUTHENTICATE PLAIN ${N}orders${N}⟦birch4Lake⟧`,
  ],
  'variable of PowerShell': [
    "PS> $env:MAILER_KEY = '⟦Vx9Rt4Bz8Kd1Wn5Hc3⟧'",
    '$Env:SHOP_KEY="⟦Vx9Rt4Bz8Kd1Wn5Hc3⟧"; ./run.ps1',
    'export MAILER_KEY=⟦Vx9Rt4Bz8Kd1Wn5Hc3⟧',
    'nuget push with ⟦API-Q7LM2VX9RT4BZ8KD1WN5HC3YP6J⟧ refused',
  ],
  'password of a command': [
    "xfreerdp3 /u:ops /v:rdp2 /p:'⟦b?rch +4 lake⟧' /cert:ignore",
    "kinit -c /tmp/batch batch <<<'⟦birch_4-lake⟧'",
    'docker login -u bot --password-stdin ghcr.io <<< "⟦birch_4-lake⟧"',
    'sudo -S -k true <<< ⟦birch_4-lake⟧',
    'sudo chpasswd <<< "app:⟦birch_4-lake⟧"',
    '127.0.0.1:6379> AUTH jobs ⟦n5Lq82Vt⟧\nOK',
  ],
  'line of a file': [
    '*:*:*:app:⟦birch4Lake⟧',
    '# hosts\ndb3.example.org:*:shop:app:⟦birch4Lake⟧\n*:*:*:*:⟦n5Lq82Vt⟧\n',
    'user jobs on >⟦Birch-Lake44!⟧ ~jobs:* &* +@all',
    'user jobs on ~jobs:* +@all >⟦Birch-Lake44!⟧',
    'line con 0\n password 7 ⟦0822455D0A16⟧\n login',
    'key chain ospf\n key 1\n  key-string 7 ⟦13061E010803⟧',
    'set security ike policy west pre-shared-key ascii-text "⟦birch~4-lake⟧"',
    "set vpn ipsec authentication psk west pre-shared-secret '⟦birchLakeOtter⟧'",
    'set system ntp authentication-key 4 type md5 value x\nset protocols bgp group x authentication-key "⟦birch~4-lake⟧"',
  ],
  'answer to a prompt': [
    'enter password for repository: ⟦otter-river-birch-lake⟧\nrepository opened',
    'Enter the new passphrase: ⟦otter.river.birch⟧\n',
    "[09:12] kim: what's the admin password on mail2?\n[09:13] jo: ⟦Otter-River77⟧\n[09:14] kim: thanks",
  ],
  'link that gives access': [
    'opened https://cloud.example.org/s/⟦kQ7Lm2Vx9Rt4Bz8⟧ in a browser',
    'POST /invite/⟦kQ7Lm2Vx9Rt4Bz8Kd1⟧/accept 201',
    'GET https://app.example.org/join/⟦kQ7Lm2Vx9Rt4Bz8Kd1⟧ 200',
    'the link /share/⟦kQ7Lm2Vx9Rt4Bz8Kd1⟧ expired',
  ],
  'address that is not encoded': [
    'DSN postgres://⟦shop:b!rch@l:ke/44⟧@db3.example.org:5432/shop',
    'mysql://⟦shop:birch@lake:otter⟧@db3/shop?ssl=1',
    'amqp://⟦shop:bir/ch44⟧@mq1:5672/orders',
  ],
  'session of a header': [
    `metadata x-session: ⟦${'7c41e09b52ad83f6'.repeat(2)}⟧ grpc-timeout=1S`,
    `X-Session: ⟦${'7c41e09b52ad83f6'.repeat(2)}⟧`,
  ],
  'JSON Web Key': [
    '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tL","y":"x_FEzRu9m36HLN","d":"⟦jpsQnnGQmL-YBIffH1136c⟧"}',
    '{"d":"⟦jpsQnnGQmL-YBIffH1136c⟧","dp":"⟦Vx9Rt4Bz8Kd1Wn5⟧","e":"AQAB","kty":"RSA","n":"t7Lm2Vx9","qi":"⟦Hc3Yp6Js0Gf2Ta⟧"}',
    'jwk: {"alg": "HS256", "kty": "oct", "k": "⟦AyM1SysPpbyDfgZld3umj1qzKObwVM⟧"} loaded',
  ],
  'hash of a password': [
    `jo:1104:aad3b435b51404eeaad3b435b51404ee:⟦${NT}⟧:::`,
    `CORP\\kim:1105:⟦e52cac67419a9a22${NT.slice(0, 16)}:${NT}⟧::: (status=Enabled)`,
    `NTHash=⟦${NT}⟧ for jo`,
    'old $scrypt$ln=15,r=8,p=1$⟦c2FsdHNhbHRzYWx0$aTrxjzzIS470bpTITaLrXogPB5orNAx22WKCQe8aoVk⟧ new',
    '$bcrypt-sha256$v=2,t=2b,r=12$⟦n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2⟧',
    '$sha1$480000$⟦qi2u0Xqd$C.Qn3ZVPbVNMhrHZQCmpqAWLRcRk⟧',
  ],
  'recovery codes by line': [
    'Your backup codes:\n⟦f4k2m-9qx7t⟧\n⟦r8w3z-2hn6c⟧\nkeep them',
    'recovery codes for jo\n1) ⟦4821 7730⟧\n2) ⟦9913 0246⟧\n3) ⟦5570 1182⟧\n',
    'backup codes:\n  - ⟦k3v9x2m4q8⟧\n  - ⟦w1z7b5n6r0⟧\ndone',
  ],
  'seed in groups': [
    `TOTP setup key (type it in): ⟦${SEED}⟧`,
    `authenticator key: ⟦${SEED.toLowerCase()}⟧`,
    `Setup key: ⟦${SEED.replaceAll(' ', '-')}⟧`,
  ],
  'tried password': [
    "login of jo refused (password given: '⟦Otter-River77⟧')",
    'access denied, password supplied: ⟦Otter-River77⟧',
    "1 validation error for Config\nsmtp_password\n  String too short [type=string_too_short, input_value='⟦birch4Lake⟧', input_type=str]",
    "2 validation errors for App\napi.key\n  bad [type=x, input_value='kept']\nclients.0.api_key\n  String should match [type=string_pattern_mismatch, input_value='⟦n5Lq82Vt⟧', input_type=str]",
  ],
  'what people write': [
    'try signing in with admin / ⟦OtterRiver9600⟧ on the test grafana',
    'SFTP of the vendor:\nhost sftp.example.org\nuser orders\npass ⟦b7Xq92Lm4⟧',
    'login orders\npassword ⟦b7Xq92Lm4⟧\nport 22',
    'new password = ⟦Otter-River77⟧, old one (⟦Birch-Lake44!⟧) works until noon',
    'your API token for the registry is:\n⟦7c41e09b-52ad-43f6-9d20-1b8e6f0a5c37⟧\nkeep it safe',
    'The new password is:\n⟦Otter-River77⟧\n',
  ],
  'secret behind an id': [
    `profile prod ⟦AKIA${'2VX9RT4BZ8KD1WN5'}⟧ / ⟦${RANDOM_40}⟧ (eu-west-1)`,
    `⟦ASIA${'2VX9RT4BZ8KD1WN5'}⟧ ⟦${RANDOM_40}⟧ next`,
    `["⟦AKIA${'2VX9RT4BZ8KD1WN5'}⟧", "⟦${RANDOM_40}⟧"]`,
  ],
  'sign inside of it': [
    `invalid client secret (got ⟦${ENTRA}⟧) for app 7`,
    `run queued by ⟦Wn5Hc3Yp6Js0Gf.${'atlas'}v1.${RANDOM_67}⟧`,
  ],
};

export const INNOCENT_BY_NEIGHBOURS: readonly string[] = [
  'INSERT INTO "orders" ("kind","state") VALUES ($1,$2) RETURNING "id" ["gift", "a9f3c1kP3vQ9x"]',
  'INSERT INTO "tokens" ("kind","token") VALUES ($1,$2) RETURNING "id" [nil, nil]',
  'insert into users (id, password) values (v_id, p_password_2), (7, now()), (8, default), (9, NULL)',
  'insert into clients (name, secret) select name, secret_v2 from old_clients',
  `TERM=xterm${N}HOME=/srv/app${N}LANG=C`,
  "$env:CACHE_KEY = 'Vx9Rt4Bz8Kd1Wn5Hc3'; $env:SHOP_KEY = 'orders-nightly'",
  'export PARTITION_KEY=Vx9Rt4Bz8Kd1Wn5Hc3; export SHOP_KEY=/etc/shop/key.pem',
  'API-GATEWAY is down, API-SERVER',
  'kubectl create secret generic mailer --from-literal=host=smtp.example.org --from-literal=port=587',
  'net.exe /p:500 and robocopy /p:high',
  'kinit jo <<< "$PASSWORD"; cat <<< done; sudo -S true <<< "${PW}"',
  'arn:aws:logs:*:*:log-group:orders and OnCalendar=*:0/15 and role *:*:read',
  'user jobs on the second floor > see the plan; user jobs on +@all; user jo on 2026-01-05',
  'password 7 times wrong, password 7 characters at least, key 7 of 12',
  'pre-shared-key mismatch, pre-shared-secret missing, authentication-key required, pre-shared-key authentication failed',
  'enter password for repository: \nFatal: wrong password',
  'Enter passphrase for key /root/.ssh/id_rsa: permission denied',
  '[09:12] kim: did anybody reset the admin password on mail2?\n[09:13] jo: yesterday\n[09:14] kim: thanks',
  '[09:12] kim: where is the root password of db2?\n[09:13] jo: vault/prod/db2',
  'GET /s/orders-2026/report, /share/monthly-report-2026-01, /invite/accept, /join/team-platform-42-berlin',
  'GET /invitations/7c41e09b-52ad-43f6-9d20-1b8e6f0a5c37 and /s/4821',
  'http://inventory:8080/stock/jo@home and http://host:{port}/a@b:1 and https://registry.example.org/@scope/pkg',
  'x-session-id=7c41e09b52ad83f67c41e09b52ad83f6 max_session=4821',
  '{"kty":"RSA","e":"AQAB","n":"t7Lm2Vx9Rt4Bz8","kid":"sig-1"} {"d":"2026-01-05","k":"orders-total","p":"p99-latency"}',
  'trace 00:1104:7c41e09b52ad83f67c41e09b52ad83f6:7c41e09b52ad83f67c41e09b52ad83f6: end',
  '$scrypt$ln=15 is the cost, sha1$ is old',
  'recovery codes:\n  were sent by mail\nbackup codes: 8 left',
  'backup codes for jo\n  generated\n  downloaded',
  'TOTP setup: scan the code WITH YOUR BEST PHONE, then enter it',
  'Setup key: READ THIS PAGE NOW THEN',
  'password given: YES, passwords tried: 3, (password supplied: none)',
  "1 validation error for Config\nregion\n  bad region [type=literal_error, input_value='eu-west-9', input_type=str]",
  'signing in with Google / GitHub failed, logged in with SSO / SAML2',
  'user jo\npass 12 of 14\npass criteria were met',
  'the token is:\n  expired\nthe password is:\n  required',
  'the password policy is:\n8chars or more',
  `AKIA is a prefix; commit ${'0a1b2c3d'.repeat(5)} and path /srv/AKIA/${'Ab1/'.repeat(9)}x`,
  'value~8Q~x and a~b, see atlasv1.txt',
  '{"secretKey":"smtp-password","remoteRef":{"key":"prod/mailer","property":"password"}}',
  'secretKey: db_api_token',
  'ssh -T git@github.com && ssh git@gitlab.example.org/x',
  'GET /share/Q3-Report-2026-Final-v2, /s/SummerSale2026Shoes, /join/Room-4821-Berlin-Summer25',
  'user jo on #4821 opened, user svc on >5 nodes, user jo off #12',
  'MFA: scan this code then wait for text from 2 apps, TOTP window: 3322 2233 4432 5532',
  'recovery codes:\n1. step2\n2. step3',
  'export CLUSTER_KEY=prod-eu-west-1-blue; export REGION_KEY=eu-west-1a2b3c; export JIRA_KEY=OPS12345ABCD',
  'UPDATE users SET password = $1 WHERE id = $2 [2026-01-05 10:00:00] done',
  'host:*:80:web:up and nobody:*:-2:-2:Unprivileged:/var/empty',
];
