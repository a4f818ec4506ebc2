/**
 * Second factors by their place: seeds of one-time codes, codes of a list, codes with a letter before. What stands before them
 * stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';
import { BREAK } from '#model/redaction/pattern-parts.ts';

const QUOTE = String.raw`\\{0,15}["'\x60]`;
/** RFC 4648, section 6, in groups of four: a word of a sentence has no digit. */
const GROUPED_SEED = '(?=(?:[A-Z]{4} ){0,14}[A-Z]{0,3}[2-7])(?:[A-Z2-7]{4} ){3,15}[A-Z2-7]{1,8}(?![A-Za-z0-9])';
const SEED = '(?=[A-Z]{0,63}[2-7])[A-Z2-7]{16,64}={0,6}(?![A-Za-z0-9])';

export const PLACED_BY_SECOND_FACTORS: readonly Form[] = [
  // github.com/google/google-authenticator/wiki, "Key Uri Format": a key for who cannot scan the picture
  secret(
    ['this key', 'the key', 'following key', 'this code', 'this secret', 'your key', 'manual key', 'entry key'],
    String.raw`(?<=(?:[sS]can|[eE]nter|[tT]ype|[uU]se|[aA]uthenticator|2FA|MFA|TOTP)[^\r\n\v]{0,60} )[a-z]{3,9} (?:key|code|secret):? ${QUOTE}?`,
    GROUPED_SEED,
  ),
  // nongnu.org/oath-toolkit, oathtool(1): options, then the key in hexadecimal digits or base32
  secret(
    ['oathtool '],
    String.raw`oathtool (?:-[\w=:-]{1,40} (?:(?:sha\d{1,3}|SHA\d{1,3}|\d{1,3}) )?){0,8}${QUOTE}?`,
    String.raw`(?!@)(?:[A-Za-z2-7]{16,128}={0,6}|[0-9a-fA-F]{16,128})(?![\w-])`,
  ),
  // github.com/google/google-authenticator-libpam, "google-authenticator": the seed, the options, the codes for an emergency
  secret(['google_authenticator'], String.raw`google_authenticator[^\r\n\v]{0,60}?[:\r\n\v][ \t]{0,4}`, SEED),
  secret(
    ['TOTP_AUTH', 'HOTP_COUNTER', 'DISALLOW_REUSE', 'RATE_LIMIT', 'WINDOW_SIZE'],
    String.raw`(?<=" )[A-Z_]{9,14}[^\r\n\v]{0,120}${BREAK}`,
    String.raw`\d{8}(?:${BREAK}\d{8}){0,9}(?![\w-])`,
  ),
  // support.google.com/accounts, "Verify your account": `G-` and six digits
  secret(
    ['G-'],
    String.raw`(?<=(?:[cC]ode|[cC]odice|[cC]ódigo|[kK]od|[kK]ód|[kK]ode|[kK]oden)[^\r\n\v]{0,40}[ :"'(])G-`,
    String.raw`\d{6}(?![\w-])`,
  ),
  // A code in the same object as the token for which it stands
  secret(
    ['code: ', 'code":', "code':"],
    String.raw`(?<=(?:sign-?in|log-?in|magic|verification|one-time) (?:token|link)[^\r\n\v]{0,200})code(?:${QUOTE})?:\s?${QUOTE}`,
    String.raw`(?=[A-Z]{0,8}\d)[A-Z\d]{5,8}(?=${QUOTE})`,
  ),
];
