/** Texts by number, each held once; number 0 is the empty text. */
export type TextTable = Readonly<{
  number(text: string): number;
  text(number: number): string;
  size(): number;
}>;

/** Texts that are shown. */
export type NameTable = TextTable &
  Readonly<{
    /** 1 where it contains characters that are removed for display. Computed once. */
    hides(number: number): number;
  }>;

/**
 * Control characters, marks of direction and characters without width, half a surrogate pair. `plain-text.ts` removes them
 * out; the joiners of emoji and of Indian scripts stay.
 */
const HIDDEN = /\p{Cc}|\p{Cs}|(?![\u200c\u200d])\p{Cf}|\p{Noncharacter_Code_Point}/u;

export function textTable(): NameTable {
  const texts = [''];
  const numbers = new Map([['', 0]]);
  /** By number: 0 not checked yet, 1 shown unchanged, 2 contains characters that are removed. */
  let judged = new Uint8Array(16);
  return {
    number(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    text: (number) => texts[number] ?? '',
    size: () => texts.length,
    hides(number) {
      if (number >= judged.length) {
        const before = judged;
        judged = new Uint8Array(texts.length * 2);
        judged.set(before);
      }
      if (judged[number] === 0) judged[number] = HIDDEN.test(texts[number] ?? '') ? 2 : 1;
      return judged[number] === 2 ? 1 : 0;
    },
  };
}
