/**
 * The last argument of a call, named in a comment behind it: `configure(env, "merchant", "x")  # private key`. The comment holds
 * only the name: a sentence says something about the call.
 */
import { isAt } from '#model/redaction/sticky.ts';

/** `#` of Python, Ruby and shells, `//` and `/*` of C, Java and JavaScript, `--` of SQL and Lua. */
const COMMENT =
  /\\{0,15}["'`][)\];,} ]{1,8}[ \t]{0,8}(?:#|\/\/|\/\*|--)[ \t]{0,4}(?:[\w-]{1,20}, ?){0,5}(?:(?!(?:no|not|non|without|wrong|bad|invalid|fake|dummy|example|sample|hashed|encrypted|masked|public|read|reads|check|checks|reset|hash|from|name|key of)\s)[a-z]{1,14} ){0,3}(?:private[ _-]?key|secret[ _-]?key|access[ _-]?key|api[ _-]?key|(?:api|auth|access|bearer|deploy)[ _-]?token|secret|password|passwd|passphrase|pwd|pass|token|psk|pin)[ \t]{0,4}(?:\*\/[ \t]{0,4})?(?=[\r\n\v]|$|[(,;.])/iy;
const QUOTES = /["'`]/;
/** A word alone names a region, an environment or a user. */
const MADE = /\d/;
const SHORTEST = 4;
const LONGEST = 200;

/** Whether a comment behind the quoted run from `start` to `end` calls it a secret. */
export function isNamedByComment(text: string, start: number, end: number): boolean {
  if (end - start < SHORTEST || end - start > LONGEST || !QUOTES.test(text[start - 1] ?? '')) return false;
  return MADE.test(text.slice(start, end)) && isAt(COMMENT, text, end);
}
