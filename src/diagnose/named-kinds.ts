/**
 * Keeps a report from contradicting itself: a cause that the verdict or a finding names is not ruled out. A silent
 * detector only means that its sign was not recorded. Findings and candidates say which other kinds they name
 * (`names`), and what is recorded speaks for itself (`saidAs`). No sentence of a report is read: its words may change.
 */

import { memoize } from '#core/memoize.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { nameInWords } from '#model/text/name-in-words.ts';

/** Records of further findings are not read: the report shows the first ones. */
const READ_AT_MOST = 50;

/** The detectors with findings, and those that the findings or their records name. */
export function namedKinds({ diagnosis, findings }: Judgement, detectors: Detectors): ReadonlySet<string> {
  if (diagnosis === undefined) return NONE;
  const kinds = new Set([diagnosis.kind, ...findings.map(({ detector }) => detector)]);
  const read = findings.slice(0, READ_AT_MOST);
  for (const { names = [], couldBe = [] } of [...read, diagnosis])
    for (const id of [...names, ...couldBe.flatMap((candidate) => candidate.names ?? [])]) kinds.add(id);
  const quotes = [...read, diagnosis].flatMap(({ couldBe = [] }) => couldBe.flatMap((one) => one.quotes ?? []));
  for (const id of namedIn(detectors)([...read.flatMap(recordsOf), ...quotes].join('\n'))) kinds.add(id);
  return kinds;
}

/** The last records are remembered: many traces of a file fail in the same way. */
const namedIn = memoize((detectors: Detectors) => {
  let before: Readonly<{ records: string; kinds: readonly string[] }> | undefined;
  return (records: string): readonly string[] => {
    if (before?.records !== records) {
      // Exceptions write several words as one: `CircuitBreakerOpenException`.
      const words = `${records}\n${nameInWords(records)}`;
      const named = detectors.all.filter(({ saidAs }) => saidAs?.test(words));
      before = { records, kinds: named.map(({ id }) => id) };
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

/** What services, databases and instruments wrote: messages, statements, events, lines. */
function recordsOf({ service, operation, facts, evidence = [] }: JudgedFinding): string[] {
  const texts = Object.values(facts).filter((fact) => typeof fact === 'string');
  return [service, operation, ...texts, ...evidence.map(({ text }) => text)];
}
