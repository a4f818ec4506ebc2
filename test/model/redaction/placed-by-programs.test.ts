/** Secrets in what programs print and read, and the same places without one. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const SECRET = 'Lynx~4Barley)'.slice(0, -1);
const KEY = 'Qm7tRz2LxW9vKp4Nc8Yd';
const HEX = '3fa91c07be5d42608d9e71f04ac2b836';

describe('redacts', () => {
  test.each([
    [
      'a first password below its label',
      `Password for the admin account of the console:\n\n    ${SECRET}\n\nKeep it.`,
      SECRET,
    ],
    ['a passphrase below its label', `Passphrase of the vault:\r\n${KEY}\r\n`, KEY],
    ['a first password in hexadecimal digits', `The initial admin password is in this line:\n\n${HEX}\n`, HEX],
    ['a password for a user', `A new password was created for svc_ledger@10.2.0.7: e>Wn3,Lp;qTz`, 'e>Wn3,Lp;qTz'],
    ['Oracle without quotes', 'create user ledger identified by Moss41tern default tablespace users', 'Moss41tern'],
    ['Oracle by a grant', 'GRANT CONNECT, RESOURCE TO ledger IDENTIFIED BY moss41tern;', 'moss41tern'],
    ['Oracle: the password before', 'ALTER USER ledger IDENTIFIED BY "Fern77kite" REPLACE moss41tern', 'moss41tern'],
    ['Oracle: a login with its service', 'conn ledger/Moss41tern@//db-scan.acme:1521/LEDGER', 'Moss41tern'],
    [
      'Redis: names and values by turns',
      `HGETALL mailer\n1) "host"\n2) "mx-1"\n3) "smtp_password"\n4) "${SECRET}"`,
      SECRET,
    ],
    ['Redis: a setting', `1) "requirepass"\r\n2) "plain words"`, 'plain words'],
    ['the key of a database file', `sqlite> PRAGMA key = "${SECRET}";`, SECRET],
    ['the new key of a database file', `PRAGMA rekey='x''${HEX}'`.replace("x''", "x'"), HEX],
    ['an attached database', `ATTACH DATABASE 'old.db' AS old KEY '${SECRET}';`, SECRET],
    ['the argument of a login', `#3 src/Limits.php(44): RedisCluster->auth('${SECRET}')`, SECRET],
    ['the arguments of a login', `redisClient.auth("limits", "${KEY}")`, KEY],
    ['a record of Erlang', `{amqp_params_direct,<<"mailer">>,<<"${SECRET}">>,<<"/">>}`, SECRET],
    ['a key between two ends', `loaded secret for 192.0.2.14 %any: PSK "${KEY}"`, KEY],
    ['a file that holds a secret', `restic -r /b --password-file <(echo '${SECRET}') snapshots`, SECRET],
    ['a calendar’s private address', `fetch /calendar/ical/ops-team/private-${HEX}/basic.ics 404`, HEX],
    ['the key of a stream', `rtmps://ingest.video.example/live2/ab3d-9k2m-77qz-p0x1`, 'ab3d-9k2m'],
    ['the key of a stream, random', `push to rtmp://ingest.video.example:1935/app/${KEY} failed`, KEY],
    ['a code for one login', 'mfa challenge rejected for till-7, code: 640217, attempt 2', '640217'],
    [
      'a recovery password',
      '   Password:\n      110253-482911-220374-009812-664120-331907-700412-118263',
      '482911-220374',
    ],
    ['the key of a certificate', `kubeadm join 10.1.0.4:6443 --certificate-key ${HEX}${HEX}`, HEX],
    ['a name with how it is written', `user.pwd_raw=${SECRET} user.password_plain=${KEY}`, KEY],
    ['a hash of mosquitto', `till:$7$101$ZNWbigpD1rm8+yGM$${KEY}/DW46GdPlweM1fSnFfPfYgu0sU4==`, KEY],
    ['a hash of a directory', `userPassword: {PBKDF2-SHA512}10000$abcdEFGH1234$${KEY}${KEY}`, KEY],
    ['braces in a connection', 'Server=db;User ID=crm;Password=w{7Rk}pLm-02;Encrypt=True', '{7Rk}pLm-02'],
    ['commas in a connection', 'Server=db;UID=crm;PWD=ab,cd(e)f;Encrypt=yes', 'cd(e)f'],
    ['braces in a variable', 'DB_PASSWORD=ab7{cd}ef9', '{cd}ef9'],
    [
      'a session of mixed signs',
      'user=812 session_id=vQsYqqtX900-lXigIIkoD0NtOHAVfiUZKS70lkKE6Fb ip=::1',
      'lXigIIkoD0',
    ],
    ['a chosen key of tokens', '"Jwt": { "Issuer": "till", "Key": "ThisIsMyLongSigningKey_2025!" }', 'LongSigning'],
    ['a chosen key of tokens in lines', "JwtSettings:\n  Issuer: till\n  Key: 'LongSigningKey!!25'", 'LongSigning'],
    ['words of a property', 'mvn deploy -Dgpg.passphrase=Regen Bogen Forelle -pl core', 'Bogen'],
    ['a login of a directory', "#4 Ldap->bind('mia.k', 'Mias.Hund.Bello')", 'Bello'],
    ['a password of a telephone', 'REGISTER sip:till:Kiwi-larch@pbx.test', 'Kiwi-larch'],
    ['a short token of Mapbox', `tiles: sk.eyJ1IjoiaGFyYm9yIn0.Zk4mQ7xW2Lr9Tn5Vb8Yc3d`, 'Zk4mQ7xW2Lr9Tn5Vb8Yc3d'],
  ])('%s', (_, text, secret) => {
    const clean = redact(text);
    expect(clean).not.toContain(secret);
    expect(redact(clean)).toBe(clean);
  });

  test('a key in the place of the user, and its host stays', () => {
    expect(redact(`GET https://${HEX}@api.pager.example:8443/v1/beat 202`)).toBe(
      'GET https://[redacted:user-info]@api.pager.example:8443/v1/beat 202',
    );
  });
});

describe('keeps', () => {
  test.each([
    // Labels
    'Password for these hosts:\n  ledger-db-2\n  mail-1',
    'Password rules:\n  Min12Chars1Digit',
    'Password hash algorithm:\n  PBKDF2WithHmacSHA256',
    `changes of the password dialog:\n${HEX}`,
    'the password was created for svc_ledger: see the vault',
    'a password is generated for each user: 12 characters',
    'ERROR: Wrong password : ledger/2026-10.sql',
    'postgres://user:<password>@localhost:5432/app',
    '"jwt": {"key": "userIdentifier"}',
    '"cache": {"key": "Session:User:42"}',
    'session_id=6f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
    'session_id=sess_01HXYZabcdefGHJKMNPQRST',
    'Server=db;Password={0};Encrypt=True',
    "channel->bind('orders', 'Orders.Created')",
    '{"event":"auth refused","peer":"mx-1"}',
    '{"msg":"auth token expired","peer":"mx-1"}',
    // Statements
    'the user ledger identified by badge-7 at the gate',
    'the cause was identified by monitor-2',
    'CREATE USER ledger IDENTIFIED EXTERNALLY',
    'CONNECT ledger/v2@staging',
    '1) "max_tokens"\n2) "4096"\n3) "host"\n4) "mx-1.acme"',
    'PRAGMA key_schema = "v2"; PRAGMA journal_mode = "wal"',
    "CREATE INDEX by_state ON orders (state) KEY 'state'",
    // Code
    "$client->auth('oauth2')",
    'HttpClient.auth("basic")',
    'redis.auth($password)',
    'mode: PSK "harbour-wifi"',
    'diff <(echo before7) <(echo after7)',
    'rtmp://ingest.video.example/app/harbour-cam-12',
    'GET /calendar/ical/holidays/public/basic.ics 200',
    // Codes
    'mfa failed, error code: 500121',
    'otp-gateway exit code 137, status_code=503001',
    'totp ok, trace code=64021',
    'build 110253-482911 of 220374-009812',
    'certificate-key-usage: digitalSignature',
    // References
    'password = random_password.ledger.result',
    'token = google_secret_manager_secret_version.mailer[0].secret_data',
    '{"api_key":{"type":"string","format":"uuid","pattern":"^[a-z]+$"}}',
    'gcloud secrets versions access 3 --secret=ledger-signing-v2',
    `https://${HEX}@o44.ingest.sentry.io/7`,
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});
