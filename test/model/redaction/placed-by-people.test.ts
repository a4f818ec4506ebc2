/** What people write and paste around a secret, and the same words without one. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const SECRET = 'Kiwi7$Larch';

describe('redacts', () => {
  test.each([
    ['an answer below its question', `what is the password of the lab VPN?\n> here you go:\n> ${SECRET}`, SECRET],
    [
      'two passwords without a word for them',
      `I changed svc_print from ${SECRET} to Larch-4-Kiwi, still 535`,
      'Larch-4-Kiwi',
    ],
    ['a password behind a comma', `still the default passwrd, ${SECRET} on sw-2`, SECRET],
    ['a token as long as a hash', `use this token instead ${'0b7c'.repeat(10)}, mine is old`, '0b7c0b7c'],
    ['Dutch, short', 'ww voor de testomgeving: Fiets_Brug7 gebruiker t1', 'Fiets_Brug7'],
    ['German as spoken', 'pw fürs WLAN im Keller is jetzt Schraube-9x, SSID K5', 'Schraube-9x'],
    ['Russian with an owner', 'пароль админа теперь ЛетнийСад#4, вход под admin', 'ЛетнийСад#4'],
    [
      'a decoded Secret',
      `$ kubectl get secret grafana -o jsonpath='{.data.admin-password}' | base64 -d; echo\nq7RtZ2mKw9LxV4Bn`,
      'q7RtZ2mKw9LxV4Bn',
    ],
    ['a field of Vault', `$ vault kv get -field=password kv/print\n${SECRET}\n$ exit`, SECRET],
    ['an output of Terraform', `terraform output -raw db_password\n${SECRET}`, SECRET],
    ['a file of users', `$ cat /etc/pgbouncer/userlist.txt\n"app" "md5${'0af1'.repeat(8)}"\n"pgb" "${SECRET}"`, SECRET],
    ['a setting in columns', `[OUTPUT]\n    Name        datadog\n    apikey      ${'9f0c'.repeat(8)}\n`, '9f0c9f0c'],
    ['a map of Qt', `QMap(("host", QVariant(QString, "till"))("pin_token", QVariant(QString, "${SECRET}")))`, SECRET],
    ['an answer with its first words', `what was the password of till 3?\nit's still ${SECRET}`, SECRET],
    ['an answer with its time and author', `which login for the NAS?\n09:41 <mo> admin / Kiwi7-Larch`, 'Kiwi7-Larch'],
    ['a user and a password below their question', 'creds for the plotter??\nops: plot:Larch44Kiwi', 'Larch44Kiwi'],
    ['a community', 'snmp community for the cellar is now l4rch-Read', 'l4rch-Read'],
    ['a community below its question', 'is the snmp community on ap-3?\n> it is l4rch-Read', 'l4rch-Read'],
    ['the code of a door', 'gate code for the yard at night is now *83021', '83021'],
    ['a code in an SMS', 'Your Larchbank code is 771 204. It expires in 5 minutes', '771 204'],
    ['Czech with a purpose', 'heslo pro tiskárnu je Lar9-Kiwi~x, host tisk-2', 'Lar9-Kiwi~x'],
    ['Croatian', 'lozinka za pisač je Lar9-Kiwi~x', 'Lar9-Kiwi~x'],
    ['Indonesian with its thing', 'kata sandi router baru: Lar9-Kiwi~x', 'Lar9-Kiwi~x'],
    ['Malay', 'kata laluan wifi ialah Lar9-Kiwi~x', 'Lar9-Kiwi~x'],
    ['Vietnamese with its thing', 'mật khẩu máy in: Lar9-Kiwi~x', 'Lar9-Kiwi~x'],
    ['Polish with its thing', 'hasło wifi: Lar9-Kiwi~x', 'Lar9-Kiwi~x'],
    ['a header as a tuple', 'headers: [{"account-token", "02ccbf0fc6"}]', '02ccbf0fc6'],
  ])('%s', (_, text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });
});

describe('keeps', () => {
  test.each([
    'did somebody change the password?\n> yes, yesterday\n> thanks',
    'what is the password policy?\n12 characters, one digit',
    'changed node_pool from n2-standard-4 to n2-standard-8',
    'changed pool_size from 20 to 50, reset timeout from 30s to 60s',
    'rotated svc_print from Standard_D4s_v3 to Standard_D8s_v3',
    'which login page is slow?\nshop / checkout',
    'which login page is slow?\n/shop/checkout-v2',
    'creds for the plotter?\nask ops-2/Tom',
    'who has the creds?\nmo: see vault/Team-2',
    'snmp community is read-only on sw-2',
    'snmp community string: v2c only',
    'the community on sw-2 is big',
    'door 4 code is in the vault',
    'error code for the gate is 4041',
    'Your area code is 0301, valid for all',
    'Your exit code is 1371 again',
    'heslo pro tiskárnu je prázdné',
    'kata sandi router: kedaluwarsa',
    'kata sandi sudah diganti kemarin',
    'lozinka je istekla',
    'hasło wifi: wygasło',
    'wrong password, attempt 3 of 5',
    'wrong password, Attempt#3 of 5',
    'this commit 0b7c0b7c0b7c0b7c0b7c0b7c0b7c0b7c0b7c0b7c broke it',
    'ww van de testomgeving is verlopen',
    'пароль пользователя теперь обязателен',
    'pw fürs WLAN is jetzt abgelaufen',
    "$ kubectl get secret tls -o jsonpath='{.data.username}' | base64 -d; echo\nreporting_2",
    '$ vault kv get -field=password kv/print\nNo value found at kv/print',
    '    apikey      required\n',
    '("host", QVariant(QString, "till-04"))',
    '{"token", "expired"}',
    'headers: [{"content-length", "4711882"}]',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});
