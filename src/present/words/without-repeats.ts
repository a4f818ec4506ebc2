/** The same texts in their order, with '' for each that stood before: a reader of a list needs an advice once. */
export function withoutRepeats(texts: readonly string[]): readonly string[] {
  const known = new Set<string>();
  return texts.map((text) => {
    if (known.has(text)) return '';
    known.add(text);
    return text;
  });
}
