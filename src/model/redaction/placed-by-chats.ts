/**
 * Secrets that people tell without a word for a password: what opens a device, a door, a network, a wallet; the code of an
 * SMS; the answer to a question that lets somebody in again. What stands before them stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { NO_PLACEHOLDER } from '#model/redaction/pattern-parts.ts';

const END = String.raw`(?=["'\x60”]?[.,;:!?)]{0,2}(?:\s|$))`;
/** A letter and a digit, with a capital or a sign: no host, no version, no path. */
const CHOSEN = String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?=[^\s"']{0,60}[A-Z!#$%^*+?~@=])(?!v?\d{1,4}\.|\w{1,40}=|[A-Z]{2,6}-\d{1,6}(?![\w-])|https?:)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),/\\]{6,60}?${END}`;
/** Six digits in one group or two. */
const LONG_CODE = String.raw`(?:\d{3}[ \u00a0-]\d{3}|\d{6})(?![\w-]|[.:,]\d)`;
/** Or others that no word follows: that would be a count. */
const CODE = String.raw`(?:${LONG_CODE}|\d{4,8}(?=[.,;!)]{0,2}(?:\s{0,4}(?:[\r\n\v]|$)|\s[–—-])))`;
/** What a code is called, by language. */
const CODE_WORD =
  '(?:[mps]?[uS]?[sh]{0,2}TAN|tan|[cC]odes?|CODE|[kK]od(?:en|e|u)?|[cC]ódigo|[cC]odice|[kK]oodi|OTP|otp|PIN|[bB]estätigungscode)';
/** Its kind is another one. */
const NO_STATUS =
  "(?<!(?:[eE]rror|[sS]tatus|[eE]xit|[rR]eturn|[rR]esponse|[rR]eason|[rR]esult|[cC]ountry|[aA]rea|[zZ]ip|[fF]ehler|[sS]hort|[pP]ostal|d'erreur|de error|de erro|di errore|błędu)[- ]?)";
/** The same behind it. */
const NO_ERROR = "(?! (?:błęd|d['’]err|de err|di err|err|status))";
const IS = '(?: (?:is|was|ist|lautet|est|es|é|è|to|jest|er|är|on))?(?: ?[:=]| [-–—→])? ';
/** A word of a seed phrase (bip-0039), without words that no list of it has. */
const SEED_WORD = `(?!(?:please|thanks|the|and|for|with|from|was|are|were|has|had|not|but|our|your|into|been|does|them|must|should|which|because)(?![a-z]))[a-zà-ÿ]{3,9}`;
const SEED_NEXT = String.raw`(?:, ?| {1,2}|[ \t]{0,4}\r?[\n\v][ \t]{0,8})(?:\d{1,2}[.):]? ?)?`;
const SEED = `(?:1[.):]? ?)?${SEED_WORD}(?:${SEED_NEXT}${SEED_WORD}){11,24}(?![a-zà-ÿ])`;
/** Who asks for it: banks, providers. */
const ANSWER = `(?: on file| de soltera| de solteira| panieńskie| der mutter| da nubile)?(?:(?: is| was| ist| lautet| est| es| é| è| to| jest)(?: still| now)?| ?[:=]) ["'“]?`;
const NETWORK = '(?:[wW][iI][- ]?[fF][iI]|WLAN|wlan|W-LAN|SSID|[hH]otspot)';

/** In eight languages. */
const MAIDEN_NAMES = [
  String.raw`[mM]other['’]?s\smaiden name`,
  'maiden name',
  "first pet(?:['’]s name)?",
  'nom de jeune fille(?: de (?:ma|sa|la) mère)?',
  '(?:(?<=Mä)dchen|Geburts)name(?: (?:der|meiner|seiner|ihrer) Mutter)?',
  'apellido de soltera(?: de (?:mi|su) madre)?',
  'nome de solteira(?: da (?:minha )?mãe)?',
  'nazwisko panieńskie(?: matki)?',
  'cognome da nubile(?: (?:di|della) (?:mia )?madre)?',
  'meisjesnaam(?: van (?:mijn|de|zijn|haar) moeder)?',
];

export const PLACED_BY_CHATS: readonly Form[] = [
  // “set root to x for now”, “zet admin op x”, “root auf x gesetzt”
  secret(
    [
      'root ',
      'admin ',
      'administrator ',
      'Administrator ',
      'sa ',
      'postgres ',
      'enable ',
      'BIOS ',
      'bios ',
      'ilo ',
      'iLO ',
      'idrac ',
      'iDRAC ',
      'oper ',
    ],
    String.raw`(?<=(?:[sS]et|[cC]hanged?|[rR]eset|[sS]witched|[zZ]et|[sS]etze?|habe?|[pP]us(?:e|o)|[mM]is|[mM]udei|[mM]esso|[uU]stawi\S{1,8}) (?:the |den |le |el |o |il )?)[A-Za-z]{2,13}(?: (?:on|at|auf|op|sur|en|no|su) [\w.-]{1,40})? (?:back )?(?:to|auf|op|à|en|para|a|na) ["'\x60“]?`,
    CHOSEN,
  ),
  // “admin / Papagaio.22”
  secret(
    ['admin ', 'root ', 'Administrator ', 'administrator ', 'operator ', 'Admin '],
    String.raw`[A-Za-z]{4,13} [\/–—] ["'\x60“]?`,
    CHOSEN,
  ),
  // “acesso do roteador: jo / x”, in the languages in which “access” is no word for a login in English
  secret(
    [
      'acesso',
      'Acesso',
      'acceso',
      'Acceso',
      'accesso',
      'Accesso',
      'accès',
      'Accès',
      'toegang',
      'Toegang',
      'dostęp',
      'Dostęp',
      'login',
      'Login',
      'Zugangsdaten',
      'Logins',
    ],
    String.raw`[A-Za-zÀ-ž]{5,12}(?: [^\s:/]{1,40}){0,5}? ?: ["'\x60“]?[\w.@+-]{1,64} (?:\/|–|-|e|y|et|und|i|en) ["'\x60“]?`,
    CHOSEN,
  ),
  // “guest wifi in the war room: ACME-Guest / pelican pelican 4”, “klucz do wifi BIURO-5G: zielonyrower7”
  secret(
    ['wifi', 'Wifi', 'WiFi', 'WIFI', 'wi-fi', 'Wi-Fi', 'WLAN', 'wlan', 'W-LAN', 'SSID', 'hotspot', 'Hotspot'],
    String.raw`${NETWORK}[^\r\n\v:/]{0,60}: ?["'“]?(?!\d|up |down |ok )[\w .-]{1,32}["'”]? \/ ["'“]?(?!(?:channel|client|band|user|roam))`,
    String.raw`${NO_PLACEHOLDER}(?![\d.]{1,8}(?:\s|$))(?:[^\s"'\r\n\v,;()/:]{8,63}|(?=[^"'\r\n\v,;()/:]{0,60}\d)[^\s"'\r\n\v,;()/:][^"'\r\n\v,;()/:]{6,60}[^\s"'\r\n\v,;()/:.])(?=["'”]?[.,;)]?(?: [–-] |\s{0,4}(?:[\r\n\v]|$)|[,;)]))`,
  ),
  secret(
    ['wifi', 'Wifi', 'WiFi', 'WIFI', 'wi-fi', 'Wi-Fi', 'WLAN', 'wlan', 'W-LAN', 'hotspot', 'Hotspot'],
    String.raw`(?:(?<=(?:[kK]lucz|[sS]chlüssel|[cC]l(?:é|ef)|[cC]lave|[cC]have|[cC]hiave|[sS]leutel|[nN]yckel\w{0,2}|[nN]økkel\w{0,2}|[nN]øgle\w{0,2}|[aA]vain|[kK]líč|[kK]ey) [^\r\n\v:]{0,24})${NETWORK}[^\r\n\v:]{0,40}|${NETWORK}[- ](?:[kK]lucz|[sS]chlüssel|clé|clave|chave|chiave|sleutel|nyckel|nøkkel|avain|klíč)[^\r\n\v:]{0,24}) ?(?::|=| is| ist| est| es| é| è| to| jest) ["'“]?`,
    String.raw`(?!(?:not|nicht|pas|no|não|non|nie|in|on|the|an|at|w|na|invalid|missing|wrong|falsch|changed)\b)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),]{8,63}?${END}`,
  ),
  // “digicode du local R-1 : 83A47”: what opens a door, a safe, an alarm
  secret(
    [
      'digicode',
      'Digicode',
      'interphone',
      'code porte',
      'Code porte',
      'code du portail',
      'code de la porte',
      'code alarme',
      'code de l',
      'rcode',
      'r-Code',
      'Zugangscode',
      'Tresorcode',
      'Alarmcode',
      'Schlüsseltresor',
      'digo de la puerta',
      'digo da porta',
      'digo do alarme',
      'digo del',
      'codice porta',
      'codice del',
      'codice allarme',
      'deurcode',
      'kluiscode',
      'kod do drzwi',
      'kod do bramy',
      'kod do',
      'portkod',
      'dørkode',
      'ovikoodi',
      'keysafe',
      'key box',
      'keybox',
    ],
    String.raw`[A-Za-zÀ-ž]{3,16}(?:[- ][^\s:=]{1,20}){0,7}? ?(?::|=|is|ist|est|es|é|è|to|jest|er|är|on)(?: (?:now|jetzt|maintenant|ahora|agora|ora|nu|teraz))?:? `,
    String.raw`(?=[A-Z#*]{0,8}\d[A-Z#*]{0,8}\d)[\dA-Z#*]{4,10}(?![\w-]|[.:]\d)`,
  ),
  // “die TAN kam per SMS: 907 344”, “kod z SMS: 551 207”, “SMS-Code 551207”
  secret(
    ['SMS', 'sms', 'Sms', 'texto', '2FA', 'MFA', 'WhatsApp', 'Authenticator', 'authenticator'],
    String.raw`(?:(?<=${NO_STATUS}${CODE_WORD}(?![a-z])${NO_ERROR}[^\d\r\n\v]{0,40})(?:SMS|sms|Sms|texto|2FA|MFA|WhatsApp|[aA]uthenticator)(?:[- ][^\d\r\n\v:]{0,16})?|(?:SMS|sms|Sms)[- ]?${CODE_WORD}(?![a-z])(?: [^\d\s:]{1,12}){0,3}?)(?: ?:|=|,| is| ist| lautet| est| es| é| è| to| jest| er| är)(?: now)? `,
    CODE,
  ),
  secret(
    [
      'TAN',
      'mTAN',
      'pushTAN',
      'smsTAN',
      'code',
      'Code',
      'kod',
      'Kod',
      'koden',
      'digo',
      'codice',
      'Codice',
      'kode',
      'Kode',
      'koodi',
    ],
    `${NO_STATUS}(?:${CODE_WORD}|(?<=[cC]ó)digo)${IS}`,
    String.raw`${LONG_CODE}(?=[^\r\n\v\d]{0,40}\b(?:SMS|sms|authenticator|Authenticator|2FA|MFA|two-factor|wygasa|läuft ab|expire|scade|caduca|vervalt|gültig))`,
  ),
  // “mother's maiden name on file is Szczepanowska”
  secret(
    [
      'mother',
      'Mother',
      'maiden name',
      'first pet',
      'nom de jeune fille',
      'dchenname',
      'Geburtsname',
      'apellido de soltera',
      'nome de solteira',
      'nazwisko pa',
      'cognome da nubile',
      'meisjesnaam',
    ],
    `(?:${MAIDEN_NAMES.join('|')})${ANSWER}`,
    "[A-ZÀ-Ž][A-Za-zÀ-ž'’-]{1,30}(?: [A-ZÀ-Ž][A-Za-zÀ-ž'’-]{1,30}){0,2}",
  ),
  // github.com/bitcoin/bips, bip-0039: the words of a wallet, in one line or below each other
  form(
    'seed-phrase',
    [
      'wallet',
      'Wallet',
      'mnemonic',
      'Mnemonic',
      'seed phrase',
      'Seed phrase',
      'seed words',
      'Seed words',
      'phrase',
      'Phrase',
      'frase',
      'Frase',
      'Wiederherstellung',
      'ledger',
      'Ledger',
      'trezor',
      'Trezor',
      'metamask',
      'MetaMask',
      'recovery words',
      'backup words',
      '12 words',
      '24 words',
    ],
    String.raw`([A-Za-z\d]{2,17}[^\r\n\v:=“"]{0,80}(?:[:=“"]|->|→|(?:words|phrase) (?:are|is|were|was))["'“]?\s{0,8})${SEED}`,
  ),
  // “here you go, the datadog one → aa35…”
  secret(
    ['one ', 'one: ', 'one = ', 'key → ', 'key -> '],
    String.raw`(?<=(?:[hH]ere you go|[hH]ere it is|[hH]ere['’]?s|[tT]his is|[uU]se|[tT]ry)[^\r\n\v]{0,60})(?<!(?:commit|sha|hash|digest|checksum|image|build|trace|request) )(?:one|key)(?: is)? ?(?:→|->|=>|:|=)? `,
    '(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])',
  ),
  // “uso el token 83ed…”: who uses a token writes it behind, in seven languages
  secret(
    ['token ', 'Token ', 'jeton '],
    String.raw`(?<=\b(?:[uU]so|[uU]sando|[uU]samos|[uU]tilizo|[uU]tilizando|[cC]on|[cC]om|[aA]vec|[uU]tilise|[mM]it|[nN]utze|[vV]erwende|[mM]et|[gG]ebruik|[uU]żywam|[mM]ed|[aA]nvänder) (?:(?:el|la|mi|este|o|meu|le|mon|ce|dem|den|das|meinem|il|mio|questo|de|het|mijn|denne|detta) )?)(?:[tT]oken|jeton) ["'\x60]?`,
    '(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])',
  ),
  // “is this the right API key for the weather service? 13f7…”
  secret(
    ['key', 'token', 'secret', 'password'].flatMap((name) => [`${name} `, `${name}?`]),
    String.raw`(?<!\b(?:cache|partition|primary|foreign|object|sort|trace|idempotency|public) )(?:key|token|secret|password)(?: (?:for|of|to) [^\r\n\v?]{1,60})?\? `,
    '(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])',
  ),
];
