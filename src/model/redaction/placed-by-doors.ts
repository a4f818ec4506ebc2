/**
 * What people say opens a door, an alarm, a lock, a SIM card, and a user with a password in one breath. The words stand in
 * lists by language; the next language is a word there. What stands before a value stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { BREAK, NO_PLACEHOLDER, SPOKEN } from '#model/redaction/pattern-parts.ts';

const END = String.raw`(?=["'\x60”]?[.,;:!?)]{0,2}(?:\s|$))`;
const LINE_END = String.raw`(?=[.!]?[ \t]{0,8}(?:[\r\n\v]|$))`;
/** No part of a longer number, and nothing that a word counts or dates. */
const NO_COUNT = String.raw`(?![\w-]|[.:,/]\d|[ \u00a0]\d| ?(?:%|°)| (?:[a-z]{1,3}|[a-z]{2,20}s|times?|mal|fois|volte|veces|keer|korda|meters?|metri|Uhr|horas?)(?![A-Za-z]))`;
const CODE = String.raw`(?!(?:19[5-9]|20[0-3])\d(?!\d))[*#]?\d{4,10}[#*]?${NO_COUNT}`;
const IS = String.raw`(?: (?:is|was|ist|lautet|war|est|es|è|é|to|jest|är|er|on|oli|je))(?: (?:now|still|jetzt|nu|ora|agora|ahora|teraz|nüüd))?:? `;
/** Up to seven words between the name of a code and the code. Some may be short numbers: “for the alarm panel, gate 2”. */
const FEW = String.raw`(?: (?:[^\s\d:=?]{1,20}|\d{1,2},?(?= ))){0,7}?`;

/** What has a code of its own, by stems. */
const THING =
  "(?:(?:alarm|door|gate|garage|shed|cage|keypad|vault|lockbox|safe)(?:s|['’]s)?(?![a-z])|alarm(?:[a-z]{3,12})|Alarm|(?:Haus)?[Tt]ür|Tor(?![a-z])|Tresor|Schließ|portail|coffre|puerta|(?<=(?:da|della|de la|la) )porta(?![a-z])|portão|portone|cancello|cassaforte|allarme|ingresso|cofre|cadeado|garaje|deur|poort|kluis|hek(?![a-z])|drzwi|bram[yk]|sejf|dörr|dør(?![a-z])|ukse|värav|signalisatsioon)";
/** “code”, by language. */
const CODE_WORD =
  '(?:[pP]in-?[cC]ode|PIN|[pP]in(?! (?:the|our|this|that|a|it) )|[cC]ode|[cC]odice|[kK]oodi?|[kK]od(?:en|e)?|(?<=[cC]ó)digo)';
const NO_STATUS =
  '(?<!(?:[eE]rror|[sS]tatus|[eE]xit|[rR]eturn|[rR]esponse|[rR]eason|[rR]esult|[cC]ountry|[aA]rea|[zZ]ip|[fF]ehler|[pP]ostal|[pP]ost|[fF]ault|[eE]vent|[sS]ource|[pP]roduct|[mM]odel)[- ]?)';

/** Letters of both cases and a digit, or a sign: no place, no file, no version. */
const MADE_UP = String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?:(?=[^\s"']{0,60}[!#$%^*?~+])|(?=[^\s"']{0,60}[A-Z])(?=[^\s"']{0,60}[a-z]))(?!v?\d{1,4}\.|\w{1,40}=|[A-Z]{2,6}-\d|https?:|\S{1,60}\.[A-Za-z]{2,5}(?:[\s.,;:!?)"']|$)|[\w.-]{1,40}[?&#][\w.-]{1,40}=)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),/\\]{8,60}?${END}`;

export const PLACED_BY_DOORS: readonly Form[] = [
  // “combination lock 7083”, “padlock 0417”
  secret(
    ['combination lock ', 'Combination lock ', 'combo lock ', 'padlock ', 'Padlock ', 'lockbox ', 'Lockbox '],
    String.raw`[A-Za-z]{5,11}(?: lock)?(?: (?:code|combo|combination))?(?:${FEW}${IS}|:? )`,
    String.raw`(?:${CODE}|\d{1,2}(?:-\d{1,2}){2,3}(?![\w-]))`,
  ),
  // “the key safe at the back is 5027”
  secret(
    ['key safe ', 'Key safe ', 'key box ', 'keypad ', 'Keypad ', 'keysafe ', 'safe '],
    `(?:[kK]ey (?:safe|box)|[kK]eypad|keysafe|safe)(?= (?:by|at|in|on|for|near|behind|outside|next) )${FEW}${IS}`,
    CODE,
  ),
  // “disarm with 6740”, “duress code is 5428”
  secret(
    ['disarm ', 'Disarm ', 'disarms ', 'disarmed ', 'arm and disarm ', 'unlock ', 'opens ', 'duress ', 'Duress '],
    String.raw`(?:(?:(?:arm and )?[dD]isarm(?:s|ed)?|unlock|opens)(?: (?:it|them|the [a-z]{3,12}))? with(?: (?:the )?(?:code|PIN|pin))?|[dD]isarm (?:code|PIN|pin)(?: is| was|:)?|[dD]uress(?: (?:code|PIN|pin))?(?: is| was|:)?) `,
    CODE,
  ),
  // “codice cancello 9648”, “ukse kood on 6096”, “pincode van de alarmcentrale 1914”, “PIN for the alarm panel, gate 2 is …”
  secret(
    [
      ...['PIN', 'pin', 'Pin', 'pincode', 'Pincode', 'code', 'Code', 'codice', 'Codice', 'kood', 'Kood', 'kod', 'Kod'],
      ...['kode', 'koden', 'digo'],
    ].map((word) => `${word} `),
    String.raw`${NO_STATUS}${CODE_WORD}(?! (?:d['’]|de |di |do )?(?:err|fehl|statu|exit|fault|path|review|lines?))(?= (?:[^\s\d:=?]{1,12} ){0,3}?${THING})${FEW}(?:${IS}|:? )`,
    CODE,
  ),
  secret(
    ['kood ', 'kood: ', 'koodi ', 'uksekood ', 'alarmikood ', 'Uksekood ', 'ravakood ', 'lukukood '],
    String.raw`(?:(?<=(?:[uU]kse|[vV]ärava|[aA]larmi|[vV]alve|[sS]eifi|[gG]araaži|[lL]uku|[tT]repikoja) ?)koodi?|(?:[uU]kse|[aA]larmi|(?<=[vV]ä)rava|luku)kood)(?:${FEW} on(?: nüüd)?|:)? `,
    CODE,
  ),
  // “ny dörrkod 7719#”, “ovikoodi on 4417”: one word for the door and its code
  secret(
    [
      ...['rrkod', 'rkode', 'portkod', 'Portkod', 'portkode', 'larmkod', 'Larmkod', 'alarmkode', 'Alarmkode', 'rcode'],
      ...[
        'ovikoodi',
        'Ovikoodi',
        'Torcode',
        'Zugangscode',
        'Alarmcode',
        'deurcode',
        'Deurcode',
        'poortcode',
        'toegangscode',
      ],
      ...['alarmcode', 'kapuk', 'Kapuk', 'riaszt', 'digicode', 'Digicode'],
    ],
    String.raw`(?:(?<=[dD]ö)rrkod|(?<=[dD]ø)rkode|(?<=[tT]ü)rcode|[pP]ortkode?|[lL]armkod|[aA]larm[kc]ode|[oO]vikoodi|Torcode|Zugangscode|[dD](?:eur|igi)code|poortcode|toegangscode|[kK]apukód|riasztókód)(?:e?[nt]|ja|s)?(?:${FEW}${IS}|:? )`,
    String.raw`(?!(?:19[5-9]|20[0-3])\d(?!\d))[*#]?\d{4,8}[#*]?(?![\w-]|[.:,/]\d|[ \u00a0]?(?:%|°|ms|kr|kg))`,
  ),
  // 3gpp.org, TS 11.11: PIN1 and PIN2 of a SIM card, beside its PUK
  secret(
    ['PIN1', 'PIN2', 'PIN 1', 'PIN 2', 'PUK1', 'PUK2'],
    String.raw`(?:(?<=(?:SIM|PUK|[sS]im)(?![a-z])[^\r\n\v]{0,80})|(?=[^\r\n\v]{0,40}(?:PUK|SIM)))(?:PIN|PUK) ?[12](?: is|:|=| =)? `,
    String.raw`\d{4,8}(?![\w-]|[.:,]\d)`,
  ),
  // “read me the six digits pls”, and the answer alone in its line
  secret(
    ['digits ', 'digits?', 'digits\n', 'digits\r', 'digits:', 'numbers ', 'numbers?', 'numbers\n'],
    String.raw`(?<=(?:[rR]ead|[sS]end|[gG]ive|[tT]ell|[tT]ext|[wW]hat are)(?: (?:me|us))?(?: (?:the|your|those))?(?: (?:six|6|four|4|eight|8))? )(?:digits|numbers)[^\r\n\v\d]{0,40}${BREAK}${SPOKEN}`,
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})${LINE_END}`,
  ),
  // “root/104Walnut!T4”, “the sticker one: admin/…”: what follows is no path, no file and no version
  secret(
    ['root/', 'admin/', 'Admin/', 'administrator/', 'Administrator/', 'sa/', 'postgres/', 'ubnt/', 'cisco/', 'pi/'],
    String.raw`(?<=(?:^|[\s"'(\x60]))[A-Za-z]{2,13}\/`,
    MADE_UP,
  ),
  // “use this: leo-ro / Bramble.9788”
  secret(
    [
      'use ',
      'Use ',
      'using ',
      'try ',
      'Try ',
      'take ',
      'Take ',
      'nimm ',
      'Nimm ',
      'usa ',
      'Usa ',
      'utilise ',
      'prova ',
    ],
    String.raw`[A-Za-z]{3,7}(?: (?:this|these|that|dies|das|esto|esta|ceci|questo))?(?: one)?:? [\w.@-]{2,40} \/ ["'\x60]?`,
    String.raw`(?=[^\s"']{0,60}[a-z])(?=[^\s"']{0,60}\d)(?=[^\s"']{0,60}[A-Z!#$%^*?~+])(?=[^\s"']{0,60}(?:[!#$%^*?~+_.-]|\d{3}))(?!v?\d{1,4}\.|[A-Z]{2,6}-\d|\w{1,40}=|[^\s"']{0,40}\d\.\d)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),/\\]{8,60}?${END}`,
  ),
  // RFC 2865, section 3: the secret that a client and a server share
  secret(
    ['secret for ', 'secret of ', 'secret on ', 'secret is ', 'secret: '],
    String.raw`(?<=[sS]hared[- ])secret(?: (?:for|of|on)(?: [\w.-]{1,30}){1,4}?)?(?: is(?: now| still)?:?|:) ["'\x60]?`,
    String.raw`(?=[^\s"']{0,60}[A-Za-z])(?=[^\s"']{0,60}\d)(?!v?\d{1,4}\.|\w{1,40}=)${NO_PLACEHOLDER}[^\s"'\x60<>|;(),]{6,100}?${END}`,
  ),
];
