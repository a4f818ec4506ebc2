/** Secrets as arguments of commands, in dialogs with servers, in headers and as codes. They stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  // Arguments in a list, as JSON, code and auditd write them
  '{"argv":["ldapsearch","-D","cn=jo","-w","⟦Wolken.blau7⟧"]}',
  'execve("/usr/bin/sshpass", ["sshpass", "-p", "⟦Wolken.blau7⟧", "ssh"], 0x7ffd) = 0',
  "subprocess.run(['redis-cli', '-a', '⟦Wolken.blau7⟧', 'ping'])",
  'type=EXECVE msg=audit(1.2:3): argc=4 a0="mosquitto_pub" a1="-P" a2="⟦Wolken.blau7⟧" a3="-t"',
  'argc=4 a0="restic" a1="--password" a2="⟦Wolken.blau7⟧" a3="check"',
  'argc=3 a0="smbget" a1="-U" a2="jo%⟦Wolken.blau7⟧"',
  // Options and positions
  'security create-keychain -p "⟦Wolken.blau7⟧" ci.keychain',
  'security set-key-partition-list -S apple: -s -k ⟦Wolken.blau7⟧ ci.keychain',
  'pwc --record --key ⟦7c41e09b-52ad-43f6-9d2e-4118fa07bca5⟧',
  'swaks --to ops@x --auth-user jo -ap ⟦Wolken.blau7⟧',
  'softhsm2-util --init-token --pin ⟦4812⟧ --so-pin ⟦48129911⟧',
  'kdig axfr x.test -y hmac-sha256:ddns:⟦c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmU=⟧',
  'samba-tool user add jo ⟦Wolken.blau7⟧',
  'radtest jo ⟦Wolken.blau7⟧ 10.0.0.1 0 ⟦testing123⟧',
  'bw unlock ⟦Wolken.blau7⟧',
  'cvs -d :pserver:jo:⟦Wolken.blau7⟧@cvs.test:/x checkout y',
  // A page of settings: a name, a tab, the value in quotes
  "CACHE_PASSWORD \t'⟦k3jf93jfj2⟧'\nCACHE_HOST \t'cache'",
  "SIGNING_SECRET\t'⟦kiwi-(larch)9-till⟧'",
  // Dialogs
  'C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: am8=\nS: 334 UGFzc3dvcmQ6\nC: ⟦V29sa2VuLmJsYXU3⟧\nS: 235 ok',
  '10:00:01 SMTP<< 334 UGFzc3dvcmQ6\n10:00:02 SMTP>> ⟦V29sa2VuLmJsYXU3⟧\n10:00:02 SMTP<< 235 2.7.0 ok',
  "reply: '334 UGFzc3dvcmQ6\\r\\n'\nsend: '⟦V29sa2VuLmJsYXU3⟧\\r\\n'",
  'C: a1 AUTHENTICATE PLAIN\nS: +\nC: ⟦AGpvAFdvbGtlbi5ibGF1Nw==⟧',
  'a1 AUTHENTICATE PLAIN ⟦AGpvAFdvbGtlbi5ibGF1Nw==⟧',
  // Sessions
  'x-nas-session-id: ⟦9b1d0f7c44ab4f3fb8e2c0a7d5e61f02⟧',
  'GET /cgi/entry.cgi?api=Files&_sid=⟦A8f3kQ0zPw7LmXc2Vb9tYr5uJh1GdS6⟧',
  'session_id=⟦A8f3kQ0zPw7LmXc2Vb9tYr5uJh1GdS6⟧',
  'https://chat.test/register/complete?id=⟦7hq2k9d4mz1x8c5v0b3n6t7y2w⟧',
  // Codes
  '! First copy your one-time code: ⟦WDJB-MJHT⟧\nOpen this URL: https://x.test/device',
  'open the page https://x.test/devicelogin and enter the code ⟦WDJBMJHTQ⟧ to authenticate',
  'bypass code for jo is ⟦566179398⟧ (good for an hour)',
  'emergency code: ⟦566 179 398⟧',
  'TAN Nr. 12: ⟦582134⟧ für die Überweisung',
  'пришло «Код подтверждения: ⟦58213⟧. Никому не говорите»',
  'Код підтвердження: ⟦582134⟧',
  'κωδικός επιβεβαίωσης: ⟦582134⟧',
  'קוד האימות שלך הוא ⟦582134⟧',
  'رمز التحقق الخاص بك هو ⟦582134⟧',
  'รหัส OTP คือ ⟦582134⟧',
  '인증번호 [⟦582134⟧]',
  'Teie kinnituskood on ⟦582134⟧',
  // Statements and calls
  "UNLOAD ('select 1') TO 's3://b/' SECRET_ACCESS_KEY '⟦r9alzeSWvXzev7JE/dKkt1j8UuA3w/4kx2ShvpGa⟧'",
  "OPENROWSET('SQLNCLI', 'db'; 'sa'; '⟦wolkenblau⟧', 'select 1')",
  "DBMS_CREDENTIAL.CREATE_CREDENTIAL('c', 'jo', '⟦wolkenblau⟧')",
  'ADMINISTER KEY MANAGEMENT SET KEYSTORE OPEN IDENTIFIED BY ⟦wolkenblau⟧',
  "#4 Zend\\Db\\Adapter->open('pgsql:host=db;dbname=x', 'jo', '⟦Wolken#blau7⟧', Array)",
  "#1 x.php(7): password_verify('⟦wolkenblau⟧', Array)",
  '[osd.12]\n\tkey = ⟦AQBmTuqjO8/lytUMfJtJ+3/w5k37+Wp89AQDEA==⟧\n\tcaps mon = "allow *"',
  // Networks
  'SSID name : "Lager"\n    Schlüsselinhalt        : ⟦gabelstapler⟧',
  'WIFI:S:Lager;T:WPA;P:⟦gabelstapler⟧;;',
  'WiFi.begin("Lager", "⟦gabelstapler⟧");',
  'InstrumentationKey=⟦a81f3c5d-70b2-4f6e-9d8c-7b6a50413f2e⟧;IngestionEndpoint=https://x.test/',
  'set interfaces wireless wlan0 security wpa passphrase ⟦gabel9stapler⟧',
  'security wpa psk set-key ascii 0 ⟦gabel9stapler⟧',
  'Passphrase (WPA2) : ⟦gabel9stapler⟧',
  'clé prépartagée : ⟦gabelstapler⟧',
  'X-Auth-Session: ⟦guigqpQRE4g89ngb⟧',
  'GET /cb?ticket=⟦ST-956-Lyg0BdLkgdrBO9W17bXS-cas.test⟧',
  "db.changeUserPassword('jo', '⟦Wolken.blau7⟧')",
  "sp_password '⟦Altes.Wort7⟧', '⟦Wolken.blau7⟧', 'jo'",
  'sqlcmd.exe -S db -U sa -P ⟦Wolken.blau7⟧',
  // Sentences
  'uus parool laos on ⟦Marten-2024-frost⟧, kasutaja sama',
  'la contraseña del servidor es ⟦Naranjas_33.abr⟧',
  'try svc_backup / ⟦Falcon-Brook-52⟧ on bastion-1',
  'log in as jo:⟦Otter.Velvet⟧ on the jump host',
  'ssh key passphrase for db = "⟦badger mellow crane onion six⟧"',
  'Password for the admin user (reset with `x -u admin`):\n  ⟦LKrpsWqAkkcm4lNCGryK⟧',
  'NI number ⟦QQ 12 34 56 C⟧',
])('%s', (marked) => {
  const text = marked.replace(/[⟦⟧]/g, '');
  expect(redact(text).replace(MARK, '…')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '…'));
});

test.each([
  '{"argv":["ssh","-p","2222","db-1"]}',
  'argc=3 a0="mkdir" a1="-p" a2="/srv/x1"',
  '["docker","run","-u","1000:1000","x"]',
  'kv get --key 7c41e09b-52ad-43f6-9d2e-4118fa07bca5',
  "CACHE_HOST \t'cache-1.test'\nTOKEN_TTL \t'24h'",
  'S: 334 UGFzc3dvcmQ6\nS: 535 5.7.8 Authentication failed',
  'x-session-id: 9b1d0f7c44ab4f3fb8e2c0a7d5e61f02',
  'x-visitor-session-id: 9b1d0f7c44ab4f3fb8e2c0a7d5e61f02',
  'session_id=9b1d0f7c44ab4f3fb8e2c0a7d5e61f02',
  'https://x.test/orders?id=7hq2k9d4mz1x8c5v0b3n6t7y2w',
  'Use the code SAVE-2025 for 20% off',
  'error code: ABCD-1234',
  'код ответа: 58213, код товара: 48721',
  '用户 200123 登录成功',
  'Код 2026 года подтвержден, проверка кода заняла 4096 мс',
  'сервер вернул код 5001 при входе',
  'コード確認ポート 8443, 验证服务端口 5000',
  'ORACLE_SID=my-oracle-instance-production-01',
  'https://x.test/signup?c=summer-sale-2025-newsletter-week',
  'KeyMaterialOrigin: imported',
  'Password (min 8 characters): required, Password (length): 12',
  'HCAPTCHA_SITE_KEY=6LcAAAAAAAAAAJzXkq3m2Vb9tYr5uJh1GdS6Ka3W',
  'export TURNSTILE_SITE_KEY=0x4AAAAAAAB1cD3eF4gH5iJ6',
  'set up password reset-flow2 for jo',
  'see ST-1024-ticket',
  "pull('oci://registry.test/x', 'a', 'b')",
  '[client.rbd]\nkeyring = /etc/ceph/client.keyring',
  'Key Content : none',
  'the password of Report-2025-final.pdf is not set',
  'try deploy / release-2026-01 on main',
  '-----BEGIN CERTIFICATE REQUEST-----\nMIIJ4rX7weSXuqExdAAIk1MAubqGv2VyXn+WTimnpJ3LEq185P8BvhYQbhu1iuUR\n-----END CERTIFICATE REQUEST-----',
  '-----BEGIN PGP SIGNATURE-----\n\nhQEMA7weSXuqExdAAIk1MAubqGv2VyXnWTimnpJ3LEq185P8BvhYQbhu1iuUR\n-----END PGP SIGNATURE-----',
  "const token = ctx.cookies?.get('x')",
  'connect(user: opts[:user], password: opts[:password])',
  'echo SGVyZSBpcyBhIG5pY2UgbGl0dGxlIHRleHQgZm9yIHlvdQo= | base64 -d',
  'shop-stage-TokenCleanupJob-ZX81Q2K9B0MA CREATE_COMPLETE',
  '{"secretKey":"token","remoteRef":{"key":"a"}}',
])('%s has no secret', (text) => {
  expect(redact(text)).toBe(text);
});

test('A number of a person is found at the edges of where its name may stand', () => {
  const far = 'x'.repeat(30);
  expect(redact(`nif ${far}: 231624255`)).toBe(`nif ${far}: [redacted:national-id]`);
  expect(redact(`nif ${far}${far}: 231624255`)).toBe(`nif ${far}${far}: 231624255`);
  expect(redact('528 451 6060 (NHS)')).toBe('[redacted:national-id] (NHS)');
});
