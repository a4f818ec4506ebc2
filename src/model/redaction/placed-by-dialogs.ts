/**
 * Credentials in dialogs with servers of mail, line by line, as clients, servers and their logs print them. What stands
 * before each line differs (`C: `, `SMTP>> `, a time, a quote), so the forms read what the protocol says:
 *
 *   334 UGFzc3dvcmQ6          the server asks for the password in base64: RFC 4954, section 4
 *   eV9mX3hZI05S              the client answers with it alone in its line
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { NO_MARK } from '#model/redaction/pattern-parts.ts';

const BREAK = String.raw`["']?[ \t]{0,8}(?:\\[rn]|[\r\n\v]){0,4}["']?[ \t]{0,8}\r?[\n\v]`;
/** What a log writes before what it sent: a time, a name, an arrow. */
const SENT = String.raw`(?:(?![^\r\n\v]{0,79}\s\d{3}[ -])[^\r\n\v]{0,80}?(?:[>:|\]]{1,2}|['"b]{1,2}) {0,4})?["']?`;
const LINE_END = String.raw`(?=(?:\\r)?(?:\\n)?["']?[ \t]{0,8}(?:[\r\n\v]|$))`;
const BASE64 = '[A-Za-z0-9+/]{4,4096}={0,2}';

export const PLACED_BY_DIALOGS: readonly Form[] = [
  // "Username:" and "Password:" in base64, in the ways servers write them
  answer(
    ['334 UGFzc3dvcmQ', '334 cGFzc3dvcmQ', '334 UGFzcyB', '334 UEFTU1dPUkQ'],
    String.raw`334 [A-Za-z0-9+/]{8,40}={0,2}`,
  ),
  // RFC 4616 and RFC 7628: the user and the password, or a token, in one answer
  answer(
    [
      'AUTH PLAIN',
      'AUTH XOAUTH2',
      'AUTH OAUTHBEARER',
      'AUTHENTICATE PLAIN',
      'AUTHENTICATE XOAUTH2',
      'AUTHENTICATE OAUTHBEARER',
    ],
    String.raw`AUTH(?:ENTICATE)? [A-Z\d]{5,11}${BREAK}[^\r\n\v]{0,80}?(?:334|\+)["']?[^\r\n\v]{0,8}`,
  ),
  // RFC 4959: the answer in the same line
  secret(
    ['AUTHENTICATE PLAIN ', 'AUTHENTICATE XOAUTH2 ', 'AUTHENTICATE OAUTHBEARER ', 'AUTHENTICATE LOGIN '],
    '[A-Z]{12} [A-Z\\d]{5,11} ',
    // A user in plain letters is none.
    String.raw`(?=[a-z]{0,4096}[A-Z\d+/=])${BASE64}(?![A-Za-z0-9])`,
  ),
  // RFC 9051, section 6.2.3, also with a mark for the user, behind a tag of any form
  secret(
    ['LOGIN [redacted:email', 'login [redacted:email'],
    String.raw`(?:LOGIN|login) \[redacted:email(?::\w{1,12})?\] "`,
    String.raw`${NO_MARK}[^"\r\n\v]{1,200}(?=")`,
  ),
  secret(
    ['LOGIN ', 'login '],
    String.raw`(?<=(?:^|\s)(?:\*|[A-Za-z]{0,4}\d{1,6}) )(?:LOGIN|login) "?[^\s"]{1,128}"? "`,
    String.raw`${NO_MARK}[^"\r\n\v]{1,200}(?=")`,
  ),
];

/** The next line is the answer, and nothing else. */
function answer(beginnings: readonly string[], kept: string): Form {
  return secret(beginnings, `${kept}${BREAK}${SENT}`, `${BASE64}${LINE_END}`);
}
