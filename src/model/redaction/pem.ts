/** Keys and certificates in PEM form (RFC 7468): a key is secret, even without its end. */
import { endAt, isAt } from '#model/redaction/sticky.ts';

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const PRIVATE_KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const CERTIFICATE = /-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----[A-Za-z0-9+/=\s\\]{0,16384}/y;

/** The end of the PEM block that begins at `start`, and whether it is secret; undefined where none begins. */
export function pemAt(text: string, start: number): Readonly<{ end: number; isSecret: boolean }> | undefined {
  if (!text.startsWith('-----BEGIN', start)) return undefined;
  if (isAt(CERTIFICATE, text, start)) return { end: endAt(CERTIFICATE, text, start), isSecret: false };
  if (!isAt(PRIVATE_KEY, text, start)) return undefined;
  PRIVATE_KEY_END.lastIndex = endAt(PRIVATE_KEY, text, start);
  return { end: PRIVATE_KEY_END.test(text) ? PRIVATE_KEY_END.lastIndex : text.length, isSecret: true };
}
