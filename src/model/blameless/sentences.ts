/** Splits a block of text into sentences, in any language. */
export type Sentence = Readonly<{
  text: string;
  /** The characters of the block before it. */
  begins: number;
}>;

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

export function sentencesIn(block: string): readonly Sentence[] {
  return [...SENTENCES.segment(block)].flatMap(({ segment, index }) => {
    const text = segment.trim();
    const begins = index + segment.length - segment.trimStart().length;
    return text === '' ? [] : [{ text, begins }];
  });
}
