/** Values with signs, in parts, in lists and below a label. The part between ⟦ and ⟧ is the secret. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const FOUND: Readonly<Record<string, readonly string[]>> = {
  'a sign of a shell in an option': [
    'gcloud sql users set-password app --instance=ledger-1 --password=⟦Rips&Larch3⟧',
    'aws rds modify-db-instance --master-user-password ⟦Brunost;Skive8⟧ --apply-immediately',
  ],
  'a bracket that nothing closes': [
    'password: ⟦9JWT6SeV9Ffe{Q⟧\nusername: builder',
    'password: ⟦9J<T6SeV9Ffe]Q⟧\nusername: builder',
  ],
  'a text in two quotes': [
    'export GITLAB_PAT="⟦glpat-JG08GNQVUX"\\\n"kr8MZcQIQs⟧"\nrun lint',
    'password = "⟦larch" + "Kiwi7⟧"',
  ],
  'a pair among pairs': [
    "OrderedDict([('user', 'etl'), ('password', '⟦Aspargestopp⟧'), ('port', 5432)])",
    '[("host", "db-1"), ("password", "⟦Aspargestopp⟧")]',
  ],
  'a row below its header': [
    '| Key | Value |\n|---|---|\n| client_secret | ⟦tpPeHf6PKlkKQTwRqGrVfdStLnzTSgmn⟧ |\n| tenant | larch |',
    '| Setting | Value |\n| --- | --- |\n| host | db-1 |\n| Password | ⟦larchKiwi7⟧ |',
  ],
  'what was typed below a label': [
    'Password\n⟦Kapers&Oliven⟧\nLogin\ndrift',
    'Benutzername\njo\nPasswort\n⟦larchKiwi7!⟧\nAnmelden',
  ],
  'words in languages of people': [
    'jaunā parole zabbix-lv ir ⟦Zordadol.kapel22⟧, nomaini',
    'naujas slaptažodis zabbix-lt yra ⟦Zordadol.kapel22⟧',
    'noua parolă pentru zabbix este ⟦Zordadol.kapel22⟧',
    'новата парола за zabbix е ⟦Zordadol.kapel22⟧',
    'нова лозинка за zabbix је ⟦Zordadol.kapel22⟧',
    'Ich hab das Passwort für sap-prd auf ⟦Majoran!Topf⟧ gesetzt',
    'zmieniłem hasło do sap na ⟦Majoran!Topf⟧',
    'usuario monitor contraseña ⟦Azafran-Rojo⟧ para Grafana',
    'logga in med admin och lösenord ⟦Kantarell-Gul⟧',
  ],
};

describe.each(Object.entries(FOUND))('%s is redacted', (_, texts) => {
  test.each(texts)('%j', (marked) => {
    const text = marked.replace(/[⟦⟧]/g, '');
    expect(redact(text).replaceAll(/\[redacted:[\w-]+\]/g, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  });
});

const RANDOM = 'Kx7vR7mPzQxW2nTyBc6DfGh1JkLsUvWx3Ye5Ra7Oi0K';

test.each([
  "choices=[('password', 'Password'), ('token', 'Token')]",
  '| Key | Value |\n|---|---|\n| password | required |\n| host | db-1 |',
  'Password\nRequired field\nLogin',
  'Passwort\nvergessen?\nAnmelden',
  'cmd --password=$PW && systemctl restart app',
  'das Passwort für sap-prd auf db-1 gesetzt',
  'usuario monitor contraseña caducada para Grafana',
  `wg peer public key ${RANDOM}= handshake 3s`,
  `ARC-Seal: i=1; a=rsa-sha256; d=mail.test; b=${RANDOM}`,
  `Message-ID: <${RANDOM}@mail.test>`,
  `X-Google-Smtp-Source: ${RANDOM}`,
  `<ds:DigestValue>${RANDOM}=</ds:DigestValue>`,
  `ct: leaf hash ${RANDOM}=`,
  'terminal TID 12345678 STAN 004417 auth code 05A1B2',
  `reCAPTCHA sitekey 6LeIx${RANDOM}`,
])('%j has no secret', (text) => {
  expect(redact(text)).toBe(text);
});
