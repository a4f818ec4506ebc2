/** What people say that is not over yet: what stays off, who decides tomorrow, what waits. */
import { saidSentences } from '#model/incident/said-sentences.ts';

const DAYS =
  'mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|tomorrow|tonight|next|the|they|we|it|then|further|\\d';
const LEFT = new RegExp(
  [
    '\\b(?:stays?|remains?|keeps? (?:running|failing|waiting))\\b',
    '\\bstill (?:off|out|down|missing|open|closed|disabled|paused|blocked|waiting|waits?|to (?:do|come|be)|being|not|lack|has to|have to|needs?|broken|running on|by hand)\\b|\\bnot (?:all |yet )?(?:back|done|finished|repaired|refunded|paid|clear|over|decided) ?(?:yet)?\\b|\\bnot yet\\b',
    `\\b(?:till|until) (?:${DAYS})\\b`,
    '\\b(?:tomorrow|next (?:week|month|night|morning|monday|shift|release)|this (?:week|month)|later (?:today|this week))\\b',
    '\\b(?:over the (?:weekend|next \\p{L}{2,10})|in the coming \\p{L}{2,10})\\b',
    '\\b(?:will|has to|have to|is going to|are going to|to be (?:done|decided|checked|paid|refunded|repaired)|left to (?:do|decide|check|repair))\\b',
    // quality decides, accounting pays back
    '\\b\\p{L}{2,20} (?:decides?|pays? back|follows? up|looks? (?:at|into) it|goes? through them|contacts? (?:them|the)|calls? (?:them|each))\\b',
    '\\b(?:go|goes) to (?:the )?\\p{L}{3,20}(?: \\p{L}{3,20})?(?:,? one by one| by hand|$|[.,;])|\\bwaits? for\\b|\\bone by one\\b',
    '(?<!\\p{L})(?:bleib(?:t|en)|morgen|nächste Woche|bis (?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|auf)|folgt|folgen|noch (?:offen|aus|nicht|zu))(?!\\p{L})',
    '(?<!\\p{L})(?:reste(?:nt)?|demain|la semaine prochaine|jusqu\\p{L}{0,2}|sera|seront|pas encore|à (?:redemander|rembourser|refaire|reprendre)|redemand\\p{L}{1,4})(?!\\p{L})',
    '(?<!\\p{L})(?:quedan?|sigue[ns]?|mañana|la próxima semana|hasta (?:el|que|mañana)|falta(?:n|m)?|pendientes?|pendentes?|todavía no|fica(?:m)?|amanhã|até (?:segunda|amanhã|que)|ainda (?:não|falta\\p{L}?))(?!\\p{L})',
    '(?<!\\p{L})(?:resta(?:no)?|domani|fino a|manca(?:no)?|non ancora)(?!\\p{L})',
    '残(?:り|って)|明日|来週|予定|未(?:了|完|対応)|还剩|明天|下周|仍(?:然|在)?|尚未|待(?:处理|定)',
  ].join('|'),
  'iu',
);

function isLeft(sentence: string): boolean {
  return LEFT.test(sentence);
}

/** The sentences with the end that tell what is left; '' without one. */
export function leftIn(words: string): string {
  return saidSentences(words).filter(isLeft).join(' ');
}

/** The others: what shows that it is over. */
export function withoutLeft(words: string): string {
  return leftIn(words) === ''
    ? words
    : saidSentences(words)
        .filter((one) => !isLeft(one))
        .join(' ');
}
