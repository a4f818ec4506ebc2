/** Secrets that tools and people write without a name right before them. What must vanish stands between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MADE = 'q1V8Qw9Xk2Lp7Zt4Rm6Ns3Bd5Fh0Gj8K';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'an argument without a name': [
    '-> DBI->connect(dbi:Pg:dbname=shop, reports, ⟦larch-Kiwi5⟧, HASH(0x55d0))',
    "DBI::connect('DBI', 'dbi:mysql:shop', 'reports', '⟦larchkiwi⟧', 'HASH(0x55d0)') called at x.pl line 4",
    `mc alias set store https://s3.test ⟦K7DGNNAJTWGS3UOYRZ72 ${MADE}⟧`,
    'mc alias set store https://s3.test minioadmin ⟦larchkiwi⟧',
    "podman login -u='acme+ci' -p='⟦larchkiwi77⟧' quay.io",
    "knife bootstrap 10.3.0.8 -U ops -P '⟦Larch.kiwi2⟧' --sudo",
    'MIGRATE 10.0.0.2 6379 "" 0 5000 AUTH2 jo ⟦larchkiwi⟧ KEYS a',
    'ftp> user jo ⟦larchkiwi⟧',
    'cache_peer proxy.test parent 3128 0 login=jo:⟦larchkiwi⟧',
    'argv[3]="--password" argv[4]="⟦larchkiwi⟧" argv[5]="--all"',
  ],
  'a setting of Redis': [
    '1) 1) (integer) 118\n   4) 1) "CONFIG" 2) "SET" 3) "masterauth" 4) "⟦Larch.kiwi2⟧"',
    '["redis-cli","CONFIG","SET","requirepass","⟦larch.kiwi⟧"]',
    'pool:\n  listen: 127.0.0.1:22121\n  redis_auth: ⟦larch-Kiwi41⟧',
    'redis:\n  host: cache-2\n  auth: "⟦worker:kiw8⟧"',
  ],
  'a cell behind its type, and a file that a command writes': [
    'PARAMETER\t/prod/pg/password\tSecureString\t⟦larch-kiwi12⟧\t3',
    'PARAMETER /prod/pg/host String db-1 3',
    'reg query "HKLM\\...\\Winlogon"\n    DefaultPassword    REG_SZ    ⟦Larch.kiwi77⟧\n    DefaultDomainName    REG_SZ    NW\n',
    "echo ⟦'larch and kiwi'⟧ > .vault_pass && ansible-vault view x.yml",
    'echo "hello world" > /tmp/out.txt; echo "$TOKEN" > .token; echo ok > /run/token_count',
    "Notice: /Stage[main]/Mysql/User[app]/password: changed '⟦*GKGK' to '*BMXX⟧' in site.pp",
    "Notice: /Stage[main]/File[/etc/motd]/content: content changed '{md5}abc' to '{md5}def'",
  ],
  'a user and a password in an element of OpenVPN': ['<auth-user-pass>\nvpn-1\n⟦Larch*kiwi2\n⟧</auth-user-pass>'],
  'a line of .pgpass behind the name of its file': ['~/.pgpass: pg-1:5432:shop:copy:⟦Larch.k4⟧'],
  'an address that anybody may post to': [
    `"response_url":"https://hooks.slack.com/actions/T07Q2/⟦7622257892408/${MADE.slice(0, 24)}⟧"`,
    `Post "https://http-intake.logs.test/v1/input/⟦${'47775adac0323e20'.repeat(2)}⟧": context canceled`,
    `pushover_configs:\n- user_key: ⟦${'shrqy6h6ct'.repeat(3)}⟧\n  title: "edge"`,
  ],
  'a cookie that no header names': [
    `wordpress_logged_in_${'de314e17'.repeat(4)}=⟦editor%7C1767000000%7C${MADE}⟧; wp-settings-time-3=1764`,
  ],
  'a passphrase of plain words': [
    'passphrase for the borg repo: ⟦seven wet badgers sing⟧',
    'phrase secrète : « ⟦trois canards sous la pluie⟧ » pour restic',
    'frase de paso: ⟦el loro come pan duro⟧; repo borg-lima',
    'wifi in the war room NW-Guest, password: ⟦gulls over the pier⟧',
    'mot de passe wifi : ⟦trois canards sous la pluie⟧',
    'passphrase for /dev/sda2: sent by mail to the owner',
    'passphrase: must not be empty, passphrase is stored in the team vault',
    "Enter passphrase for key '/root/.ssh/id_rsa': bad passphrase, try again",
    'wifi password: ask at the front desk',
  ],
  'a key under its name in another language': [
    `chave secreta = ⟦${MADE.slice(0, 24)}⟧, balde notas`,
    `シークレットキー=⟦${MADE.slice(0, 24)}⟧ リージョン=ap-northeast-1`,
    `clé d'API: ⟦${MADE.slice(0, 24)}⟧`,
    `ключ доступа: ⟦${MADE.slice(0, 24)}⟧, chave secreta = db-credentials`,
    'κωδικός πρόσβασης για db-gr: ⟦Larch.Kiwi88⟧',
  ],
  'a code for one login in further languages': [
    'sms out gw-2: "Vaša potrditvena koda je ⟦740218⟧"',
    'Verifikacijski kod: ⟦740218⟧, Sigurnosni kod je ⟦740218⟧',
    'Overovací kód je ⟦740218⟧. Patvirtinimo kodas: ⟦740218⟧',
    'Staðfestingarkóði: ⟦740218⟧; Codi de verificació: ⟦740218⟧; Kod pengesahan: ⟦740218⟧',
    'Kodi juaj i verifikimit është ⟦740218⟧, Mã xác thực của bạn là ⟦740218⟧',
    'koda napake je 740218, kod greške: 740218, klaidos kodas 740218',
  ],
  'what stays': [
    `(req_h4K7xq8VFtjBGK) The provided key '⟦rk_live_zEchGldvkEeiZChcrh7bduB7⟧' does not have the permission`,
    `configure({ apiKey: '⟦${MADE}⟧' }); base('appK3zPq81')`,
    'user_2NNEqL2nrIRdJ194ndJqAHwEfxC login ok, evt_1Nq8Zx2eZvKYlo2C failed: invalid api key',
    'serviceAccountToken: expirationSeconds: 3607',
    '4: shop::auth::password::verify::h7ca913bfcee8d8ee',
    'Puppet::Type::Secret::Provider loaded, Password::validate(x) failed, std::string password::hash(const char*)',
    'session cookie: HttpOnly, Secure, SameSite=Lax, 30m',
    'Cookie: sid=⟦9f0c9f0c9f0c9f0c⟧; __Host-next-auth.callback-url=x',
    'GET https://kv.vault.test/secrets/smtp-password?api-version=7.4 404',
    'auth: "basic:v1" auth: "ldap:389" auth: "jwt:RS256" auth: "kube-admin:readonly"',
    'userPassword:: ⟦bGFyY2hraXdp⟧',
  ],
};

test.each(Object.entries(TEXTS))('%s', (_, texts) => {
  const marked = (text: string) => redact(text.replaceAll(/[⟦⟧]/g, '')).replaceAll(/\[redacted:[a-z-]+\]/g, '⟦⟧');
  expect(texts.map(marked)).toEqual(texts.map((text) => text.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧')));
});
