/**
 * Passwords as network devices store them: their own cipher texts, which the device or a public program can read again. Some
 * have delimiters of their own, and any character between them.
 *
 *   %^%#…%^%#   %@%@…%@%@   @%@%…@%@%   %$%$…%$%$      Huawei VRP, support.huawei.com, "Password types"
 *   -AQ==…                                              PAN-OS, docs.paloaltonetworks.com, "Master key encryption"
 *   $8$aes256-gcm$…                                     Junos, juniper.net/documentation, "Master password"
 *   encrypted 1306…                                     IOS XR, cisco.com, type 7
 */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { QUOTE } from '#model/redaction/pattern-parts.ts';

const DELIMITERS = ['%^%#', '%@%@', '@%@%', '%$%$', '^%^%'] as const;
/** A cipher text has 24 to 512 characters. */
const SHORTEST = 12;
const LONGEST = 512;

/** The end of a cipher text that begins with a delimiter at `at`; 0 where none does. */
export function cipherEnd(text: string, at: number): number {
  const delimiter = DELIMITERS.find((each) => text.startsWith(each, at));
  if (delimiter === undefined) return 0;
  const part = text.slice(at + delimiter.length, at + LONGEST).split(/[\s\v]/, 1)[0] ?? '';
  const length = part.indexOf(delimiter);
  return length < SHORTEST ? 0 : at + length + 2 * delimiter.length;
}

export const CIPHERS_OF_DEVICES: readonly Form[] = [
  // A version in base64, a digest of 20 bytes, the cipher text
  form(
    'secret',
    ['-AQ==', '-AQU='],
    String.raw`-A[QU]{1,2}={1,2}[A-Za-z0-9+/]{20,60}={0,2}[A-Za-z0-9+/]{10,2000}={0,2}`,
  ),
  form(
    'secret',
    ['8$aes'],
    String.raw`(?<=\$)8\$aes\d{3}-(?:gcm|cbc)\$hmac-sha\d(?:-\d{3})?\$\d{1,9}(?:\$[A-Za-z0-9+/]{4,400}={0,2}){2,4}`,
  ),
  // The beginning is behind the first delimiter of a cipher text that stands behind a word of the command
  secret(
    ['cipher ', 'irreversible-cipher '],
    String.raw`(?:irreversible-)?cipher ${'(?:'}${QUOTE})?`,
    String.raw`(?:(?:%\^%#|%@%@|@%@%|%\$%\$)[^\s]{12,512}|\$1[a-d]\$[^\s]{20,400}\$)(?=${QUOTE}|\s|$)`,
  ),
  secret(
    ['encrypted '],
    String.raw`(?<=(?:password|passphrase|secret|key|key-string|authentication|community)(?: (?:\d|hmac-[\w-]{2,10}|hmac|text|md5|clear|level \d|type \d)){0,3} )encrypted (?:\d )?["']?`,
    String.raw`(?=[0-9A-Fa-f]{0,200}\d)(?:[0-9A-F]{2}){6,200}(?![\w])|(?=[0-9a-f]{0,200}\d)(?:[0-9a-f]{2}){6,200}(?![\w])`,
  ),
];
