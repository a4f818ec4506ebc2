/**
 * What single sentences of people say about causes: what was changed and when, a condition that had to be true, that
 * something was not the cause. English first, then German, French, Spanish, Portuguese, Japanese and Chinese.
 */
import { SLOWER } from '#model/incident/noted-scope.ts';
import { isUnsure, saidSentences, withoutHoles } from '#model/incident/said-sentences.ts';

const between = (words: string) => `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`;

const CHANGED = new RegExp(
  [
    between(
      [
        'deploy(?:ed|s|ment)?(?! keys?(?!\\p{L}))|releas(?:e|ed)|roll(?:ed)? ?out|went (?:out|live)|shipped|merged|pushed|enabled|disabled|turned (?:on|off)',
        '(?:switch(?:ed|es)|turn(?:ed|s)|took|takes|shut) (?:its|their|the|our|all|his|her) (?:\\p{L}{2,20} ){1,3}(?:themselves )?(?:off|on|over|down|offline)',
        'switched (?:on|off|to|over)|migrat(?:ed|ion)|upgraded?|updated|changed|renamed|moved|enrolled|added|removed|deleted|installed',
        'renewed|rotated|expired|started|ran|runs|set|configured|imported|replaced|inverted|died|drop(?:s|ped)? (?:the )?(?:column|table|index|field)',
        'went (?:on|off|to (?:everyone|everybody|all|every|prod(?:uction)?|\\d{1,3} ?%))|patched|wrote (?:the|all|empty|\\d[\\d.,]{0,9}[kM]? \\p{L}{2,20})|reset|registered|(?:cut|cuts) (?:the|our|its)|(?:made|created) on',
        '(?:changes?|upgrade|maintenance|rollout|work) (?:[A-Z]{2,10}-\\d{1,7} )?(?:was |is |were )?(?:finished|done|over)|(?<!no )changes? (?:at|of|from|on|in|to)',
        '(?:grace|trial|period|contract|subscription|licen[cs]e|promotion|freeze|maintenance) ended',
        '(?:v|version |firmware |build |release )?\\d{1,4}(?:\\.\\d{1,4}){1,2} (?:from|since|as of)',
        // went to manual, went from 8 h to 14 days, went 4 -> 5, clocks went 02:00 -> 01:00
        'went (?:from .{1,30} )?to (?:manual|automatic|read-?only|standby|maintenance|test|debug|\\d{1,9})|went (?:from )?\\d{1,2}(?:[:.]\\d{1,2})? ?(?:->|→)|clocks? (?:went|changed|moved|jumped)|tripped|suspended|revoked|(?:wrong|missing|different|off) since',
        '(?:client|server)?hold|has (?:one|a|two|\\d{1,3}) (?:\\p{L}{2,20} ){1,2}(?:less|more|fewer) than|turned .{1,60} (?:in)?to',
        // they send toman since today
        '(?:they|it|who|vendor|supplier|provider|partner) (?:sends?|uses?|returns?|delivers?|requires?|expects?|wants?|rejects?) (?:[^ .;]{1,20} ){1,5}since (?:today|yesterday|this|last|\\d)',
        'got (?:the |a |an )?new|(?:has|have|uses?|runs?|with) (?:the |a |an )?new \\p{L}{2,20}|new (?:\\p{L}{2,20} ){1,3}(?:since|from|as of)|commented out|swap(?:ped)?|grant(?:ed)?|promoted|failed over|(?:terraform|helm|kubectl|ansible) (?:apply|applied|upgrade|run)|(?:was|were|got|been) rolled(?! back)',
        '(?:rule|route|record|key|grant|permission|role|setting|flag|policy|cron|job|index|mount|alias|label|secret|quota|limit|entry)s? (?:is|was|are|were) (?:gone|missing|off|cut)',
        '(?:raised|lowered|reduced|increased) (?:the|our|its)|(?:is|was|are|were|been) (?:off|out for|dead|disabled|in there)',
      ].join('|'),
    ),
    between(
      'ausgerollt|deployt|eingespielt|umgestellt|geändert|abgeschaltet|aktualisiert|umbenannt|abgelaufen|Migration|Update',
    ),
    between(
      'déployée?|migration|mise? à jour|changée?|activée?|désactivée?|coupée?|renouvelée?|lancée?|expirée?|livrée?|passée?|posée?|mise? en place|appliquée?|supprimée?|ajoutée?',
    ),
    between(
      'desplegad[oa]|despliegue|cambiad[oa]|cambio|actualizad[oa]|activad[oa]|desactivad[oa]|renovad[oa]|venció|caducó|migración',
    ),
    between(
      '(?:im|re)?implantad[oa]|implementad[oa]|alterad[oa]|atualizad[oa]|atualização|ativad[oa]|desativad[oa]|desligad[oa]|renovad[oa]|venceu|expirou|migração|subiu|publicad[oa]',
    ),
    between(
      'aggiornat[oa]|aggiornamento|cambiat[oa]|modificat[oa]|migrazione|attivat[oa]|disattivat[oa]|spent[oa]|scadut[oa]|sospes[oa]|revocat[oa]|rilasciat[oa]|pubblicat[oa]',
    ),
    'デプロイ|リリース|変更|更新|移行|切替|切り替え|設定|期限切れ|部署|发布|上线|变更|更改|升级|迁移|切换|过期|关闭了|启用|停用|修改了',
  ].join('|'),
  'iu',
);
const WHEN = new RegExp(
  [
    '(?<!\\p{N})\\d{1,2}[:h]\\d{2}(?!\\p{N})|\\d{1,2} ?(?:am|pm|Uhr)(?!\\p{L})|\\bat (?:[01]?\\d|2[0-3])(?=$|[.,;!])',
    between(
      [
        'yesterday|ystdy|yday|today|tonight|last (?:night|week|month|year)|this (?:morning|week|afternoon)|ago|since|PR ?#?\\d{1,7}|[A-Z]{2,10}-\\d{1,7}',
        '(?:in|with|since|by) (?:the )?(?:release|version|migration|update|deploy(?:ment)?)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)',
        'january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|\\d{1,2} may',
        'gestern|heute|seit|vorgestern|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag',
        "depuis|hier|aujourd['’]hui|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
        'desde|ayer|hoy|lunes|martes|miércoles|jueves|viernes|sábado|domingo',
        'ieri|oggi|stanotte|stamattina|dal(?:le)? \\d{1,2}|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica',
        'ontem|hoje|segunda(?:-feira)?|terça(?:-feira)?|quarta(?:-feira)?|quinta(?:-feira)?|sexta(?:-feira)?',
      ].join('|'),
    ),
    '昨日|今日|今朝|先週|から|曜日|\\d月|昨天|今天|今早|上周|周[一二三四五六日]|星期|刚才|以来|\\d点',
  ].join('|'),
  'iu',
);
/** A trouble begins, a copy is made, somebody asks whose change it was, or it tells what people do about it. */
const NO_CHANGE =
  /\b(?:errors?|timeouts?|failures?|complaints?|tickets?|calls?|latency|alerts?|alarms?|it|this|problems?|issues?|outage|impact|freezes?|stalls?) (?:\p{L}{1,10} ){0,2}(?:started|began)\b|\bstatus page\b|\b(?:backups?|snapshots?|(?:nightly|daily|weekly|last) (?:copy|dump|export)) (?:\p{L}{1,10} ){0,4}(?:ran|runs|started)\b|\b(?:you|your|plan|will|going to|trying|let me)\b|誰|関係ない/iu;

/** It asks, a warning went out, or what people use is dead: the first is no answer, the others are symptoms. */
const NO_CHANGE_EITHER = new RegExp(
  [
    '^(?:and |but |so )?(?:what|which|who|whose|did|does|do|has|have|any|anyone|anybody|was|were|is|are|wer|was|welche[rs]?|hat|haben|wurde|qui|quel(?:le)?s?|quién|qué|cuál|quem|qual) (?!(?:helped|changed|broke|happened)(?: is)?:)',
    '\\b(?:warnings?|alerts?|alarms?|pagers?|pages?|e?-?mails?|messages?|notices?|notifications?) (?:[^ .;]{1,20} ){0,4}(?:went (?:out|off)|fired|rang|came|(?:was|were) sent)\\b',
    '\\b(?:uploads?|downloads?|logins?|sign-?ins|orders?|checkouts?|payments?|bookings?|searche?s?|calls?|mails?|pages?|requests?|photos?|prices?|customers|users|everything|all of it|(?:the )?(?:site|shop|app|web|api)) (?:is|are|was|were|went|has been|have been) (?:all )?(?:off|out|dead|down|gone|disabled)\\b',
    // what people do about it
    '\\b(?:restore|recovery|roll-?back|vacuum|replay|resync|rebuild|reindex|repair|fsck|failover|refunds?)\\b[^.;]{0,60}\\b(?:started|began|begun|ran|runs|running)\\b',
    '(?<!\\p{L})(?:Wiederherstellung|restauration|restauración|restauração|ripristino)(?!\\p{L})|復元|恢复备份',
  ].join('|'),
  'iu',
);

function isOther(sentence: string): boolean {
  return NO_CHANGE.test(sentence) || NO_CHANGE_EITHER.test(sentence);
}

/** Whether a sentence says what was changed, or ended by itself, and when. */
export function isChange(sentence: string): boolean {
  if (NOTHING_CHANGED.test(sentence)) return false;
  return CHANGED.test(sentence) && WHEN.test(sentence) && !isOther(sentence) && !isUnsure(sentence);
}

/** `no patch went out to the tills since june` */
const NOTHING_CHANGED = new RegExp(
  [
    '(?:^|[,;.] |\\b(?:and|but|so) )(?:no|nothing|nobody|none|not one)(?: \\p{L}{2,20}){0,3}? (?:went (?:out|live)|(?:was |were |has |have |had |has been |have been |got |is |are )?(?:changed|deployed|released|shipped|merged|rolled out|touched|updated|upgraded|moved|pushed|installed|patched|switched|done))(?!\\p{L})',
    "\\b(?:did|has|have|was|were)(?: not|n['’]?t) (?:been )?(?:chang|deploy|releas|updat|upgrad|touch|patch)",
    // we pushed nothing since tuesday
    '\\b(?:pushed|changed|deployed|released|shipped|merged|touched|updated|upgraded|installed|patched|moved|switched) (?:nothing|none)(?!\\p{L})',
    "(?<!\\p{L})(?:nichts (?:geändert|ausgerollt|eingespielt|angefasst)|n['’]avons rien (?:changé|livré|déployé|touché)|rien (?:changé|livré|déployé)|no (?:hemos|han) (?:cambiado|tocado|desplegado) nada|não (?:mudamos|mexemos|publicamos)|non abbiamo (?:cambiato|toccato))(?!\\p{L})|何も(?:変更|変え|リリース|触)|(?:没有?|未)(?:改|动|发布|变更)(?:过)?",
    '\\bno (?:releases?|deploys?|deployments?|changes?|updates?|patch(?:es)?|rollouts?) (?:\\p{L}{2,12} ){0,2}(?:since|today|this|yesterday|for|in)\\b',
    "(?<!\\p{L})(?:seit .{1,20} (?:nichts|kein\\p{L}{0,2}) (?:\\p{L}{2,20} )?(?:geändert|ausgerollt|eingespielt)|(?:rien|aucune? \\p{L}{2,20}) n['’](?:a|est|ont) (?:été )?(?:changé|livré|déployé|touché|passé)|n(?:ada|ingún \\p{L}{2,20}) (?:se )?(?:ha )?cambi\\p{L}{1,3})(?!\\p{L})",
  ].join('|'),
  'iu',
);

const CONDITION = new RegExp(
  [
    between(
      [
        '(?:no|without an?|without any) (?:canary|fallback|failover|limit|tests?|backups?|retr(?:y|ies)|timeout|checks?|validation|lock|quota|staging|redundancy|runbook|owner|copy|index|unit|way back)',
        'never (?:written|tested|set|enabled|deployed|monitored|renewed)|only (?:ever|one)|instead of|should be|(?:still|only) (?:reads?|wants?|uses?|points?|serves?|reports?)',
        'point(?:ed|ing) (?:at|to)|ran out of|out of range',
        '(?:is|are|was|were|ran) (?:full|read[- ]?only|dead|off|expired|out of \\p{L}{2,20}|corrupt|exhausted)|has (?:been in there|0 (?:bytes|rows|entries))',
        '\\d{1,7} of \\d{1,7} (?:leased|used|taken|in use)|not (?:in|on) (?:the|any|our) (?:list|inventory|copy|backup|rotation)|too (?:short|small|low|many|high|old|large|big)',
        '(?:limit|timeout|quota|size|value|setting|threshold) (?:is|was) (?:still )?(?:at |on )?(?:the|its) default|nobody (?:ever )?(?:set|tested|tried|checked|raised|watched) (?:it|them|this)',
        'same (?:relay|queue|host|cluster|database|node|pool|server|network|disk)|\\d{1,5} ?(?:h|min|s|hours|minutes|seconds) (?:behind|ahead)',
        'signed by|(?:lease|ttl|timeout|limit|retention) (?:is|was|of) \\d{1,7}|who left|nothing left',
      ].join('|'),
    ),
    between("pas (?:dans|ds|sur) la liste|sans (?:test|limite|sauvegarde)|d['’]avance|de retard|manquait|coupée?"),
    between('no lleva|sin (?:prueba|límite|copia)|faltaba|falta'),
    between(
      'fehlte?|keine? (?:Test|Limit|Backup|Prüfung)|nie (?:getestet|geschrieben)|abgelaufen|statt|(?:ist|war|sind) (?:voll|schreibgeschützt|erschöpft|zu (?:klein|kurz|alt|hoch|niedrig))|nicht (?:auf|in) der Liste',
    ),
    between(
      '(?:est|était|sont) (?:plein|pleine|saturée?|expirée?|en lecture seule|trop (?:court|petit|vieux|bas|haut)e?)|jamais (?:testée?|écrite?)|au lieu de',
    ),
    between(
      '(?:está|estaba) (?:llen[oa]|agotad[oa]|vencid[oa]|en solo lectura)|nunca (?:se )?(?:probó|escribió|probad[oa])|en vez de|demasiado (?:corto|pequeño|bajo|alto)',
    ),
    between(
      '(?:está|estava) (?:chei[oa]|esgotad[oa]|vencid[oa]|somente leitura)|nunca (?:foi )?(?:testad[oa]|escrit[oa])|sem (?:teste|limite|cópia|backup)|não (?:está|estava) na lista|em vez de|faltava|muito (?:curto|pequeno|baixo|alto)',
    ),
    'がない|未設定|期限切れ|上限なし|満杯|一杯|読み取り専用|未テスト|没有(?:限制|测试|备份|校验|上限)|未配置|未测试|已满|满了|只读|已过期|太(?:小|短|低|大)',
  ].join('|'),
  'iu',
);

/** Whether a sentence says that nothing was changed. */
export function isNothingChanged(sentence: string): boolean {
  return NOTHING_CHANGED.test(sentence);
}

/** Whether a sentence names a condition: what was full, missing, never tested, set too low. */
export function isCondition(sentence: string): boolean {
  return (
    CONDITION.test(sentence) &&
    !SLOWER.test(sentence) &&
    !isUnsure(sentence) &&
    !SPOKEN.test(sentence) &&
    !NO_CHANGE_EITHER.test(sentence)
  );
}

/** A joke, what somebody else said to people, who need not believe it, or why it should do no harm: `so it cant block anything`. */
const SPOKEN =
  /^(?:e |y |et |and |und |jetzt |now )?(?:s[óo](?:lo)? falta|fehlt nur noch|nur noch fehlt|il ne manque (?:plus )?que|manca solo|all that is missing|next thing)(?!\p{L})|\b(?:you|your|you['’]re|(?:can['’]?t|cannot) (?:\p{L}{1,20} ){1,2}(?:anything|anyone|anybody))\b/iu;

const EXPLAINED = new RegExp(
  [
    between(
      "because|cos|due to|caused by|that['’]?s why|it['’]?s (?:the|us|our)|got \\p{L}{2,20}ed|inverted|expired|renamed|degraded|sends|only|deadlock|leaks?|overflow|loss",
    ),
    between(
      "c['’]est (?:nous|le|la|les)|parce que|à cause d|es (?:el|la|los|las)|porque|por culpa|weil|wegen|liegt an|é (?:o|a|os|as)|por causa|devido",
    ),
    'ため|せい|原因|落ちて|因为|由于|导致',
  ].join('|'),
  'iu',
);

/** Whether a sentence says what broke, or why. */
export function isExplanation(sentence: string): boolean {
  if (isUnsure(sentence) || isDenial(sentence) || SECRECY.test(sentence)) return false;
  return CONDITION.test(sentence) || EXPLAINED.test(sentence);
}

/** It says who reads it. */
const SECRECY =
  /^(?:need[- ]to[- ]know|confidential|internal only|eyes only|nur intern|vertraulich|confidentiel|confidencial|riservato)(?!\p{L})/iu;

/** Whether it says that there was nothing. */
export function isFalseAlarm(text: string): boolean {
  return FALSE_ALARM.test(text) && !NO_FALSE_ALARM.test(text);
}

const FALSE_ALARM =
  /\bfalse alarm\b|(?<!\p{L})(?:Fehlalarm|fausse alerte|falsa alarma|falso allarme|alarme falso)(?!\p{L})|誤報|误报/iu;
const NO_FALSE_ALARM = /\b(?:no|not a|never a) false alarm\b|(?<!\p{L})(?:kein Fehlalarm|pas une fausse alerte)/iu;

/** What a denial says that it was not: `so not the sale` gives `sale`. */
export function deniedIn(text: string): readonly string[] {
  const found = saidSentences(text)
    .filter((one) => !isUnsure(one) && (isDenial(one) || INNOCENT.test(one)))
    .flatMap((one) => [...one.matchAll(DENIED_THING), ...one.matchAll(INNOCENT_THINGS)]);
  return found.map(({ groups }) => groups?.thing?.toLowerCase() ?? '');
}

const DENIED_THING =
  /(?<!\p{L})(?:not|nicht|pas|no es|no fue|não é|não foi|non è) (?:(?:the|a|an|our|der|die|das|le|la|les|du|des|el|los|las|o|os|il|lo) )?(?<thing>\p{L}{3,20})/giu;
/** `fibre is fine`, `the switch is innocent`: nobody calls what broke so. */
const INNOCENT_THINGS =
  /(?:^|[.,;:] )(?:the |our |no,? )?(?<thing>\p{L}{3,20}) (?:is|are|was|were|looks?) (?:all )?(?:fine|innocent|bored|idle|healthy|clean|normal|not it|not to blame|unschuldig)(?! (?:again|now)|\p{L})/giu;
const INNOCENT = new RegExp(INNOCENT_THINGS.source, 'iu');

/** What people suspect first. That one of the first kind is missing harms nobody; `no network` does. */
const INTRUDERS = 'd?dos|attack|breach|intrusion|hack|malware|bloat|vacuum|dead ?lock|leak';
const SUSPECTS =
  'fib(?:re|er)|network|hardware|dns|dhcp|ntp|cert(?:ificate)?|firewall|load ?balancer|power|garbage collection|gc';

const DENIED = new RegExp(
  [
    "(?:^|[.,;:] |\\bso |\\bit['’]?s |\\bit (?:is|was) |\\bthat['’]?s |\\bclearly |\\bdefinitely )not (?:(?:the|a|our|an) (?!final|same|only|first|last|whole|full|right|case|end|best|time|why)\\p{L}{2,20}|it(?! alone| only)|us\\b)",
    between(
      'so no(?=$|[.,;!])|so not (?:\\p{L}{3,20})(?=$|[.,;!])|nothing wrong with|false alarm|ruled out|innocent|unrelated|nothing to do with|not related|(?:w/?o|without|no) problems',
    ),
    `\\bno (?:${INTRUDERS})\\b(?! (?:yet|protection))`,
    `\\bnot(?: the| an?| any)? (?:${INTRUDERS}|${SUSPECTS})\\b(?! (?:alone|only|itself))`,
    `\\b(?:${INTRUDERS}|${SUSPECTS}) (?:is|are) (?:only )?(?:the |a )?(?:victims?|innocent|fine)\\b`,
    '\\blooks? (?:normal|fine|healthy|ok|clean)\\b|\\b(?:is|are) clean\\b|\\bno change after\\b',
    '\\bno (?:events?|incidents?|changes?|maintenance|outages?|faults?|problems?|errors?) (?:(?:found|seen|known) )?(?:on|at|in) (?:their|our|its|his|her|that) (?:own )?(?:side|end|network|system|part)\\b',
    // cdn ok
    '^(?:the |our )?(?!(?:all|site|sites|shop|app|web|everything|everyone|that|this|they|now|again|it|we|row|ok|and|half) )\\p{L}[\\p{L}\\p{N}-]{1,20} (?:is |are |looks? )?(?:ok|okay)[.!]?$',
    between(
      'Fehlalarm|fausse alerte|falsa alarma|falso allarme|alarme falso|niente a che (?:fare|vedere)|non (?:è|sono) (?:il|la|lo|i|gli|le)',
    ),
    '誤報|误报',
    between('keine? (?:Störung|Änderung|Wartung|Fehler) auf (?:ihrer|unserer) Seite|nada de (?:su|nuestro) lado'),
    between(
      '(?:aucun incident|rien|aucune panne) de (?:leur|notre) côté|sem (?:incidentes|falhas) do lado (?:deles|nosso)',
    ),
    between('ausgeschlossen|liegt nicht an|(?:daran|am \\p{L}{2,20}) liegt es nicht|hat nichts (?:damit )?zu tun'),
    between("rien à voir|c(?:e n)?['’](?:est|était) pas (?:le|la|les|du|des)"),
    between('nada que ver|descartad[oa]|no (?:es|fue) (?:el|la)|não (?:é|foi) (?:o|a)|nada a ver'),
    '(?:先方|こちら)では(?:障害|異常|変更)(?:は)?(?:なし|ない|ありません)',
    '(?:对方|他们|我们)(?:那边)?没有(?:故障|变更|异常)',
    '関係ありません|関係ない|原因ではない|ではなかった|無関係|不是[^，。]{1,20}(?:的问题|引起|导致)|无关|没关系|已排除',
  ].join('|'),
  'iu',
);

/** Whether a sentence says that something was not the cause. */
export function isDenial(sentence: string): boolean {
  return (DENIED.test(sentence) || NOTHING_CHANGED.test(sentence)) && !isUnsure(sentence);
}

/** The same, also where somebody only thinks so: `it has nothing to do with it, I think`. */
export function mayDeny(sentence: string): boolean {
  return DENIED.test(sentence);
}

/**
 * The sentences of a text of one kind, each with the one before it where it names no subject; '' without any:
 * `the other 40 came later. not in the copy`, `retention!! deletes old files since Monday`.
 */
export function sentencesOf(text: string, isOne: (sentence: string) => boolean): string {
  const all = saidSentences(text);
  const isMeant = (one: string, at: number) => {
    const next = all[at + 1];
    return isOne(one) || (next !== undefined && isOne(next) && isSubjectOf(one, next));
  };
  const kept = new Set(all.flatMap((one, at) => (isMeant(one, at) ? [at] : [])));
  return withoutHoles(all, kept).join(' ');
}

function isSubjectOf(before: string, sentence: string): boolean {
  if (isUnsure(before)) return false;
  if (SUBJECTLESS.test(sentence) || NEEDS_IT.test(sentence)) return true;
  return (
    FRAGMENT.test(sentence) ||
    COMPARES.test(sentence) ||
    refersBack(before, sentence) ||
    (SHOUTED.test(before) && VERB_FIRST.test(sentence))
  );
}

/** `9 nodes have less. the 9 are the ones upgraded today`: it counts those of the sentence before. */
function refersBack(before: string, sentence: string): boolean {
  const number = BACK.exec(sentence)?.groups?.number;
  return number !== undefined && new RegExp(`(?<![\\d.,])${number}(?![\\d]|[.,]\\d)`, 'u').test(before);
}

/** `balancer knows 210 servers. the others were switched off`: those are what the sentence before does not count. */
const COMPARES =
  /^(?:and |but |so )?(?:the (?:others?|rest|same)|others|die anderen|der Rest|les autres|le reste|l[oa]s otr[oa]s|el resto|os outros|as outras|o resto|gli altri|le altre|il resto)(?!\p{L})/iu;

const BACK = /^(?:and |but )?(?:the|these|those|all|die|les?|los|las|i|le|os|as) (?<number>\d{1,6}) /iu;
/** `should be 24`, `passée hier` */
const SUBJECTLESS =
  /^(?:and |but |so )?(?:should|must|was|were|is|are|has|had|got|went|came|ran|runs|gone|since|also|same for|passée?s?|posée?s?|ajoutée?s?|changée?s?|supprimée?s?|était|étaient|wurde|wurden|ist|sind|war|fue|era|está|foi|é|è|era) /iu;
/** `crashed ones cannot fetch it` */
const NEEDS_IT = /\b(?:ones|it|them|those)[.!]?$/iu;
const FRAGMENT = /^(?:not|never|still not|no longer|isn['’]?t|wasn['’]?t|aren['’]?t|weren['’]?t) (?!the\b)/iu;
/** A name alone: `retention!!` */
const SHOUTED = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{1,40}[!.:]{1,3}$/u;
const VERB_FIRST = /^\p{Ll}{2,20}(?<!ss|us|is|ous|always|as)s /u;
