/**
 * Passwords that a sentence states in one of many languages: the noun, at most seven plain words, a word for “is”, the
 * value. Some languages set the value behind the noun and “is” behind the value.
 *
 *   passordet på vpn-gw2 er nå x        jelszava x        הסיסמה ל-router-2 היא x        ftp-2 का पासवर्ड x है
 *
 * A value has letters of both cases and a digit. The next language is a row of `LANGUAGES`.
 */
import type { Range } from '#model/redaction/values.ts';

/** `stems`: a pattern for the nouns; `nouns`: the same as whole words; `is`: words before a value; `behind`: words for “is” behind a value. */
type Language = Readonly<{ stems: string; nouns: RegExp; is: ReadonlySet<string>; behind: ReadonlySet<string> }>;

const LANGUAGES: readonly Language[] = [
  row(
    '(?:admin|root|master|wifi)?-?(?:password|kodeord|adgangskode|passord)\\p{L}*|koden(?= (?:til|for|på) (?:[\\p{L}-]{0,12})(?:vpn|wi-?fi|wlan|server|router|switch|admin|root|konto|bruger|bruker|net|maskin|gw|fw|s?ftp|ssh|nas|db|login))',
    'er var nu nå lyder blir bliver',
  ), // Danish, Norwegian
  row('(?:[\\p{L}-]{1,20})?lösenord\\p{L}*', 'är var nu blir lyder'), // Swedish
  row('lykilorð\\p{L}*|aðgangsorð\\p{L}*', 'er var nú'), // Icelandic
  row(
    '(?:[\\p{L}-]{1,20})?(?:passw[oö]rt|kennwort|passphrase|zugangswort)(?!richtlinie|regel|manager|feld|speicher|liste)\\p{L}*',
    'ist war lautet jetzt nun',
  ), // German
  row('(?:[\\p{L}-]{1,20})?wachtwoord\\p{L}*|(?:[\\p{L}-]{1,20})?wagwoord\\p{L}*', 'is was nu luidt wordt nou'), // Dutch, Afrikaans
  row('mots? de passe|mdp', "est était sera c'est maintenant désormais"), // French
  row('contraseñas?|contrasinal', 'es era será ahora é agora'), // Spanish, Galician
  row('contrasenyes?|contrasenya', 'és era serà ara'), // Catalan
  row('senhas?|palavras?[- ]passe', 'é era será agora'), // Portuguese
  row("password|parola d['’]ordine|parola chiave", 'è era sarà adesso ora'), // Italian
  row('parol(?:a|ă|ei|ele|elor|e)', 'este e era acum'), // Romanian
  row('hasł\\p{L}*', 'to jest było teraz brzmi'), // Polish
  row('hesl\\p{L}*', 'je bylo bolo je: teď nyní teraz zní'), // Czech, Slovak
  row('lozink\\p{L}*|zapork\\p{L}*|gesl\\p{L}*', 'je bila bilo sada sad zdaj glasi'), // Croatian, Serbian, Slovene
  row('jelsz\\p{L}*', 'az most ez lett volt'), // Hungarian
  row('salasan\\p{L}*|tunnussan\\p{L}*', 'on oli nyt'), // Finnish
  row('parool\\p{L}*|salasõn\\p{L}*', 'on oli nüüd'), // Estonian
  row('parol\\p{L}*', 'ir bija tagad'), // Latvian
  row('slaptažod\\p{L}*', 'yra buvo dabar'), // Lithuanian
  row('fjalëkalim\\p{L}*', 'është ishte tani'), // Albanian
  row('pasahitz\\p{L}*', 'hau', 'da'), // Basque
  row('cyfrinair|focal faire', 'yw oedd ná is'), // Welsh, Irish
  row(
    'şifre\\p{L}*|sifre\\p{L}*|parola\\p{L}*|şifrə\\p{L}*|parol\\p{L}*',
    'şu şimdi artık budur',
    'olarak dir dır oldu idi',
  ), // Turkish, Azerbaijani, Uzbek
  row('(?:kata )?sandi|kata laluan|password', 'adalah ialah sekarang kini yaitu iaitu'), // Indonesian, Malay
  row('password', 'ay'), // Filipino
  row('nenosiri|neno la siri', 'ni ilikuwa sasa'), // Swahili
  row('mật khẩu', 'là'), // Vietnamese
  row('парол\\p{L}*', 'это теперь был сейчас е беше сега вече є був це тепер гэта цяпер бұл'), // Russian, Bulgarian, Ukrainian, Belarusian
  row('лозинк\\p{L}*', 'је е беше била сада сега гласи'), // Serbian, Macedonian
  row('құпия ?сөз\\p{L}*|сырсөз\\p{L}*|нууц үг\\p{L}*', 'бол', 'болды'), // Kazakh, Kyrgyz, Mongolian
  row('κωδικ\\p{L}*(?! (?:σφάλμ|του πρ|προϊόντ|κατάστ|χώρας|ταχυδρ|εξόδου))|συνθηματικ\\p{L}*', 'είναι ήταν τώρα'), // Greek
  row('[הבלומש]{0,3}סיסמ\\p{L}*', 'היא הוא היתה הייתה עכשיו זה'), // Hebrew
  row(
    '(?:[البو]{0,4})?كلم[ةه] ?(?:ال)?(?:مرور|سر)|رمز (?:ال)?(?:عبور|مرور|دخول)|رقم سري|پاس ?ورڈ|گذر ?واژه|پسورد',
    'هي هو كان الآن',
    'است بود ہے ہیں شد',
  ), // Arabic, Persian, Urdu
  row('पासवर्ड|कूटशब्द|पासवर्ड\\p{M}*', 'है अब यह', 'है हैं था आहे हो'), // Hindi, Marathi, Nepali
  row('পাসওয়ার্ড[\\p{L}\\p{M}]*', 'হলো হল হচ্ছে এখন', 'হলো হল আছে'), // Bengali
  row('கடவுச்சொல்[\\p{L}\\p{M}]*', 'இது இப்போது', 'ஆகும்'), // Tamil
  row(
    'పాస్\u200c?వర్డ్[\\p{L}\\p{M}]*|ಪಾಸ್\u200c?ವರ್ಡ್[\\p{L}\\p{M}]*|പാസ്\u200c?(?:വേഡ്|വേർഡ്)[\\p{L}\\p{M}]*|પાસવર્ડ|ਪਾਸਵਰਡ|මුරපදය',
    '',
    'છે ਹੈ ఉంది ആണ് ಆಗಿದೆ වේ',
  ), // Telugu, Kannada, Malayalam, Gujarati, Punjabi, Sinhala
  row('პაროლ\\p{L}*|գաղտնաբառ\\p{L}*', 'არის', 'არის է'), // Georgian, Armenian
  row('(?:รหัสผ่าน|ລະຫັດຜ່ານ|ពាក្យសម្ងាត់|စကားဝှက်)[\\p{L}\\p{M}]*', 'คือ เป็น ແມ່ນ គឺ'), // Thai, Lao, Khmer, Burmese
  row('የይለፍ ቃል', 'አሁን', 'ነው'), // Amharic
];

function row(nouns: string, is: string, behind = ''): Language {
  const joins = String.raw`(?<![\p{L}\p{M}\d_])(?:${nouns})(?![\p{L}\p{M}\d_])`;
  return { stems: nouns, nouns: new RegExp(joins, 'gu'), is: wordsOf(is), behind: wordsOf(behind) };
}

function wordsOf(list: string): ReadonlySet<string> {
  return new Set(list.split(' ').filter((word) => word !== ''));
}

/** Most lines name no password, and one search shows that. It needs no beginnings and ends of words. */
const AROUND_STEM = /\(\?:\[\\p\{L\}-\]\{1,20\}\)\?|(?:\[\\p\{L\}\\p\{M\}\]|\\p\{[LM]\})\*/g;
const ANY_NOUN = new RegExp(LANGUAGES.map(({ stems }) => stems.replaceAll(AROUND_STEM, '')).join('|'), 'u');

const LINE_CHARS = 160;
const MOST_WORDS = 7;

/** The stated password that contains the character at `at`; undefined where none is stated. */
export function toldInLanguage(text: string, at: number): Range | undefined {
  const value = valueAround(text, at);
  if (value === undefined) return undefined;
  const before = lineBefore(text, value.start);
  if (!ANY_NOUN.test(before)) return undefined;
  const behind = (NEXT_WORD.exec(text.slice(value.end, value.end + LINE_CHARS))?.[1] ?? '').toLowerCase();
  return LANGUAGES.some((language) => states(language, before, behind)) ? value : undefined;
}

const NEXT_WORD = /^["'`”»]? ([\p{L}\p{M}]{1,12})/u;

function lineBefore(text: string, start: number): string {
  const part = text.slice(Math.max(0, start - LINE_CHARS), start);
  return part.slice(Math.max(part.lastIndexOf('\n'), part.lastIndexOf('\v')) + 1).toLowerCase();
}

function states({ nouns, is, behind: wordsBehind }: Language, before: string, behind: string): boolean {
  const noun = Array.from(before.matchAll(nouns)).at(-1);
  if (noun === undefined) return false;
  const between = before.slice(noun.index + noun[0].length);
  const words = between.replace(OPENING_QUOTE, '').trim().split(/\s+/);
  if (words.length > MOST_WORDS || SENTENCE_END.test(between)) return false;
  const last = words.at(-1) ?? '';
  if (last === '') return wordsBehind.has(behind) || (behind === '' && !noun[0].startsWith('password'));
  if (CHANGED_TO.test(words.slice(-2).join(' '))) return true;
  return wordsBehind.has(behind) || is.has(last) || is.has(last.replace(/:$/, '')) || endsInScript(is, last);
}

/** “Changed to”, “set to”, where the language ends the phrase with a word of its own. */
const CHANGED_TO =
  /^(?:(?:byttet|endret|ændret|skiftet|satt|sat|nulstillet|tilbakestilt|bytt|ändrat|ändrats|återställt|breytt) (?:til|till|í)|(?:geändert|gesetzt|zurückgesetzt) auf|(?:gewijzigd|veranderd|gezet) (?:in|naar|op)|(?:cambiad[oa]|modificad[oa]) (?:a|por)|(?:alterad[oa]|mudad[oa]|trocad[oa]) para|(?:cambiat[oa]|modificat[oa]) in|(?:changée?|modifiée?) (?:en|à|pour)|(?:zmienion[eoay]|ustawion[eoay]) na|(?:změněno|změněn|zmenené) na|(?:promijenjen[ao]|promenjen[ao]|spremenjeno) (?:u|na|v)|(?:изменен|изменён|сменен|сменён|змінено) на|(?:schimbat|schimbată|schimbata) (?:în|in|la))$/;
const OPENING_QUOTE = /["'`“„«]$/;
const SENTENCE_END = /[.!?;](?:\s|$)/;

/** Thai and its neighbours write no spaces between words. */
function endsInScript(is: ReadonlySet<string>, last: string): boolean {
  return /[\u0e00-\u0eff\u1780-\u17ff]$/.test(last) && Array.from(is).some((word) => last.endsWith(word));
}

const LATIN = 'A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ';
const VALUE = new RegExp(String.raw`^[${LATIN}\d!#$%^&*+=?~@._-]{1,60}`);
const BEGINNING = new RegExp(String.raw`[${LATIN}\d!#$%^&*+=?~@._-]{0,60}$`);
const LONGEST = 60;
const SHORTEST = 8;

function valueAround(text: string, at: number): Range | undefined {
  const [beginning = ''] = BEGINNING.exec(text.slice(Math.max(0, at - LONGEST), at)) ?? [];
  const start = at - beginning.length;
  const [run = ''] = VALUE.exec(text.slice(start, start + LONGEST)) ?? [];
  const word = run.replace(/[.?!]{1,3}$/, '');
  return looksChosen(word) &&
    !/[\p{L}\d/\\:([{<]/u.test(text[start + run.length] ?? '') &&
    !/[\w/\\:@]/.test(text[start - 1] ?? '')
    ? { start, end: start + word.length }
    : undefined;
}

/** Letters of both cases and a digit; no algorithm, product, ticket, host, address or count. */
function looksChosen(word: string): boolean {
  return (
    word.length >= SHORTEST &&
    /\p{Lu}/u.test(word) &&
    /\p{Ll}/u.test(word) &&
    /\d/.test(word) &&
    !NAMES_OTHER.test(word) &&
    !IDENTIFIER.test(word)
  );
}

/** `Form2Field` */
const IDENTIFIER = /^[A-Za-z][a-z]+(?:[A-Z][a-z]+)*\d(?:[A-Z][a-z]+)+$/;
const NAMES_OTHER =
  /^(?:(?:sha|md|aes|rsa|base|utf|bcrypt|argon|pbkdf|scrypt|hs|rs|tls|ssl|http|oauth|ipv|ntlm|wpa|wep|windows|win|office|microsoft|server|exchange|outlook|python|java|node|php|postgres|mysql|keepass|1password|lastpass|bitwarden|confluence|jira)[-_.]?v?\d|[a-z]{2,10}-\d|\d{1,3}[-.]?[a-z]{2,}$|v?\d+(?:\.\d+)+)|@[\w-]+\.[a-z]|\.(?:txt|ya?ml|json|xml|env|kdbx?|md|pdf|docx?|xlsx?|local|lan|internal|com|net|org|io)$|pass|kennw|wachtw/i;
