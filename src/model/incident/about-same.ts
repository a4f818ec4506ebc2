/** Whether two texts of people are about the same thing, by the words that they share. */

/** Whether two texts share an identifier (`notification_log`, `5.8`) or two longer words: they tell of the same thing. */
export function areAboutSame(a: string, b: string): boolean {
  const words = new Set(wordsIn(a));
  const shared = [...new Set(wordsIn(b))].filter((word) => words.has(word));
  return shared.length > 1 || shared.some((word) => IDENTIFIER.test(word));
}

function wordsIn(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}._/-]{3,60}/gu) ?? [])
    .map((word) => word.replace(/(?<![._/-])[._/-]{1,60}$/, ''))
    .filter((word) => !COMMON.test(word));
}

const IDENTIFIER = /\p{L}.{0,60}[\d_]|[\d_].{0,60}\p{L}|\d\.\d/u;
/** They say nothing of a thing. */
const COMMON =
  /^(?:that|this|with|from|were|have|been|they|them|then|than|when|what|which|there|their|only|still|since|after|before|about|into|also|more|most|some|every|each|will|would|because|last|first|other|over|same|just|back|does|without|again|night|morning|today|yesterday)$/u;
