/** What people say in many languages, and what programs say about a value: secrets stand between ⟦ and ⟧. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MADE = '9f0c'.repeat(8);

const SECRETS: Readonly<Record<string, readonly string[]>> = {
  'a value that a check rejects': [
    'Failed to bind properties under \'spring.datasource.password\': value "⟦Larch88.kiwi⟧", reason: conversion failed',
    '"JWT_SECRET" with value "⟦larchkiwi⟧" fails to match the required pattern',
    '`secret_key_base` must be a type of String: ⟦e4e61d1e57f1d5d16cc0a7dfb12a2232⟧ (railties 7.1.3)',
    "ValidationError: 'db_password': got '⟦larch kiwi⟧' expected at least 16 characters",
    'spring.mail.password must be non-empty, got "⟦Larch14!⟧"',
  ],
  'a token in base64 as a whole': [
    '|  SecretAccessKey |  ⟦27sIfV14Grm9MAPcStlk2qoORjs9IIGn4v+J/q4e⟧  |',
    'seen ⟦aboQm0L4YUX+avJsWVsCybafT8w0QZ6VeOnDHZ1srWbAXzEbnBSnsbXr8UlGe1Ws⟧ in the header',
    'basic.auth.user.info=⟦2DN4KVNK2R62TFFN:aboQm0L4YUX+avJsWV⟧ https://psrc.test',
  ],
  'a user and a password': [
    'curl -sSvu exporter:⟦Larch14x⟧ http://es-1:9200/_cat/indices',
    "terraform apply -var 'grafana_auth=admin:⟦uL2SG!l3V4h3⟧'",
    'invalid port in "mysql://shop:⟦Larch/44.kiwi⟧@db-5/shop"',
    'Melde dich mit gast und ⟦LarchW#keCKPT⟧ an, danach geht es weiter.',
    'log in with guest and ⟦LarchW#keCKPT⟧.',
  ],
  'a statement': [
    "UPDATE settings SET value = '⟦larchkiwi⟧' WHERE name = 'smtp_password';",
    "UPDATE wp_options SET option_value='⟦larchkiwi⟧' WHERE option_name = 'mailserver_pass'",
    `UPDATE app SET webhook_secret = ? (parameters: array{"1":"⟦${MADE}⟧"}) ["console"]`,
  ],
  'a password of digits on a device': [
    'set interfaces ethernet eth0 pppoe 0 password ⟦91539674⟧\nset interfaces ethernet eth0 mtu 1492',
    'username jo password ⟦91539674⟧',
  ],
  'what a command prints': [
    'argocd admin initial-password -n argocd\n⟦AovZJdxhegIuZDwt⟧\n\n This password must be only used for first time login.',
  ],
  'a code for one login': [
    'POST /hooks/sms\nAccountSid=x&Body=Your+code+is+⟦133768⟧&Status=delivered',
    'Body=⟦133768⟧+is+your+login+code&To=x',
    'Subject: Your verification code\n\n⟦116335⟧\n\nThis verification code expires in 10 minutes.',
    'Betreff: Ihr Anmeldecode\n\nGuten Tag,\n\n⟦116 335⟧\n',
    'dina: can you read me the code from the phone?\nsam: ⟦619 432⟧\ndina: in, thanks',
    'anna: mandami il codice\nbo: ⟦585852⟧',
    'il codice OTP che mi è arrivato è ⟦585852⟧, scade tra un minuto',
    'engangskoden min er ⟦914294⟧, skynd deg',
    'engångskoden för banken är ⟦914294⟧',
    'Ihr TAN-Code lautet ⟦325322⟧. Geben Sie ihn niemandem weiter.',
    'tu código OTP de un solo uso es ⟦553201⟧',
  ],
  'what opens a door or a safe': [
    'door code for the server room changed to ⟦6853#⟧ as of monday',
    'PIN für die Alarmanlage ist ab heute ⟦17073⟧, bitte dem Empfang weitersagen',
    "le digicode de l'immeuble est passé à ⟦7815B⟧ hier",
    '¿me pasas el pin de la caja 3? – sí, ⟦4418⟧',
    'dörrkoden är ⟦5531⟧',
    'kod do bramy to ⟦5531#⟧',
  ],
  'a password in words': [
    'here you go: password ⟦pebblemeadow20⟧',
    'guest wifi Fjord-Guest, password ⟦Heron69.saddle⟧',
    'login is admin\npassword\n⟦Saffron31_garden3⟧\nthat is for grafana',
    "it's the usual one, ⟦kLiTP_gog0hV⟧, that's the root password on db3",
    "J'ai mis « ⟦HarborFalcon908*⟧ » comme mdp admin sur srv-paie.",
    'La clé WPA de la salle Cobalt : ⟦qr7r6sWf4KaiECQJ⟧',
    'he cambiado la clave del wifi de recepción por ⟦kieferpebble79⟧',
    'fastlane: MATCH_PASSWORD ⟦bramble-harbor-nimbus⟧ did not decrypt certs/7KQ2M.cer',
    'Кодовое слово по договору 118 — ⟦Калитка87⟧',
    'логин buh пасс ⟦PylonMaple929*⟧ база 1C_ZUP',
    `use this key for the weather api: ⟦${MADE}⟧`,
  ],
  'a number of a person': [
    'El DNI del cliente 4471 es ⟦53101080Z⟧',
    'паспорт ⟦45 91 459541⟧ выдан ОВД Хамовники',
    'マイナンバー ⟦1197 4912 7909⟧ 受付 第3窓口',
    '{"bank":{"account_number":"⟦275135244877⟧","currency":"USD"}}',
  ],
};

describe('redacts', () => {
  const rows = Object.entries(SECRETS).flatMap(([what, texts]) => texts.map((text) => [what, text] as const));
  test.each(rows)('%s: %s', (_, text) => {
    const expected = text.split(/⟦[^⟧]*⟧/);
    expect(redact(text.replaceAll(/[⟦⟧]/g, '')).split(/\[redacted:[\w-]+\]/)).toEqual(expected);
  });
});

describe('keeps', () => {
  test.each([
    'password reset for jo failed after 3 attempts',
    'upgrade done, password postgres16',
    'DB_PASSWORD must-not-be-empty',
    'DB_PASSWORD kubernetes-secret-reference',
    'the PIN of the header is 4 on the left',
    'PIN for the module is 4400 lines long',
    'door code policy changed to 9000 days',
    'door code was changed on 2026-11-03',
    'safe code review is 1000 lines',
    "what's the exit code?\nbob: 13700",
    "what's the zip code?\nann: 90210",
    'Subject: Your verification of order 4410 is complete\n\n4410\n',
    'Subject: Build 8841 failed\n\n88412\n',
    'exit+code+is+137000&x=1',
    "le code d'erreur est 500123",
    'kod błędu to 440012',
    'TAN latency: 4400 ms',
    'the 2FA code is 6 digits',
    'OTP service is 10.4.2',
    'MFA codes sent today: 48213',
    "what's the code for this error? 50031",
    'which code did the API return? 429010',
    'log in with SSO and OAuth2Proxy',
    'sign in with Google and Microsoft365',
    'expected password to be hashed, got "bcrypt"',
    'secret "db-credentials" value "username" not found',
    'token is not valid: TokenExpiredError2',
    'credentials should not be logged: CVE-2025-12345',
    'auth=proxy1:Port8080',
    "UPDATE settings SET value = 'vault:secret/x' WHERE name = 'smtp_password';",
    "['password was ', 'password has been ']",
    'grafana_auth=oauth2:github',
    'auth=ldap:Users2',
    "UPDATE settings SET value = '30' WHERE name = 'password_max_age';",
    "UPDATE settings SET value = 'dark-2' WHERE name = 'theme';",
    'set interfaces ethernet eth0 mtu 1500',
    'WPA key exchange: timeout4way',
    '"JWT_SECRET" must be at least 32 characters long',
    '\'spring.datasource.url\': value "jdbc:postgresql://db:5432/x", reason: refused',
    "'db_password': got 'undefined'",
    `the cache key for the request: ${MADE}`,
    'curl -vu "$USER:$PASS" https://x',
    'docker run -u 1000:1000 img',
    'mysql://db-5:3306/shop@x',
    'redis://cache:6379/0',
    'account_number: 4471',
    'aws account_number: 123456789012',
    'DNI del cliente es obligatorio',
    'паспорт безопасности 2026 года',
    'password\nUsername',
    "Stripe('pk_live_51X0OlEhMDWicYFl7XWU4W8uoK6CD4XQm436mNOk9e') // publishable key, in the page's source",
    'DB_PASSWORD: !vault_ref secret/data/lager#password',
    'api_token = "terraform@pve!ci=[redacted:secret]"',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

test('the name of a token stays before its secret', () => {
  const said = (secret: string) => `api_token = "terraform@pve!ci=${secret}"`;
  expect(redact(said('090ddbfa-5516-415d-9e61-cdbe507bee63'))).toBe(said('[redacted:secret]'));
});
