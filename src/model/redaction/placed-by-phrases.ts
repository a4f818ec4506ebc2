/**
 * Passphrases of plain words, which only the name before them shows: “passphrase for the backup: seven wet badgers sing”. What
 * stands before them stays, as in `placed.ts`. The next language is a word in a list here.
 */
import { type Form, secret } from '#model/redaction/form.ts';

const LETTERS = 'a-zà-öø-ÿā-ž';
/** Words of a sentence that speaks about a passphrase. */
const ABOUT =
  'sent|given|mailed|handed|shared|held|saved|owner|admin|mail|must|should|required|needed|invalid|incorrect|wrong|bad|failed|missing|again|not|cannot|try|retry|stored|kept|vault|keychain|keyring|prompt|expired|error|unable|please|rotated|changed|characters|words|length|long|short|decrypt|unlock|enter|type|ask|check|wiki|same|unchanged|unknown|none|retrying|required|mismatch|does|did|was|has|is|are|will|been|see|ver|voir|siehe|zie|demander|pedir|pide|chiedi|vedi|frag';
/** Three words or more up to the end of the line or a part of it. */
const WORDS = String.raw`(?![^\r\n\v;]{0,100}(?<![${LETTERS}])(?:${ABOUT})(?![${LETTERS}]))[${LETTERS}]{2,16}(?: [${LETTERS}]{2,16}){2,8}(?=["'\x60”»]|[.!]?\s{0,4}(?:[\r\n\v]|$)|[;,]|\.? (?:[A-Z(]|[–—-] |->))`;
const NETWORK = String.raw`(?:[wW]i-?[fF]i|WIFI|WLAN|wlan|SSID|ssid|WPA\d?|[hH]otspot)`;
const PASSWORD = '(?:[pP]ass(?:word|wort)?|pw|mdp|mot de passe|clave|senha|wachtwoord)';
const OF_WHAT = String.raw`(?: (?:for|of|on|to|für|von|zum|zur|pour|de|du|para|del|da|do|di|voor|van|för|til|do|dla)(?: [^\s:;,=]{1,30}){1,5}?)?`;

/** Names of a passphrase, by language. */
const PASSPHRASE = [
  '[pP]ass ?phrase',
  '[pP]hrase (?:secrète|de passe)',
  '[fF]rase(?: de (?:paso|contraseña|acceso|acesso|segurança)| secreta| segreta|-passe)',
  '[wW]achtwoordzin',
  'fraza (?:hasłowa|za prijavo)',
  'tunnuslause',
  '[lL]ösenfras',
].join('|');

export const PLACED_BY_PHRASES: readonly Form[] = [
  secret(
    [
      ...['passphrase', 'Passphrase', 'pass phrase', 'Pass phrase', 'phrase secr', 'Phrase secr', 'phrase de passe'],
      ...[
        'Phrase de passe',
        'frase de ',
        'Frase de ',
        'frase secreta',
        'frase segreta',
        'Frase secreta',
        'Frase segreta',
      ],
      ...[
        'frase-passe',
        'Frase-passe',
        'wachtwoordzin',
        'Wachtwoordzin',
        'fraza ',
        'tunnuslause',
        'lösenfras',
        'Lösenfras',
      ],
    ],
    String.raw`(?:${PASSPHRASE})${OF_WHAT}(?: ?[:=]| is:?| est| es| è| é| ist) ["'\x60“„«]? ?`,
    WORDS,
  ),
  // wi-fi.org: the passphrase of a network, which its line names
  secret(
    [
      'password',
      'Password',
      'pw',
      'pass',
      'Passwort',
      'passwort',
      'mdp',
      'mot de passe',
      'clave',
      'senha',
      'wachtwoord',
    ],
    String.raw`(?:(?<=${NETWORK}(?![A-Za-z])[^\r\n\v]{0,80})${PASSWORD}|${PASSWORD}(?: (?:for|of|für|du|de la|del|da|do|van)(?: (?:the|das|le))?)? ${NETWORK}) ?[:=] ["'\x60“„«]? ?`,
    WORDS,
  ),
];
