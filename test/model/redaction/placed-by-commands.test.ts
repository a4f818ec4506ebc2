/** Secrets beside commands, in lines of settings that have the form of options, and in SNMP. They stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  // What a command prints
  '$ git config --get http.proxyPassword\n⟦Tr0mbone-22⟧\n$',
  '$ heroku config:get SECRET_KEY_BASE -a shop\n⟦8f1d2b3c4d5e6f708192a3b4c5d6e7f8⟧',
  'npm config get //registry.npmjs.org/:_authToken\n⟦npm-Kx93nTy7Qa8811zz⟧',
  'docker exec web printenv DB_PASSWORD\n⟦Fichte;9x⟧',
  'root@db-1:~# echo $MYSQL_ROOT_PASSWORD\n⟦Laterne9Blau⟧',
  '# cat /var/lib/x/secrets/initialAdminPassword\n⟦3fa91c07be5d42608d9e71f04ac2b836⟧',
  'aws ssm get-parameter --name /shop/db/password --query Parameter.Value --output text\n⟦Birke-Wald77⟧',
  '$ aws configure get aws_secret_access_key --profile ro\n⟦5O/x2A7CzMp1GAawTCEe6OQxLdU+ZOxyR2MwqIZu⟧',
  'Copy the enrollment token for Kibana (valid 30 minutes):\n  ⟦eyJ2ZXIiOiI4LjE0LjAiLCJhZHIiOlsiMTAuMC4wLjE6OTIw⟧',
  'Please enter the token below:\n⟦Kx93nTy7Qa8811zzLmPo11Qz⟧',
  'Password for the elastic user (reset with `bin/reset -u elastic`):\n  ⟦CG3LBJzUmBcpaQtZ=+*⟧\n',
  // Options
  'etcdctl --user root:⟦wolkenblau⟧ endpoint health',
  'myctl --user root:⟦Wolken!blau⟧ status',
  'ab -n 10 -A jo:⟦wolkenblau⟧ http://shop/',
  'hey -a jo:⟦wolkenblau⟧ http://shop/',
  'signtool sign /f cert.pfx /p ⟦Wolken-Blau⟧ /tr http://timestamp.test app.exe',
  'signtool.exe sign /fd SHA256 /f a.pfx /p:"⟦Wolken blau⟧" a.exe',
  'certutil -f -p ⟦Wolkenblau⟧ -importPFX c.pfx',
  'tasklist /s web-1 /u shop\\jo /p ⟦Wolken-blau⟧ /v',
  'plink.exe -ssh jo@h -pw ⟦Wolkenblau⟧ ls',
  // Files of options
  'user = "nightly:⟦N4cht-Eule⟧"\nurl = "https://shop.test/latest"',
  'user = jo:⟦wolkeblau⟧\nurl = "https://shop.test"',
  'proxy-user = "jo:⟦Wolke-Blau⟧"\nproxy = proxy.test:3128',
  "curl_setopt($ch, CURLOPT_USERPWD, 'jo:⟦wolkeblau⟧');",
  'basic_auth: jo:⟦wolkeblau⟧',
  'SQLConnectInfo ftp@localhost proftpd ⟦kiwi-Rohr-Ernte⟧',
  '[mx.test]:587 mailer:⟦kiwi-Rohr⟧',
  "wireless.wifi0.ssid='Till'\nwireless.wifi0.key='⟦Kisten&Stapler24⟧'",
  'connection cloud\nremote_username gw-12\nremote_password ⟦tankstelle NORD 4⟧\nremote_clientid gw12',
  'secretGenerator:\n- name: keys\n  literals:\n  - A_KEY=⟦Kiwi9Larch7Till⟧\n  - SIGNS=⟦05f97ea3b7836ef499725394098961946d8caf4d⟧',
  'pulumi stack output --show-secrets\n    adminPass   ⟦v8}7XAqm3Xx7JSzUO⟧\n    endpoint    https://till.test',
  'vault kv put secret/prod/fax user=fax pin=⟦771904⟧ key=⟦M6UoNxZsFHQAma4H4owpESvU⟧',
  'pro attach ⟦C1m2kGC6FRrwUlJd6AGsyF54tnedS5⟧ && pro status',
  'Sec-WebSocket-Protocol: graphql-ws, bearer.⟦g4rN5Aq9Zbv7hnytUKZi8CDU4_eLLFGp⟧',
  'pip install x --index-url https://dl.cloudsmith.io/⟦JRCDhHA1iuJna7qn⟧/acme/py/simple/',
  'Using password from ~/.config/x/config.yaml: ⟦c08a1d905c08e9653ad91a35⟧',
  'Admin JWT secret not set, using generated ⟦e+NPk51RcOM/KVTpa4dL6e==⟧ (ADMIN_JWT_SECRET)',
  'C: USER kasse\nC: PASS ⟦Bon.Rolle⟧\nS: +OK 4 messages',
  'untrusted comment: minisign encrypted secret key\n⟦RWRTY0Iym45Kudq9PgXGbqR3h8G6vzNQFBWp1FCSnD8NQ6dF7dcioEkJIpDOIsqUObRiOAouJ1hK7eG8SimzM=⟧',
  '⟦---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nJQMds1ZVtR+8Fq80Ih7YDV/WOqgsMcRGou936KPGzvS06a6bv0FAstflwMM8juLe\n---- END SSH2 ENCRYPTED PRIVATE KEY ----⟧\nfile x',
  '-            value: "⟦gans.Feder.1⟧"\n+            value: "⟦gans.Feder.2⟧"\n             name: SMTP_PASSWORD',
  'password: <%= "⟦v1el-Regen.Okt⟧" %>',
  'poll mx.test proto imap user "fax" password "⟦papi3r Stau⟧" ssl',
  'github-recovery-codes.txt (downloaded)\n⟦3fa91-bc07e\n9d2e4-118fa\n07bca-55d3e⟧',
  '{"datacenter":"fra","encrypt":"⟦Ir9Ni6+cAihT54303UdC0uBx0wkZa6NzfoXFEKaC9iD=⟧"}',
  'ikey = DIDQPS4PHLMMH5Z7B8K9\nskey = ⟦9MHEzoqda7HpwlC6PEsbjrP7LsY1V6l2mJgRXrTu⟧',
  "new Analytics({ writeKey: '⟦MXwpVFoSmZDIbTymwww4kksiiVz9W0lR⟧', flushAt: 20 })",
  'lager:{⟦SHA512-CRYPT}$6$OQqbTdBEV0LIAjL5$nBWdQePfle5hFHjukGf9zNhOfsGlNum3dG/zklqIlZVPpz⟧',
  // What counts without a setting
  "ENV.fetch('SMTP_PASSWORD', '⟦wolkenblau⟧')",
  "const pass = process.env.DB_PASS || '⟦wolken-blau⟧'",
  "define('AUTH_KEY',         '⟦k~3}w;H`*Zq|1+vB<2>xL8$r)Wm5⟧');",
  "parser.add_argument('--password', default='⟦wolkenblau⟧')",
  // Further arguments
  'prosodyctl register jo host.test ⟦wolkenblau9⟧',
  "ssh-keygen -t ed25519 -N '⟦wolkenblau⟧' -f k",
  'subscription-manager register --org=1187 --activationkey=⟦ak-Fr0stbite-Larch⟧',
  'net ads join -U jo%⟦wolkenblau⟧',
  'vncpasswd -f <<< ⟦wolkenblau⟧ > p',
  'digest:super:⟦Kx93nTy7Qa8811zzLmPo11Qz1c=⟧',
  // SNMP
  'createUser netmon SHA "⟦netm0n-Auth-Key⟧" AES "⟦netm0n-Priv-Key⟧"\nrouser netmon',
  'createUser -e 0x8000000001 netmon SHA-256 ⟦netmonauth⟧ AES-256 ⟦netmonpriv⟧',
  'snmp-server user netmon grp v3 auth sha ⟦AuthBlau⟧ priv aes 128 ⟦PrivBlau⟧',
  'rwcommunity ⟦wolkeblau⟧',
  'com2sec readonly 10.0.0.0/8 ⟦wolkeblau⟧',
  'trap2sink 10.0.0.1 ⟦wolkeblau⟧',
])('%s', (marked) => {
  const clean = redact(marked.replace(/[⟦⟧]/g, ''));
  expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(clean)).toBe(clean);
});

test.each([
  '$ kubectl get secret\nNAME        TYPE     DATA\ndb-creds-2  Opaque   2',
  '$ kubectl get secret -o name\nsecret/db-credentials-7',
  '$ git show token-refresh-2\ncommit 3fa91c07be5d42608d9e71f04ac2b836',
  '# cat secrets.yaml\napiVersion: v1',
  'Your key:\n  see-the-vault-entry-12',
  'docker run --user App:App-Group.x nginx',
  'systemctl --user status foo:bar',
  'user = "nginx:nginx"',
  'user = root:wheel\ngroup = wheel',
  'user: "1000:1000"',
  'schtasks /p 8080',
  'signtool verify /pa app.exe',
  'rocommunity public 10.0.0.0/8',
  'com2sec readonly default public',
  'createUser API returned 500',
  'activationKey: order-activation',
  'vault kv put secret/app host=db-1:5432 region=eu-west-1',
  'max_password_age 90 days\nmin_password_age 1 day',
  'kubectl attach web-7d9f8b6c5-x2x4z',
  'register OrderServiceV2Handler in the bus',
  'Password(policy=Strong.Mixed)',
  'password=ENC(8f1d2b3c4d5e6f70)',
  'ssl_certificate_key /etc/nginx/tls/edge.key;\nssl_password_file /etc/nginx/tls/pass;',
  'New password: Retype new password: passwd: password updated successfully',
  'db_password: ENC[AES256_GCM,data:vUO+MIkir9hEz7h/RGrYqAUQ=,iv:f4UlIemveOWgeIDShGHFioXIkSn2PmXlSfa9OsBwpdd=,type:str]',
  'acme:dbPassword: {secure: AAABAkKXM90MqqZsMgUJwyDYEvprLVZaPm2B8zee0DGTI=}',
  'STRIPE_SECRET_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx',
  'client = Client(token=settings.HOOK_TOKEN, retries=5)',
  'type Session = { token: string; refreshToken?: string | null; expires: number }',
  'upload dump.tar.zst VersionId wZFnI5Buhemxbn73orT_S-LuqjudRz_g',
  "applicationServerKey: 'BUNUy3l5T6VJex39KKlycBxQ03mZSSA6ZjfF74j-lPHbrDZ155hz-u6I6NWSa2sOdzGI7G4jMouBq1b5izYGxAz'",
  'peer: ChocEGyZNO53WR3Ti3masAhYRf3X2JeKGE4xkNzZd7c=\n  preshared key: (hidden)',
  'gcloud run deploy --set-secrets=DB_PASS=projects/481221/secrets/orders-db-pass/versions/7',
  'gcloud run deploy --update-secrets=DB_PASS=orders-db-pass:latest,API_KEY=orders-api:3',
])('%s has no secret', (text) => {
  expect(redact(text)).toBe(text);
});

test('a long row of one command is read to its end', () => {
  expect(() => redact('rabbitmqctl add_user '.repeat(9000))).not.toThrow();
});
