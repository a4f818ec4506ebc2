/**
 * Places behind the name of a secret that hold none: the end of a prompt in quotes, the subject of a message, a credential
 * that only its machine can decrypt.
 *
 *   read -rs -p "Password: " PASS
 *   jwt: kid "2026-11-a" not found in JWKS
 */
import { endAt } from '#model/redaction/sticky.ts';

/** gnu.org/software/bash/manual, "read"; dialog(1): the prompt up to the name of what is asked. */
const PROMPT = /(?:^|[\s;|&(])(?:read\s[^\r\n\v"']{0,40}|--(?:password|input)box\s)(["'])[\p{L} ]{0,40}$/u;
const BEFORE_CHARS = 100;
/** The quote that ends it, and a variable or the size of a window. */
const REST: Readonly<Record<string, RegExp>> = {
  '"': /"(?= {1,4}(?:[A-Za-z_]\w{0,60}|\d{1,3} \d{1,3})?\s{0,4}(?:[;|&)\r\n\v]|\d{1,3}\s|$)|[;)\r\n\v]|$)/y,
  "'": /'(?= {1,4}(?:[A-Za-z_]\w{0,60}|\d{1,3} \d{1,3})?\s{0,4}(?:[;|&)\r\n\v]|\d{1,3}\s|$)|[;)\r\n\v]|$)/y,
};

/** Behind the quote that ends a prompt at `from`; `from` where none ends. `nameStart`: of the name of what is asked. */
export function promptEnd(text: string, nameStart: number, from: number): number {
  const rest = REST[text[from] ?? ''];
  if (rest === undefined) return from;
  const [, quote] = PROMPT.exec(text.slice(Math.max(0, nameStart - BEFORE_CHARS), nameStart)) ?? [];
  return quote === text[from] ? endAt(rest, text, from) : from;
}

/** RFC 7515 and RFC 7519: a parameter or a claim with its value, and what is wrong with it. */
const SUBJECT =
  /(?:kid|alg|aud|iss|sub|typ|azp|jti|nbf|exp|iat|claim|header|audience|issuer|subject|algorithm|name|scope|id) {1,2}\\{0,3}["'][^"'\r\n\v\\]{1,120}\\{0,3}["'](?= (?:(?:is |was |are |has |does )?(?:not|unknown|missing|invalid|expired|rejected|refused|revoked|unsupported|unexpected|mismatch|disabled|duplicate|already|no)|mismatch|in the ))/y;

/** Behind the subject of a message that begins at `from`; `from` where none begins. */
export function subjectEnd(text: string, from: number): number {
  return endAt(SUBJECT, text, from);
}

/** freedesktop.org, systemd.exec(5): the TPM or the key of the machine decrypts it, and its text opens nothing. */
const OF_CREDENTIAL = /\b(?:Set|Load)CredentialEncrypted=[\w.-]{0,60}$/;
const CREDENTIAL =
  /[ \t]{0,8}(?:\\\r?[\n\v][ \t]{0,16})?[A-Za-z0-9+/]{16,200}={0,2}(?:[ \t]{0,8}\\\r?[\n\v][ \t]{1,16}[A-Za-z0-9+/]{1,200}={0,2}){0,100}/y;
const CREDENTIAL_CHARS = 90;

/** Behind an encrypted credential that begins at `from`; `from` where none does. `nameStart`: of the credential's name. */
export function credentialEnd(text: string, nameStart: number, from: number): number {
  const before = text.slice(Math.max(0, nameStart - CREDENTIAL_CHARS), nameStart);
  return OF_CREDENTIAL.test(before) ? endAt(CREDENTIAL, text, from) : from;
}
