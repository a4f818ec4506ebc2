/**
 * Scorn and suspicion as people type them in the heat of an incident: `guess whose idea that was`, `come on man`, `nice
 * one @kim`. No verb of it blames, and all of it looks for somebody.
 */
import { KNOWN } from '#model/blameless/language.ts';
import { firstIn, type WordedPattern, wordedPattern } from '#model/blameless/worded-pattern.ts';

const UNCHECKED =
  '(?:no (?:canary|review|tests?|rollback|warning)|untested|unreviewed|without (?:an? )?(?:canary|review|tests?|testing|telling|asking|warning))';

const SCORN: readonly WordedPattern[] = [
  // English
  wordedPattern('\\bwho (?:is|was|would be) (?:so )?(?:dumb|stupid|crazy|mad|blind|lazy|careless)(?!\\p{L})'),
  wordedPattern('\\bguess (?:who did|who was|who approved|who merged|who pushed|who forgot|whose)(?!\\p{L})'),
  wordedPattern(`${KNOWN},? (?:i guess|i bet|wtf)(?!\\p{L})`),
  wordedPattern(`\\b(?:nice one|come on),? (?:${KNOWN}|man|dude|guys|people|mate)(?!\\p{L})`),
  wordedPattern(
    `${KNOWN} (?:[\\w-]{1,20} ){1,3}too (?:early|late|soon|quickly|slowly)(?!\\p{L})[^.;:!?]{0,20}, as (?:usual|always)`,
  ),
  wordedPattern(`(?:\\bthey|${KNOWN}) (?:always|never) (?:do|admit|learn|listen|care)(?!\\p{L})`),
  wordedPattern(
    '\\b(?:signed|approved|reviewed|merged) (?:it |this |that )?(?:off )?(?:all by )?(?:himself|herself|themselves)(?!\\p{L})',
  ),
  wordedPattern('\\b(?:approved|reviewed|merged) (?:his|her|their) own (?!\\w{1,20}ed )'),
  wordedPattern(`\\b(?:wouldn['’]?t|would not|would never) (?:have )?happen(?:ed)? (?:if|had) ${KNOWN}`),
  wordedPattern(`${KNOWN} (?:pushed|approved|merged|deployed|shipped|released|rolled) [^.;:!?]{0,40}, ${UNCHECKED}`),
  wordedPattern(
    `${KNOWN} approved (?:it|this|that) (?:anyway|although|though|despite|with (?:the|an?|all the) (?:todos?|open|known|failing|missing|red))(?!\\p{L})`,
  ),
  wordedPattern(
    '\\b(?:everybody|everyone|any idiot|every idiot|every child) knows (?:you|that you|not|better)(?!\\p{L})',
  ),
  wordedPattern(
    `\\b(?:and |but |so )?who (?:the hell )?(?:approved|merged|reviewed|signed|wrote|designed|released) (?:this|that|it)(?: off)?(?=,? ${KNOWN})`,
  ),
  wordedPattern('\\b(?:did|does|has) any(?:one|body) (?:here )?even (?:look|test|check|read|try)'),
  wordedPattern('\\b(?:s?he|they) clicks? (?:on )?(?:everything|anything)(?! (?:that|which|to|in|on) )'),
  // French
  wordedPattern("c['’]est encore (?:eux|lui|elle)(?!\\p{L})"),
  wordedPattern("(?<!\\p{L})ils (?:[\\p{L}'’]{1,20} ){1,5}sans (?:nous )?prévenir"),
  wordedPattern(`${KNOWN} (?:avait|nous avait|m['’]avait) (?:dit|promis|juré|assuré) que`),
  wordedPattern('(?<!\\p{L})qui (?:a|avait) (?:livré|déployé|validé|approuvé|fusionné|poussé) (?:ça|cela)'),
  // Spanish and Portuguese
  wordedPattern('(?:aprobó|revisó|fusionó) su propi[oa]|aprovou (?:o |a )?(?:seu |sua )?própri[oa]'),
  wordedPattern(`${KNOWN} (?:había|nos había) (?:dicho|prometido|jurado) que`),
  // German
  wordedPattern('(?<!\\p{L})wer hat das (?:denn |nur |bloß )?(?:verbrochen|freigegeben|verzapft|gebaut)'),
  wordedPattern(`(?<!\\p{L})typisch ${KNOWN}|${KNOWN} hat(?:te)? doch gesagt`),
  // Japanese and Chinese
  wordedPattern('の誰だよ|誰のせい|誰がやった|誰の責任|誰の仕業'),
  wordedPattern('谁的锅|谁干的|谁搞的|谁批的'),
];

/** The words, or undefined. People are roles in `text`. */
export function scornIn(text: string): string | undefined {
  return firstIn(text, SCORN);
}
