/**
 * Keeps a report from contradicting itself: a cause that the verdict or a finding names is not ruled out. A silent
 * detector only means that its sign was not recorded. Where a sentence names the cause all the same (a failure quotes
 * it, a gap could be it, a slow query holds the connection), the silence rules nothing out.
 */

import { memoize } from '#core/memoize.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { nameInWords } from '#model/text/name-in-words.ts';

/** Sentences of further findings are not read: the report shows the first ones. */
const READ_AT_MOST = 50;

/** The detectors with findings, and those that the findings' sentences name. */
export function namedKinds({ diagnosis, findings }: Judgement, detectors: Detectors): ReadonlySet<string> {
  if (diagnosis === undefined) return NONE;
  const kinds = new Set([diagnosis.kind, ...findings.map(({ detector }) => detector)]);
  const sentences = [diagnosis.verdict, ...findings.slice(0, READ_AT_MOST).flatMap(sentencesOf)].join('\n');
  for (const id of namedIn(detectors)(sentences)) kinds.add(id);
  return kinds;
}

/** The last sentences are remembered: many traces of a file fail in the same way. */
const namedIn = memoize((detectors: Detectors) => {
  let before: Readonly<{ sentences: string; kinds: readonly string[] }> | undefined;
  return (sentences: string): readonly string[] => {
    if (before?.sentences !== sentences) {
      // Exceptions write several words as one: `CircuitBreakerOpenException`.
      const words = `${sentences}\n${nameInWords(sentences)}`;
      const named = detectors.all.filter(({ saidAs }) => saidAs?.test(words));
      before = { sentences, kinds: named.map(({ id }) => id) };
    }
    return before.kinds;
  };
});

const NONE: ReadonlySet<string> = new Set();

/** The judgement, without the named causes among those ruled out. */
export function withoutNamed(judgement: Judgement, detectors: Detectors): Judgement {
  const { diagnosis, findings } = judgement;
  if (diagnosis === undefined || diagnosis.ruledOut.length === 0) return judgement;
  const found = new Set(findings.map(({ detector, service }) => `${detector}\n${service}`));
  const kinds = namedKinds(judgement, detectors);
  const ruledOut = diagnosis.ruledOut.filter(({ kind, service }) => {
    return service === '' ? !kinds.has(kind) : !found.has(`${kind}\n${service}`);
  });
  // Many traces of a file share the list of ruled out causes.
  return ruledOut.length === diagnosis.ruledOut.length
    ? judgement
    : { ...judgement, diagnosis: { ...diagnosis, ruledOut } };
}

function sentencesOf({ title, explanation, couldBe = [] }: JudgedFinding): string[] {
  return [title, explanation, ...couldBe.map(({ what }) => what)];
}
