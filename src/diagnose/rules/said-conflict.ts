/**
 * Two people want one thing, the database lets the first have it, and the service refuses the second. A harmless line of
 * the service, written for this request, says that the thing is taken. A warning counts only if it also says that the
 * service informed the person. With such a line, a machine or a partner may have refused instead of the database.
 *
 *   [ POST /bookings 409          ]
 *     [ INSERT bookings ✗ ]           info  slot 12 taken meanwhile (Duplicate entry '12' for key 'slot')
 *
 *   [ POST /doors/3/open 409      ]
 *     [ Open door-3 ✗     ]           warn  door-3 answered Rejected: in use, told the guest
 *
 * A statement with NOWAIT asks who was first. Its refusal is the answer, so no line has to say more.
 *
 *   [ POST /berths/12/book 409    ]
 *     [ SELECT … NOWAIT ✗ ]
 */
import { REFUSED_AT_ONCE, WAITS_FOR_NONE } from '#model/instruments/lock-words.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import { HARMLESS_LEVELS, severityOf, WARN } from '#model/logs/log-level.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { AT_ONCE_US } from '#model/trace/views/expected-answers.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Conflict, precondition failed, locked: RFC 9110 and RFC 4918. */
const CONFLICT: ReadonlySet<number> = new Set([409, 412, 423]);
/** In English, German, French and Spanish. */
const TAKEN =
  /\b(?:taken|booked|occupied|busy with another|reserved|sold|claimed|in use|being (?:edited|changed|used)|(?:edited|changed|updated|held|locked|opened|signed up|registered) (?:already|meanwhile|in the meantime|by )|(?:already|meanwhile|in the meantime)|some(?:body|one) else|another (?:user|person|client|session|editor|customer)|duplicate|version (?:changed|differs|mismatch|is \d)|stale version|optimistic lock)\b|\b(?:vergeben|belegt|bereits|schon|inzwischen|in Bearbeitung|wird bearbeitet|gesperrt von|doppelt)\b|\b(?:déjà|entre-temps|occupée?|prise? par|en cours de modification|doublon)(?![\wé])|\b(?:ya (?:existe|está|fue|ha sido)|ocupad[oa]|reservad[oa]|en uso|mientras tanto|duplicad[oa])\b/i;
/** A lock that nobody gives back, or a key that the service made itself. */
const AT_FAULT =
  /\b(?:sequence|nextval|auto_?increment|primary key|\w{1,60}_pkey|deadlock|time[d]?[ -]?outs?|stuck|orphan\w{0,3}|leak\w{0,3}|never (?:released|freed|unlocked|closed)|crashed|killed|dead|expired lock|since (?:yesterday|\d{1,4} ?(?:min|minutes|h|hours|d|days))|for (?:\d{1,4} ?(?:min|minutes|h|hours|d|days))|every|all|unexpected\w{0,2}|bug|should not|must not)\b/i;

/** The one who came second knows it. In English, German, French, Italian and Spanish. */
const TOLD = new RegExp(
  [
    String.raw`\b(?:told|informed|notified|shown to) (?!(?:the |our |this )?(?:ops|on-?call|admin|operat|support|team|engineer|monitor|alert|scheduler|service|server|broker|queue|gateway|cluster|upstream|that\b|to\b|us\b))(?:(?:the|our|this) )?[a-z]{3,20}\b`,
    String.raw`\b(?:user|driver|tenant|customer|client|guest|person|caller|visitor|patient|pupil|student|member|buyer|owner|clerk|reader|editor|passenger) (?:sees|is told|was told|is asked|was asked|is informed|was informed|gets? the (?:new|current|other))\b`,
    String.raw`\b(?:Kund(?:e|in)|Nutzer(?:in)?|Gast|Fahrer(?:in)?) (?:wurde |ist )?(?:informiert|benachrichtigt|sieht)\b`,
    String.raw`\b(?:client|usager|utilisateur)e? (?:informée?|prévenue?|avertie?)(?![\wé])`,
    String.raw`\b(?:cliente|utente|usuario) (?:avvisat[oa]|informat[oa]|avisad[oa]|informad[oa])\b`,
  ].join('|'),
  'i',
);
/** The other side answered, and its answer was no. */
const SAID_NO = /\b(?:rejected|refused|declined|denied|said no|abgelehnt|refusée?|rifiutat[oa]|rechazad[oa])(?![\wé])/i;
/** The call itself broke, so nobody answered it. */
const NO_ANSWER =
  /\b(?:connect(?:ion|ing)? (?:was )?refused|unavailable|unreachable|no answer|not answer\w{0,3}|offline|permission|credentials?|token|certificate)\b/i;

/** The request was refused for a conflict, only calls failed below it that could meet one, and their service says why. */
export function isSaidConflict(trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  if (!CONFLICT.has(trace.httpStatus(trace.root))) return false;
  const calls = failedSpans(trace).filter((span) => !passesOn(trace, span));
  return (
    calls.length > 0 &&
    calls.every((call) => {
      const own = lines.filter((line) => line.service === trace.service(call) && isCertain(line));
      if (trace.isDatabaseCall(call)) return wasRefusedAtOnce(trace, call, own) || own.some(tellsOfConflict);
      return isUnseen(trace, call) && own.some((line) => tellsOfConflict(line) && tellsOfNo(line));
    })
  );
}

/** It answers with the conflict, or runs inside the service that does. */
function passesOn(trace: Trace, span: SpanIndex): boolean {
  if (CONFLICT.has(trace.httpStatus(span))) return true;
  return trace.isInternal(span) && !trace.isDatabaseCall(span) && trace.httpStatus(span) === 0;
}

/** The callee left no spans, and its answer has no status of its own. */
function isUnseen(trace: Trace, call: SpanIndex): boolean {
  return trace.kind(call) === 'client' && trace.childCount(call) === 0 && trace.httpStatus(call) === 0;
}

/** Oracle's message is the same for a lock that timed out. */
const NAMES_NOWAIT = /\b(?:resource busy and )?acquire with NOWAIT specified(?: or timeout expired)?\b/gi;

/** The statement waits for nobody, took no time, and no line of its service blames the lock. */
function wasRefusedAtOnce(trace: Trace, call: SpanIndex, own: readonly CorrelatedLine[]): boolean {
  if (trace.durationOfUs(call) >= AT_ONCE_US) return false;
  const isAsked =
    WAITS_FOR_NONE.test(trace.text(call, 'db.query.text')) ||
    failureTexts(trace, call, NO_LINES).some(({ text }) => REFUSED_AT_ONCE.test(text));
  return isAsked && !own.some(blamesLock);
}

function blamesLock(line: CorrelatedLine): boolean {
  const said = logMessage(line).slice(0, LONGEST_READ).replaceAll(NAMES_NOWAIT, ' ');
  return severityOf(line.level) > WARN || AT_FAULT.test(said);
}

const LONGEST_READ = 2_000;

function tellsOfConflict(line: CorrelatedLine): boolean {
  const said = logMessage(line).slice(0, LONGEST_READ);
  const isCalm = HARMLESS_LEVELS.has(line.level) || (severityOf(line.level) <= WARN && TOLD.test(said));
  return isCalm && TAKEN.test(said) && !AT_FAULT.test(said);
}

function tellsOfNo(line: CorrelatedLine): boolean {
  const said = logMessage(line).slice(0, LONGEST_READ);
  return TOLD.test(said) && SAID_NO.test(said) && !NO_ANSWER.test(said);
}
