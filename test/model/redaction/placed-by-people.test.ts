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
