/**
 * Passwords that are arguments of commands of Windows, in letters of either case as Windows reads them. Each row follows the
 * page of the command at learn.microsoft.com/windows-server/administration/windows-commands, unless it names another one.
 * What stands before a value stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const MAYBE_QUOTE = `(?:${QUOTE})?`;
/** No number alone, which is a port or a process. */
const ARGUMENT = String.raw`(?!\d{1,5}(?:\s|$))${NO_PLACEHOLDER}(?!\/)[^\s"'\x60<>|;&()]{3,200}`;
const IN_QUOTES = String.raw`(?<=["'])${NO_PLACEHOLDER}[^"'\r\n\v\\]{1,200}(?=\\{0,15}["'])`;
const VALUE = `(?:${IN_QUOTES}|${ARGUMENT})`;
const REST = String.raw`[^\r\n\v|;&]{0,300}`;
/** A user or a place, also in quotes. */
const NAME = String.raw`(?:"[^"\r\n\v]{1,100}"|[^\s"']{1,100})`;

/** The same letters in either case. */
function anyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** In small letters and in capitals. */
function both(...words: readonly string[]): string[] {
  return words.flatMap((word) => [word, word.toUpperCase()]);
}

/** Options `/name value` and `-name:value` of these programs. */
function options(programs: readonly string[], names: readonly string[]): Form {
  return secret(
    both(...names).flatMap((name) => [`${name} `, `${name}:`]),
    String.raw`(?<=(?:^|[\s\\/"'>])(?:${programs.map(anyCase).join('|')})(?:\.[eE][xX][eE]|\.[cC][oO][mM])?"?\s(?:${REST}\s)?[-/])(?:${names.map(anyCase).join('|')})[ :]${MAYBE_QUOTE}`,
    VALUE,
  );
}

const REMOTE = [
  ...[
    'schtasks',
    'eventcreate',
    'takeown',
    'gpresult',
    'tasklist',
    'taskkill',
    'systeminfo',
    'driverquery',
    'openfiles',
  ],
  ...['getmac', 'winrs', 'winrm id', 'wevtutil', 'setx', 'waitfor', 'certutil', 'signtool', 'rpcping'],
  ...[
    'dsquery',
    'dsget',
    'dsmove',
    'dsrm',
    'dsadd',
    'dsmod',
    'psexec',
    'psexec64',
    'paexec',
    'psservice',
    'pskill',
    'psinfo',
  ],
];

export const WINDOWS_COMMANDS: readonly Form[] = [
  options(REMOTE, ['p']),
  options(['schtasks'], ['rp']),
  options(['netdom'], ['pd', 'po', 'pt']),
  options(['cmdkey'], ['pass']),
  // putty.org, "The command-line tools"
  options(['plink', 'pscp', 'psftp', 'kitty', 'putty'], ['pw']),
  // A user, then the password
  secret(
    both('net use '),
    String.raw`${anyCase('net use ')}(?:[A-Za-z*]:? )?[\\\v]{1,8}[^ "'\r\n]{1,200} (?:\/[^ "'\r\n]{1,100} ){0,4}${MAYBE_QUOTE}`,
    VALUE,
  ),
  secret(
    both('net user '),
    `${anyCase('net user ')}${NAME} ${MAYBE_QUOTE}`,
    String.raw`(?:${IN_QUOTES}|${ARGUMENT}(?= {1,4}\/[a-zA-Z]))`,
  ),
  secret(
    both('ldifde ', 'csvde '),
    String.raw`(?:${anyCase('ldifde')}|${anyCase('csvde')})(?= )${REST}? -[bB] ${NAME} [\w.-]{1,64} ${MAYBE_QUOTE}`,
    VALUE,
  ),
  secret(
    ['logman ', 'LOGMAN '],
    `${anyCase('logman')} ${REST}? -[uU] ${NAME} ${MAYBE_QUOTE}`,
    `(?:${IN_QUOTES}|(?!-)${ARGUMENT})`,
  ),
  // learn.microsoft.com/windows/win32/bits/bitsadmin-setcredentials: a job, a target, a scheme, a user
  secret(
    ['setcredentials ', 'SetCredentials ', 'SETCREDENTIALS '],
    String.raw`(?<=\/)[sS]et[cC]redentials ${NAME} \w{5,6} \w{4,9} ${NAME} ${MAYBE_QUOTE}`,
    VALUE,
  ),
  // learn.microsoft.com/sysinternals/downloads/autologon: a user, a domain
  secret(
    ['autologon', 'Autologon', 'AutoLogon'],
    String.raw`[aA]uto[lL]ogon(?:64)?(?:\.exe)? (?:\/accepteula )?(?!\/)[\w.@\\-]{1,64} (?:[A-Z\d][A-Z\d.-]{1,30}|[\w-]{1,30}\.[\w.-]{1,60}) ${MAYBE_QUOTE}`,
    VALUE,
  ),
  // The scripts that manage printers
  secret(['w '], String.raw`(?<=prn[a-z]{3,6}\.vbs ${REST}-)w ${MAYBE_QUOTE}`, VALUE),
];
