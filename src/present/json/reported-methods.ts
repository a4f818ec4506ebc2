/** The methods for the report: every text redacted, every citation with the address of its evidence. */
import type { Analysis } from '#model/finding/analysis.ts';
import type { ChecklistItem, Citation, FishboneCategory, FishboneEntry, Methods } from '#model/finding/methods.ts';
import { evidenceUrl } from '#present/words/links.ts';
import { shown, shownOnce } from '#present/words/plain-text.ts';

/** A log line may be kilobytes long; a citation is one line. */
const CITED_CHARS = 240;

export function reportedMethods({ methods, links, trace }: Analysis): Methods {
  const cited = (citations: readonly Citation[]) =>
    citations.map((citation) => ({ ...citation, text: brief(citation.text), url: urlOf(citation) }));
  const urlOf = ({ kind, ref, text }: Citation) =>
    trace === undefined || kind === 'finding' || kind === 'ruled-out' || kind === 'detector'
      ? ''
      : evidenceUrl(links, trace, { kind, ref, text });
  const { fiveWhys, hypotheses, fishbone, firstFailures, checklist } = methods;
  return {
    fiveWhys: fiveWhys && {
      symptom: shown(fiveWhys.symptom),
      evidence: cited(fiveWhys.evidence),
      whys: fiveWhys.whys.map((why) => ({
        ...why,
        text: shown(why.text),
        evidence: cited(why.evidence),
        lookAt: shown(why.lookAt),
      })),
    },
    hypotheses: hypotheses
      .map((hypothesis) => ({
        ...hypothesis,
        claim: shown(hypothesis.claim),
        service: shown(hypothesis.service),
        operation: shown(hypothesis.operation),
        supports: cited(hypothesis.supports),
        contradicts: cited(hypothesis.contradicts),
        check: shown(hypothesis.check),
        queries: hypothesis.queries.map(({ language, text }) => ({ language, text: shown(text) })),
      }))
      // Names may differ only in characters that nobody sees.
      .filter(({ claim }, at, all) => all.findIndex((other) => other.claim === claim) === at),
    fishbone: {
      effect: shown(fishbone.effect),
      categories: fishbone.categories.map((category) =>
        category.state === 'found'
          ? {
              name: shown(category.name),
              state: category.state,
              entries: category.entries.map((entry) =>
                entry.standing === 'found'
                  ? { ...entry, text: shown(entry.text), evidence: cited(entry.evidence) }
                  : besideFound(entry),
              ),
            }
          : withoutFound(category),
      ),
    },
    firstFailures: firstFailures.map((failure) => ({
      ...failure,
      service: shown(failure.service),
      operation: shown(failure.operation),
      text: shown(failure.text),
      evidence: cited([failure.evidence])[0] ?? failure.evidence,
    })),
    checklist: checklist.map((box) =>
      box.items.every(isOpen)
        ? box
        : {
            ...box,
            items: box.items.map((item) =>
              isOpen(item) ? item : { ...item, done: shown(item.done), evidence: cited(item.evidence) },
            ),
          },
    ),
  };
}

function isOpen({ done, evidence }: ChecklistItem): boolean {
  return done === '' && evidence.length === 0;
}

const withoutFound = shownOnce(
  ({ name, state, entries }: FishboneCategory): FishboneCategory => ({
    name: shown(name),
    state,
    entries: entries.map(besideFound),
  }),
);

/** Other entries cite only detectors. Many traces of a file share them. */
const besideFound = shownOnce(
  (entry: FishboneEntry): FishboneEntry => ({
    ...entry,
    text: shown(entry.text),
    evidence: entry.evidence.map((citation) => ({ ...citation, text: brief(citation.text) })),
  }),
);

function brief(text: string): string {
  const line = shown(text);
  return line.length > CITED_CHARS ? `${line.slice(0, CITED_CHARS).toWellFormed()}…` : line;
}
