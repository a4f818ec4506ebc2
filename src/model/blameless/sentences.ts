/** Splits a block of text into sentences, in any language. */
export type Sentence = Readonly<{
  text: string;
  /** The characters of the block before it. */
  begins: number;
}>;

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

/** A full stop within 「」 ends no sentence, nor does that of a shortened word: `approx. 40`. */
export function sentencesIn(block: string): readonly Sentence[] {
  const parts: { segment: string; index: number }[] = [];
  for (const { segment, index } of SENTENCES.segment(block)) {
    const last = parts.at(-1);
    if (last !== undefined && (isWithinQuote(block, index) || endsShortened(last.segment.trimEnd())))
      last.segment += segment;
    else parts.push({ segment, index });
  }
  return parts.flatMap(({ segment, index }) => {
    const text = segment.trim();
    const begins = index + segment.length - segment.trimStart().length;
    return text === '' ? [] : [{ text, begins }];
  });
}

/** Whether the full stop at the end belongs to a shortened word. */
export function endsShortened(text: string): boolean {
  return SHORTENED.test(text);
}

const SHORTENED = /(?<!\p{L})(?:approx|ca|etc|incl|excl|min|max|resp|vs|bzw|env|aprox)\.$/iu;

function isWithinQuote(block: string, at: number): boolean {
  const before = block.slice(Math.max(0, at - MOST_QUOTED), at);
  const after = block.slice(at, at + MOST_QUOTED);
  const closes = after.indexOf('」');
  const opens = after.indexOf('「');
  return before.lastIndexOf('「') > before.lastIndexOf('」') && closes !== -1 && (opens === -1 || closes < opens);
}
const MOST_QUOTED = 200;
