/** Secrets in lines that programs read or write, and codes that messages tell: secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;
const ANSWER = `${'9F3C'.repeat(8)}:0101${'0a7b'.repeat(20)}`;
const KEY = `${'q7Zr'.repeat(10)}aBc=`;
const HEX_TOKEN = '5b1e9d'.repeat(6) + 'a407';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');

test.each([
  ['htpasswd in a record of the audit', 'type=EXECVE a0="htpasswd" a1="-cb" a2="/srv/pw" a3="jo" a4="⟦Larch.marten4⟧"'],
  [
    'an option in a record of the audit',
    'type=EXECVE a0="restore" a1="-v" a2="--password" a3="⟦Larch.marten4⟧" a4="db"',
  ],
  ['a test with Selenium', "d.findElement(By.id('userPassword')).clear().sendKeys('⟦Larch.marten4⟧')"],
  ['a test with Playwright', "page.locator('#password').fill('⟦larch marten 4⟧')"],
  ['a page that fills in a field', "page.fill('input[name=password]', '⟦larch marten 4⟧')"],
  ['the log of Cypress', 'get     input[name="password"]\n-clear\n-type   ⟦Larch-marten4⟧'],
  ['an answer to a challenge', `NTLMv2 hash: jo::CORP:0123456789abcdef:⟦${ANSWER}⟧`],
  ['the prompt of wpa_cli', '> set_network 2 psk "⟦larch&marten 4⟧"'],
  ['a file of parameters', 'userid=hr/⟦Larch.marten4⟧@ORCL'],
  ['a file of davfs2', 'https://files.example.org/webdav/jo jo ⟦Larch-marten4⟧'],
  ['a policy of a group', '<Properties cpassword="⟦aB3/x+Qz81LkPq/9vT⟧" userName="jo"/>'],
  ['a handler of sessions', 'save_path = "tls://redis-2:6380?database=1&auth=⟦larch*marten4⟧"'],
  ['a key of WireGuard', `# wg genpsk\n⟦${KEY}⟧`],
  ['a user of Pushover', `POST https://api.pushover.net/1/messages.json user=⟦u${'3kd9x'.repeat(5)}abcd⟧`],
  ['a key that encrypts', `ACME_ENC=⟦${'0af3'.repeat(6)}⟧ ACME_ENV=live`],
  ['tccli', 'tccli configure set region eu secretKey ⟦Larch4marten9Larch4marten9⟧'],
  ['a setting in base64', `printf ⟦${base64('ADMIN_PASSWORD=Larch.marten4')}⟧ | base64 -d`],
  ['an address of data', `see data:text/plain;base64,⟦${base64('api_token: 8fk29sLq03mzXw1')}⟧ there`],
  ['a setting in hexadecimal digits', `echo ⟦${hex('password: Larch.marten4')}⟧ | xxd -r -p`],
  ['Danish', 'koden til gw-4 er ⟦Ærtehalm_73⟧'],
  ['Norwegian with a verb', 'passordet på gw-4 er endret til ⟦Larch-marten4⟧'],
  ['Dutch with a verb', 'het wachtwoord van gw-4 is gewijzigd naar ⟦Larch-marten4⟧'],
  ['Hungarian with a sign in it', 'a jelszava most ⟦Fenyő!erdő41⟧'],
  ['who resets', 'I reset it to ⟦Larch-marten47⟧, change it after you log in'],
  ['who uses a token in German', `ich nutze den Token ⟦${HEX_TOKEN}⟧ dafür`],
  ['an application’s code', 'Your Acme code is ⟦284019⟧.'],
  ['a code in Turkish', 'Acme doğrulama kodunuz: ⟦284019⟧'],
  ['a code of a list', 'recovery code consumed: ⟦4ad07-9be13⟧, 3 left'],
  ['a card in Malay', 'No. K/P: ⟦910203-10-5544⟧'],
  ['a card in Hebrew', 'מס׳ זהות: ⟦123456782⟧'],
  ['the second line of a passport', 'MRZ: ⟦L898902C36UTO7408122F1204159ZE184226B<<<<<10⟧'],
  ['an account in Mexico', 'clabe: ⟦646180157000000004⟧'],
  [
    'the words of a wallet',
    'the seed words were ⟦legal winner bone year wave sausage worth useful legal winner bone yellow⟧ please restore',
  ],
])('%s leaves the text without its secret', (_, marked) => {
  const text = marked.replaceAll(/[⟦⟧]/g, '');
  expect(redact(text).replaceAll(MARK, '…')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '…'));
});

test.each([
  'type=EXECVE a0="htpasswd" a1="-v" a2="/srv/pw" a3="jo"',
  "page.fill('#city', 'Tampere 33')",
  '> set_network 2 ssid "Guest-5G"',
  'https://files.example.org/webdav/jo 207 Multi-Status',
  `# wg genkey | wg pubkey\n${KEY}`,
  'ACME_ENC=live',
  `payload ${base64('region=eu-north-1')}`,
  'koden til modulen er ikke lastet',
  'passordet på gw-4 er endret til noe nytt',
  'Your Acme error code is 5023',
  'I reset it to Release-candidate12',
  'USERID=ops/backup',
  'koden til modulen er KundePortal42',
  "el('password hint').set('colour', 'red')",
  'secret_key     ****************4Ab9',
  'SetCredentialEncrypted=db_password: \\\n  Whxqht+dQJax1aZeCGLxmiAAAAABAAAADAAAABAAAAC4 \\\n  kQx9ZtR7yPq2Lm',
])('%s stays', (text) => {
  expect(redact(text)).toBe(text);
});
