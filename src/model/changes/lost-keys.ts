/**
 * Keys that a service no longer keeps where its other copies and its next start find them, where the failure misses a key.
 *
 *   -  .PersistKeysToFileSystem("/keys")      The key {…} was not found in the key ring
 *   +  // stateless                           ◄── each start makes keys of its own
 */
import { moreIn } from '#model/changes/effect.ts';
import type { Touched } from '#model/changes/said/values.ts';

/**
 * A token, form or cookie of before cannot be read: ASP.NET Core, Rails, Django and Flask (itsdangerous), Laravel, Phoenix,
 * express-session, Gorilla, jose, Spring; in lower case.
 */
const SAYS_UNREADABLE =
  /\bwas not found in the key ring\b|\bantiforgery token could not be decrypted\b|\bunprotect ticket failed\b|\berror unprotecting the session cookie\b|\bmessage(?:verifier::invalidsignature|encryptor::invalidmessage)\b|\binvalidauthenticitytoken\b|\bbad ?signature\b|\bsignature ["'`]?b?["'`]?\S{1,60} does not match\b|\bsession data corrupted\b|\bthe mac is invalid\b|\bcould not decode session\b|\bsecurecookie: the value is not valid\b|\bsignature verification failed\b|\bjwt signature does not match\b/;

/** ASP.NET Core's stores of keys and its ways to protect them. */
const KEPT =
  /\bPersistKeysTo\w{3,40}|\bProtectKeysWith\w{3,40}|\b\w{0,30}(?:key_?-?ring|data_?-?protection[-_]?keys?|KeyStore|key_?-?store)\w{0,20}\b/gi;
/** A key that is made at each start: Python, Node.js, Go, Ruby, Java, .NET, a shell. */
const MADE_ANEW =
  /\b\w{0,40}(?:secret|key|salt)\w{0,30}["']?\]?\s{0,3}[:=(,]{1,2}\s{0,3}\S{0,30}?(?:os\.urandom|secrets\.token_\w{3,10}|randomBytes|randomUUID|uuid(?:v?4|\.uuid4|\.New)|GenerateRandomKey|SecureRandom|RandomNumberGenerator|Keys\.secretKeyFor|openssl rand|get_random_secret_key)/gi;

/** Empty where the failure is about something else, or where the keys are kept at another place. */
export function keysLost({ added, removed }: Touched, failure: string): string {
  if (!SAYS_UNREADABLE.test(failure)) return '';
  const isUnkept = moreIn(removed, added, KEPT).length > 0 && !KEPT_ELSEWHERE.test(added);
  if (isUnkept) return 'it no longer keeps its keys, and the failure says that a key is unknown';
  return moreIn(added, removed, MADE_ANEW).length > 0
    ? 'it makes its key anew at each start, and the failure says that a key is unknown'
    : '';
}

const KEPT_ELSEWHERE = /\bPersistKeysTo\w{3,40}|\b(?:vault|secrets?_?manager|ssm|kms)\b/i;
