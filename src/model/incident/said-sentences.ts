/**
 * The sentences of what people typed, and what kind of sentence each is: sure or hedged, a question, the good news that
 * something works again. English first, then German, French, Spanish, Portuguese, Japanese and Chinese.
 */
import { endsShortened, sentencesIn } from '#model/blameless/sentences.ts';

/** Also where the next sentence begins with a small letter or a number, as people type; not after `approx.` or `No.` */
export function saidSentences(text: string): readonly string[] {
  const sentences: string[] = [];
  for (const { text: piece } of sentencesIn(text)) {
    for (const one of piece.split(NEXT_SENTENCE)) {
      const last = sentences.at(-1);
      if (last !== undefined && endsShortened(last)) sentences[sentences.length - 1] = `${last} ${one}`;
      else sentences.push(one);
    }
  }
  return sentences;
}

const NEXT_SENTENCE =
  /(?<=(?:[\p{L}\p{N}%)]{2}|[\p{Sc}'"’”»])(?:\.|[!?]{1,3})) (?=\p{Ll})|(?<=(?:\p{L}{5}|['"’”»])\.) (?=\p{N})|(?<= \p{N}\.) (?=(?:we|they|it|the|so|and|but|this|that|i|all|no)(?!\p{L}))/u;

/** Whether somebody only guesses, asks, or says what would be. */
export function isUnsure(sentence: string): boolean {
  return HEDGED.test(sentence) || /[?？]["'”)]*$/u.test(sentence);
}

/**
 * The sentences of one kind, each with the next ones that limit it, so that a quotation does not turn the sense:
 * `nothing strange in 15 logs. two have none`.
 */
export function withLimits(sentences: readonly string[], isOne: (sentence: string) => boolean): string {
  const kept = new Set<number>();
  for (const [at, sentence] of sentences.entries()) {
    if (isOne(sentence) || (kept.has(at - 1) && LIMITS.test(sentence))) kept.add(at);
  }
  return withoutHoles(sentences, kept).join(' ');
}

/** A quotation that leaves out its middle may turn the sense. */
export function withoutHoles(sentences: readonly string[], kept: ReadonlySet<number>): readonly string[] {
  return kept.size === 0 ? [] : sentences.slice(Math.min(...kept), Math.max(...kept) + 1);
}

const LIMITS =
  /^(?:but|except|only|though|however|not (?:all|the)|the (?:rest|others?)|lost|aber|nur|außer|mais|sauf|perdu[es]*|pero|salvo|menos|mas|ma|tranne)(?!\p{L})|^(?:one|two|three|four|five|some|a few|\d{1,6}) (?:of (?:them|those) )?(?:have|has|had|are|is|were|was|could|may|do|does)(?!\p{L})|\b(?:can['’]?t|cannot|can not|could not|couldn['’]?t) (?:say|tell|know|check|rule)\b/iu;

const HEDGED = new RegExp(
  [
    '\\b(?:maybe|perhaps|possibly|probably|prob|likely|might|not sure|unsure|i (?:think|guess|believe|suppose)|guess(?:ing)?',
    "(?<!\\bas )if|would|could(?! not|n)|can(?:['’]?t| ?not) be (?:it|that|this|the|us)|supposedly|apparently|no idea|unclear|afaik|imo|imho|suspect(?:ed)?|assum(?:e|ing|ed)|my bet)\\b",
    '(?<!\\p{L})(?:vielleicht|vermutlich|wahrscheinlich|eventuell|evtl|glaube|falls|könnte)(?!\\p{L})',
    '(?<!\\p{L})(?:s[uû]rement|seguramente|bestimmt|sicher|sicuramente|com certeza|peut-être|sans doute|probablement|je (?:crois|pense)|quizás?|tal vez|creo que|a lo mejor|talvez|acho que)(?!\\p{L})',
    'かも|たぶん|多分|おそらく|と思う|確証はない|だろう|可能性|可能|也许|大概|估计|应该是|好像|不确定',
  ].join('|'),
  'iu',
);

/** Whether it tells of something that works again, or of a sample that people took. */
export function isGoodNews(sentence: string): boolean {
  return GOOD_NEWS.test(sentence);
}

const GOOD_NEWS = new RegExp(
  [
    "(?<!(?:\\bnot|n['’]?t|\\bnever|\\bnobody|\\bno) (?:be |been |yet )?)\\b(?:restored|recovered|reprocessed|replayed|regraded",
    'rebuilt|resynced|reissued|repaired|rotated|redelivered|arriv(?:e|es|ed|ing) (?:again|in \\d)|works?|working again|(?:ok|fine|good) again',
    '(?:servers?|services?|sites?|systems?|hosts?|pages?|api|app) (?:answers?|responds?)(?= *$|[.,;]| again)|online|healthy|(?:all|is|are) (?:\\d{1,6} )?up|up again|(?:is|are|all|coming|came|comes?) back|back (?:in|on|up|to)|drain(?:s|ed)',
    'falling|cleared|catching up|caught up|approved again|clean|stable|tested|tried|checked|(?:last|remaining) \\d{1,6}(?: %)?|\\d{1,6} (?:\\p{L}{1,20} )?left(?= *$|[.,;]))(?!\\p{L})',
    '(?<!\\p{L})(?:wieder (?:da|oben|online|in Ordnung)|erledigt|wiederhergestellt|läuft wieder|rétabli(?:e|s|es)?|de nouveau|restablecid[oa]s?|reemitid[oa]s|de nuevo)(?!\\p{L})',
    '(?<!\\p{L})(?:restaurad[oa]s?|recuperad[oa]s?|de volta|voltou|voltaram|normalizad[oa]s?|funciona(?:ndo)? (?:de novo|novamente)|remis en service|gehen? wieder|vuelve a funcionar|volvi(?:ó|eron))(?!\\p{L})',
    '復旧|復帰|正常|恢复|修复|好了',
  ].join('|'),
  'iu',
);

/** Whether it says that somebody or something was harmed. */
export function isHarm(sentence: string): boolean {
  return HARM.test(sentence);
}

/** As part of a pattern: what happened to those who were harmed. */
export const HARMED = [
  'fail(?:s|ed|ing|ures?)?|errors?|broken?|down|dark|stuck|stop(?:s|ped)?|stalls?|stalled|freez(?:e|es|ing)|frozen|lost|lose|loss|missing|gone|deleted',
  'wrong|bad|late|delayed|waiting|watching|blocked|refused|rejected|declined|dropped|cancel+ed|duplicated?|twice|without|unable|offline|unreachable',
  "(?:can|could|did|do|does|were|was|are|is) ?(?:not|n['’]?t)|no longer|locked out|logged out|hung|hangs?|empty|affected|hit|overcharged|charged|exposed|leaked|stolen",
  'cloned|accessed|complain(?:ts?|ed|ing)?|out of service|unavailable|timed? ?out|abandoned|spoiled|scrapped|reprint(?:ed)?|redo|refund(?:s|ed)?|standing|idle|held|thrown out|kicked out|turned away|sent home|sent away|more than once|(?:not|never) (?:given|delivered|sent|sold|paid|served|made|shown|printed)|times? out|at a standstill|standstill',
].join('|');
const HARM = new RegExp(
  [
    `\\b(?:${HARMED})\\b`,
    '(?<!\\p{L})(?:fehlgeschlagen|ausgefallen|verloren|betroffen|falsch|fehl(?:t|en)|kaputt|gesperrt|ohne|doppelt|warten|steh(?:t|en))(?!\\p{L})',
    '(?<!\\p{L})(?:bloqué[es]*|perdu[es]*|en attente|manqu\\p{L}{2,6}|refusé[es]*|en panne|échou\\p{L}{1,4}|sans|aucun|touché[es]*|faux|ne part\\p{L}{0,3})(?!\\p{L})',
    '(?<!\\p{L})(?:fall(?:a|an|ó|aron|ado|idas?|idos?)|perdid[oa]s?|mal|sin|bloquead[oa]s?|en espera|afectad[oa]s?|afetad[oa]s?|rechazad[oa]s?|equivocad[oa]s?)(?!\\p{L})',
    '(?<!\\p{L})(?:mancat[oaie]|mancan(?:o|ti)|pers[oaie]|fallit[oaie]|bloccat[oaie]|ferm[oaie]|in attesa|irraggiungibil[ei]|rifiutat[oaie]|doppi[oae]?|sbagliat[oaie]|senza|mort[oaie])(?!\\p{L})',
    '(?<!\\p{L})(?:cobrad[oa]s? (?:a mais|em dobro|duas vezes|de m[áa]s|dos veces)|pagar(?:am|on) (?:a mais|de m[áa]s)|falha(?:m|ram|s|ndo)?|falhou|perdid[oa]s?|parad[oa]s?|sem|bloquead[oa]s?|recusad[oa]s?|negad[oa]s?|errad[oa]s?|fora do ar|atrasad[oa]s?)(?!\\p{L})',
    '失败|无法|不能|丢失|受影响|超时|报错|延迟|投诉|打不开|登录不了|滞留|影響|失敗|届かない|届いて|来ない|返金|欠品|停止|エラー|遅延|電話|苦情|問い合わせ|二重|消え',
  ].join('|'),
  'iu',
);
