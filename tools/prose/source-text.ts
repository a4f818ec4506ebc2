/** The sentences that people read from the program, found in its sources: strings and templates of several words. */
import { parseSync, Visitor } from 'oxc-parser';

/** A sentence has at least this many words; shorter texts are labels, keys or parts of these. */
const FEWEST_WORDS = 4;

/** No sentence has as many words and not one comma. */
const LONGEST_TEXT = 100;

/** Stands for a value that the program fills in. */
const VALUE = '`…`';

export type SourceText = Readonly<{ text: string; line: number }>;

export function sourceTexts(file: string, source: string): readonly SourceText[] {
  const found: SourceText[] = [];
  const lineAt = lineCounter(source);
  const add = (text: string, start: number) => {
    if (isProse(text)) found.push({ text: text.replace(/\s+/g, ' ').trim(), line: lineAt(start) });
  };
  // The example of a sign is a text that an instrument writes (`src/model/instruments/`).
  const quoted = new Set<number>();
  new Visitor({
    Property({ key, value }) {
      if (file.includes('model/instruments/') && key.type === 'Identifier' && key.name === 'example')
        quoted.add(value.start);
    },
    Literal({ value, start }) {
      if (typeof value === 'string' && !quoted.has(start)) add(value, start);
    },
    TemplateLiteral({ quasis, start }) {
      add(quasis.map(({ value }) => value.cooked ?? '').join(VALUE), start);
    },
  }).visit(parseSync(file.replace(/\.json$/, '.js'), source).program);
  return found;
}

function isProse(text: string): boolean {
  const words = text.match(/(?<=^|[\s“(])[A-Za-z’'-]{2,}(?=$|[\s,.;:!?”)])/g) ?? [];
  if (words.length > LONGEST_TEXT && /^[\w\s-]+$/.test(text)) return false; // a list of words
  return words.length >= FEWEST_WORDS && !/^\s*[<.#@{]|^[MLHVZ]\d|\b(?:SELECT|FROM|CREATE TABLE)\b/.test(text);
}

function lineCounter(source: string): (offset: number) => number {
  return (offset) => source.slice(0, offset).split('\n').length;
}
