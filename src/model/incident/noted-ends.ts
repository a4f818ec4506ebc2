/** Notes about steps and about the end: it healed by itself, a step made it worse, people informed somebody outside. */
import type { TimelineEntry } from '#model/incident/incident.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';
import { isSaid } from '#model/incident/postmortem-numbers.ts';
import { rowsOf } from '#model/incident/postmortem-rows.ts';
import { isGoodNews, isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

/** Whether words with the end say that nobody ended it. */
export function healedItself(text: string): boolean {
  return HEALED.test(text);
}

const HEALED =
  /\b(?:went away|came back|healed|heals|recovered|ended|stopped|gone) (?:by itself|on its own|by themselves|alone)\b|\b(?:heal(?:ed|s)|cured|repaired|recovered|fixed|resolved|cleared) (?:itself|themselves)\b|\bwe did nothing\b|\bself-?heal|\bnobody (?:touched|changed|did) (?:anything|it)\b|\b(?:by itself|on its own), |(?<!\p{L})(?:von (?:selbst|allein)|tout seul|toute seule|por s[ií] (?:solo|sola|só)|sozinho)(?!\p{L})|自然に(?:復旧|直)|自(?:己|行)(?:恢复|好)/iu;

/** Whether words say that nobody knows the cause. */
export function isCauseUnknown(text: string): boolean {
  return CAUSE_UNKNOWN.test(text);
}

const CAUSE_UNKNOWN =
  /\b(?:(?:root )?cause (?:is |still |remains? )?(?:unknown|unclear|not known|not found)|unknown cause|(?:no idea|nobody knows|do(?:n['’]?t| not) know) why)\b|Ursache (?:ist )?(?:unbekannt|unklar)|cause (?:est )?inconnue|causa (?:es )?desconocida|causa desconhecida|原因(?:は)?不明|原因未知|不(?:知道|清楚)原因|causa (?:ainda )?não (?:é|foi) (?:conhecida|encontrada)/iu;

/** Whether what somebody tried made it worse: the words say so, or a share that fails rose. */
export function madeWorse(text: string): boolean {
  return WORSE.test(text) || (!GOOD_SHARE.test(text) && [...text.matchAll(SHARES)].some(hasRisen));
}

function hasRisen([, from = '', to = '']: RegExpExecArray): boolean {
  return Number(to.replace(',', '.')) > Number(from.replace(',', '.'));
}

const WORSE =
  /(?:^|[.,;:!] )(?:now )?(?:it['’]?s |its |even |much |way )?worse(?=$|[.,;:!])|\b(?:made it|got|even|much|now it(?:['’]?s| is)|things are) worse\b|\bworse (?:now|than|since)\b|\b(?:lag|queue|backlog|load|errors?|latency|it) (?:\p{L}{1,10} )?(?:grows?|rises?|climbs?|rose|grew) (?:even )?(?:faster|more|quicker)\b|(?<!\p{L})(?:schlimmer|schlechter geworden|empiré|pire(?:n|s)? (?:qu|maint)|empeoró|peor que|piorou|piorada|pior (?:que|agora))(?!\p{L})|悪化|更(?:糟|差|严重)|恶化/iu;
const SHARES = /(\d{1,3}(?:[.,]\d)?) ?%? ?(?:->|→|to|auf|à|a) ?(\d{1,3}(?:[.,]\d)?) ?%/gu;
const GOOD_SHARE = /\b(?:success|approv|hit rate|availab|healthy|ok\b|delivered)/iu;

/** The entries in which people say that they informed somebody outside, oldest first. */
export function toldIn({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter(wasTold);
}

function wasTold(entry: TimelineEntry): boolean {
  if (entry.kind !== 'note' && entry.kind !== 'message') return false;
  return entry.value === '' && isSaid(entry) && saidSentences(entry.text).some((one) => TOLD.test(one));
}

const TOLD =
  /(?:^|[.,;:] |\b(?:have|we|i|was|were|been) )(?:told|informed|notified|wrote to|mailed|emailed|phoned) (?!me\b|us\b|you\b|ya\b|that\b|it\b)|\b\p{L}{2,20} (?:informed|notified)(?= (?:at |on )?\d|[.,;]|$)|(?<!\p{L})(?:informiert|benachrichtigt|prévenus?|informée?s?|avisad[oa]s?|avisamos|informad[oa]s?)(?!\p{L})|(?:連絡|報告|通知)(?:済|しました|した)|已(?:经)?(?:通知|告知|联系)/iu;

const MINUTE_US = 60_000_000;
const MOST_NEWS = 2;
/** So near to a mitigation, the words are about it. */
const NEAR_US = 15 * 60_000_000;

/** The last notes with good news just before the mitigation, and after what helped, oldest first. */
export function goodNewsAt(
  { entries }: Pick<Facts, 'entries'>,
  eased: TimelineEntry,
  deed: TimelineEntry,
): readonly TimelineEntry[] {
  const alone = rowsOf(entries).flatMap((row) => (row.length === 1 ? [row[0]] : []));
  // What people wrote as of the same minute speaks for a mitigation without words.
  const isBeside = ({ atUs, text }: TimelineEntry) =>
    Math.abs(eased.atUs - atUs) < MINUTE_US && !/[?？]\s*$/u.test(text);
  const news = alone.filter(
    (entry) =>
      entry.kind === 'note' &&
      entry.value === '' &&
      entry.atUs > deed.atUs &&
      entry.atUs <= eased.atUs &&
      eased.atUs - entry.atUs <= NEAR_US &&
      isSaid(entry) &&
      (isBeside(entry) || saidSentences(entry.text).some((one) => isGoodNews(one) && !isUnsure(one))),
  );
  return news.slice(-MOST_NEWS);
}

/** The last note before the end that tells what people did to the system, where nobody marked what helped. */
export function lastStepNoted({ entries }: Pick<Facts, 'entries'>, end: TimelineEntry): TimelineEntry | undefined {
  return entries.findLast(
    (entry) =>
      (entry.kind === 'note' || entry.kind === 'message') &&
      entry.value === '' &&
      entry.atUs <= end.atUs &&
      end.atUs - entry.atUs <= STEP_US &&
      isSaid(entry) &&
      saidSentences(entry.text).some((one) => STEP_DONE.test(one) && !isUnsure(one)),
  );
}

/** Earlier, it was a step on the way. */
const STEP_US = 60 * MINUTE_US;
const STEP_DONE =
  /\b(?:lifted|reverted|rolled back|restarted|rebooted|unblocked|re-?enabled|cleared|replaced|restored|released|reset|failed over|put back|switched (?:on|off|to|over|back)|turned (?:on|off)|took out|removed)\b|(?<!\p{L})(?:aufgehoben|neu gestartet|zurückgerollt|umgeschaltet|getauscht|levée?s?|redémarrée?s?|rétablie?s?|remplacée?s?|levantad[oa]s?|reiniciad[oa]s?|restaurad[oa]s?|riavviat[oaie]|ripristinat[oaie]|sostituit[oaie])(?!\p{L})|再起動|解除|切り替え|交換し|重启|回滚|更换/iu;
