// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what other programs put values into is among the texts
/**
 * Secrets that only their place tells: an argument of a command, a part of a protocol, a line of a configuration. Between
 * ⟦ and ⟧, several texts of each form; and texts that sound like them and hold none. All values are made up.
 */

export const SECRETS_IN_PLACES: Readonly<Record<string, readonly string[]>> = {
  'argument of a command': [
    '$ cargo login ⟦ciQ8rt52mKp0Zx1Vb6Nn⟧',
    'cargo login --registry corp ⟦Zx1Vb6NnQ8rt52mKp0⟧',
    'vault login -method=token ⟦s.Qm2rT90plKx81⟧',
    '+ ngrok config add-authtoken ⟦2fWq90LmXz71Kd_3pT⟧',
    'sqlplus -S fin/⟦Regen44tag⟧@FINPRD @close.sql',
    'net use Q: \\\\srv02\\media ⟦Wolke77x⟧ /user:CORP\\svc',
    "smbclient //nas02/media -U 'CORP\\svc%⟦Wolke77x⟧' -c ls",
    'htpasswd -nb wiki ⟦Berg&Tal9⟧',
    'rabbitmqctl add_user shop ⟦Hase-im-Gras⟧',
  ],
  'password from a pipe': [
    'echo ⟦q8Lamm3x⟧ | sudo -S systemctl restart app',
    'echo "app:⟦Feld und Flur⟧" | chpasswd',
    "printf '⟦Zaun-55⟧' | docker login ghcr.io -u bot --password-stdin",
    'echo ⟦Kreis71b⟧ | kinit svc',
  ],
  'part of a protocol': [
    'C: AUTH PLAIN ⟦AGpvAFdpbnRlci03Nw==⟧',
    '< 334 UGFzc3dvcmQ6\n> ⟦V2ludGVyLTc3⟧\n< 535 no',
    'a017 LOGIN jo "⟦Winter-77⟧"',
    '---> PASS ⟦Winter77⟧\n<--- 530 no',
    '10.0.0.9:6379> AUTH worker ⟦winter9Wald⟧',
    'db.statement="hello 3 auth default ⟦winter9Wald⟧ setname api"',
    '"ACL" "SETUSER" "jobs" "on" ">⟦winter9Wald⟧" "+@all"',
  ],
  'line of a configuration': [
    'username ops privilege 15 password 7 ⟦1042A4F0B8821C⟧',
    'enable secret 5 ⟦$1$mERr$hx5rVt7rPNoS4wqbXKX7m0⟧',
    ' neighbor 10.9.9.1 password ⟦Weg-nach-Ost⟧',
    'snmp-server community ⟦lesen-9⟧ RO',
    '  user ops insecure-password ⟦Turm88x⟧',
    'pg-2.int:5432:app:app:⟦Schnee7Ball⟧',
    'variable "admin_password" {\n  type = string\n  default = "⟦Ufer-und-Steg⟧"\n}',
    "#0 /a.php(3): PDO->__construct('mysql:host=db', 'shop', '⟦Ufer9Steg⟧', Array)",
    'mnemonic="⟦able bridge candle dinner eager fabric garden hammer island jungle kitchen ladder⟧"',
    'recovery codes: ⟦ab12-cd34, ef56-ab78⟧',
  ],
  'value by its column': [
    "INSERT INTO accounts (id, mail, password, api_token) VALUES (7, NULL, '⟦Wald''und7⟧', '⟦a9f3c1⟧')",
    "insert into `smtp`(host, passwd, port) values ('a','⟦Fluss88⟧',25),('b','⟦Berg99x⟧',587)",
    "UPDATE hooks SET webhook_secret = $1 WHERE id = $2\nDETAIL:  parameters: $1 = '⟦Ufer9Steg4⟧', $2 = '7'",
  ],
  'name of a key': [
    'Secret ID    = ⟦0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0⟧',
    'secret_id             ⟦0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0⟧',
    'Unseal Key 3: ⟦Qp7/tR2mXz81LkVb90WnE4cJ⟧',
    'PAGES_SDK_KEY=⟦sdk9Qp7tR2mXz81LkVb⟧',
    'X-Shop-Key: ⟦Qp7tR2mXz81LkVb90WnE4cJ⟧',
    'Fastly-Key: ⟦Qp7tR2mXz81LkVb90WnE4cJ⟧',
    'OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=⟦Qp7tR2mXz81LkVb90WnE4cJ⟧,x-env=eu',
    'JSESSIONID=⟦A81F0C2B77D94E35AB10C9D2E4F60718⟧; shown=wide',
    'userPassword:: ⟦e1NTSEF9Qp7tR2mXz81Lk⟧',
    'şifre: ⟦Deniz-Kedi-41⟧',
    'lösenord: ⟦Skog-och-7⟧',
    '["--user","app","--password","⟦Wald7Fluss⟧","--fast"]',
  ],
  'value before its name': ['⟦771204⟧ is your login code', 'use `⟦9f86d081884c7d659a2feaa0c55ad015⟧` as the API token'],
  'new value of a plan': ['~ password = "⟦Herbst-9x⟧" -> "⟦Winter-8y⟧"'],
};

export const INNOCENT_IN_PLACES: readonly string[] = [
  'cargo login failed, vault login is required, run vault login -method=oidc',
  'net use of memory grows, username and password incorrect, enable secret scanning',
  'echo done | tee log.txt; echo $PASSWORD | sudo -S true; echo ready | grep ready',
  'PASS src/app.test.ts, result: PASS in 3 s, LOGIN page failed',
  'the accounts: [] of the mnemonic device, a recovery code was sent, backup codes: none left',
  'ml/sk-learn-trainer-7d9f8b6c5d-x2v4q is pending, api-gateway',
  'connect to db:5432: connection refused',
  'WARNING! Using --password via the CLI is insecure. Use --password-stdin.',
  "INSERT INTO accounts (id, password) VALUES ($1, $2); INSERT INTO rows (a, b) VALUES (1, 'x')",
  'X-Cache-Key: Qp7tR2mXz81LkVb90WnE4cJ, routing_key=orders.created, "nextPageToken":"b2Zmc2V0PTg4MTI"',
  'missing token: EOF, got token: IDENT; token:* COUNT 1000; ${PASS:?missing}; use 1Password: item 7',
  'DB_PASSWORD= API_KEY="" and postgres://USER:PASSWORD@HOST:5432/DB',
  'authenticate HTTP/orders.acme.example@CORP.ACME.EXAMPLE, h1:gM5r24vJThJ1Skx83lfQWgulXgo8kOf1NRiUDzoT6eY=',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIlv39c77JVium31ttCpsnreTbYJ9nFmZqQI5XcfZ deploy',
  'X509_check_private_key:key values mismatch; api_key = settings.API_KEY; job 4821 is your job',
];
