/**
 * What people noted for the sections that nothing else fills: what made it hard, what was luck, how it stood before, and what
 * they excluded in other words than a denial. Each note stands there whole.
 */
import { MINUTE_US } from '#core/time-units.ts';
import { type TimelineEntry, wasTried } from '#model/incident/incident.ts';
import { numbersCorrected, withCorrections } from '#model/incident/noted/corrected-numbers.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import type { Statement } from '#model/incident/postmortem.ts';
import { type Facts, looksForFault } from '#model/incident/postmortem-facts.ts';
import { isSaid } from '#model/incident/postmortem-numbers.ts';
import { at, quotedParts, said } from '#model/incident/postmortem-words.ts';
import { isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

/** A longer list repeats the timeline. */
const MOST_ALSO = 3;

/** ` what made it hard`, with the notes that say so; oldest first. */
export function alsoNoted(
  facts: Facts,
  what: string,
  isOne: (sentence: string) => boolean,
  among: (entry: TimelineEntry) => boolean = () => true,
): readonly Statement[] {
  const told = facts.entries.filter(
    (entry) => mayTell(entry) && among(entry) && saidSentences(entry.text).some((one) => !isUnsure(one) && isOne(one)),
  );
  return told.slice(0, MOST_ALSO).flatMap((entry) => {
    const sentences = saidSentences(entry.text).filter((one) => !ASKS_WHO.test(one));
    const { text, by } = withCorrections(
      quotedParts(facts, sentences.join(' ')),
      numbersCorrected(facts.entries),
      entry,
    );
    if (text === '') return [];
    return [said(facts, ['A responder noted at ', at(entry.atUs), `${what}${text}.`], [entry, ...by])];
  });
}

/** That is no word about the system. */
const ASKS_WHO = /^(?:and |but |so )?(?:who|wer|qui|quién|quem|chi) (?!knows?\b|else\b)/iu;

function mayTell(entry: TimelineEntry): boolean {
  const isOwn = (entry.kind === 'note' && entry.value === '') || entry.kind === 'message' || wasTried(entry);
  return isOwn && isSaid(entry) && entry.from === undefined && isPersonId(entry.source) && !looksForFault(entry);
}

/** What kept people from seeing or acting: blind, locked out, no way back, work by hand. */
export function isHard(sentence: string): boolean {
  return HARD.test(sentence);
}

const OWN_SYSTEMS = '(?:routers?|servers?|switch(?:es)?|hosts?|nodes?|consoles?|clusters?|machines?|pipelines?|vpn)';
const HARD = new RegExp(
  [
    `\\b(?:can['’]?t|cannot|could(?:n['’]?t| not)|can not|no way to) (?:log ?in|get in|connect|ssh|reach|see)(?: \\p{L}{1,12}){0,3} ${OWN_SYSTEMS}\\b`,
    "\\b(?:it|we) (?:can['’]?t|cannot|could(?:n['’]?t| not)) (?:roll (?:out|back)|deploy|restore|be (?:undone|rolled back))\\b",
    '\\b(?:no|without an?) (?:undo|way back|remote access|out[- ]of[- ]band)\\b|\\bchicken[ -](?:and[ -])?egg\\b|\\blocked out of\\b',
    '\\b(?:building|built|rebuilding|rebuilt|done|doing|by) (?:\\p{L}{2,20} )?(?:all )?by hand\\b|\\bmust check by hand\\b',
    '\\bwe (?:see nothing|are blind|work blind)\\b|\\bgraphs? (?:stop|stopped|are gone|are dead)\\b',
    '\\bneeds? (?:two|three|2|3) people\\b|\\b\\d{1,3} ?(?:min|minutes|hours|h) just to (?:get|reach|find)\\b',
    '\\broad (?:was|is) (?:washed out|closed|blocked)\\b',
    "(?<!\\p{L})(?:estamos ciegos|estamos às cegas|à l[’']aveugle|im Blindflug|kommen nicht (?:drauf|rein|an den)|von Hand gebaut|keine (?:Graphen|Metriken))(?!\\p{L})",
  ].join('|'),
  'iu',
);

/** What went well although nobody planned it. */
export function isLucky(sentence: string): boolean {
  return LUCKY.test(sentence);
}

const LUCKY =
  /\b(?:luckily|by luck|lucky (?:that|us|we)|we (?:are|were|got) lucky|good thing (?:that|we)|fortunately|by chance|thank god|happened to (?:have|be))\b|\bwe (?:do |still )?have (?:the |a |an old )?(?:backups?|copy|copies|exports?|dumps?) (?:at|on|with|in) (?:the |an)?other\b|(?<!\p{L})(?:zum Glück|glücklicherweise|heureusement|par chance|coup de chance|por suerte|menos mal|afortunadamente|por sorte|ainda bem|felizmente|per fortuna|meno male)(?!\p{L})|幸い|運よく|还好|幸好/iu;

/** People look at how it came to it shortly before they confirm the cause, and afterwards. */
const EXPLAINED_US = 15 * MINUTE_US;

/** Whether the note stands where people explain the cause, so that an older thing in it is no first suspicion. */
export function isExplaining({ milestones: { identified } }: Facts): (entry: TimelineEntry) => boolean {
  return ({ atUs, kind }) => identified !== undefined && kind === 'note' && atUs >= identified.atUs - EXPLAINED_US;
}

/** Whether a sentence tells of a day long before. */
export function isOfBefore(sentence: string): boolean {
  return BEFORE.test(sentence) && !STILL_TO_COME.test(sentence);
}

const MONTHS =
  '(?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)';
const BEFORE = new RegExp(
  [
    `\\blast (?:week|month|year|spring|summer|autumn|winter)\\b|\\b(?:since|in) ${MONTHS}\\b|\\bon ${MONTHS} \\d{1,2}\\b|\\bon \\d{1,2}\\.? ${MONTHS}\\b`,
    '\\b(?:weeks?|months?|years?) ago\\b|\\bfor (?:\\d{1,3}|two|three|four|five|six|some) (?:weeks|months|years)\\b',
    '(?<!\\p{L})(?:(?:seit|im) (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)|(?:letzte|vorige)[nsr]? (?:Woche|Monat|Jahr)|vor (?:\\d{1,3}|zwei|drei|einigen) (?:Wochen|Monaten|Jahren))(?!\\p{L})',
    "(?<!\\p{L})(?:la semaine dernière|le mois dernier|l[’']an dernier)(?!\\p{L})",
    '(?<!\\p{L})(?:la semana pasada|el mes pasado|el año pasado)(?!\\p{L})',
    "(?<!\\p{L})(?:semana passada|mês passado|ano passado|la settimana scorsa|il mese scorso|l[’']anno scorso)(?!\\p{L})",
    '先週|先月|昨年|去年|上周|上个月',
  ].join('|'),
  'iu',
);
const STILL_TO_COME = /\b(?:will|tomorrow|next)\b|(?<!\p{L})(?:morgen|demain|mañana|amanhã|domani)(?!\p{L})/iu;

/** What people found that it was not, told as what they saw. */
export function isExcluded(sentence: string): boolean {
  return EXCLUDED.test(sentence);
}

const EXCLUDED = new RegExp(
  [
    "\\bso (?:it|this|that) was(?:n['’]?t| not) (?:the|our|an?|any) |^no \\p{L}{3,20} (?:is|was|has been|were) (?:encrypted|stolen|touched|tampered|changed|altered) anywhere\\b",
    '\\bchecked,? (?:and (?:it is )?|is )?clean\\b|\\bclean\\. nothing on it\\b',
    "(?<!\\p{L})(?:pas d[e'’] ?(?:piratage|attaque|intrusion|virus|fuite)|kein(?:e)? (?:Angriff|Einbruch|Diebstahl|Hack|Virus)|no (?:han robado|hubo (?:robo|ataque|intrusión)|es (?:un )?(?:ataque|robo))|não (?:houve|foi) (?:uma? )?(?:invasão|ataque|roubo)|nessun (?:attacco|furto))(?!\\p{L})",
  ].join('|'),
  'iu',
);
