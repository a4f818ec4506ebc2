/** Passwords and door codes that a sentence states in one of many languages: secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  ['Danish', 'passwordet til pg-ro er ⟦Lærk.og.Rug4⟧, sig til'],
  ['Norwegian', 'passordet på vpn-gw2 er nå ⟦Fjord-bekk81⟧'],
  ['Swedish', 'lösenordet till db-3 är ⟦Lärk.sten9⟧'],
  ['Finnish', 'salasana palvelimelle db-3 on ⟦Lehtikuusi.k7⟧'],
  ['Estonian', 'db-3 parool on ⟦Lehis.puu77⟧'],
  ['Latvian', 'db-3 parole ir ⟦Lapegle.egle77⟧'],
  ['Lithuanian', 'db-3 slaptažodis yra ⟦Maumedis.m77⟧'],
  ['Hungarian', 'a jenkins jelszava ⟦Fenyő-fa.21⟧'],
  ['Hungarian with an adverb', 'a jenkins jelszava most ⟦Fenyő-fa.21⟧, ne mondd el'],
  ['Bulgarian', 'паролата за mail-1 е ⟦Pirin.voda8⟧'],
  ['Serbian', 'лозинка за db-3 је ⟦Bor.more77⟧'],
  ['Croatian', 'lozinka za db-3 je ⟦Bor.more77⟧'],
  ['Ukrainian', 'пароль до db-3 тепер ⟦Bor.more77⟧'],
  ['Czech', 'heslo k serveru db-3 je ⟦Smrk.les77⟧'],
  ['Romanian', 'parola pentru db-3 este ⟦Larice.m77⟧'],
  ['Catalan', 'la contrasenya de minio és ⟦Pi.negre28⟧'],
  ['French', 'le mot de passe de db-3 est ⟦Bor.more77⟧'],
  ['Italian', 'la password di db-3 è ⟦Bor.more77⟧'],
  ['Greek', 'ο κωδικός για το db-3 είναι ⟦Bor.more77⟧'],
  ['Turkish', 'db-3 için parola ⟦Bor.more77⟧ olarak ayarlandı'],
  ['Hebrew', 'הסיסמה ל-router-2 היא ⟦Galim.sela7⟧'],
  ['Arabic', 'كلمة المرور لـ db-3 هي ⟦Bor.more77⟧'],
  ['Persian', 'رمز عبور سرور db-3 ⟦Bor.more77⟧ است'],
  ['Hindi', 'ftp-2 का पासवर्ड ⟦Parvat.kinara8⟧ है'],
  ['Bengali', 'db-3 এর পাসওয়ার্ড হলো ⟦Bor.more77⟧'],
  ['Tamil', 'db-3 கடவுச்சொல் ⟦Bor.more77⟧ ஆகும்'],
  ['Thai', 'รหัสผ่านของ db-3 คือ ⟦Bor.more77⟧'],
  ['Vietnamese', 'mật khẩu của db-3 là ⟦Bor.more77⟧'],
  ['Indonesian', 'kata sandi untuk db-3 adalah ⟦Bor.more77⟧'],
  ['Malay', 'kata laluan db-3 ialah ⟦Bor.more77⟧'],
  ['a door in Swedish', 'serverrummet har ny dörrkod ⟦7719#⟧, gäller från måndag'],
  ['a door in Norwegian', 'dørkoden til serverrommet er ⟦4417⟧ nå'],
  ['a door in Finnish', 'ovikoodi on ⟦4417⟧'],
  ['a door in German', 'der Türcode ist ⟦4417⟧, bitte ändern'],
])('redacts a secret in %s', (_, marked) => {
  const redacted = redact(marked.replaceAll(/[⟦⟧]/g, ''));
  expect(redacted.replaceAll(MARK, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(redacted)).toBe(redacted);
});

test.each([
  'passwordet til pg-ro mangler',
  'passordet på Vpn.gateway2 er utløpt, feil 4471',
  'lösenordet till Db.server3 är för kort',
  'salasana palvelimelle Web2Server on vanhentunut',
  'db-3 parool on aegunud, vt Wiki.page12',
  'Db.server3 parole ir par īsu',
  'Db.server3 slaptažodis yra per trumpas',
  'a jenkins jelszava lejárt a Web.node2 gépen',
  'jelszava INC-2024-Web1 jegyben',
  'паролата за Mail.server1 е изтекла',
  'лозинка за Db.server3 је прекратка',
  'lozinka za Db.server3 je prekratka',
  'пароль до Db.server3 тепер прострочений',
  'heslo k serveru Db.server3 je krátké',
  'parola pentru Db.server3 este expirată',
  'la contrasenya de Minio.node2 és massa curta',
  'le mot de passe de Db.server3 est trop court',
  'la password di Db.server3 è scaduta',
  'ο κωδικός για το Db.server3 είναι λάθος',
  'Db.server3 için parola geçersiz',
  'הסיסמה ל-Router.node2 פגה',
  'كلمة المرور لـ Db.server3 غير صحيحة',
  'رمز عبور سرور Db.server3 اشتباه است',
  'Ftp.server2 का पासवर्ड गलत है',
  'Db.server3 এর পাসওয়ার্ড ভুল',
  'Db.server3 கடவுச்சொல் தவறானது',
  'รหัสผ่านของ Db.server3 ไม่ถูกต้อง',
  'mật khẩu của Db.server3 là bắt buộc',
  'kata sandi untuk Db.server3 salah',
  'kata laluan Db.server3 tidak sah',
  'a palavra-chave é Select2Widget',
  'šifra proizvoda je Prod.Abc42',
  'шифра артикла је Art.Code42',
  'dörrkod saknas, ärende 4471',
  'dørkode er ugyldig for 4471 kunder',
  'ovikoodi puuttuu, tiketti 4471',
  'Türcode fehlt seit 2024',
])('keeps what states no secret: %s', (text) => {
  expect(redact(text)).toBe(text);
});
