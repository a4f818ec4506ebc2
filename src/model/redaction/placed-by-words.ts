/**
 * Secrets that people say in many languages: one-time codes, codes of doors, PINs, keys of networks, and a login said in one
 * breath. What stands before them stays, as in `placed.ts`. The next language is a word in a list here.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { BREAK, LINE_END, NO_PLACEHOLDER, SPOKEN } from '#model/redaction/pattern-parts.ts';

const END = String.raw`(?=["'\x60”»]?[.,;:!?)]{0,2}(?:\s|$))`;
/** “yes,”, “sí,”, “ja, der ist” before an answer. */
const YES = String.raw`(?:[–—-] )?(?:[A-Za-zÀ-ž'’]{1,10},? ){0,3}?`;
const DIGITS = String.raw`(?:\d{3}[ \u00a0-]\d{3}|\d{4,8})`;
/** No part of a longer number, no count and no year. */
const NO_MORE = String.raw`(?![\w-]|[.:,]\d|[ \u00a0]\d| ?(?:%|€|\$|ms\b|seconds|sec\b|minutes|hours|days|times|users|people|attempts|requests|messages|devices|doors|errors?|characters|digits|Uhr|stellig|Zeichen|Stellen|caractères|cifras|dígitos|cifre|znaków|lines|rows|hits|bytes|files|goals?))`;
/** Behind fewer than six digits a word says what is counted, but for these. */
const ENDS = String.raw`(?:(?<=\d{6}|\d{3}[ \u00a0-]\d{3}|[A-Z#*])|(?=["'”»]?(?:[.,;:!?)]|\s?[–—-]|\s{0,8}(?:[\r\n\v]|$)))|(?= (?:as|since|from|until|now|today|tomorrow|this|yesterday|and|but|please|ab|seit|bis|und|bitte|hier|depuis|et|dès|desde|hoy|ayer|y|pero|da|oggi|ieri|e|od|do|från|fra|och|og)\b))`;
/** A word before “code” that makes it another one. */
const NO_STATUS =
  '(?<!(?:[eE]rror|ERROR|[sS]tatus|[eE]xit|[rR]eturn|[rR]esponse|[rR]eason|[rR]esult|[cC]ountry|[aA]rea|[zZ][iI][pP]|[fF]ehler|[sS]hort|[pP]ostal|[pP]ost|[sS]ource|HTTP|http|[dD]iscount|[pP]romo|[cC]oupon|[vV]oucher|[pP]roduct|[oO]rder|[bB]ooking|[tT]ax|[sS]ort|[sS]tore|[cC]urrency|[lL]anguage|[aA]irport|QR|[bB]ar|[cC]olou?r|[tT]ime|[rR]eturn|[dD]epartment|[cC]ost|[rR]ate|[mM]odel|[fF]ault|[sS]top|[eE]vent)(?:[-+ _]|%20)?)';

/** Names of a code for one login that name nothing else. */
const ONE_TIME = [
  String.raw`(?:[cC]ode |[cC]ódigo |[cC]odice |[kK]od |[kK]ód )?(?:T?OTP|[mp]?TAN|smsTAN|pushTAN|2FA|MFA)(?:[- ](?:[cC]ode|Nummer|[nN]umber|[pP]in|PIN|[tT]oken))?`,
  '[eE]inmal(?:code|passwort|kennwort|-Code|-PIN|pin)s?',
  '[eE]ng[aå]ngs(?:kode|kod|kodeord|lösenord|passord)(?:en|et|e|n)?',
  '[eE]enmalige (?:code|pincode)',
  '[cC]ode à usage unique',
  '(?<=[cC]ó)digo de (?:un solo uso|uso único|utilização única)',
  '[cC]odice (?:usa e getta|monouso|temporaneo)',
  '(?:[kK]od jednorazowy|[jJ]ednorazowy kod|[jJ]ednorázový kód)',
  '[kK]ertakäyttö(?:koodi|inen koodi)',
  '[tT]ek kullanımlık (?:şifre|kod|parola)',
  '[oO]ne[- ]time (?:code|pass(?:word|code)|PIN|pin)',
].join('|');
const ONE_TIME_BEGINS = [
  ...['Code ', 'code ', 'Codice ', 'codice ', 'kod ', 'Kod ', 'digo ', 'kód '],
  ...['OTP', 'TOTP', 'TAN', 'mTAN', 'pTAN', 'smsTAN', 'pushTAN', '2FA', 'MFA', 'Einmal', 'einmal'],
  ...[
    'Engangs',
    'engangs',
    'Engång',
    'engång',
    'Eenmalige ',
    'eenmalige ',
    'Jednor',
    'jednor',
    'Kertak',
    'kertak',
    'Tek kullan',
    'tek kullan',
  ],
  ...['One-time ', 'one-time ', 'One time ', 'one time '],
];
/** “is”, also with “now”: in the languages of the lists here. */
const IS = String.raw`(?:is|was|ist|lautet|war|est|était|es|era|è|é|er|är|on|to|jest|je|dir|lyder|c['’]est|itu|adalah|este)(?: (?:now|jetzt|nun|maintenant|ahora|agora|ora|nu|nå|teraz|teď|ab heute|ab sofort|ab morgen|from today|since today|desde hoy|dès aujourd['’]hui|da oggi|(?:ab|seit|from|since|as of|à partir de|depuis|desde|da|vanaf|od|från|fra) [^\s\d]{1,12}))?`;
/** “changed to”, “passé à”, “geändert auf” */
const TURNED = String.raw`(?:changed|reset|set|updated|switched|rotated|passée?s?|changée?s?|modifiée?s?|cambiad[oa]|cambió|mudou|alterad[oa]|mudad[oa]|cambiat[oa]|gewijzigd|veranderd|zmieniony|zmieniono|ändrad|ändrats|ændret|endret|geändert|gesetzt|umgestellt) (?:back )?(?:to|à|en|a|por|para|in|naar|na|till|til|auf)`;
/** A few words without a number: of what, and since when. */
const FEW = String.raw`(?:[ -][^\s\d:=?-]{1,20}){0,9}?`;

/** What opens a door, an alarm, a safe, by language. */
const DOOR = [
  String.raw`(?:[dD]oor|[gG]ate|[kK]eypad|[lL]ockbox|[gG]arage|[sS]afe|[eE]ntry|[eE]ntrance|[lL]ocker|[rR]ack|[cC]age|[eE]levator)[- ](?:[cC]ode|PIN|pin|combination)`,
  String.raw`(?:(?<=[tT]ü)r|[tT]or|[tT]resor|[sS]chließfach|[sS]afe|[aA]larm|[zZ]utritts)-?[cC]ode`,
  String.raw`(?:[dD]igicode|[cC]ode (?:de la |de l['’]|du |d['’]|de )?(?:porte|portail|alarme|immeuble|coffre|entrée|parking|boîte à clés))`,
  String.raw`(?<=[cC]ó)digo (?:de la |del |da |do |de )?(?:puerta|portal|portão|porta|alarma|alarme|garaje|garagem|cofre|caja fuerte|edificio|entrada)`,
  String.raw`[cC]odice (?:della |del |dell['’]|di )?(?:porta|portone|cancello|allarme|cassaforte|ingresso)`,
  '(?:[dD]eur|[pP]oort|[kK]luis|[aA]larm)code',
  String.raw`[kK]od (?:do )?(?:drzwi|bramy|domofonu|alarmu|sejfu|furtki|wejścia)`,
  '(?:[pP]ort|(?<=[dD]ö)r{1,2}|[lL]arm|[dD]ør|[aA]larm)kod(?:en|e)?',
  '(?:[oO]vi|[hH]älytys)koodi',
].join('|');
const DOOR_BEGINS = [
  ...[
    'door',
    'gate',
    'keypad',
    'lockbox',
    'garage',
    'safe',
    'entry',
    'entrance',
    'locker',
    'rack',
    'cage',
    'elevator',
  ].flatMap((place) => [`${place} `, `${place}-`, `${place[0]?.toUpperCase()}${place.slice(1)} `]),
  ...[
    'Tresor',
    'Tor',
    'Alarmc',
    'Safe',
    'Haust',
    'Zutritts',
    'Schlie',
    'rcode',
    'rrkod',
    'rkod',
    'r-Code',
    'Digicode',
    'digicode',
  ],
  ...['Code ', 'code ', 'digo ', 'Codice ', 'codice ', 'deurcode', 'Deurcode', 'poortcode', 'kluiscode', 'alarmcode'],
  ...['kod ', 'Kod ', 'portkod', 'Portkod', 'larmkod', 'alarmkode', 'ovikoodi', 'Ovikoodi'],
];
/** The code of a door, which may have letters: `7815B`, `*6853#`. A year is no code. */
const DOOR_CODE = String.raw`(?!(?:19|20)\d\d(?![\dA-Z#*]))[*#]?(?:\d{3,10}[A-Z]?|[A-Z]\d{3,8}|\d{1,4}[A-Z]\d{1,6})[#*]?(?![\w-]|[.:,]\d)`;

/** Letters of both cases with a digit or a sign: nobody is called so. */
const MIXED = String.raw`(?=[^\s"']{0,60}[A-Z])(?=[^\s"']{0,60}[a-z])(?=[^\s"']{0,60}[\d!#$%^*?~+=])(?!\w{1,40}=\w|https?:|[A-Z]{2,6}-\d)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),/\\]{8,60}?`;
const PASSWORDS = String.raw`(?:[pP]ass(?:word|wd|phrase|code|wort)|[pP]w|[pP]wd|[kK]ennwort|mdp|MDP|[mM]ot de passe|[cC]ontraseña|[sS]enha|[wW]achtwoord|[lL]ösenord|[pP]assord|[hH]eslo)`;
const HEX = '(?:[0-9a-f]{64}|[0-9a-f]{48}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])';

/** The rest of a question, and what stands before the answer. */
const ASKED = String.raw`(?![A-Za-z_=])[^?\r\n\v]{0,80}\?{1,3}(?:${BREAK}${SPOKEN}| )${YES}`;
/** The same with a sign that no program's name has. */
const SIGNED = String.raw`(?=[^\s"']{0,60}[!#$%^*?~+=])${MIXED}`;

export const PLACED_BY_WORDS: readonly Form[] = [
  // “il codice OTP che mi è arrivato è 585852”, “engangskoden min er 914294”, “Ihr TAN-Code lautet 325322”
  secret(
    ONE_TIME_BEGINS,
    String.raw`(?:${ONE_TIME})(?![A-Za-z])(?![ a-z-]{0,40}\b(?:codes|sent|delivered|issued|requests?|attempts?|failures?|failed|service|latency|users?|e?mails?|messages?)\b)(?:[ -][^\s\d:=?-]{1,20}){0,7}?(?: (?:${IS})| ?[:=])[: ] ?`,
    DIGITS + NO_MORE + ENDS,
  ),
  // “can you read me the code from the phone?”, and the answer in the next line or behind it
  secret(
    ['PIN', 'pin', 'Pin', 'OTP', 'otp', 'TAN', 'tan', '2FA', '2fa', 'MFA', 'mfa'],
    `(?:PIN|[pP]in|OTP|otp|TAN|tan|2FA|2fa|MFA|mfa)(?:[- ][cC]ode)?${ASKED}`,
    String.raw`${DIGITS}(?=[.,!]?${LINE_END})`,
  ),
  secret(
    [
      'code ',
      'Code ',
      'code?',
      'Code?',
      'kod ',
      'Kod ',
      'kod?',
      'kode ',
      'koden ',
      'codice ',
      'Codice ',
      'codice?',
      'digo ',
      'digo?',
    ],
    `${NO_STATUS}(?:[cC]ode|[kK]od(?:e|en)?|[cC]odice|(?<=[cC]ó)digo)(?![^?\\r\\n\\v]{0,80}\\b(?:err|errors?|API|api|return(?:ed)?|https?|HTTP|status|exit|response|fail\\w{0,3}|crash|logs?|Fehler|erreur|errore|błędu|postal)\\b)${ASKED}`,
    String.raw`(?:\d{3}[ \u00a0-]\d{3}|\d{6,8})(?=[.,!]?${LINE_END})`,
  ),
  // “mandami il codice”, and the answer of somebody else
  secret(
    ['code', 'PIN', 'pin', 'OTP', 'otp', 'TAN', 'kod', 'kode', 'koden', 'codice', 'digo'],
    String.raw`(?<=(?:[sS]end|[gG]ive|[rR]ead|[tT]ell|[mM]andami|[dD]ammi|[dD]immi|[sS]chick|[gG]ib|[lL]ies|[eE]nvoie|[dD]onne|[pP]ásame|[dD]ame|[mM]ándame|[mM]anda|[pP]assa|[sS]tuur|[gG]eef|[pP]odaj|[wW]yślij|[sS]kicka|[sS]end) [^
]{0,40})${NO_STATUS}(?:code|PIN|pin|OTP|otp|TAN|kode?n?|codice|digo)(?![A-Za-z_=])[^
:?]{0,60}${BREAK}(?:> ?)?(?:\[?\d{1,2}:\d\d(?::\d\d)?\]? {1,3})?(?:<[\w.-]{1,40}> {1,2}|[\w.-]{1,40}[:>] {1,2})${YES}`,
    String.raw`${DIGITS}(?=[.,!]?${LINE_END})`,
  ),
  // A mail: its subject names the code, which stands alone in a line of the text. Also the line above it.
  secret(
    [
      'Subject: ',
      'subject: ',
      'Betreff: ',
      'Objet : ',
      'Objet: ',
      'Asunto: ',
      'Oggetto: ',
      'Onderwerp: ',
      'Temat: ',
      'Assunto: ',
    ],
    String.raw`[A-Za-z]{5,9} ?: (?=[^\r\n\v]{0,160}(?:[cC]ode|CODE|PIN|OTP|TAN|[pP]asscode|digo|odice|[kK]od|[pP]assw))[^\r\n\v]{0,80}?(?:verif\S{1,12}|[lL]ogin|[sS]ign-?in|[sS]ecurity|[cC]onfirm\S{0,7}|[aA]ccess|[oO]ne-time|[aA]uthentication|Bestätigungs|Sicherheits|Anmelde|Zugangs|[eE]inmal|OTP|2FA|sécurité|connexion|seguridad|segurança|acceso|acesso|sicurezza|accesso|verific\S{1,8}|Verif\S{1,12})[^\r\n\v]{0,80}(?:\r?[\n\v](?!\d)[^\r\n\v]{0,200}){1,12}?\r?[\n\v][ \t]{0,16}`,
    String.raw`${DIGITS}${LINE_END}`,
  ),
  secret(
    [
      'code',
      'Code',
      'PIN',
      'OTP',
      'TAN',
      'passcode',
      'Passcode',
      'digo de ',
      'codice di ',
      'Best',
      'Sicherheitscode',
      'Anmeldecode',
      'Einmalcode',
    ],
    String.raw`(?:(?<=(?:[vV]erification|[lL]ogin|[sS]ign-?in|[sS]ecurity|[cC]onfirmation|[aA]ccess|[oO]ne-time|[aA]uthentication|[lL]og-in) )[cC]ode|PIN|OTP|TAN|[pP]asscode|(?:[cC]ode|digo|codice) (?:de|di) (?:v[ée]rif\S{1,10}|s[ée]curit\S|connexion|seguridad|segurança|acceso|acesso|sicurezza|accesso|conferma|confirm\S{3,8})|(?:Bestätigungs|Sicherheits|Anmelde|Einmal)code)(?![A-Za-z])[^\r\n\v\d]{0,40}(?:${BREAK}){1,3}[ \t]{0,16}`,
    String.raw`(?!(?:19|20)\d\d${LINE_END})${DIGITS}${LINE_END}`,
  ),
  // url.spec.whatwg.org, "application/x-www-form-urlencoded": the text of an SMS in the body of a form
  secret(
    [
      'code+',
      'Code+',
      'code%20',
      'Code%20',
      'PIN+',
      'OTP+',
      'TAN+',
      'PIN%20',
      'OTP%20',
      'TAN%20',
      'passcode+',
      'codice+',
      'kod+',
      'Code%3A',
      'code%3A',
      'Code:',
      'code:',
    ],
    String.raw`${NO_STATUS}(?:[cC]ode|PIN|OTP|TAN|passcode|codice|kod)(?:(?:\+|%20)[a-zA-Z]{1,12}){0,5}?(?:(?:\+|%20)(?:is|ist|lautet|est|es|to|er|%C3%A8|%C3%A9))?(?:%3A|:)?(?:\+|%20)`,
    String.raw`\d{4,8}(?![\w-]|%\d)(?=[.&+%!\s"']|$)`,
  ),
  // “door code for the server room changed to 6853#”, “le digicode de l'immeuble est passé à 7815B”
  secret(
    DOOR_BEGINS,
    String.raw`(?:${DOOR})(?![A-Za-z])(?! (?:review|coverage|path|policy|freeze|base|quality|change|is (?:not|wrong))\b)${FEW}(?: (?:${IS}|${TURNED})(?: (?:${TURNED}))?| ?[:=]):? `,
    DOOR_CODE + NO_MORE + ENDS,
  ),
  // “PIN für die Alarmanlage ist ab heute 17073”: a PIN of something, in words
  secret(
    ['PIN', 'Pin', 'pin', 'PUK', 'Geheimzahl'],
    String.raw`(?:PIN|[pP]in|PUK|Geheimzahl)(?:-?[cC]ode)?(?= (?:for|of|to|on|at|für|fürs|zur|zum|vom|von|der|des|pour|de|du|del|della|dello|para|da|do|per|voor|van|do|för|till|til)\b)${FEW}(?: (?:${IS}|${TURNED})(?: (?:${TURNED}))?| ?[:=]):? `,
    String.raw`(?!(?:19|20)\d\d(?!\d))\d{4,8}${NO_MORE}${ENDS}`,
  ),
  // “login is admin”, “password”, and below it the value: three lines of a chat
  secret(
    [
      ...[
        'password',
        'Password',
        'passwd',
        'pass',
        'Pass',
        'pw',
        'Pw',
        'PW',
        'passwort',
        'Passwort',
        'kennwort',
        'mdp',
        'MDP',
      ],
      ...['mot de passe', 'Mot de passe', 'contraseña', 'Contraseña', 'senha', 'Senha', 'wachtwoord', 'Wachtwoord'],
    ].flatMap((name) => ['\n', '\r', '\v', ' ', ':\n', ':\r', ':\v'].map((next) => name + next)),
    String.raw`(?<=(?:^|[\n\v])${SPOKEN})(?:${PASSWORDS}|[pP]ass|PW)(?: is| ist| est| es)?:?${BREAK}${SPOKEN}`,
    String.raw`(?!\S{1,60}[=:]\s?$)${MIXED}${LINE_END}`,
  ),
  // “La clé WPA de la salle Cobalt : …”: wi-fi.org, a passphrase of 8 to 63 characters
  secret(
    ['WPA', 'WPA2', 'WPA3', 'WEP', 'PSK', 'wpa', 'wpa2'].flatMap((name) => [
      `${name} `,
      `${name}-`,
      `${name}/`,
      `${name}=`,
    ]),
    String.raw`(?:(?<=(?:[cC]lé|[cC]lef|[sS]chlüssel|[cC]lave|[cC]have|[cC]hiave|[sS]leutel|[kK]lucz|[nN]yckel\w{0,2}|[kK]ey|[kK]líč) )(?:WPA\d?|WEP|PSK|wpa\d?)(?:[-/](?:WPA\d|PSK|psk))?|(?:WPA\d?|WEP|wpa\d?)(?:-PSK)?[- ](?:[kK]ey|[sS]chlüssel|[pP]assphrase|[pP]assword|[pP]asswort|clé|clave))(?! (?:exchange|handshake|rotation|policy|management|mgmt|renewal|update|install))(?: [^\s\d:=-]{1,20}){0,6}?(?: ?[:=]| (?:${IS})) ["'\x60“«]?`,
    String.raw`(?=[^\s"']{0,63}\d)(?=[^\s"']{0,63}[A-Za-z])${NO_PLACEHOLDER}[^\s"'\x60<>|;(),»]{8,63}?${END}`,
  ),
  // “Melde dich mit gast und … an”, “connecte-toi avec invité et …”
  secret(
    [
      'ctate ',
      'Melde dich ',
      'melde dich ',
      'Meldet euch ',
      'einloggen ',
      'anmelden ',
      'eingeloggt ',
      'angemeldet ',
      'connecte-toi ',
      'connectez-vous ',
      'Connectez-vous ',
      'Connecte-toi ',
      'entra ',
      'Entra ',
      'accedi ',
      'Accedi ',
      'acesse ',
      'Acesse ',
      'log in ',
      'Log in ',
      'login ',
      'sign in ',
      'Sign in ',
      'zaloguj ',
      'Zaloguj ',
      'inloggen ',
      'logga in ',
      'Logga in ',
    ],
    String.raw`(?:[A-Za-z-]{5,14}|[lL]og|[sS]ign|(?<=[cC]oné)ctate)(?: (?:dich|euch|in|się))?(?: (?:auf|sur|en|su|no|na|on|to|at|op) [\w.-]{1,40})? (?:mit|avec|con|com|with|as|jako|met|med|als|como) [\w.@-]{2,60} (?:und|et|y|e|and|i|en|och|og|\/|\+) ["'\x60“«]?`,
    SIGNED + END,
  ),
  // “use this key for the weather api: 44fb…”
  secret(
    ['key ', 'token ', 'secret '],
    String.raw`(?<=(?:[uU]se|[tT]ry|[tT]ake|[pP]ut|[hH]ere['’]?s|[hH]ere is|[sS]et|[pP]aste) (?:this|the|my|our|that) (?:[a-z]{2,14} ){0,2})(?<!(?:cache|partition|primary|foreign|object|sort|trace|idempotency|public|commit|image|build|group) )(?:key|token|secret)(?: (?:for|on|in|with) [^\r\n\v:=]{1,40}(?::| is| =|,)| is| =) `,
    HEX,
  ),
];
