/**
 * Words that say that a line speaks about a password or a way in, by their stems, in the languages in which people write
 * about them. The next language is a stem in each of the lists.
 */

/** Words of secrecy, by their stems, in the languages in which people write about them. */
const SECRECY =
  'basic auth|wi-?fi|wlan|pass(?:word|wd|phrase|code|key)?s?|lastpass|bitwarden|keepass|(?:root|admin|sudo) one|pwds?|pws?|psw|p/w|creds?|credentials?|passw[oö]rt\\p{L}*|kennw[oö]rt\\p{L}*|mdp|mot de passe|contraseñas?|contrasenyas?|clave|senhas?|wachtwoord\\p{L}*|hasł\\p{L}*|hasl[oa]|lösenord\\p{L}*|adgangskode\\p{L}*|passord\\p{L}*|salasana\\p{L}*|parool\\p{L}*|salasõn\\p{L}*|palavra[- ]passe|parol\\p{L}*|hesl[oaeu]m?|jelsz[óa]\\p{L}*|parola|lozink\\p{L}*|gesl[oa]|slaptažod\\p{L}*|şifre\\p{L}*|lykilorð\\p{L}*|fjalëkalim\\p{L}*|pasahitza|nenosiri|sandi|laluan|mật khẩu|парол\\p{L}*|лозинк\\p{L}*|κωδικ\\p{L}*|סיסמ\\p{L}*|пін(?:-код)?|пин(?:-код)?';
const WITHOUT_SPACES =
  '密码|密碼|口令|暗証|パスワード|비밀번호|암호|비번|كلمة ?(?:ال)?(?:مرور|سر)|رمز|گذرواژه|पासवर्ड|পাসওয়ার্ড|รหัส|პაროლ|գաղտնաբառ|پاس ?ورڈ|סיסמה|סיסמת';
/** Words for a login, for instance on a page or at a console. */
const ENTERING =
  '登录|ログイン|로그인|log(?:ged|ging)?[ -]?(?:in|on)|logins?|sign(?:ed|ing)?[ -]?in|get in|locked out|idrac|ilo|bios|ipmi|zugang\\p{L}*|anmeld\\p{L}*|einlogg\\p{L}*|connecte\\p{L}*|connexion|identifiants?|acceso|accès|credenciales|acesso|accesso|accedi|credenziali|inlog\\p{L}*|logowani\\p{L}*|zaloguj|logga in|tunnu\\p{L}*|přihl\\p{L}*|логин|вход|доступ|войти|зайди|giriş';
/** Words for other ways in: what is opened, and what opens it. */
const OPENING =
  'unlock\\p{L}*|decrypt\\p{L}*|ssid|vpn|ssh(?:pass)?|root|admin\\p{L}*|sudo|secret|auth|1password|pin|puk|passkey|psk|keystore|vault|bitlocker|safe word|rdp|enable|master|entsperr\\p{L}*|geheim\\p{L}*|coffre|rotated?|changed? it|set it|geändert|changé|cambiad[oa]';
const KEYS = 'api key|key|token|clientsecret|apikey|accesskey|leaked?|encrypted';

type Words = Pick<RegExp, 'test'>;

/** A few short lists in small letters are read sooner than a long one that ignores case. */
function anyOf(...patterns: readonly RegExp[]): Words {
  return {
    test: (text) => {
      const small = text.toLowerCase();
      return patterns.some((one) => one.test(small));
    },
  };
}

const SPACELESS = new RegExp(WITHOUT_SPACES, 'u');
/** A word of secrecy may be the end of a compound with a hyphen, others not: `admin-lösenord`, but `Idempotency-Key`. */
const OF_SECRECY = new RegExp(String.raw`(?<![\p{L}\d_])(?:${SECRECY})(?![\p{L}\d_])`, 'u');
const others = (stems: string): RegExp => new RegExp(String.raw`(?<![\p{L}\d_-])(?:${stems})(?![\p{L}\d_])`, 'u');
const OF_ENTERING = others(ENTERING);
const OF_OPENING = others(OPENING);

export const PASSWORD: Words = anyOf(OF_SECRECY, SPACELESS);
export const ACCESS: Words = anyOf(OF_SECRECY, SPACELESS, OF_ENTERING, OF_OPENING);
export const ACCESS_OR_KEY: Words = anyOf(OF_SECRECY, SPACELESS, OF_ENTERING, OF_OPENING, others(KEYS));
export const LOGIN: Words = anyOf(OF_SECRECY, SPACELESS, OF_ENTERING);

const before = (stems: string): RegExp => new RegExp(String.raw`(?<![\p{L}\d_-])(?:${stems})[\s:"'(\x60“]{1,3}$`, 'u');
const SECRECY_BEFORE = before(SECRECY);
const SPACELESS_BEFORE = new RegExp(String.raw`(?:${WITHOUT_SPACES})[\s:"'(\x60“]{1,3}$`, 'u');
/** “hasło x”, “client secret x” */
export const PASSWORD_BEFORE: Words = anyOf(SECRECY_BEFORE, SPACELESS_BEFORE, before('secret|psk'));
export const KEY_BEFORE: Words = anyOf(
  SECRECY_BEFORE,
  SPACELESS_BEFORE,
  before('secret|psk|key|token|leaked|pasted|clientsecret|apikey|accesskey|ключ|токен'),
);
