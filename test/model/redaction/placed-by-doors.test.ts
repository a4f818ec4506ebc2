/** Codes of doors, alarms and SIM cards, values that a check quotes, arguments of tools: secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;
const KEY = `oVbBugT7ur${'9aQ+'.repeat(8)}M=`;
const ADYEN = `AQEyhm9${'kX4+'.repeat(22)}`;

test.each([
  // What opens a door, a lock, an alarm, a card
  'the cage has a combination lock ⟦7083⟧, rack 14',
  'padlock is ⟦6-12-30⟧, spin it after',
  'lockbox by the loading dock is ⟦5027⟧',
  'disarm with ⟦6740⟧, duress code is ⟦5428⟧.',
  'codice cancello ⟦9648⟧, poi scala B',
  'codice del cancello: ⟦6096⟧',
  'o código do cofre ⟦6096⟧',
  'pincode van de alarmcentrale ⟦1914⟧, bel eerst',
  'ukse kood on ⟦6096⟧, teine korrus',
  'värava kood on ⟦6096#⟧',
  'PIN vom Tresor ⟦6096⟧',
  'PIN for the alarm panel, gate 2 is ⟦440732⟧',
  'SIM card slot 2: PIN1 ⟦1612⟧, PUK ⟦87393054⟧',
  'read me the six digits pls\n⟦437 632⟧\naccepted',
  // A code before the word, by language
  '⟦708374⟧ ist Ihr Bestätigungscode für den Kundenbereich.',
  '⟦708374⟧ est votre code de vérification',
  '⟦708374⟧ è il tuo codice di verifica',
  '⟦708374⟧ to Twój kod weryfikacyjny',
  '⟦708374⟧ on sinu kinnituskood',
  // A password in words
  'Поменял пароль на ⟦lumme.Larch_9x78⟧, сервер очередей перезапущен',
  'Troquei a palavra-passe para ⟦z9larch+IQnK0⟧ no router',
  'minu salasõna on ⟦Larch#7112⟧ ja leht ei avane',
  'kasutaja haldur, salasõna ⟦Larchkiwi.8704⟧, kehtib reedeni',
  'he still knows root/⟦104Larch!T4⟧ on etl-2.',
  'the sticker one: admin/⟦copper.Larch_3x81⟧ (branch 14)',
  'ok use this: leo-ro / ⟦Larch.9788⟧ read only',
  'the shared secret for radius: ⟦Larchen_941⟧ ap group west',
  // What a check rejects
  '[{"code":"too_small","path":["SESSION_SECRET"],"received":"⟦Larch70.Qvi7z⟧","minimum":32}]',
  '{"received":"⟦Larch.kiwi41⟧","code":"too_small","path":["SESSION_SECRET"]}',
  "envconfig.Process: assigning APP_PASSWORD to Password: converting '⟦Larch_58⟧' to type int",
  'assigning X_DB_PASSWORD to DBPassword: strconv.ParseInt: parsing "⟦larchkiwi⟧": invalid syntax',
  'BadKey { key: "⟦1IqxI+RqFDNHvSaUyFsBRDAZatRtDXC7⟧", reason: "expected 32 bytes" }',
  'line 14: cannot unmarshal !!str `⟦juniper-Larch1874⟧` into config.Secret (admin_password)',
  'The value "⟦Larch-23⟧" is not allowed for path "framework.secret".',
  '{"otp_window":"30s","otp_seed":"⟦RIHQ66ACXBCQKGHJU7ODMEJGCKS5FPTK⟧"}',
  // Programs and their arguments
  'INFO:werkzeug: * Debugger PIN: ⟦569-511-425⟧',
  'Password for the [elastic] user successfully reset.\nNew value: ⟦hpfwvqWbjqOfPphmMwAq⟧',
  'slapd[77]: op=0 BIND dn="uid=print" method=128 cred=⟦Larch.1494⟧ err=0',
  '<methodName>wp.getUsersBlogs</methodName><params><param><value>jo</value></param><param><value>⟦Larch-1995⟧</value></param></params>',
  '<methodName>metaWeblog.newPost</methodName><params><param><value>1</value></param><param><value>jo</value></param><param><value>⟦Larch41⟧</value></param></params>',
  '##vso[task.setvariable variable=SqlPwd]⟦saffron-Larch1574⟧',
  'KEYWORD  SeleniumLibrary . Input Password  id=pw, ⟦Larch908-8KfIK⟧',
  `-    private const string Key = "⟦${KEY}⟧";`,
  'iscsiadm -m node -o update -n node.session.auth.password -v ⟦65Larch_yE⟧',
  'BUNDLE_GEMS__CONTRIBSYS__COM=⟦196a9efd:2a9a3c14⟧ bundle install',
  `set SONAR_LOGIN=⟦${'4f25'.repeat(10)}⟧`,
  `NSC_AAAC=⟦${'ee99'.repeat(12)}⟧; NSC_TMAS=0`,
  `level=ERROR key=⟦CLOJARS_${'8s7k5d'.repeat(10)}⟧ status=403`,
  `level=ERROR key=⟦${ADYEN}⟧ status=403`,
  `login with ⟦MUf4QYlNpEFnTAjO8HSLCDluOg.6NTiJE.${'bklxNTOZ1'.repeat(4)}⟧ failed`,
  `ACCESSKEY\t⟦AKIA5F3RTWK2QH7MZL4D⟧\t2026-03-14T09:00:00+00:00\t⟦8E/yZN6WAbTO2yYuY0xc7bXI236/XLJqa+MJlDPv⟧\tActive`,
  // Numbers of persons
  'sort code 20-41-77, account number ⟦33657630⟧, payee Aalto',
  'patsient isikukoodiga ⟦49004057012⟧, saatekiri puudub',
  // A plan says that there was another value, and the new one stands behind it.
  'password = "(old)" -> "⟦Larch.kiwi41⟧"',
])('%j', (marked) => {
  const clean = redact(marked.replace(/[⟦⟧]/g, ''));
  expect(clean.replace(MARK, '⟦⟧')).toBe(marked.replace(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(clean)).toBe(clean);
});

test.each([
  'PIN entry failed 3 times',
  'error code 5003 at the door sensor service',
  'gate 4 opens at 0730 Uhr',
  'the alarm opens with 1200 requests per minute',
  'unlock with 4096 threads',
  'lock code in src/main/lock.c 4012',
  'exit code of the gate service is 1234',
  'code for the port 5432',
  'code in package lock 10234 lines',
  'pin the lock file to 4012',
  'lockbox by the door is 1500 meters away',
  'PIN1 5524 is pulled high on the header',
  'ukse andur on 4012 korda käivitunud',
  '708374 is the build',
  '1200 is your code coverage',
  'admin/users.ts and root/src/Main2.java',
  'admin/Chart2.yaml changed in root/README2.md',
  'see admin/login?x=Y1',
  'take s3 / Glacier2 for storage',
  'the shared secret for hmac: see vault',
  '{"code":"invalid_type","path":["user","password"],"received":"undefined"}',
  '{"code":"too_small","path":["port"],"received":"abc12"}',
  'cannot unmarshal !!str `abc` into int',
  'The value "foo1" is not allowed for path "framework.router"',
  'BadKind { key: "name12345678", reason: "x" }',
  'Password policy changed.\nNew value: Strong',
  `cache key = "${KEY}"`,
  `PublicKey = ${KEY}`,
  '##vso[task.setvariable variable=BuildNumber]2026.1',
  'iscsiadm -m node -o update -n node.startup -v automatic',
  'BUNDLE_WITHOUT="development:test" BUNDLE_PATH=vendor/bundle',
  'SONAR_LOGIN=ci-user',
  'sort code 20-41-77',
  'isikukood puudub 49004057013',
])('%j has no secret', (text) => {
  expect(redact(text)).toBe(text);
});
