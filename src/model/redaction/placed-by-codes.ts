/**
 * Codes for one login: of a device that has no keyboard (RFC 8628, section 3.2), of a list of numbered ones, and the links
 * that let somebody in. What stands before them stays, as in `placed.ts`.
 */
import { type Form, secret } from '#model/redaction/form.ts';

const QUOTE = String.raw`\\{0,15}["'\x60“«„]`;
const MAYBE_QUOTE = `(?:${QUOTE})?`;
/** Two groups of four, or of three, as services show them: letters in one case and digits. */
const GROUPS = String.raw`(?:[A-Z\d]{4}-[A-Z\d]{4}(?:-[A-Z\d]{4})?|[A-Z\d]{3}-[A-Z\d]{3}(?:-[A-Z\d]{3})?)(?![\w-])`;
/** One group: no word has a digit, and only the sentence around tells of one without. */
const GROUP = String.raw`(?=[A-Z]{0,8}\d)(?![A-Z]{1,4}\d{1,8}(?!\w))[A-Z\d]{6,9}(?![\w-])`;
const IS = String.raw`(?: (?:is|was|below|above|shown below))?(?: ?[:=]| →| ->)? ?${MAYBE_QUOTE}`;
const OF_LOGIN =
  '[oO]ne[- ]time|OTP|otp|[uU]ser|[dD]evice|[vV]erification|[cC]onfirmation|[pP]airing|[aA]ctivation|[lL]ogin|[sS]ign-?in|[aA]uth(?:entication|orization)?|[lL]inking|[aA]ccess|[eE]nrollment|[rR]egistration';
/** Codes that say something else: what failed, where somebody lives, what is cheaper. */
const NO_LOGIN =
  '(?:[eE]rror|[eE]xit|[sS]tatus|[rR]esponse|[rR]eturn|[zZ]ip|ZIP|[pP]ostal|[aA]rea|[cC]ountry|[dD]ial|[dD]iscount|[pP]romo|[cC]oupon|[vV]oucher|[oO]rder|[bB]ooking|[pP]roduct|[sS]tore|[tT]ax|[rR]eferral|[sS]ource|[tT]eam|QR|HTTP) ';
/** Letters of both cases and digits, or small ones with digits in four places: no words with hyphens. */
const TOKEN = String.raw`(?:(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}[a-z])[\w-]{20,200}|(?=(?:[a-z]{0,20}\d){4})[a-z\d]{20,200})(?![\w-])`;
/** Steps of a path that let somebody in. */
const LETS_IN =
  '(?:sign[-_]?up|register|registration|join|invit(?:e|es|ation|ations)|accept[-_]?invit(?:e|ation)|onboard(?:ing)?|activate|enroll(?:ment)?)';

export const PLACED_BY_CODES: readonly Form[] = [
  secret(
    ['code ', 'code: ', 'code:', 'code=', 'Code ', 'Code: ', 'codes: ', 'kod ', 'Code:'],
    String.raw`(?<=(?:^|[\s"'(])(?:${OF_LOGIN}) )(?:[cC]odes?)(?: (?:for|of) [\w.@-]{1,40})?${IS}`,
    `(?:${GROUPS}|${GROUP})`,
  ),
  // The page that asks for it, or the words around, say what it is.
  secret(
    ['code ', 'code: ', 'Code ', 'Code: '],
    String.raw`(?<=(?:[eE]nter|[uU]se|[cC]opy|[tT]ype|[eE]ingeben|[sS]aisi\w{1,3}|[iI]ntroduc\w{1,3}) (?:(?:the|this|your|den|le|el|following) ){0,2})(?:[cC]ode)${IS}`,
    String.raw`(?![^\r\n\v]{0,80}\b(?:off|discount|checkout|coupon|promo|voucher|sale)\b)(?:${GROUPS}|[A-Z\d]{8,9}(?![\w-])(?=[^\r\n\v]{0,80}\b(?:authenticate|sign in|log in|login|device)))`,
  ),
  // “Kod autoryzacji nr 3: 10148020”, “TAN Nr. 12: 582134”: one of a numbered list
  secret(
    ['nr ', 'Nr ', 'nr. ', 'Nr. ', 'no. ', 'No. ', 'no ', 'num. ', 'number '],
    String.raw`(?<=(?:TAN|[cC]od(?:e|igo|ice)|[kK]od|[kK]ód|[kK]ode|[kK]od [a-zł]{4,14}|[cC]ode [a-z]{2,3} [a-z]{5,14})(?<!(?:error|[fF]ehler|status)[- ]?code) )[nN](?:r|o|um|umber)\.? \d{1,3}(?: ?[:=]| is| ist| to| est| es)? `,
    String.raw`\d{5,10}(?![\w-]|[.:]\d)`,
  ),
  // The page or the application stands between: “Your Acme code is 719406”; in Turkish the ending says whose code it is
  secret(
    ['Your ', 'your '],
    String.raw`[Yy]our (?=[A-Z])(?:(?!${NO_LOGIN})[\w.&'-]{1,24} ){1,4}code(?: is|:) ${MAYBE_QUOTE}`,
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})(?![\w-]|\.\d)`,
  ),
  secret(
    ['kodunuz', 'kodun', 'kodunuzu', 'ifreniz', 'kodu:', 'kodu '],
    String.raw`(?<=(?:[gG]iriş|[dD]oğrulama|[oO]nay|[gG]üvenlik|[aA]ktivasyon|[sS]ms|SMS|[tT]ek kullanımlık|[sS]) ?(?:ş)?)(?:kodun?(?:uz)?u?|ifreniz)(?: ?:|,|) ${MAYBE_QUOTE}`,
    String.raw`(?:\d{3}[ -]\d{3}|\d{4,8})(?![\w-]|\.\d)`,
  ),
  // docs.github.com, "Recovery codes": two groups of five hexadecimal digits
  secret(
    ['code ', 'code: ', 'codes ', 'codes: ', 'code='],
    String.raw`(?<=(?:[bB]ackup|[eE]mergency|[rR]ecovery|[sS]cratch|[rR]escue)[ _-])codes?(?: (?:for|of) [\w.@-]{1,40})?(?: (?:is|was|are|used|consumed|redeemed|entered|accepted|rejected))?[:=]? ?${MAYBE_QUOTE}`,
    String.raw`(?=[a-z-]{0,12}\d)(?:[0-9a-f]{5}-[0-9a-f]{5}|[0-9a-z]{4}(?:-[0-9a-z]{4}){1,3})(?![\w-])`,
  ),
  // A bypass or a backup code in groups of digits: duo.com/docs, "Bypass Codes"
  secret(
    ['code ', 'code: ', 'codes ', 'codes: '],
    String.raw`(?<=(?:[bB]ypass|[bB]ackup|[eE]mergency|[rR]ecovery|[sS]cratch|[rR]escue) )codes?(?: (?:for|of) [\w.@-]{1,40})?(?: (?:is|was|are|used|consumed|redeemed|entered|accepted|rejected))?:? ?${MAYBE_QUOTE}`,
    String.raw`(?:\d{3,4}(?:[ -]\d{3,4}){1,3}|\d{6,10})(?![\w-]|[.:]\d)`,
  ),
  // A link that lets somebody join: the parameter may have any name, the path says what it is.
  secret(
    ['id=', 'code=', 'key=', 'invite=', 'invitation=', 'invite_id=', 'invitation_id=', 'hash=', 'i=', 't=', 'c=', 'k='],
    String.raw`(?<=\/(?:[\w-]{1,40}[-_/])?${LETS_IN}(?:[-_/][\w-]{1,40}){0,2}\/?\?(?:[\w.-]{1,40}=[^\s&"'#]{0,200}&(?:amp;)?){0,6})[a-z_]{1,13}=`,
    TOKEN,
  ),
];
