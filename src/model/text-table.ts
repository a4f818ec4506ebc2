/** Texts by number, each held once; number 0 is the empty text. */
export type TextTable = Readonly<{
  number(text: string): number;
  text(number: number): string;
  size(): number;
}>;

export function textTable(): TextTable {
  const texts = [''];
  const numbers = new Map([['', 0]]);
  return {
    number(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    text: (number) => texts[number] ?? '',
    size: () => texts.length,
  };
}
