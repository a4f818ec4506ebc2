/**
 * Values that a sentence tells: "password is hunter2", "password for jo was changed to "x"", "secret key wJalr/…",
 * `login jo password x` (a .netrc), `IDENTIFIED BY 'x'`. Sentences mostly speak about a secret and do not tell it, so that a
 * plain word is none: "password is required", "token is OAuth2", "secret "db-credentials" not found".
 */
import { looksMade } from '#model/redaction/entropy.ts';
import type { Named } from '#model/redaction/names.ts';
import { isKubernetesName, isNoSecret, isState } from '#model/redaction/no-secret.ts';
import { isAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

/** Behind the last word of a name; undefined where nothing is told. */
export function toldValue(text: string, named: Named): Range | undefined {
  if (named.rule.kind !== 'secret') return undefined;
  const verb = matchAt(VERB, text, named.end);
  const from = verb === undefined ? named.end + 1 : verb.index + verb[0].length;
  const value = wordAt(text, from);
  if (value === undefined) return undefined;
  const said = { rule: named.rule, name: named.text, value: value.word, isQuoted: value.isQuoted, isTold: true };
  if (isNoSecret(said) || /^(?:\[redacted:)/.test(value.word)) return undefined;
  const isSecret = verb === undefined ? isNamedDirectly(text, named, value) : isTold(named, value);
  return isSecret ? value : undefined;
}

/** "password for jo@shop has been changed to" */
const VERB =
  / (?:(?:for|of) (?:(?:the )?(?:user|account|login|role) )?[\w.@'"-]{1,60} )?(?:(?:is|was|are|were|will be|(?:has|have) been)(?: now| still)?(?: (?:set|changed|reset|updated|rotated))?(?: to| as)?|(?:set|changed|reset|updated|rotated) to|to) {1,2}/iy;

type Word = Range & Readonly<{ word: string; isQuoted: boolean; isLast: boolean }>;

const QUOTE = /\\{0,15}["'`]/y;
const BARE = /[^\s"'`<>()[\]{},;]{1,200}/y;

function wordAt(text: string, from: number): Word | undefined {
  const quote = matchAt(QUOTE, text, from)?.[0] ?? '';
  if (quote !== '') {
    const start = from + quote.length;
    const end = quotedEnd(text, start, quote);
    const word = text.slice(start, Math.min(end, start + LONGEST_TOLD));
    return word === '' || word.length === LONGEST_TOLD || /[\n\v]/.test(word)
      ? undefined
      : { start, end, word, isQuoted: true, isLast: true };
  }
  const word = (matchAt(BARE, text, from)?.[0] ?? '').replace(/(?<![.!?:…])[.!?:…]+$/, '');
  const end = from + word.length;
  return word === ''
    ? undefined
    : { start: from, end, word, isQuoted: false, isLast: !/^ *[\w"'(]/.test(text.slice(end, end + 4)) };
}

const LONGEST_TOLD = 200;

/** Behind "is" or "changed to". */
function isTold({ rule }: Named, { word, isQuoted, isLast }: Word): boolean {
  if (isQuoted) return PASSWORD.test(rule.word) ? !isState(word) : looksChosen(word) && !isKubernetesName(word);
  if (/^\d+$/.test(word)) return isLast && word.length >= 4;
  return looksChosen(word) && (isLast || PASSWORD.test(rule.word) || looksMade(word));
}

/** "with password hunter2", `secret key wJalr/…`, `requirepass x` */
function isNamedDirectly(text: string, { rule, start }: Named, { end, word, isQuoted }: Word): boolean {
  const before = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  if (SETTINGS.test(rule.word) || /(?:^|\s)login \S{1,60}\s{1,4}$/.test(before)) return true;
  if (isQuoted) return PASSWORD.test(rule.word) && !/ /.test(word);
  if (/[/+=]/.test(word)) return looksMade(word) && !/\/[a-z]+\//.test(word);
  return PASSWORD.test(rule.word) && looksChosen(word) && (GIVEN.test(before) || isAt(JUDGED, text, end));
}

const BEFORE_CHARS = 80;
const PASSWORD = /^(?:password|passwd|passphrase|passcode|pwd)/;
/** Of Redis and LDAP: the value follows behind a space. */
const SETTINGS = /^(?:requirepass|masterauth|bindpw|rootpw)$/;
/** "using password hunter2", "password hunter2 was rejected" */
const GIVEN = /(?:^|\s)(?:with|using|new|old|temporary|temp|default|initial|entered|and|given|the)(?: the)? $/i;

const JUDGED = / (?:(?:is|was|has been) )?(?:accepted|denied|expired|failed|incorrect|invalid|not|rejected|wrong)\b/iy;

/** A word that nobody says: letters and digits, or signs, in it. */
function looksChosen(word: string): boolean {
  if (word.length < SHORTEST || WORD.test(word)) return false;
  return (/[A-Za-z]/.test(word) && /\d/.test(word)) || /[a-z][A-Z]|[!@#$%^&*+=~|?]/.test(word);
}

const SHORTEST = 4;
/** Plain words with hyphens, algorithms and formats, versions, durations, names of files and places. */
const WORD =
  /^(?:[A-Za-z]+(?:[-/'][A-Za-z]+)*|(?:sha|md|aes|rsa|hs|rs|es|ps|base|utf|bcrypt|argon|pbkdf|scrypt|oauth|http|ipv|x|ed|rfc|iso|v)[-_.]?\d[\w.-]*|v?\d[\d.:,/-]*[a-z%]{0,3}|[\w.-]+\.(?:[a-z]{2,4})|https?:.*|\/.*|\$.*)$/i;
