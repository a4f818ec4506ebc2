/** Action items that nobody owns yet: their words say so, and the person who typed them is no owner. */

/** The owner of such an item, as people read it. */
export const NO_OWNER = 'nobody yet';

/** Words in brackets, or the last clause: `services without owner` alone may be what the item is about. */
const ASIDE =
  /[([（](?<inner>[^()[\]（）]{3,60})[)\]）]|(?:[,;:.]|\s[-–—]|、|。)\s?(?<last>[^,;:.、。]{3,60})[.。]?$/gu;

const UNOWNED = new RegExp(
  [
    '\\bowner (?:is )?(?:still )?(?:to be (?:found|named|decided|assigned|chosen|set)|not (?:yet )?(?:known|named|found|decided|assigned|clear)|unknown|open|missing|tbd|needed)(?!\\p{L})',
    '\\b(?:no|without(?: an)?|needs an|find an) owner(?!\\p{L})|\\b(?:unassigned|not (?:yet )?assigned|to be assigned|who\\?|who (?:does|takes|owns) it)(?!\\p{L})',
    '\\b(?:nobody|no one|no-one) (?:yet|(?:is |has been |was )?(?:assigned|named|chosen|found|in charge|responsible)|(?:owns|took|takes|has taken) it)(?!\\p{L})',
    '(?<!\\p{L})(?:niemand(?:em)? (?:zugeteilt|zugewiesen|zuständig|benannt|eingeteilt)|nicht (?:zugeteilt|zugewiesen)|kein[e]? (?:Verantwortliche[rn]?|Zuständige[rn]?)|ohne (?:Verantwortliche[nr]?|Zuständige[nr]?)|wer (?:es|das) (?:macht|übernimmt)|Zuständigkeit (?:noch )?offen)(?!\\p{L})',
    "(?<!\\p{L})(?:personne (?:encore |n[’']est (?:encore )?)?(?:désigné|nommé|affecté)e?|pas encore (?:attribué|assigné|désigné|affecté)e?|sans responsable|responsable à (?:trouver|désigner|définir)|reste à (?:attribuer|désigner))(?!\\p{L})",
    '(?<!\\p{L})(?:(?:falta|hay que|queda por) (?:decidir|designar|asignar|saber|definir)(?: a)? (?:qui[eé]n|responsable)|nadie (?:asignado|designado|todavía)|sin (?:asignar|responsable|dueño)|responsable por (?:definir|decidir))(?!\\p{L})',
    '(?<!\\p{L})(?:falta (?:decidir|definir|escolher|saber) quem|ninguém (?:ainda|designado|definido)|sem (?:dono|responsável)|responsável a (?:definir|decidir))(?!\\p{L})',
    '(?<!\\p{L})(?:nessuno (?:ancora|assegnato|incaricato)|senza responsabile|responsabile da (?:trovare|decidere|definire)|non ancora assegnat[oa])(?!\\p{L})',
    '担当(?:者)?(?:は)?(?:まだ)?(?:未定|いない|決まっていない|なし)|(?:负责人|责任人)(?:还)?(?:未定|待定)|没有?人负责|没有负责人',
  ].join('|'),
  'iu',
);

/** `alert on late orders (owner to be found)` */
export function isUnowned(text: string): boolean {
  return [...text.matchAll(ASIDE)].some(({ groups }) => UNOWNED.test(groups?.inner ?? groups?.last ?? ''));
}
