/**
 * Secrets of whole classes of names and places: misspelt words for a password, columns with numbers of persons, lists of users,
 * parameters of stores. ⟦…⟧ goes, everything else stays; a text without is innocent.
 */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const PSK = '6fd365fb40ca32440093f590688b2d1cb2edd54bfb27fc9b3940e8d0a5819111';
const KEY = 'hunter22x9Kq4Z1mP7';
const DKIM =
  'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQuryC4Axh6USdDYLBChYUC6JFBmj5TROul7q1XV44irKQfVGQSA5IZNesJTfCNndkL4uOy6zbQ25PZq87';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'a word for a password with one slip of the keys': [
    'the passwrod for kibana is ⟦Quarry-Lark.18⟧',
    'passowrd: ⟦Quarry-Lark.18⟧',
    'paswsord=⟦tuba-Lark18⟧',
    'passworf is ⟦tuba-Lark18⟧',
    'das Passwrot für Kibana lautet ⟦Tuba-Lerche18⟧',
    'das Kenwort ist ⟦Tuba-Lerche18⟧',
    'het wachtwoort voor de nas is ⟦Tuba-Lerche18⟧',
    'le mot de pase est ⟦Tuba-Lerche18⟧',
    'la contrasña de admin es ⟦Tuba-Lerche18⟧',
  ],
  'such a word in a sentence that states nothing': [
    'the passwrod field is required',
    'the passwork is done',
    'passport: checked at the gate',
  ],
  'a key that is shared before, without a joiner in its name': [
    `TLSPSKIdentity=proxy-eu\nTLSPSK=⟦${PSK}⟧`,
    'IPSECPSK=⟦Zug-Spitze.44⟧',
    'WPAPSK1=⟦kohlrabi77⟧',
    'coap psk_identity=dev1 psk_key=⟦a1b2c3d4e5f6a7b8⟧',
  ],
  'where such a key is, and how it is used': ['TLSPSKFile=/etc/zabbix/psk.key', 'TLSConnect=psk', 'Slupsk: 12 shops'],
  'a key that a line of settings names': [
    '<security>\n  shared_key ⟦Zinn#Soldat3⟧\n</security>',
    '<security>\n  shared_key "⟦Zinn Soldat⟧"\n</security>',
    '  secret_key ⟦Abc9defg!⟧',
    'secret_key_base ⟦a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8⟧',
  ],
  'what such a line says instead of a key': [
    'shared_key mismatch',
    'shared_key "$' + '{FLUENT_KEY}"',
    'private_key /etc/ssl/private/x1.key',
    'private_key "/etc/ssl/private/x1.key"',
  ],
  'a quote or a sign of comments inside a value': [
    "shop = host=10.1.1.4 port=5432 user=shop password=⟦Kohl'Kopf6⟧\npool_mode = transaction",
    "Server=db;Uid=shop;Pwd=⟦Kohl'Kopf6⟧;Database=x",
    `psql "host=db password=⟦Kohl'Kopf6⟧ user=jo"`,
    "psql 'host=db password=⟦Kohl#Kopf6⟧ user=jo'",
    "password: ⟦Kohl'Kopf6⟧",
    "DATABASE_URL=postgres://shop:⟦Kohl'Kopf6⟧@db/shop",
  ],
  'a quote that ends the text around a value': [
    `echo "host=x password=⟦abc1x⟧"x`,
    `f('password=⟦abc1x⟧'+b)`,
    `<a href="?password=⟦abc1x⟧"class="y">`,
    `password: ⟦hunter2⟧'s not working`,
    `curl 'http://jo:⟦abc9x⟧@host/' -H 'x: y'`,
    "fetch('http://a:80', 'b')",
  ],
  'a list of users with their passwords': [
    ';; auth_file for pool_mode=transaction\n"ledger" "⟦Fenster-Kitt_7⟧"',
    '"ledger" "⟦Fenster-Kitt_7⟧"\n"shop" "⟦blumenkohl⟧"\n"stats" ""',
    '"ledger" "⟦kamnik4577!⟧"\n;; auth_type = scram-sha-256',
    '"ledger" "⟦kamnik4577!⟧"',
    '# /etc/pgbouncer/userlist.txt\n"ledger" "⟦blumenkohl⟧"',
  ],
  'two texts in quotes that are no user and no password': [
    '"Accept" "application/json"',
    '"hello" "world"',
    '"key" "value1"\n"other" "plain"',
    'cmd "/bin/sh" "-c" "Abcdefg12"',
    'GET "https://shop.example/a" "Mozilla/5.0 (X11; Linux)"',
  ],
  'a parameter whose type says that it is secret': [
    '{"Parameter":{"Name":"/prod/crm/smtp","Type":"SecureString","Value":"⟦Sumpf-Dotter3⟧"}}',
    '{"Name":"/prod/crm/smtp","Value":"⟦Sumpf-Dotter3⟧","Type":"SecureString"}',
    'Name:  /prod/crm/smtp\nType:  SecureString\nValue: ⟦Sumpf-Dotter3⟧',
    'resource "aws_ssm_parameter" "smtp" {\n  type  = "SecureString"\n  value = "⟦Sumpf-Dotter3⟧"\n}',
  ],
  'the data of a secret of Vault': [
    '{\n  "data": {\n    "data": {"smtp": "⟦plainword⟧"},\n    "metadata": {"created_time": "2026-01-01T00:00:00Z", "version": 1}\n  }\n}',
    '{"metadata":{"created_time":"2026-01-01"},"data":{"smtp":"⟦plainword⟧"}}',
  ],
  'data beside other metadata': ['{"data":{"data":{"host":"db"},"metadata":{"page":1}}}'],
  'a parameter of another type': ['{"Name":"/prod/crm/host","Type":"String","Value":"smtp.x.example"}'],
  'a column with numbers of persons': [
    "INSERT INTO patients (mrn, ssn, ward) VALUES (1, '⟦440-54-2849⟧', 'ICU-2'), (2, '⟦440542850⟧', 'ICU-3')",
    "INSERT INTO staff (id, tax_id, passport_number) VALUES (1, '⟦44-1234567⟧', '⟦C01X00T47⟧')",
    'id,ssn,ward\n1,⟦440-54-2849⟧,ICU-2',
    'id;nino;ward\n1;⟦QQ123456C⟧;ICU-2',
    ' id | ssn         | ward\n----+-------------+------\n  1 | ⟦440-54-2849⟧ | ICU',
    'COPY people (id, ssn, ward) FROM stdin;\n1\t⟦440-54-2849⟧\tICU',
    '{"columns":["id","ssn"],"rows":[[1,"⟦440-54-2849⟧"]]}',
    "UPDATE staff SET national_id = '⟦AB123456C⟧' WHERE id = 4",
    "insert into kyc(user_id,passport_no,dob) values(7,'⟦C01X00T47⟧','1990-01-02')",
    'name\tcpf\tcity\nJo\t⟦123.456.789-09⟧\tRecife',
    'DETAIL: Key (ssn)=(⟦440-54-2849⟧) already exists.',
    "Duplicate entry '⟦440-54-2849⟧' for key 'patients.ssn'",
  ],
  'masks, empty cells and sentences about such a column': [
    "INSERT INTO t (id, ssn) VALUES (1, '***-**-1234'), (2, NULL)",
    'id,ssn_hash,ward\n1,none,ICU-2',
    'ssn validation failed for 12 of 440542 rows',
    'ssn column missing in 440542849 rows',
    "Duplicate entry '77' for key 'patients.ssn_count'",
    'DETAIL: Key (ward)=(ICU-2) already exists.',
    '{"ssn":"XXX-XX-1234"}',
  ],
  'an identifier whose system numbers persons': [
    '{"identifier":[{"system":"http://fhir.de/sid/gkv/kvid-10","value":"⟦H505894405⟧"}]}',
    '{"identifier":[{"use":"official","system":"http://hl7.org/fhir/sid/us-ssn","value":"⟦444222222⟧"}]}',
    '{"identifier":[{"system":"urn:oid:2.16.840.1.113883.4.1","value":"⟦444222223⟧"}]}',
    '<system value="http://hl7.org/fhir/sid/us-ssn"/><value value="⟦444222222⟧"/>',
    'GET /fhir/Patient?identifier=http://fhir.de/sid/gkv/kvid-10|⟦H505894405⟧ 404',
  ],
  'an identifier of another system': [
    '{"coding":[{"system":"http://loinc.org","value":"8302-2"}]}',
    '{"telecom":[{"system":"url","value":"https://shop.example"}]}',
    'GET /fhir/Observation?identifier=http://loinc.org|8302-2 200',
  ],
  'a number of somebody insured, behind its name': [
    'eRezept-Abruf für KVNR ⟦H010096393⟧ scheitert mit HTTP 409',
    'kvnr=⟦H010096393⟧',
    'Versichertennummer ⟦H010096393⟧ unbekannt',
  ],
  'a shorter number behind that name': ['KVNR H01009639 zu kurz'],
  'a code of a door in a French sentence': [
    "le code d'accès au datacenter PAR2 est ⟦262084⟧",
    'le code d’accès du local serveur : ⟦2620⟧',
    "le code d'accès de la salle serveur est le ⟦262084⟧",
    "nouveau code d'accès visiteurs : ⟦4821⟧",
  ],
  'another code in a French sentence': [
    "le code d'accès au datacenter est refusé",
    "code d'erreur 262084",
    'la réponse est le 404',
    "le code d'accès au site renvoie 403",
  ],
  'the password of a network': [
    'guest wifi in the war room: marlin-guest / password ⟦paddle-otter-lamp⟧',
    'wlan marlin-gast / passwort ⟦paddel-otter-lampe⟧',
    'wifi: marlin-guest pass ⟦paddle-otter-lamp⟧',
    'SSID marlin-guest, key ⟦paddle-otter-lamp⟧',
    'WiFi "Marlin Guest" password "⟦paddle otter 77⟧"',
    'wifi ACME pw ⟦otterlamp77⟧',
    'hotspot name jo-phone password ⟦otterlamp77⟧',
  ],
  'what goes wrong with a network': [
    'wifi marlin-guest / password expired',
    'wifi down, password rotation pending',
    'the wifi key exchange failed with 802.11r-timeout',
  ],
  'a variable behind a NUL as cat shows it': [
    '^@SECRET_KEY=⟦lalala88⟧^@',
    '^@DB_PASSWORD=⟦x1y2z3q⟧^@HOME=/root^@',
    'PATH=/bin^@STRIPE_KEY=⟦abcdef9x8y7Kq4Z1mP7⟧^@LANG=C^@',
  ],
  'a key in a file of secrets': [
    `# secrets.env\nkey=⟦${KEY}⟧`,
    `$ cat /etc/app/credentials.ini\nuser=jo\nkey=⟦${KEY}⟧`,
  ],
  'a key in another file': [`$ cat /etc/app/cache.ini\nuser=jo\nkey=${KEY}`],
  'a setting of a section in one name': [
    'Jwt:Issuer=https://id.marlin.example Jwt:SigningKey=⟦3j84Q+fOSJ5+Tl9WngREJOneJIycMx57oKdOu93ndvU=⟧',
    'Token:Lifetime=3600 ApiKey:Header=X-Api-Key',
  ],
  'a flag whose name ends as one of a secret does': [
    'use_token=true verify_password=false rotate_secret=enabled',
    'rotate_secret=disabled check_token=always',
  ],
  'the public key of a domain': [
    `s1._domainkey IN TXT "v=DKIM1; k=rsa; p=${DKIM}"`,
    `v=DKIM1; p=${DKIM}${DKIM}" "${DKIM}`,
    `mail._domainkey IN TXT ( "v=DKIM1; k=rsa; " "p=${DKIM}" "${DKIM}" )`,
    `k=rsa; p=${DKIM} published for selector s1`,
  ],
  'such a key without its record': [`token ⟦${DKIM}⟧`],
  'two ways to log in': ['use ldap / Okta_SSO2', 'login with ldap / Okta_SSO2'],
};

describe('the redaction of', () => {
  test.each(Object.entries(TEXTS))('%s', (_, texts) => {
    for (const marked of texts) {
      const clean = redact(marked.replaceAll(/[⟦⟧]/g, ''));
      expect(clean.replaceAll(/\[redacted:[^\]]*\]/g, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
      expect(redact(clean)).toBe(clean);
    }
  });
});
