/** Passwords in sentences of people: by what stands around the name, in many languages, and without a name. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const ONE = 'Kiwi-larch-417';
const OTHER = 'TillMarble52#';

describe('redacts both of', () => {
  test.each([
    ['two before the name', `try ${ONE} or ${OTHER} as the password for the till`],
    ['two in German', `probier ${ONE} oder ${OTHER} als Passwort`],
    ['two in French', `essaie ${ONE} ou ${OTHER} comme mot de passe`],
    ['two in Spanish', `prueba con ${ONE} o con ${OTHER} como clave del VPN`],
    ['two in Russian', `попробуй ${ONE} или ${OTHER} как пароль к кассе`],
    ['an old and a new one', `till pw: ${OTHER} (old), ${ONE} (new, from Monday)`],
    ['an old and a new one in German', `Kennwort alt: ${ONE}, neu: ${OTHER} – gilt für die Kasse`],
    ['an old and a new one in French', `ancien mdp ${OTHER}, nouveau ${ONE} ; compte caisse`],
    ['an old and a new one in Turkish', `eski parola ${OTHER}, yeni parola ${ONE}; kasa`],
    ['a choice in Danish', `adgangskoden er enten ${ONE} eller ${OTHER}, bruger kasse`],
    ['a change in Ukrainian', `пароль до каси змінили з ${ONE} на ${OTHER}, хост k-1`],
    ['a choice without a name', `either ${ONE} or ${OTHER} should unlock till.p12`],
    ['a choice in Italian without a name', `ho provato sia ${ONE} che ${OTHER}, niente`],
    ['answers to a question', `sudo pw on till-7? ${ONE} worked yesterday, ${OTHER} did not`],
  ])('%s', (_, text) => {
    const redacted = redact(text);
    expect(redacted).not.toMatch(/larch|Marble/);
    expect(redact(redacted)).toBe(redacted);
  });
});

describe('redacts', () => {
  test.each([
    ['Czech', `heslo k účtu kasa je ${ONE}, server k-1`],
    ['Hungarian', `jelszó a kassza API-hoz: ${OTHER}, felhasználó kassza`],
    ['Romanian', `parola pentru utilizatorul casa este ${ONE}, baza c`],
    ['Norwegian', `passordet for brukeren kasse er ${ONE}, ikke del det`],
    ['Estonian', `parool on ${OTHER}, kasutaja kassa`],
    ['Bulgarian', `паролата за касата k-1 е ${ONE}`],
    ['Greek', `ο κωδικός πρόσβασης για το ταμείο είναι ${ONE}, διακομιστής t-2`],
    ['Turkish', `kasa şifresi ${OTHER}, kullanıcı kasa`],
    ['Hebrew', `הסיסמה לשרת k-1 היא ${ONE}, המשתמש k`],
    ['Hindi', `k-2 का पासवर्ड ${OTHER} है, यूज़र k`],
    ['Vietnamese', `mật khẩu của tài khoản quay là ${ONE}, máy chủ q-1`],
    ['Thai', `รหัสผ่านของ till คือ ${ONE} เครื่อง t-1`],
    ['Danish', `adgangskoden til testbrugeren er ${ONE}, log ind på t-3`],
    ['Turkish without a verb', `yeni şifre ${ONE}, sunucu t-1`],
    ['Swedish without a verb', `nytt lösenord ${ONE}, server t-1`],
    ['words between', `the DSRM password — don't laugh — is ${ONE}. Error 8453 is separate.`],
    ['a shared secret', `The shared secret between r-1 and the AP is ${OTHER}; the port is 1812.`],
    ['a user and a password', `user till_admin / ${OTHER} — url https://till.test/admin`],
    ['a user with a plus', `logged in with till + ${OTHER}, got "account locked"`],
    ['a login in brackets', 'the grafana login (viewer:q7RtZ2mKw9LxMarble) is on the wiki'],
    ['a value of a host', `root on db-3 is still ${ONE}, please rotate`],
    ['a new value', `reset it to ${OTHER} and he logged in`],
    [
      'an answer in quotes',
      `mo> what do I type, password expired?\njo> it's "${OTHER}" without the quotes, with capitals`,
    ],
    ['a passphrase of words', `Q: what's the passphrase for the disk?\nA: larch kiwi till marble`],
  ])('%s', (_, text) => {
    expect(redact(text)).not.toMatch(/larch|Marble/);
  });

  test.each([
    ['my TOTP was 671235 and it said "invalid code"', '671235'],
    ['body="Din kod är 840821. Dela den inte."', '840821'],
    ['Larch Bank: koden är 144957 för betalning 4 120,00 SEK', '144957'],
    ['验证码 526403，五分钟内有效', '526403'],
    ['SMS sent: "Ihr Bestätigungscode lautet 591655" to phone 14', '591655'],
    ['Ihr Sicherheitscode lautet: 591 655.', '591 655'],
    ['Uw verificatiecode is 591655 voor Larch', '591655'],
    ['Vahvistuskoodi on 591655', '591655'],
    ['kod potwierdzający to 591655', '591655'],
    ['il codice di conferma è 591655 per Larch', '591655'],
  ])('the code in %s', (text, code) => {
    expect(redact(text)).not.toContain(code);
  });
});

describe('leaves', () => {
  test.each([
    ['the password for jo expired on db-prod-01, see INC-2031'],
    ['password hashing: argon2id m=65536,t=3,p=4'],
    ['password rotation failed, request id Kx7Qm2Zp9Lw4Tr6B'],
    ['the password reset page answers 502 since build 2f9c41d7'],
    ['either HTTP/1.1 or HTTP/2 works with this proxy'],
    ['reset it to the default of node-exporter-9100'],
    ['user jo / group staff-2026'],
    ['felkod är 4031 för kassan'],
    ['try node-18 or node-20 as the password-manager image'],
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});
