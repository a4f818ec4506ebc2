import { compareTexts } from '#model/text/compare-texts.ts';

type Answer = Readonly<{ source: string; query: string }>;

/** Sorts answers, because the order in which backends answer must not affect the result. */
export function bySource(a: Answer, b: Answer): number {
  return compareTexts(a.source, b.source) || compareTexts(a.query, b.query);
}
