/**
 * Names of secret values: `password`, `X-Api-Key`, `db.password`, `AWS_SECRET_ACCESS_KEY`. A name is read from its end,
 * so the part before its last words does not matter: `app_db_password`.
 */
import { misspelt } from '#model/redaction/misspelt.ts';
import { NAMES_OF_NUMBERS, NUMBER_OF_PERSON } from '#model/redaction/numbers-by-name.ts';

export type NameKind = 'authorization' | 'cookie' | 'secret' | 'national-id';

/** `isMade`: only a generated value is secret. */
export type NameRule = Readonly<{ kind: NameKind; word: string; stands: Stands; isMade: boolean }>;

/**
 * Whether letters may stand right before a word: `dbpassword`, `db_pass` but no `bypass`, `name` but no `file_name`.
 */
type Stands = 'anywhere' | 'as-word' | 'alone';

/**
 * Numeric codes that prove an identity, with their lengths: a PIN has 4 to 12 digits (ISO 9564-1); a pin of a board has
 * fewer.
 */
const CODES: Readonly<Record<string, RegExp>> = {
  pin: /^\d{4,12}$/,
  пінкод: /^\d{4,12}$/,
  пинкод: /^\d{4,12}$/,
  pincode: /^\d{4,12}$/,
  cvc: /^\d{3,4}$/,
  cardcode: /^\d{3,4}$/,
  cardsecuritycode: /^\d{3,4}$/,
  securitycode: /^\d{3,10}$|^\d{3,4}[ \u00a0-]\d{3,4}$/,
  ...Object.fromEntries(
    [
      'otp totp otpcode onetimecode verificationcode logincode smscode mfacode 2facode tfacode tan bestätigungscode codedevérification códigodeverificación',
      'codedeconfirmation códigodeconfirmación códigodeverificação codicediverifica otpvalue mfavalue otptoken alarmcode doorcode lockcode gatecode safecode unlockcode кодподтверждения',
      'вашкод кодвхода одноразовыйкод engangskode engångskod kodweryfikacyjny ověřovacíkód onaykodu doğrulamakodu verificatiecode bevestigingscode sicherheitscode einmalcode codetemporaire',
      'códigodeseguridad 验证码 驗證碼 認証コード 인증번호',
      'bypasscode backupcode emergencycode emergencyaccesscode rescuecode devicecode usercode pairingcode kinnituskood sisselogimiskood kertakood kodautoryzacji koddologowania kodsms twójkod váškód',
      "doğrulamakodunuz onaykodunuz ellenőrzőkódja coduldeverificare coduldeconfirmare coded'accès coded’accès mãxácnhận mãxácminh mãotp kodeverifikasianda kodeotp kodeotpanda รหัสotp",
      'verifizierungscode anmeldecode zugangscode freischaltcode aktivierungscode inlogcode toegangscode beveiligingscode activatiecode verifieringskod säkerhetskod inloggningskod bekräftelsekod',
      'bekræftelseskode sikkerhedskode verifikationskode bekreftelseskode sikkerhetskode vahvistuskoodi kertakäyttökoodi kodpotwierdzający koddostępu kodautoryzacyjny potvrzovacíkód',
      'megerősítőkód ellenőrzőkód coddeverificare coddeconfirmare güvenlikkodu códigodeacceso códigodeacesso códigodesegurança códigodeconfirmação codicediconferma codicedisicurezza codicediaccesso codedesécurité',
      'potrditvenakoda varnostnakoda enkratnakoda verifikacijskakoda prijavnakoda kodazaprijavo kodazapotrditev',
      'verifikacijskikod sigurnosnikod potvrdnikod jednokratnikod kodzapotvrdu kodzaprijavu kodzaverifikaciju',
      'overovacíkód bezpečnostnýkód bezpečnostníkód potvrdzovacíkód prihlasovacíkód přihlašovacíkód jednorazovýkód jednorázovýkód',
      'patvirtinimokodas saugoskodas vienkartiniskodas prisijungimokodas',
      'apstiprinājumakods verifikācijaskods drošībaskods vienreizējaiskods',
      'turvakood ühekordnekood staðfestingarkóði öryggiskóði',
      'kodiiverifikimit kodiikonfirmimit codideverificació codideseguretat',
      'hitelesítőkód biztonságikód egyszerikód belépésikód girişkodu kodpengesahan kodekeamanan kodeakses mãbảomật',
      'mãxácthực mãxácthựccủabạn mãxácnhậncủabạn mãxácminhcủabạn mãotpcủabạn',
      'vahvistuskoodisi kertakäyttökoodisi kirjautumiskoodisi turvakoodisi varmennuskoodi varmennuskoodisi kertakoodi kertakoodisi kertasalasana kertasalasanasi',
      'sinukinnituskood teiekinnituskood potrditvenikod jūsukods apstiprināšanaskods jūsųkodas kodasprisijungimui',
      'kodijuajiverifikimit turvakoodi kirjautumiskoodi coduldeautentificare coddesecuritate',
      'confirmationcode authenticationcode signincode onetimepasscode onetimepin passcodesms кодпідтвердження проверочныйкод 確認コード 校验码 校驗碼 动态码 인증코드 kodeverifikasi kodekonfirmasi',
    ]
      .join(' ')
      .split(' ')
      .map((word) => [word, /^\d{4,10}$|^\d{3,4}[ \u00a0-]\d{3,4}$/]),
  ),
};
const CODE_WORDS = Object.keys(CODES);

/** The form of such a code; undefined where the name does not name a code. */
export function codeForm({ word }: NameRule): RegExp | undefined {
  return CODES[word] ?? (NAMES_OF_NUMBERS.has(word) ? NUMBER_OF_PERSON : undefined);
}

/** The rule for a number whose system or column says whose it is. */
export const NUMBER_RULE: NameRule = { kind: 'national-id', word: 'nationalid', stands: 'as-word', isMade: false };

/** Whether the value of a name is a header, which has a form of its own. */
export function isHeader(kind: NameKind): kind is 'authorization' | 'cookie' {
  return kind === 'authorization' || kind === 'cookie';
}

/** Whether a name is that of a password, and not of a key or a token. */
export function isPassword({ word }: Pick<NameRule, 'word'>): boolean {
  return PASSWORD.test(word) || MISSPELT.has(word);
}

/** “the passwrod is …”, “das Passwrot lautet …”, “le mot de pase est …” */
const MISSPELT: ReadonlySet<string> = new Set(
  ['password', 'passwort', 'kennwort', 'wachtwoord', 'motdepasse', 'contraseña', 'adgangskode', 'salasana'].flatMap(
    misspelt,
  ),
);

const PASSWORD =
  /^(?:keycontent|keymaterial|wepkey|wpakey|wifikey|wlankey|network(?:security)?key|netzwerkschlüssel)$|inhalt$|vorinstallierter|gemeinsamers|prépartag|precondivis|voorafgedeeld|conten|conteú|zawarto|nyckelinne|sleutelin|pass|pwd|^pw$|^mdp$|kennwort|contrase|senha|clave|parol|paroo|wachtwoord|^has[lłŁ]|şifre|lösenord|adgangskode|salas[aõ]na|heslo|jelszó|mậtkhẩu|katasandi|katalaluan|lozink|geslo|slaptažod|lykilor|fjalëkalim|лозинк|парол|ПАРОЛ|^пасс$|кодовоеслово|密[码碼]|口令|パスワード|暗証番号|비밀번호|비번|पासवर्ड|รหัสผ่าน|المرور|السر|πρόσβασης|סיסמה/;

/** Russian, Chinese, Japanese, Korean, Arabic, Greek, Hebrew; folding with one bit fits only some of the Cyrillic letters. */
const OTHER_SCRIPTS =
  'пароль парола паролата пароля паролем ПАРОЛЬ ПАРОЛЯ 密码 密碼 口令 パスワード 暗証番号 비밀번호 كلمةالمرور كلمةالسر κωδικόςπρόσβασης סיסמה הסיסמה лозинка лозинку пасс кодовоеслово 비번 पासवर्ड รหัสผ่าน';
/** The last characters of these names, and of Hungarian and Turkish ones, which no run of letters contains. */
export const OTHER_SCRIPT_ENDS: readonly number[] =
  `${OTHER_SCRIPTS} 인증번호 인증코드 вашкод кодподтверждения кодвхода`
    .split(' ')
    .map((word) => word.charCodeAt(word.length - 1))
    .concat(Array.from('óıăðį', (letter) => letter.charCodeAt(0)));

/** Ends of names, however their words are joined: `secret_access_key`, `SecretAccessKey`, `secret access key`. */
const RULES: readonly NameRule[] = [
  ...rules('authorization', 'authorization'),
  ...rules('cookie', 'cookie'),
  ...rules(
    'secret',
    'password passwords passwd pwd pw passwort kennwort passphrase passphrases passcode passwordconfirmation ' +
      'passwrd pasword passwordconfirm passwordrepeat passwordvalue bindpw rootpw requirepass masterauth storepass keypass userpass ' +
      'dbpass dnpass smtppass redispass mysqlpass pgpass sshpass ' +
      'secret secrets secretkey secretkeybase secretstring secretbinary secretvalue ' +
      'token jwt accesstokens refreshtokens authtokens apitokens tokenvalue codeverifier ' +
      'apikey apikeys accesskey accesskeys privatekey privatekeys accountkey signingkey encryptionkey masterkey ' +
      'subscriptionkey applicationkey appkey authkey webhookkey sharedkey presharedkey licensekey ' +
      'otpseed totpseed hotpseed mfaseed walletseed masterseed tokenseed ' +
      'serverkey sessionkey storagekey functionskey hmackey clientkeydata transactionkey ' +
      'amzsignature googsignature credential credentials cvv unsealkey recoverykey samlresponse samlassertion ' +
      'basicauthpassword defaultauthtok redisauth ingestkey ingestionkey cookiesecret signingsecret secretanswer securityanswer ' +
      combined('password passwd pwd passwort', 'plain plaintext clear cleartext raw'),
  ),
  ...rules('secret', [...MISSPELT].join(' '), { stands: 'as-word' }),
  // zabbix.com/documentation, "Using pre-shared keys"; strongswan.org, wpa_supplicant.conf(5): what the key is for, without a joiner
  ...rules(
    'secret',
    `pskkey pskvalue ${combined('tls ipsec ike l2tp vpn wpa wifi wlan eap radius coap dtls mqtt', 'psk')}`,
  ),
  ...rules('secret', `parole pass psk mdp clave ${combined('pass', 'plain clear raw')}`, { stands: 'as-word' }),
  // learn.microsoft.com/windows-server/administration/windows-commands/netsh-wlan, in its languages; nmcli, routers
  ...rules(
    'secret',
    'wpakey wepkey wifikey wlankey networkkey networksecuritykey keycontent keymaterial netzwerkschlüssel schlüsselinhalt contenudelaclé ' +
      'contenidodelaclave contenutochiave conteúdodachave zawartośćklucza sleutelinhoud nyckelinnehåll vorinstallierterschlüssel gemeinsamerschlüssel cléprépartagée chiaveprecondivisa voorafgedeeldesleutel',
    { stands: 'as-word' },
  ),
  // learn.microsoft.com/azure/azure-monitor/app/connection-strings: who has it writes telemetry
  ...rules('secret', 'instrumentationkey'),
  ...rules('secret', CODE_WORDS.join(' '), { stands: 'as-word' }),
  ...rules('national-id', [...NAMES_OF_NUMBERS].join(' '), { stands: 'as-word' }),
  // French, Spanish, Portuguese, Italian, Dutch, Polish. What folds no case stands here in both.
  ...rules(
    'secret',
    "motdepasse motsdepasse contraseña contraseñas contrasena senha senhas parolad'ordine parolad’ordine wachtwoord " +
      'wachtwoorden hasło hasŁo hasła haslo',
  ),
  ...rules('secret', OTHER_SCRIPTS),
  // Turkish, Swedish, Danish, Norwegian, Finnish, Czech and Slovak, Hungarian, Vietnamese, Indonesian.
  ...rules(
    'secret',
    'şifre şifresi şifreyi parola parolası parolayı lösenord lösenordet adgangskode adgangskoden passord passordet salasana salasõna palavrapasse parool heslo jelszó mậtkhẩu katasandi katalaluan lozinka lozinku geslo slaptažodis contrasenya',
  ),
  // Lithuanian, Romanian, Icelandic, Albanian
  ...rules('secret', 'slaptažodį parolă lykilorð lykilorðið fjalëkalim fjalëkalimi'),
  // Keys of servers (PagerDuty, LaunchDarkly, Supabase, Fastly, ASP.NET), of airflow.apache.org, "Fernet", and of
  // documentation.mailgun.com, "Domain Sending Keys"; headers such as `X-Shop-Key`, cookies of sessions by their frameworks' names: only generated values,
  // because the same names stand for names of secrets, topics and places.
  ...rules(
    'secret',
    'consumerkey writekey setupkey activationkey sensitivepropskey enrollmentkey registrationkey joinkey provisioningkey gossipkey pingkey uploadkey merchantkey wrappingkey sealkey jwtsigning routingkey integrationkey servicekey servicerolekey sdkkey fastlykey mailgunkey validationkey decryptionkey ' +
      'sessionstate netsessionid listenkey aeskey cipherkey cryptkey streamkey feedkey privkey deploykey certificatekey jwtkey fernetkey sendingkey managementkey adminkey rootkey jsessionid phpsessid connectsid laravelsession aspxauth xhoneycombteam',
    { isMade: true },
  ),
  // The same in other languages: `chave secreta = …`, `シークレットキー=…`
  ...rules(
    'secret',
    'chavesecreta clavesecreta clésecrète clesecrete chiavesegreta geheimerschlüssel geheimschlüssel geheimesleutel tajnyklucz hemlignyckel hemmelignøgle salainenavain tajnýklíč titkoskulcs gizlianahtar ' +
      'секретныйключ секретнийключ секретенключ シークレットキー シークレットアクセスキー 秘密鍵 秘密キー 密钥 密鑰 私钥 비밀키 시크릿키 ' +
      "chaveapi chavedeapi chavedaapi clavedeapi claveapi cléapi cléd'api clédapi chiaveapi kluczapi apinyckel apinøgle apiavain apiklíč apianahtarı ключapi апиключ apiキー api密钥 api키 " +
      "chavedeacesso clavedeacceso clavedeacesso cléd'accès chiavediaccesso zugriffsschlüssel toegangssleutel kluczdostępu ключдоступа アクセスキー 访问密钥 액세스키 токен токендоступа トークン 令牌 토큰 jetond'accès",
    { isMade: true },
  ),
  // “phrase secrète : « … »”
  ...rules(
    'secret',
    'phrasesecrète phrasesecrete phrasedepasse frasedepaso frasesecreta frasedecontraseña frasesegreta frasedeacesso frasedeacceso frasepasse',
  ),
  ...rules('secret', 'hmac key salt pepper csrf xsrf crumb', { stands: 'as-word', isMade: true }),
  // learn.microsoft.com/aspnet/core/fundamentals/configuration, as variables: `Jwt__Key`, whose joiner counts once
  ...rules('secret', 'jwt_key jwtsettings_key jwtoptions_key jwtconfig_key tokens_key tokenoptions_key bearer_key'),
  // Signed URLs, Docker's and npm's configuration.
  // mailjet.com, web-push: the private half beside the public one; learn.microsoft.com/cli/azure, `list-keys`
  ...rules('secret', 'private priv primarykey secondarykey', { stands: 'as-word', isMade: true }),
  ...rules('secret', 'sig auth', { stands: 'as-word', isMade: true }),
  ...rules('secret', 'signature', { isMade: true }),
  // A header of gRPC; hashes of Windows that log in without the password.
  ...rules('secret', 'xsession nthash ntlmhash lmhash', { stands: 'as-word', isMade: true }),
  // A session's cookie as a field of an access log.
  // duo.com/docs, "skey"; developer.hashicorp.com/consul and /nomad, `encrypt`: the key of the gossip
  ...rules('secret', 'skey encrypt', { stands: 'alone', isMade: true }),
  // Headers and parameters of appliances: `X-Acme-Sid`, `_sid`
  ...rules('secret', 'sid sess', { stands: 'as-word', isMade: true }),
  ...rules('secret', 'authsession apisession sessionid sessionticket authticket logonticket', { isMade: true }),
  // Also a cookie of an app: `vmware_soap_session`.
  ...rules('secret', 'session', { stands: 'as-word', isMade: true }),
  // developer.hashicorp.com/consul, "ACL parameters": the block of an agent's tokens, which are UUIDs
  ...rules('secret', 'tokens cookies', { stands: 'alone', isMade: true }),
  // developer.hashicorp.com/vault/api-docs/system/init; mongodb.com/docs/manual/core/security-scram: what logs in
  ...rules('secret', 'unsealkeys recoverykeys storedkey', { isMade: true }),
  // docs.github.com/authentication, "Recovering your account if you lose your 2FA credentials"
  ...rules('secret', 'recoverycodes backupcodes scratchcodes'),
  // learn.microsoft.com/azure/devops, "Personal access tokens"
  ...rules('secret', 'pat', { stands: 'as-word', isMade: true }),
  // Columns of hashes that anybody can compare with those of words: only generated values.
  ...rules(
    'secret',
    'passwordhash passwordhashes passwordsalt passwordmd5 passwdhash pwdhash passhash secrethash tokenhash passworddigest passwddigest',
    {
      isMade: true,
    },
  ),
];

/** `passwordplain pwdplain`: what follows a word says how the value is written. */
function combined(words: string, ends: string): string {
  return words
    .split(' ')
    .flatMap((word) => ends.split(' ').map((end) => word + end))
    .join(' ');
}

function rules(
  kind: NameKind,
  words: string,
  { stands = 'anywhere', isMade = false }: Readonly<{ stands?: Stands; isMade?: boolean }> = {},
): NameRule[] {
  return words.split(' ').map((word) => ({ kind, word, stands, isMade }));
}

/** Pairs of members where one names the other: `{"name": "DB_PASSWORD", "value": "…"}`. */
export type PairWord = 'naming' | 'valuing';
type OtherWord = PairWord | 'generated' | 'manifest' | 'bound' | 'key-type';
const OTHER_WORDS: readonly Readonly<{ kind: OtherWord; word: string; stands: Stands }>[] = [
  ...otherWords(
    'naming',
    'name key parameterkey variablename settingname header field variable param parameter property attribute setting type system',
  ),
  ...otherWords(
    'valuing',
    'value val parametervalue variablevalue settingvalue plaintextvalue plaintext vstr content oldvalue newvalue rejectedvalue invalidvalue attemptedvalue',
  ),
  // Values that Terraform generates may be passwords.
  ...otherWords('generated', 'result bcrypthash'),
  // The content of a Kubernetes Secret.
  ...otherWords('manifest', 'data stringdata'),
  // A JSON Web Key.
  ...otherWords('key-type', 'kty'),
  // The values of a statement that follows.
  ...otherWords('bound', 'parameters params bindings binds values args'),
];

function otherWords(kind: OtherWord, words: string) {
  return words.split(' ').map((word) => ({ kind, word, stands: 'alone' }) as const);
}

type Ending = (typeof RULES)[number] | (typeof OTHER_WORDS)[number];

const LONGER_FIRST: readonly Ending[] = [...RULES, ...OTHER_WORDS].sort((a, b) => b.word.length - a.word.length);
/** Ends of names by their last three letters, longer words first. A lookup in a table of 64 kB rejects most names. */
const BY_LAST: readonly (readonly Ending[])[] = [...Map.groupBy(LONGER_FIRST, ({ word }) => lettersOf(word)).values()];
/** Short last words of names, before which a joiner may stand: `session-id`, `tax_id`, `passport_no`, `ahv-nr`. */
const SHORT_ENDS = ['id', 'no', 'nr'] as const;
const ENDINGS: readonly (readonly Ending[])[] = [
  ...BY_LAST,
  ...SHORT_ENDS.map((end) => LONGER_FIRST.filter(({ word }) => word.endsWith(end))),
];
/** An index from 1 on; with `TELLS`, words after which a sentence may state a secret. */
const BY_LETTERS = new Uint16Array(1 << 15);
const TELLS = 0x8000;
for (const [at, endings] of BY_LAST.entries()) {
  const letters = lettersOf(endings[0]?.word ?? '');
  // Many words end as "authorization" and "pepper" do.
  const tells = endings.some((ending) => isRule(ending) && !/ion$|^pepper$/.test(ending.word));
  BY_LETTERS[letters] = tells ? (at + 1) | TELLS : at + 1;
}
// A word of two letters ends with them behind any third.
for (const letters of ['pw', '密码', '密碼', '口令', '비번'].map(lettersOf))
  for (let before = 1; before < 32; before += 1) BY_LETTERS[(before << 10) | letters] ||= BY_LETTERS[letters] ?? 0;
for (const [at, end] of SHORT_ENDS.entries())
  for (const joiner of '-_') BY_LETTERS[lettersOf(joiner + end)] ||= (BY_LAST.length + at + 1) | TELLS;
// Bearer and Basic, which stand before a token, "by" behind "identified", "into" behind "insert", "stdin" of COPY.
for (const word of ['bearer', 'basic', ' by', 'into', 'stdin']) BY_LETTERS[lettersOf(word)] = TELLS;

/** Whether the word that ends at `last` may precede a secret: nearly all words do not. */
export function mayTellNext(text: string, last: number): boolean {
  return (BY_LETTERS[lettersAt(text, last)] ?? 0) >= TELLS;
}

/** The three characters that end at `last`, without case, five bits each. */
function lettersAt(text: string, last: number): number {
  return (
    ((text.charCodeAt(last - 2) & 31) << 10) | ((text.charCodeAt(last - 1) & 31) << 5) | (text.charCodeAt(last) & 31)
  );
}

function lettersOf(word: string): number {
  return lettersAt(word, word.length - 1);
}

/** A name in a text. `text` is its end, with what stands before it. */
export type Named = Readonly<{ rule: NameRule; start: number; end: number; text: string }>;

/** The name whose last character is at `last`; undefined where it names no secret. */
export function namedAt(text: string, last: number): Named | undefined {
  const ending = endingAt(text, last);
  return ending === undefined || !isRule(ending) ? undefined : named(text, last, ending);
}

/** The meaning of a name that ends at `last`: the value beside it is secret, or it is one of a pair of members. */
export function endingAt(text: string, end: number): Ending | undefined {
  const last = ENCODING_ENDS.has(text.charCodeAt(end)) ? withoutEncoding(text, end) : end;
  const letter = isDigit(text.charCodeAt(last)) ? lastLetter(text, last) : last;
  const group = (BY_LETTERS[lettersAt(text, letter)] ?? 0) & ~TELLS;
  return group === 0 ? undefined : longestAt(text, letter, ENDINGS[group - 1] ?? []);
}

/** `unseal_keys_b64`, `secret_hex`: how the value is written says nothing about it. */
function withoutEncoding(text: string, last: number): number {
  const [encoding = ''] = /[_-](?:b64|base64|hex|v[1-4])$/i.exec(text.slice(Math.max(0, last - 7), last + 1)) ?? [];
  return last - encoding.length;
}

/** The last characters of these encodings. */
const ENCODING_ENDS: ReadonlySet<number> = new Set(Array.from('1234xX', (sign) => sign.charCodeAt(0)));

/** One more letter distinguishes most names of a group. */
function longestAt(text: string, last: number, endings: readonly Ending[]): Ending | undefined {
  const at = last - LETTERS;
  const fourth = text.charCodeAt(isJoiner(text.charCodeAt(at)) ? at - 1 : at) & 31;
  const isJoined = isJoiner(text.charCodeAt(at + 1));
  for (const ending of endings) {
    const { word } = ending;
    const isAlike = isJoined || word.length <= LETTERS || (word.charCodeAt(word.length - 1 - LETTERS) & 31) === fourth;
    if (isAlike && standsAt(text, last, ending)) return ending;
  }
  return undefined;
}

/** How many letters `lettersAt` reads. */
const LETTERS = 3;

export function isRule(ending: Ending): ending is NameRule {
  return 'isMade' in ending;
}

export function named(text: string, last: number, rule: NameRule): Named {
  const least = Math.max(0, last - LONGEST_NAME);
  let start = last;
  while (start > least && isOfName(text.charCodeAt(start - 1))) start -= 1;
  return { rule, start, end: last + 1, text: text.slice(least, last + 1) };
}

const LONGEST_NAME = 64;

/** `[\w.$-]` and letters of other scripts. */
function isOfName(code: number): boolean {
  const lower = code | 0x20;
  const isWord = (lower >= 0x61 && lower <= 0x7a) || isDigit(code) || code === UNDERSCORE;
  return isWord || code === DASH || code === DOT || code === DOLLAR || isOtherLetter(code);
}

/** Letters of other scripts; punctuation stands between them. */
function isOtherLetter(code: number): boolean {
  return code >= 0xc0 && (code < 0x2000 || code > 0x206f) && (code < 0x3000 || code > 0x303f) && code < 0xff00;
}

/** `password2`, `DB_PASSWORD_1`, `Unseal Key 2` */
function lastLetter(text: string, last: number): number {
  let at = last;
  for (let digits = 0; digits < MOST_DIGITS && isDigit(text.charCodeAt(at)); digits += 1) at -= 1;
  const sign = text.charCodeAt(at);
  return at < last && (sign === UNDERSCORE || sign === SPACE) ? at - 1 : at;
}

const MOST_DIGITS = 2;
const SPACE = 0x20;
const DOLLAR = 0x24;
const DASH = 0x2d;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function standsAt(text: string, last: number, { kind, word, stands }: Ending): boolean {
  const before = beforeWord(text, last, word);
  if (before === undefined) return false;
  const sign = text[before] ?? '';
  if (stands === 'alone') return !/[\w.-]/.test(sign);
  const isCamel = /[A-Z]/.test(text[before + 1] ?? '') && /[a-z]/.test(sign);
  if (stands === 'as-word' && /[A-Za-z]/.test(sign) && !isCamel) return false;
  // Payments are pre-authorised, and what that ends in is no header.
  if (kind === 'authorization') return !/[A-Za-z]/.test(sign);
  const head = NOT_HEADS.get(word);
  if (word === 'key' && sign !== '-' && sign !== '_') return false;
  const said = () => text.slice(Math.max(0, before - LONGEST_HEAD), before + 1);
  if (word === 'key') return isOfKey(said(), sign, text[last] === 'Y');
  return head === undefined || !head.test(said());
}

/**
 * Tokens that say where a list goes on, and open nothing: google.aip.dev/158, developers.google.com/workspace/calendar,
 * "Synchronize resources efficiently"; docs.aws.amazon.com/cli, "Pagination", and CloudWatch's GetLogEvents;
 * learn.microsoft.com/graph, "Paging" and "Use delta query"; mongodb.com/docs, "Change Streams".
 */
export const POSITIONS =
  'page|pagination|continuation|next|sync|skip|delta|starting|resume|next[-_. ]?(?:forward|backward)';

/** Texts that must not precede a word: with them it names a Kubernetes Secret, or a passage. */
const NOT_HEADS: ReadonlyMap<string, RegExp> = new Map([
  ...['secret', 'secrets'].map(
    (word) =>
      [
        word,
        /(?:existing|tls|pull|certs?|certificate|ref|sealed|external|generated|volume|mount|mountable|ingress|kube|k8s|kubernetes)[-_. ]?$|[\w-]:$/i,
      ] as const,
  ),
  ['secretkey', /non-?existent $/i],
  // Marks of .NET that everybody may read; positions in a list.
  ['token', new RegExp(`(?:public[-_. ]?key|cancell?ation|${POSITIONS})[-_. ]?$`, 'i')],
  // w3.org/TR/push-api, "applicationServerKey": a public key
  ['serverkey', /application[-_. ]?$/i],
  ['apikey', /(?:public|publishable)[-_. ]?$/i],
  // The product, and names of Kubernetes Secrets in other members.
  ['password', /(?:^|[^\w])1$/],
  // The file, and what it says in a line.
  ['pgpass', /(?:^|[^\w])\.$/],
  // Files of users: `grep` writes their names before a colon.
  ['passwd', /(?:\/etc\/|\.ht|NO|\/sasl_)$/],
  // Codes of errors: `INVALID_CREDENTIALS: {…}`.
  ...['credential', 'credentials'].map(
    (word) => [word, /(?:invalid|bad|wrong|missing|expired|unknown|no)[-_. ]$/i] as const,
  ),
  // The last step of an address before “Code: 503”
  ['cardcode', /[/.]$/],
  ['pin', /(?:gpio|board|led|header|connector)[-_. ]?$/i],
  [
    'pass',
    /(?:first|second|third|single|two|multi|low|high|band|render|test|final|last|next|boarding|season|one|each|checks?|tests?|suites?|specs?|builds?|jobs?|stages?)[-_. ]?$/i,
  ],
]);
const LONGEST_HEAD = 24;
/** `X-Shop-Key`, but not `X-Public-Key`, nor keys of caches and tables. */
const OF_HEADER =
  /(?:^|[^\w-])x-(?![\w-]*(?:public|publishable|site-$|cache|idempotency|partition|routing|sort|object|surrogate|encryption-context))[\w-]{1,20}-$/i;

/** `$env:SHOP_KEY` of PowerShell, `export SHOP_KEY`, but no key of a cache. */
const OF_VARIABLE =
  /(?:\$env:|\bexport )(?!\w*(?:public|publishable|site_$|cache|idempotency|partition|routing|sort|object|primary|group|project|issue|build|job|s3))[a-z]\w{0,19}_$/i;

function isOfKey(said: string, sign: string, isUpper: boolean): boolean {
  return sign === '-' ? OF_HEADER.test(said) : OF_VARIABLE.test(said) || (isUpper && OF_ENVIRONMENT.test(said));
}

/** `QUEUE_KEY="…"` among variables of a process. */
const OF_ENVIRONMENT =
  /(?:^|[\s,;"'=(]|\^@)(?![A-Z\d_]*(?:PUBLI|SITE_$|CACHE|IDEMPOTENCY|PARTITION|ROUTING|SORT|OBJECT|PRIMARY|FOREIGN|UNIQUE|GROUP|PROJECT|ISSUE|BUILD|JOB|S3|HOST|SHARD))[A-Z][A-Z\d_]{0,20}_$/;

/** The position before the word, if the word ends at `last`; one sign may stand between its letters. */
function beforeWord(text: string, last: number, word: string): number | undefined {
  let at = last;
  for (let letter = word.length - 1; letter >= 0; letter -= 1) {
    if (letter < word.length - 1 && isJoiner(text.charCodeAt(at))) at -= 1;
    if ((text.charCodeAt(at) | 0x20) !== (word.charCodeAt(letter) | 0x20)) return undefined;
    at -= 1;
  }
  return at;
}

/** `api_key`, `api-key`, `api.key`, `API key` */
function isJoiner(code: number): boolean {
  return code === UNDERSCORE || code === DASH || code === DOT || code === SPACE;
}
