// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a default of a shell's variable is among the texts
/** What stands beside a secret stays: users, hosts, places, times. Secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'users of addresses': [
    'could not connect: postgresql://app_rw:⟦Kettle.River14!⟧@pg-0.db.svc:5432/orders?sslmode=require',
    'open billing:⟦uPAh&TKbn3he61⟧@tcp(mysql.prod:3306)/invoices?parseTime=true: connection refused',
    'jdbc:oracle:thin:SCOTT/⟦luUJ-CoEuRdY36⟧@//ora-scan.acme:1521/ORCLPDB1 -> ORA-12514',
    'curl -sS -u jenkins:⟦680f3b8194f9e6bbff9a43cb02bcc06b3e⟧ https://ci.example.org/job/deploy',
    'redis://:⟦Kettle.River14!⟧@cache:6379',
    'git clone https://x-access-token:⟦ghs_MnyILA98MzEdxuVdZ7JzXB51Dd6Vc52oWmTc⟧@github.com/acme/charts.git',
    "echo 'deploy:⟦Kettle.River14!⟧' | chpasswd",
  ],
  'a key in the place of the user': [
    'https://⟦8f1d2b3c4d5e6f708192a3b4c5d6e7f8:x⟧@api.example.org/v2/tickets',
    'https://⟦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:x-oauth-basic⟧@github.com/acme/charts.git',
  ],
  'a user that is an address of mail': ['smtp://⟦jo@example.org⟧:⟦Kettle14x⟧@mail:587'],
  'parameters of an Authorization header': [
    'Authorization: Digest username="cam", realm="axis", nonce="⟦dcd98b7102dd⟧", uri="/jpg", response="⟦070d20d96315dde2c79c5c0d07983144⟧", qop=auth',
    'Authorization: Hawk id="partner-7", ts="1764320211", nonce="⟦542oSL⟧", mac="⟦Wj2ICM15WShWlqXn6Ikj1oZANEK4f2+DBSdrwYKGanQ=⟧", ext="orders"',
    'Authorization: OAuth oauth_consumer_key="⟦QE9NamHLLGFJQbcAiotUJml7b⟧", oauth_signature_method="HMAC-SHA1", oauth_signature="⟦deRTCnwELn8upSnR38dNNUcxad%3D⟧", oauth_timestamp="1764320000"',
    'Authorization: SharedAccessSignature sr=bus.example.net&sig=⟦jCdih8VbQ151E1xF8CwrfZeiwFteyJNsqF1ULvhl3Q%3d⟧&se=1764399999&skn=RootSend',
    'Authorization: AWS4-HMAC-SHA256 Credential=⟦AKIAGXLYQOCWUP4ZRBRK⟧/20261128/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=⟦eb698584835405ebb40246fb65713a8e7c1736424b889c507cc08908dc574bc4⟧',
    'Authorization: EG1-HMAC-SHA256 client_token=⟦akab-acc35t0k3nodujqunph3w7hz-gtm6ij⟧;timestamp=20260106T10:00:00+0000;nonce=⟦8a1bd2d8⟧;signature=⟦tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=⟧',
  ],
  'cookies that log nobody in': [
    'Cookie: lang=de-DE; theme=dark; JSESSIONID=⟦ACB277AE866440749104AE8ADB239A20⟧; route=node-3',
    'cookie: _ga=GA1.2.11223344.1764000000; sid=⟦abc⟧',
    'Set-Cookie: theme=dark; Path=/; Max-Age=31536000; SameSite=Lax',
    'Set-Cookie: id=⟦a3fWa⟧; Expires=Thu, 21 Oct 2027 07:28:00 GMT; Secure',
    'Cookie: lang=⟦8Fk2mQz7Xw4Lp9Rt3Vb6⟧',
    'Cookie: ⟦8Fk2mQz7Xw4Lp9Rt3Vb6⟧',
  ],
  'a file of users': ['/etc/nginx/.htpasswd:monitor:$⟦apr1$RtO3Azsr$/nQfXwC3HNQI8Q2W8q0/AJ⟧'],
  'pods and keys that begin alike': [
    'pod sk-learn-worker-7d9f8c6b54-qmz4t_ml restarts, key ⟦sk-Kx93nTy7Qa_8811zzLmPo-11⟧ refused',
    'test_checkoutReturnsA200WhenPaid, cs_test_1, pat.example.com, image api:production.4f2a9c1e7b2d4f6a8c0e',
  ],
  'addresses of webhooks': [
    'POST https://hooks.zapier.com/hooks/catch/1188231/⟦ufwa3ui⟧/ 410, https://hook.eu1.make.com/⟦pot59t6xs0tqrkjsjx8p8ovsfygs9m0x⟧ 200',
    'https://chat.example.org/hooks/⟦xetwa4ykp3dumm7xc1ppiatsyr⟧ and https://git.example.org/hooks/pre-receive',
  ],
  'links of mails': [
    'GET https://id.example.org/magic/login/⟦8lpEeTEz5tqO7q021WonE6TCW589lhB5⟧?next=/orders',
    'GET /orders/confirm/ORD-2026-0004711, /auth/token/introspect, /users/login/SummerSale2026',
  ],
  'a private key that is cut off': [
    '  tls.key: |\n    ⟦-----BEGIN PRIVATE KEY-----\n    Q/5iw1ETQwdSee3G1mzrzngZ42bwwuLvy7bmLEZVQYfak3OYT8xR\n    i/FiA2rzgfhgmbV6cf⟧\n    (output truncated)\n  ingress: shop',
    'could not parse ⟦-----BEGIN RSA PRIVATE KEY-----⟧: asn1 error\nhost=db-1 state=down',
  ],
  'a value that goes on in the next line': [
    'mail.smtp.password=⟦EJpehPyKHjhF\\\n    0EWThiWHkDUQov⟧\nmail.smtp.port=587',
    'docker run -e PASSWORD=⟦Kettle14x⟧ \\\n  -e HOST=db',
  ],
  'resources of Terraform': [
    '~ resource "azurerm_key_vault_secret" "smtp" {\n  ~ value = "⟦Kettle-14x!⟧" -> "⟦Birch!22_⟧"\n    name  = "smtp-relay"\n}',
    'resource "aws_ssm_parameter" "zone" {\n  value = "eu-west-1"\n}',
  ],
  'parameters of statements': [
    "INSERT INTO users (name, password) VALUES (?, ?)\nINFO sqlalchemy.engine.Engine [generated in 0.0001s] ('jo', '⟦Kettle14x⟧')",
    "NHibernate: INSERT INTO users (login, password) VALUES (@p0, @p1);@p0 = 'jo' [Type: String], @p1 = '⟦Kettle14x⟧' [Type: String]",
    'INSERT INTO users (login, password) VALUES (?, ?) {"params":{"1":"jo","2":"⟦Kettle14x⟧"}}',
    'pgx: Query args=[jo ⟦Kettle14x⟧] sql="INSERT INTO users (login, password) VALUES ($1, $2)"',
    'INSERT INTO "Users" ("login","password") VALUES ($1,$2) RETURNING "id"; "jo", "⟦Kettle14x⟧"',
    "exec sp_executesql N'UPDATE users SET password = @p WHERE id = @id', N'@p nvarchar(50), @id int', @p = N'⟦Kettle14x⟧', @id = 7",
    'alter role grafana password $$⟦Kettle14x_⟧$$ connection limit 5',
    '@p0 = \'17\' update users set name = @p0 where id = @p1; insert into logs (id, text) values (?, ?) {"params":{"1":"a"}}',
  ],
  'settings and commands': [
    'proxy_set_header X-Api-Key ⟦Kettle14x⟧;',
    'proxy_set_header X-Api-Key $http_x_api_key;',
    'DB_PASSWORD: ${DB_PASSWORD:-⟦Kettle14x⟧} or ${DB_PASSWORD:?not set} or ${DB_PASSWORD:-$OTHER}',
    'password: !!str ⟦Kettle14x⟧',
    'password: !secret db_password',
    'set password ⟦Kettle14x⟧',
    'set password policy',
    'pulumi config set --secret dbPass ⟦Kettle14x⟧',
    'twine upload -u __token__ -p ⟦Kettle14x⟧ dist/app.whl',
    'nmcli dev wifi connect Home password ⟦Kettle14x⟧',
    'nmcli dev wifi connect Home password required',
    'SQL> connect reporting/"⟦Kettle14x⟧"@dwh-prod',
    'CONNECT proxy/1.1@host and connect kit/v2@latest',
    'Password: (string) (len=9) "⟦Kettle14x⟧"',
    '{"options":{"auth":["svc_sync","⟦9d!Kettle_Lamp⟧"],"timeout":5}}',
    '{"auth":["basic"],"modes":["a","b"]}',
    'stats auth haview:⟦Kettle+Bay⟧',
    'openssl pkcs12 -in a.pfx -passin pass:⟦Kettle&Lamp8⟧ -nocerts',
    'vault operator unseal ⟦XxopmQffXmmqt/5/Lu3To9zT14h9CWu/ZkQF2BEsS0CW⟧',
    'vault operator unseal -status',
    '[kubeadm, join, 10.0.0.10:6443, --token, ⟦hsuhg1.wutmoff2100m8rpt⟧]',
    'user ops pass ⟦Kettle_Parade.61⟧',
    'user ops pass rate',
    'Server=db;User ID=orders_svc;Password=⟦H3ron&Marsh&21⟧;Encrypt=True',
    'conn batch_usr/⟦Wint3rgarten99⟧@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=dbx04)))',
    'kubectl create secret generic psp --from-literal=merchant-id=M-40021 --from-literal=pin=⟦Kettle14x⟧',
    'Usage: backupctl [--user NAME] [--password PASSWORD] <target>',
    "INVALID_CREDENTIALS: {'desc': 'Invalid credentials', 'info': 'data 52e'}",
    'all checks pass: lint, unit, e2e',
    '"spring.datasource.password":{"value":"******","origin":"class path resource [application.yml] - 14:15"}',
    'DB_PASS=ssm:/prod/orders/db_pass API_KEY=op://prod/mailer/api-key',
    "db_password: \"{{ lookup('hashi_vault', 'secret=secret/data/db:password') }}\"",
    'Cookie: _shop_session=⟦apz58TwjK61Qma42OHiP739yyvScNHFWVPY0KrHgwCx5⟧ ; ActionController::InvalidAuthenticityToken',
    'https://mainnet.infura.io/v3/⟦caf3d61af88aa1cdc325032bc0ab4eb5⟧ and https://docs.infura.io/v3/caf3d61a',
    'DE2: ⟦4539598421067567⟧ DE35: ⟦4539598421067567⟧D27112010000012300000 DE39: 91',
    'auth=scram-sha-256 auth=oauth2-proxy auth=hmac-sha2-512',
  ],
  'keys, codes and sessions': [
    'krb5 principal HTTP/web-3 key(aes256)=0x⟦d1e10908c624ab965246d67ab88818d368125a112cf5d197de65bbdf7415784d⟧',
    'private key 0x⟦d1e10908c624ab965246d67ab88818d368125a112cf5d197de65bbdf7415784d⟧; public key 0xd1e10908c624ab965246d67ab88818d368125a112cf5d197de65bbdf7415784d',
    'user_code=⟦ZSGO-DUUC⟧ interval=5 error_code=ZSGO-DUUC',
    'backup codes ⟦wqrpv-1au00, nwsxg-qvtrb⟧ and backup codes single-use, well-known',
    'sid="⟦58f1b4dd10b1464db7742336b6ee680a7037a7e6⟧" rt=0.04 sid=AC9c1e0f3a7b2d4f6a8c0e1b3d5f7a9c1e sid=7f3e8c1a-1111-4222-8333-944445555666',
    'Ihr Code lautet ⟦482913⟧, your code is broken since 1.24.3',
  ],
  'sentences of chats': [
    'use ⟦Kettle7249!⟧ to log in to grafana, it works since Monday',
    'use jump-host-2.prod to connect, use OAuth2 to log in, use TLS1.3 to connect, use Node22-LTS to connect',
    '⟦Kx93nTy7Qa!⟧ is the new root password',
    'Chrome120 is the password manager',
    'can you try ⟦Kx93nTy7Qa!⟧ as the password?',
    'creds for the NAS: backup / ⟦CCBsdlfZS-fOOIc⟧',
    'creds for the NAS: vault / ReadOnly',
    'passphrase `⟦seven purple herons 41⟧` for the guests',
    'passphrase "must be longer than eight"',
    'Benutzername hmeier, Kennwort ⟦oSQZ-6sCEyYv16⟧',
    'Ich habe das Passwort auf ⟦Kx93nTy7Qa⟧ gesetzt',
    'das Passwort auf Server2019 ist abgelaufen',
    'zmieniłem hasło na ⟦Kx93nTy7Qa⟧',
    'hasło na serwerze db-2 wygasło',
    'поменял пароль на ⟦Kx93nTy7Qa⟧',
    'пароль от базы orders_v2 просрочен',
    'La contraseña nueva es ⟦Kx93nTy7Qa⟧',
    'contraseña en AzureAD2 caducada',
    'sunucu parolası ⟦Kx93nTy7Qa⟧',
    'mật khẩu mới là ⟦Kx93nTy7Qa⟧',
    'şifresi: ⟦lB87q8vvI&WoLnm⟧ kullanıcı destek',
  ],
  'base64 of a sentence': [
    'alt=U3VtbWVyIHNhbGUgYmFubmVyIGZvciB0aGUgaG9tZSBwYWdl page=home',
    'alt=⟦dGhlIHBhc3N3b3JkIGZvciB0aGUgYm94IGlzIHJlZA⟧ page=home',
  ],
};

const MARK = /\[redacted:[^\]]*\]/g;

test.each(Object.entries(TEXTS))('%s', (_, texts) => {
  for (const marked of texts) {
    const clean = redact(marked.replace(/[⟦⟧]/g, ''));
    expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
    expect(redact(clean)).toBe(clean);
  }
});
