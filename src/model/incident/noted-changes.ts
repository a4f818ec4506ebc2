/**
 * What single sentences of people say about causes: what was changed and when, a condition that had to be true, that
 * something was not the cause. English first, then German, French, Spanish and Japanese.
 */
import { isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

const between = (words: string) => `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`;

const CHANGED = new RegExp(
  [
    between(
      [
        'deploy(?:ed|s|ment)?(?! keys?(?!\\p{L}))|releas(?:e|ed)|roll(?:ed)? ?out|went (?:out|live)|shipped|merged|pushed|enabled|disabled|turned (?:on|off)',
        'switched (?:on|off|to|over)|migrat(?:ed|ion)|upgraded?|updated|changed|renamed|moved|enrolled|added|removed|deleted|installed',
        'renewed|rotated|expired|started|ran|runs|set|configured|imported|replaced|inverted|died|drop(?:s|ped)? (?:the )?(?:column|table|index|field)',
        '(?:raised|lowered|reduced|increased) (?:the|our|its)|(?:is|was|are|were|been) (?:off|out for|dead|disabled|in there)',
      ].join('|'),
    ),
    between(
      'ausgerollt|deployt|eingespielt|umgestellt|geändert|abgeschaltet|aktualisiert|umbenannt|abgelaufen|Migration|Update',
    ),
    between(
      'déployée?|migration|mise? à jour|changée?|activée?|désactivée?|coupée?|renouvelée?|lancée?|expirée?|livrée?',
    ),
    between(
      'desplegad[oa]|despliegue|cambiad[oa]|cambio|actualizad[oa]|activad[oa]|desactivad[oa]|renovad[oa]|venció|caducó|migración',
    ),
    'デプロイ|リリース|変更|更新|移行|切替|切り替え|設定|期限切れ',
  ].join('|'),
  'iu',
);
const WHEN = new RegExp(
  [
    '(?<!\\p{N})\\d{1,2}[:h]\\d{2}(?!\\p{N})|\\d{1,2} ?(?:am|pm|Uhr)(?!\\p{L})',
    between(
      [
        'yesterday|ystdy|yday|today|tonight|last (?:night|week|month|year)|this (?:morning|week|afternoon)|ago|since|PR ?#?\\d{1,7}|[A-Z]{2,10}-\\d{1,7}',
        '(?:in|with|since|by) (?:the )?(?:release|version|migration|update|deploy(?:ment)?)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)',
        'january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|\\d{1,2} may',
        'gestern|heute|seit|vorgestern|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag',
        "depuis|hier|aujourd['’]hui|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
        'desde|ayer|hoy|lunes|martes|miércoles|jueves|viernes|sábado|domingo',
      ].join('|'),
    ),
    '昨日|今日|今朝|先週|から|曜日|\\d月',
  ].join('|'),
  'iu',
);
/** A trouble begins, somebody asks whose change it was, or it tells what people do about it. */
const NO_CHANGE =
  /\b(?:errors?|timeouts?|failures?|complaints?|tickets?|calls?|latency|alerts?|alarms?|it|this|problems?|issues?|outage|impact|freezes?|stalls?) (?:\p{L}{1,10} ){0,2}(?:started|began)\b|\bstatus page\b|\b(?:you|your|plan|will|going to|trying|let me)\b|誰|関係ない/iu;

/** Whether a sentence says what was changed, or ended by itself, and when. */
export function isChange(sentence: string): boolean {
  return CHANGED.test(sentence) && WHEN.test(sentence) && !NO_CHANGE.test(sentence) && !isUnsure(sentence);
}

const CONDITION = new RegExp(
  [
    between(
      [
        '(?:no|without an?|without any) (?:canary|fallback|failover|limit|tests?|backups?|retr(?:y|ies)|timeout|checks?|validation|lock|quota|staging|redundancy|runbook|owner|copy|way back)',
        'never (?:written|tested|set|enabled|deployed|monitored|renewed)|only (?:ever|one)|instead of|should be|(?:still|only) (?:reads?|wants?|uses?|points?|serves?)',
        '(?:is|are|was|were|ran) (?:full|read[- ]?only|dead|off|expired|out of \\p{L}{2,20}|corrupt|exhausted)|has (?:been in there|0 (?:bytes|rows|entries))',
        '\\d{1,7} of \\d{1,7} (?:leased|used|taken|in use)|not (?:in|on) (?:the|any|our) (?:list|inventory|copy|backup|rotation)|too (?:short|small|low|many|high|old|large|big)',
        'same (?:relay|queue|host|cluster|database|node|pool|server|network|disk)|\\d{1,5} ?(?:h|min|s|hours|minutes|seconds) (?:behind|ahead)',
        'signed by|(?:lease|ttl|timeout|limit|retention) (?:is|was|of) \\d{1,7}|who left|nothing left',
      ].join('|'),
    ),
    between("pas (?:dans|ds|sur) la liste|sans (?:test|limite|sauvegarde)|d['’]avance|de retard|manquait|coupée?"),
    between('no lleva|sin (?:prueba|límite|copia)|faltaba|falta'),
    between('fehlte?|keine? (?:Test|Limit|Backup|Prüfung)|nie (?:getestet|geschrieben)|abgelaufen|statt'),
    'がない|未設定|期限切れ|上限なし',
  ].join('|'),
  'iu',
);

/** Whether a sentence names a condition: what was full, missing, never tested, set too low. */
export function isCondition(sentence: string): boolean {
  return CONDITION.test(sentence) && !isUnsure(sentence);
}

const EXPLAINED = new RegExp(
  [
    between(
      "because|cos|due to|caused by|that['’]?s why|it['’]?s (?:the|us|our)|got \\p{L}{2,20}ed|inverted|expired|renamed|degraded|sends|only|deadlock|leaks?|overflow|loss",
    ),
    between("c['’]est (?:nous|le|la|les)|parce que|es (?:el|la|los|las)|porque|weil|wegen|liegt an"),
    'ため|せい|原因|落ちて',
  ].join('|'),
  'iu',
);

/** Whether a sentence says what broke, or why. */
export function isExplanation(sentence: string): boolean {
  return !isUnsure(sentence) && (CONDITION.test(sentence) || EXPLAINED.test(sentence)) && !isDenial(sentence);
}

const DENIED = new RegExp(
  [
    "(?:^|[.,;:] |\\bso |\\bit['’]?s |\\bit (?:is|was) |\\bthat['’]?s |\\bclearly |\\bdefinitely )not (?:(?:the|a|our|an) (?!final|same|only|first|last|whole|full|right|case|end|best|time|why)\\p{L}{2,20}|it(?! alone| only)|us\\b)",
    between(
      'so no(?=$|[.,;!])|ruled out|innocent|unrelated|nothing to do with|not related|(?:w/?o|without|no) problems',
    ),
    '\\blooks? (?:normal|fine|healthy|ok|clean)\\b|\\b(?:is|are) clean\\b|\\bno change after\\b',
    between(
      "ausgeschlossen|liegt nicht an|hat nichts (?:damit )?zu tun|rien à voir|ce n['’]est pas (?:le|la|les)|nada que ver|descartad[oa]|no (?:es|fue) (?:el|la)",
    ),
    '関係ありません|関係ない|原因ではない|ではなかった',
  ].join('|'),
  'iu',
);

/** Whether a sentence says that something was not the cause. */
export function isDenial(sentence: string): boolean {
  return DENIED.test(sentence) && !isUnsure(sentence);
}

/** The sentences of a text of one kind; '' without any. */
export function sentencesOf(text: string, isOne: (sentence: string) => boolean): string {
  return saidSentences(text).filter(isOne).join(' ');
}
