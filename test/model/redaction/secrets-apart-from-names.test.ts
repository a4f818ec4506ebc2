/** Secrets whose names stand elsewhere: in a list of columns, in a header, in the words of a sentence. The rest stays. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const CSV = 'id,password\nA,⟦otter9⟧\nB,⟦sunny-day⟧';
const inJson = (depth: number): string =>
  Array.from({ length: depth }).reduce<string>((text) => JSON.stringify({ id: 7, text }), CSV);

const HOLDING: readonly string[] = [
  'COPY public.users (id, email_verified, password) FROM stdin;\n1\tt\t⟦hunter2x⟧\n2\t\\N\t⟦otter9⟧\n\\.\n',
  'copy accounts (login, api_token) from stdin with (format csv);\njo,⟦lemon-grove-4⟧\nkim,⟦plum-tart-5⟧\n\\.',
  '{"columns":["id","password"],"rows":[[1,"⟦otter9⟧"],[2,"⟦sunny-day⟧"]]}',
  '{"fields":["password","id"],"rowCount":2,"values":[["⟦otter9⟧",1],["⟦sunny-day⟧",2]]}',
  '{"log":"{\\"columns\\":[\\"id\\",\\"password\\"],\\"rows\\":[[1,\\"⟦otter9⟧\\"]]}"}',
  '{\n  "columns": [\n    "id",\n    "api_key"\n  ],\n  "data": [\n    [1, "⟦sunny-day⟧"]\n  ]\n}',
  'USER      PASSWORD      CREATED\njo        ⟦otter9⟧        2026-01-05\nkim       ⟦sunny-day⟧     2026-01-06',
  'USERNAME   PASSWORD\n---------- ----------\nJO         ⟦otter9⟧',
  inJson(1),
  inJson(2),
  inJson(3),
  // A sentence of a report quotes them.
  'it exits: “X-Shop-Key: ⟦Qp7tR2mXz81LkVb90WnE4cJ⟧”.',
  '“set -gx DB_PASSWORD ⟦Zilpzalp-64⟧” (12 times)',
  'says “the ledger: login orders\npassword ⟦b7Xq92Lm4⟧\nport 22” since 14:57',
  'says “{"result":"x","password":"⟦hunter2⟧” in orders INSERT INTO "users" ("name","password_hash") VALUES ($1,$2) ["jo", "⟦Goldschakal-91⟧"]',
  'creds: jo/⟦Copper7Lark⟧',
  'creds: jo/⟦x7⟧',
  'basic auth is jo:⟦x7⟧',
  'basic auth is jo:⟦Copper7⟧',
  'login with jo / ⟦Copper7Lark⟧',
  'changed the password from ⟦Amber4Wren to Amber5Wren⟧',
  'password is ⟦Amber5Wren⟧ instead of ⟦Amber4Wren⟧',
  'old password ⟦Amber4Wren⟧ was replaced by ⟦Amber5Wren⟧',
  'old password: ⟦Amber4Wren⟧, new: ⟦Amber5Wren⟧',
  'the password was ⟦Amber4Wren⟧ and is now ⟦Amber5Wren⟧',
  'DB_PASSWORD に「⟦otter9⟧」を設定',
  'DB_PASSWORDに「⟦otter9⟧」を設定しました',
  'pepper=⟦k3J9x2M4q8W1z7B5⟧',
  '{"salt":"⟦k3J9x2M4q8W1z7B5⟧"}',
  // sqlcmd, PowerShell, `az -o table`: a line of dashes says where the columns begin.
  'id          password\n----------- ------------\n          1 ⟦Lantern44sky⟧\n         12 ⟦Harbor71moon⟧',
  'UserName Password\r\n-------- --------\r\njo       ⟦Lantern44sky⟧\r\n',
  'AppId     Name         Password        Tenant\n--------  -----------  --------------  ------\n1f2e-aa   ci-deployer  ⟦Zk39fjQpL20xw⟧   acme',
  '┌────┬──────────────┐\n│ id │ password     │\n├────┼──────────────┤\n│ 1  │ ⟦Lantern44sky⟧ │\n└────┴──────────────┘',
  '| user | password |\n|---|---|\n| jo | ⟦Lantern44sky⟧ |\n| kim | ⟦Harbor71moon⟧ |',
  'user, password, role\njo, ⟦Lantern44sky⟧, admin',
  'login,password\njo,⟦Lantern44sky⟧\n\nlogin,role,api_key\njo,dev,⟦k9fJ2mQx81LzPw73⟧',
  // SQL APIs of Elasticsearch and Trino, Neo4j, spreadsheets.
  '{"columns":[{"name":"user","type":"text"},{"name":"password","type":"text"}],"rows":[["jo","⟦Lantern44sky⟧"]]}',
  '{"columns":[{"name":"api_key","type":"varchar"}],"data":[["⟦k9fJ2mQx81LzPw73⟧"],["⟦p4Wz81mQx9fJk2L7⟧"]]}',
  '{"results":[{"columns":["u.name","u.password"],"data":[{"row":["jo","⟦Lantern44sky⟧"],"meta":[null]},{"row":["kim","⟦Harbor71moon⟧"],"meta":[null]}]}]}',
  '{"range":"A1:B2","values":[["user","password"],["jo","⟦Lantern44sky⟧"]]}',
  // Statements.
  "INSERT INTO users (id, password) SELECT 7, '⟦Lantern44sky⟧'",
  "INSERT INTO users (\n  id,\n  password\n)\nVALUES (\n  7,\n  '⟦Lantern44sky⟧'\n)",
  "INSERT INTO [Users] ([Login], [Password]) OUTPUT INSERTED.[Id] VALUES (N'jo', N'⟦Lantern44sky⟧')",
  "INSERT INTO users (id, password) VALUES ROW(1, '⟦Lantern44sky⟧'), ROW(2, '⟦Harbor71moon⟧')",
  "COPY users (id, password) FROM stdin WITH (DELIMITER '|');\n1|⟦Lantern44sky⟧\n\\.",
  'username jo, password ⟦Lantern44sky⟧',
];

test.each(HOLDING.map((text) => [text]))('%s', (marked) => {
  const text = marked.replaceAll(/[⟦⟧]/g, '');
  const clean = redact(text);
  expect(clean).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '[redacted:secret]'));
  expect(redact(clean)).toBe(clean);
});

test.each([
  'add salt: 2 tsp and pepper=1 pinch',
  'the algorithm is salt-sha256, salt=true',
  'saltstack: salt-minion-7 is up',
  'SALT=$SALT',
  'NAME      STATUS    SECRET      AGE\nweb-tls   True      web-tls     5d',
  'USER  PASSWORD  LOCKED\njo    set       no\nkim   expired   yes',
  'test      pass    fail\nunit      12      0',
  'Enter your password  and then click\nnext  line',
  'login with Google / GitHub',
  'login with Web3 / Auth0',
  'login is v2/users7',
  'creds: aws/s3-bucket-1',
  'basic auth is user:pass',
  'basic auth is on:8080',
  '{"columns":["id","status"],"rows":[[1,"ok"]]}',
  '{"columns":["id","token"],"count":2}',
  '{"columns":["secret","age"],"rows":[["web-tls","5d"]]}',
  '{"columns":["password"],"rows":[[null],["expired"],[""]]}',
  'COPY users (id, name) FROM stdin;\n1\tjo\n\\.',
  'COPY users (id, password) FROM stdin;\n1\t\\N\n\\.',
  'password is required instead of optional',
  'the password was changed and is now valid',
  'パスワードに数字を含めてください',
  'DB_PASSWORD に値を設定してください',
  // Answers of OAuth servers, lists of Kubernetes, Vault, MySQL, Postgres, package managers, test runners.
  'token_type=bearer expires_in=3600 scope=read',
  '{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599}',
  ' id | password_changed_at | login\n----+---------------------+-------\n  1 | 2026-01-05 10:00:00 | jo',
  'id,password_changed_at,login\n1,2026-01-05T10:00:00Z,jo',
  'model,token_count,latency_ms\nlarge,18233,951\nsmall,411,88',
  'NAME       TOKEN_COUNT   MODEL\nreq-1      18233         large\nreq-2      411           small',
  'namespace,secret_name,age\nshop,web-tls,5d\nshop,regcred,90d',
  'NAMESPACE   SECRET_NAME       TYPE\nshop        web-tls           kubernetes.io/tls',
  'key_id,state,created\n1f2e3d4c,Enabled,2026-01-05',
  'KEY_ID      STATE     CREATED\n1f2e3d4c    Enabled   2026-01-05',
  'id,name,email_verified\n1,jo,true\n2,kim,false',
  'NAME                  TYPE                                  DATA   AGE\nregcred               kubernetes.io/dockerconfigjson        1      90d',
  'NAME            SECRET          READY   AGE\nshop-tls        shop-tls-cert   True    12d',
  'Vault key              Value\n---                    -----\ntoken_policies         [default]\ntoken_renewable        true',
  'Key                Value\n---                -----\nSeal Type          shamir\nSealed             false',
  'Parameter        Description                 Default\nauth.password    Password of the admin       random\nauth.secretKeys  Keys within the secret      list',
  '| field | type |\n|---|---|\n| password | string |\n| username | string |',
  '| metric | value |\n|---|---|\n| password_resets | 14 |\n| token_refreshes | 211 |',
  '+----------+--------------+------+\n| Field    | Type         | Null |\n+----------+--------------+------+\n| id       | int          | NO   |\n| password | varchar(255) | NO   |\n| nickname | varchar(80)  | NO   |\n+----------+--------------+------+',
  '  Column  |          Type          | Nullable\n----------+------------------------+----------\n password | character varying(255) | not null\n nickname | text                   | not null',
  'suite      pass    fail    skip\nunit       812     0       3\ne2e        96      2       0',
  'USER       TTY      FROM             LOGIN@   IDLE\njo         pts/0    10.0.0.7         10:01    1.00s',
  'PermitRootLogin no\nPasswordAuthentication  no\nUsePAM  yes',
  // Statements without values.
  'INSERT INTO users (id, password) VALUES ($1, $2)',
  'INSERT INTO users (id, password) VALUES (?, ?), (?, ?)',
  'INSERT INTO users (id, password) VALUES (:id, :password)',
  'INSERT INTO users (id, password) SELECT id, password FROM old_users WHERE id > 7',
  "INSERT INTO users (id, name) VALUES (1, 'jo'), (2, 'kim')",
  "INSERT INTO audit (id, password_changed_at) VALUES (1, '2026-01-05')",
  "INSERT INTO usage (request_id, token_count) VALUES ('req-81', 18233)",
  'COPY usage (id, token_count) FROM stdin;\n1\t18233\n\\.',
  'pg_dump: warning: COPY of table "users" (id, password) was skipped',
  '{"columns":["id","password_changed_at"],"rows":[[1,"2026-01-05T10:00:00Z"]]}',
  '{"columns":[{"name":"user","type":"text"},{"name":"token_count","type":"long"}],"rows":[["jo",18233]]}',
  '{"range":"A1:B2","values":[["service","p99"],["checkout","951ms"]]}',
  '[["user","role"],["jo","administrator"]]',
  // Sentences.
  'the password is wrong',
  'password is required',
  'Password must be at least 8 characters long',
  'the password is stored in 1Password, ask Kim',
  'use a token instead of a password',
  'password was replaced by passkeys in March',
  'we moved from passwords to tokens in the login service',
  'user jo, password expired',
  'please send user, password, and role in the form\nthanks, jo, for the reminder',
  'we need login, password, role\nsend them, please, today',
  'password,username fields are mandatory, please fill both',
])('%s stays', (text) => {
  expect(redact(text)).toBe(text);
});

test('a line that repeats its header is read once', () => {
  const text = 'id,password\n'.repeat(20_000);
  expect(redact(text)).toBe(text);
});

test('a table behind another one is read', () => {
  const text = 'id,token_count\n1,7\nUSER  PASSWORD\njo    otter9\n';
  expect(redact(text)).toBe('id,token_count\n1,7\nUSER  PASSWORD\njo    [redacted:secret]\n');
});

test('a token in a header line is redacted, too', () => {
  const token = `ghp_${'KGpOyQNcdOyZbkBFTFoOxtzHq8STZH00FMRY'}`;
  expect(redact(`user,password,token ${token}\n1,otter9,3`)).toBe(
    'user,password,token [redacted:github-token]\n1,[redacted:secret],3',
  );
});
