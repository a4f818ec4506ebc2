/** Keys and certificates in PEM form (RFC 7468): a key is secret, even without its end. */
import { endAt, isAt } from '#model/redaction/sticky.ts';

/** OpenVPN has lines of its own for keys that both sides share: openvpn.net, "Static key mini-HOWTO". */
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN (?:Static key V1|tls-crypt-v2 (?:server|client) key))-----/y;
const PRIVATE_KEY_END =
  /-----END (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN (?:Static key V1|tls-crypt-v2 (?:server|client) key))-----/g;
/** RFC 4716 is for public keys; ssh.com writes its private ones alike, with four dashes. */
const OF_SSH =
  /-{4} BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY -{4}(?:[^-]|-(?!---)){0,16384}-{4} END SSH2 (?:ENCRYPTED )?PRIVATE KEY -{4}/y;
/** RFC 7468, RFC 9580 and age-encryption.org, and what OpenSSL writes: public, or readable with a key alone. */
const PUBLIC =
  /-----BEGIN (?:(?:NEW |TRUSTED |X509 |ATTRIBUTE )?CERTIFICATE(?: REQUEST)?|X509 CRL|(?:RSA |DSA |EC )?PUBLIC KEY|(?:EC|DH|DSA|X9\.42 DH) PARAMETERS|PKCS #?7(?: SIGNED DATA)?|PKCS7|CMS|PGP (?:PUBLIC KEY BLOCK|SIGNATURE|MESSAGE)|SSH SIGNATURE|AGE ENCRYPTED FILE|SSH2? PUBLIC KEY)-----(?:\s{1,2}(?:Version|Comment|Hash|Charset): [^\r\n\v]{0,200}){0,4}[A-Za-z0-9+/=\s\\]{0,16384}/y;

/** The end of the PEM block that begins at `start`, and whether it is secret; undefined where none begins. */
export function pemAt(text: string, start: number): Readonly<{ end: number; isSecret: boolean }> | undefined {
  if (text.startsWith('---- BEGIN SSH2', start)) {
    const end = endAt(OF_SSH, text, start);
    return end === start ? undefined : { end, isSecret: true };
  }
  if (!text.startsWith('-----BEGIN', start)) return undefined;
  if (isAt(PUBLIC, text, start)) return { end: endAt(PUBLIC, text, start), isSecret: false };
  if (!isAt(PRIVATE_KEY, text, start)) return undefined;
  const from = endAt(PRIVATE_KEY, text, start);
  PRIVATE_KEY_END.lastIndex = from;
  const last = PRIVATE_KEY_END.exec(text);
  const next = text.indexOf('-----BEGIN', from);
  const isWhole = last !== null && (next < 0 || last.index < next);
  return { end: isWhole ? last.index + last[0].length : cutEnd(text, from), isSecret: true };
}

/** Where a key ends whose last line is missing: before the first line that is none of a key. */
function cutEnd(text: string, from: number): number {
  let end = from;
  for (let at = from; ; ) {
    const line = endAt(LINE, text, at);
    if (isAt(BODY, text, at)) end = line;
    else if (!isAt(EMPTY, text, at)) return isAt(CUT_LINE, text, at) ? endAt(CUT_LINE, text, at) : end;
    if (line >= text.length) return end;
    at = endAt(LINE_BREAK, text, line);
  }
}

const LINE = /[^\r\n\v]*/y;
const LINE_BREAK = /\r?[\n\v]|\r/y;
const EMPTY = /[ \t"'|>+,;\\-]*(?=[\r\n\v]|$)/y;
/** A header, base64 alone that is no word, or much of it behind what a log writes before each line. */
const BODY =
  /[ \t"'|>+#-]{0,40}(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): [^\r\n\v]{0,200}|(?:(?=[A-Za-z+/]{0,200}[\d+/=])|(?=[A-Za-z]{30})|(?=[A-Za-z]{1,200}$))[A-Za-z0-9+/=]{1,4000}["',;+\\ ]{0,8})(?=[\r\n\v]|$)|[^\r\n\v]{0,200}?[A-Za-z0-9+/]{40,4000}/y;
/** Its beginning may be of the key: `MIIEpA… (truncated)`. */
const CUT_LINE = /[ \t"'|>+#-]{0,40}(?=[A-Za-z+/]{0,200}\d)[A-Za-z0-9+/]{6,4000}={0,2}(?=[ .…[(]|$)/y;

/** The last lines of a key before its end at `end`, where the text has lost their beginning. */
export function pemTailAt(
  text: string,
  end: number,
  from: number,
): Readonly<{ start: number; end: number }> | undefined {
  if (!text.startsWith('-----END', end)) return undefined;
  PRIVATE_KEY_END.lastIndex = end;
  if (PRIVATE_KEY_END.exec(text)?.index !== end) return undefined;
  const least = Math.max(from, end - LONGEST_BODY);
  let start = end;
  for (let line = lineBefore(text, end, least); line < start; line = lineBefore(text, start, least)) {
    // The last line is as long as it must be; the others are full.
    if (start < end && start - line < FULL_LINE) break;
    start = line;
  }
  return end - start < SHORTEST_BODY ? undefined : { start, end };
}

/** Where the line of base64 that ends at `end` begins; `end` itself where there is none. */
function lineBefore(text: string, end: number, least: number): number {
  let at = end;
  while (at > least && BREAK.test(text[at - 1] ?? '')) at -= 1;
  if (text.startsWith('\\n', at - 2)) at -= 2;
  const last = at;
  while (at > least && BASE64.test(text[at - 1] ?? '')) at -= 1;
  return last === at || last === end ? end : at;
}

const BREAK = /[\r\n\v]/;
const BASE64 = /[A-Za-z0-9+/=]/;
/** RFC 7468 section 3: 64 characters; some tools write 60. */
const FULL_LINE = 60;
/** A last line of less is no part of a key that tells anything. */
const SHORTEST_BODY = 16;
/** A key of 8,192 bits has 6,400 characters. */
const LONGEST_BODY = 8_000;
