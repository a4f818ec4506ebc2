/**
 * Findings, ruled out causes and skipped detectors, sorted into categories by what each detector examines. The evidence
 * describes systems: the category People holds only questions, and never a name.
 */

import { memoize } from '#core/memoize.ts';
import { cite, citeItem } from '#diagnose/cite.ts';
import { isDescription } from '#diagnose/finding-kinds.ts';
import { namedKinds } from '#diagnose/named-kinds.ts';
import type { Checked } from '#model/finding/analysis.ts';
import { CAUSE_FIELDS, type CauseField, type FishboneCategories } from '#model/finding/cause-fields.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { Fishbone, FishboneCategory, FishboneEntry } from '#model/finding/methods.ts';

/** Questions for people where no evidence covers a field. */
const QUESTIONS: Partial<Readonly<Record<CauseField, string>>> = {
  people: 'Was knowledge missing: about this part of the system, about the runbook, after a handover?',
  change: 'What was deployed, migrated or switched on before it began?',
  configuration: 'Did a limit, a timeout or a setting differ from the intended value?',
  capacity: 'Was a limit of CPU, memory, disk or connections reached?',
  network: 'Did anything change in the network between the services?',
  load: 'Did traffic or the amount of data grow?',
};

export type FishboneParts = Readonly<{
  judgement: Judgement;
  checked: Checked;
  categories: FishboneCategories;
  detectors: Detectors;
}>;

export function fishbone({ judgement, checked, categories, detectors }: FishboneParts): Fishbone {
  const { symptom, findings, diagnosis } = judgement;
  const named = namedKinds(judgement, detectors);
  const empty = withoutFindings(detectors)(checked)(diagnosis?.ruledOut ?? NOTHING)(categories);
  return {
    effect: symptom.text,
    categories: empty.map(({ fields, category }) =>
      withFound(
        withoutRuledOut(category, named),
        findings.flatMap((finding, index) => [
          ...(fields.includes(detectors.of(finding.detector).field) ? [ofFinding(finding, index)] : []),
          ...ofItems(finding, fields, detectors),
        ]),
      ),
    ),
  };
}

/** A cause that a finding names is not ruled out at the same time. */
function withoutRuledOut(category: FishboneCategory, named: ReadonlySet<string>): FishboneCategory {
  const isOpen = ({ standing, evidence }: FishboneEntry) =>
    standing === 'ruled-out' && evidence.some(({ ref }) => named.has(ref));
  return category.entries.some(isOpen)
    ? { ...category, entries: category.entries.filter((each) => !isOpen(each)) }
    : category;
}

function withFound(category: FishboneCategory, found: readonly FishboneEntry[]): FishboneCategory {
  if (found.length === 0) return category;
  const { name, entries } = category;
  return { name, state: 'found', entries: [...found, ...entries.filter(({ standing }) => standing !== 'question')] };
}

type RuledOut = Diagnosis['ruledOut'];

const NOTHING: RuledOut = [];

/** The category without findings. Many traces of a file share it. */
const withoutFindings = memoize((detectors: Detectors) =>
  memoize((checked: Checked) =>
    memoize((ruledOut: RuledOut) =>
      memoize((categories: FishboneCategories) => {
        const named = new Set(Object.values(categories).flat());
        const rest = CAUSE_FIELDS.filter((field) => !named.has(field));
        const all = [...Object.entries(categories), ...(rest.length === 0 ? [] : [['Other', rest] as const])];
        return all.map(([name, fields]) => {
          return { fields, category: emptyCategory(name, fields, { ruledOut, checked, detectors }) };
        });
      }),
    ),
  ),
);

function emptyCategory(
  name: string,
  fields: readonly CauseField[],
  { ruledOut, checked, detectors }: Readonly<{ ruledOut: RuledOut; checked: Checked; detectors: Detectors }>,
): FishboneCategory {
  const fieldOf = (detector: string) => detectors.of(detector).field;
  const entry = (standing: FishboneEntry['standing'], what: string, detector: string): FishboneEntry => {
    const title = detectors.of(detector).title || detector;
    return { standing, text: `${title}: ${what}`, evidence: [cite('detector', detector, title)] };
  };
  const isMine = (detector: string) => fields.includes(fieldOf(detector));
  const clear = checked.clear.filter((detector) => isMine(detector) && !isDescription(detector, detectors));
  const why = new Map(ruledOut.map((out) => [out.service === '' ? out.kind : '', out.why]));
  const skipped = checked.skipped.filter(({ detector }) => isMine(detector));
  const broken = checked.broken.filter(({ detector }) => isMine(detector));
  const looked = new Set([...checked.found, ...checked.clear].map(fieldOf));
  const entries: FishboneEntry[] = [
    ...clear.map((detector) => entry('ruled-out', why.get(detector) ?? 'not found', detector)),
    ...skipped.map(({ detector, missing }) => entry('not-looked-at', `no ${missing.join(', no ')}`, detector)),
    ...broken.map(({ detector }) => entry('not-looked-at', 'it failed with an error', detector)),
    ...fields
      .filter((field) => !looked.has(field))
      .flatMap((field) => {
        const question = QUESTIONS[field];
        return question === undefined ? [] : [{ standing: 'question', text: question, evidence: [] } as const];
      }),
  ];
  return { name, state: fields.some((field) => looked.has(field)) ? 'nothing-found' : 'not-looked-at', entries };
}

function ofFinding({ title, detector }: JudgedFinding, index: number): FishboneEntry {
  return { standing: 'found', text: title, evidence: [cite('finding', index, detector)] };
}

/** A change or a metric that supports a finding also stands in its own field. */
function ofItems(
  { evidence = [], detector }: JudgedFinding,
  fields: readonly CauseField[],
  detectors: Detectors,
): FishboneEntry[] {
  return evidence
    .filter(({ kind }) => FIELD_OF_EVIDENCE[kind] !== undefined)
    .filter(({ kind }) => fields.includes(FIELD_OF_EVIDENCE[kind] ?? 'code'))
    .filter(({ kind }) => FIELD_OF_EVIDENCE[kind] !== detectors.of(detector).field)
    .map((item) => ({ standing: 'found', text: item.text, evidence: [citeItem(item)] }));
}

const FIELD_OF_EVIDENCE: Readonly<Partial<Record<NonNullable<JudgedFinding['evidence']>[number]['kind'], CauseField>>> =
  {
    change: 'change',
    metric: 'capacity',
  };
