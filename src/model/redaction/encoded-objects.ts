/** Objects and sentences that a program wrote in base64: the body of a request, a cursor, a caption. */
import { namedAt } from '#model/redaction/names.ts';

/** `{"` in base64 (RFC 4648). */
const BEGINS = /^eyJ[\w-]+$/;
const PRINTABLE = /^\{[\x20-\x7e]*\}$/;
const NAME = /"([^"\\]{1,64})"\s{0,4}:/g;
const TEXT = /[^\s",:{}[\]]{20,}/;
/** A JSON Web Token begins with such an object, and its claims are one. */
const OF_TOKEN = new Set('alg enc kid typ iss sub aud exp nbf iat jti scope sid'.split(' '));

/** Whether the object is complete, has no name of a secret, and no long text that could be one. */
export function isPlainObject(run: string): boolean {
  if (!BEGINS.test(run)) return false;
  const text = decoded(run);
  if (!PRINTABLE.test(text) || TEXT.test(text)) return false;
  return Array.from(text.matchAll(NAME), ([, name = '']) => name).every(
    (name) => !OF_TOKEN.has(name) && namedAt(name, name.length - 1) === undefined,
  );
}

/** RFC 7515, section 4: the header of a JSON Web Token without the token. */
export function isHeaderOfToken(run: string): boolean {
  if (!BEGINS.test(run)) return false;
  const text = decoded(run).replaceAll(/\s/g, '');
  return OF_HEADER.test(text);
}

const OF_HEADER = /^\{(?:"(?:alg|enc|kid|typ|cty|zip)":"[\w.:/+-]{1,60}",?){1,6}\}$/;

/** Whether the decoded text is a sentence that names no secret. Programs encode captions and messages, too. */
export function isPlainSentence(run: string): boolean {
  const text = decoded(run);
  return SENTENCE.test(text) && text.split(/[^A-Za-z]+/).every((word) => namedAt(word, word.length - 1) === undefined);
}

/** Whether the decoded text is one or more settings `NAME=value`, and the name of one says that its value is secret. */
export function isSecretSetting(run: string): boolean {
  if (!OF_SETTING.test(run)) return false;
  const text = decoded(run);
  return (
    PRINTABLE_LINES.test(text) &&
    Array.from(text.matchAll(SETTING)).some(([, name = '']) => namedAt(name, name.length - 1) !== undefined)
  );
}

/** A name of letters, in base64: a letter of ASCII makes the first sign one of these. */
const OF_SETTING = /^[Q-WYZa-e][\w+/-]{15,}$/;
const PRINTABLE_LINES = /^[\x20-\x7e\r\n]+$/;
/** No variable and no mask behind the sign. */
const SETTING = /(?:^|\n)(?:export )?([A-Za-z][\w.-]{2,60})(?:=|: ?)["']?(?![$<*{%[])[^\s"']{5,}/g;

const SENTENCE = /^[A-Za-z]{1,20}(?:[,.:;!?]? [A-Za-z]{1,20}){3,40}[.!?]?\n?$/;

/** The text of base64url; '' where it is none. */
function decoded(run: string): string {
  try {
    return atob(run.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}
