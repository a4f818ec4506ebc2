// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what other programs put values into is among the texts
/**
 * Secrets that no name and no beginning tells, but what stands around them: a statement, a question, a sign inside, a
 * line above. Between ⟦ and ⟧; and their twins, which hold none. All values are made up.
 */
const N = String.fromCharCode(0);

export const SECRETS_BY_NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  'values of a statement': [
    'INSERT INTO "api_tokens" ("kind","secret","owner_id") VALUES ($1,$2,$3) RETURNING "id","inserted_at" ["deploy", "⟦kP3-vQ9x_Lw2RtZ8⟧", 41]',
    'INSERT INTO "sessions" ("at","token") VALUES ($1,$2) RETURNING "id" [~U[2026-01-05 10:00:00Z], "⟦kP3-vQ9x_Lw2RtZ8⟧"]',
    'UPDATE "users" AS u0 SET "password" = $1 WHERE u0."id" = $2 [nil, 7]\nSELECT u0."id" FROM "users" AS u0 WHERE u0."reset_token" = $1 ["⟦kP3-vQ9x_Lw2RtZ8⟧"]',
    'SQL: insert into `clients` (`name`, `secret`, `scopes`) values (Nightly import, ⟦b7d2f09a4c6e81355b0a97c3d2e4f618⟧, ["read"]))',
    'SQL: insert into `users` (`email`, `password`) values (none, ⟦Otter!River44⟧)',
  ],
  'NUL between texts': [
    `LANG=C${N}SMTP_PASSWORD=⟦birch4Lake⟧${N}HOME=/srv/app${N}`,
    `DB_PASSWORD=⟦birch4Lake⟧${N}TERM=xterm${N}API_TOKEN=⟦n5Lq82Vt⟧`,
    '{"environ":"LANG=C\\u0000SMTP_PASSWORD=⟦birch4Lake⟧\\u0000HOME=/srv/app"}',
  ],
  'address that is not encoded': [
    'DSN postgres://⟦shop:b!rch@l:ke/44⟧@db3.example.org:5432/shop',
    'mysql://⟦shop:birch@lake:otter⟧@db3/shop?ssl=1',
    'amqp://⟦shop:bir/ch44⟧@mq1:5672/orders',
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
];
