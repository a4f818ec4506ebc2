/** The methods as sections at the end of a report. */

import type { Citation, FishboneCategory, Hypothesis, Methods, Why } from '#model/finding/methods.ts';
import { exactDuration } from '#model/text/duration.ts';
import type { Line, Section } from '#present/documents/section.ts';

/** From `reportedMethods`: redacted, each text on one line. */
export function methodSections({ fiveWhys, fishbone, hypotheses, firstFailures, checklist }: Methods): Section[] {
  const all = [
    { title: '5 Whys', lines: fiveWhys === null ? [] : [symptomLine(fiveWhys), ...fiveWhys.whys.map(whyLine)] },
    { title: FISHBONE_TITLE, lines: fishbone.categories.map(categoryLine) },
    { title: 'Hypotheses', lines: hypotheses.map(hypothesisLine) },
    {
      title: 'What failed first',
      lines: firstFailures.map(({ atUs, afterUs, service, operation, text, evidence }, at) => ({
        text: `${firstFailureTimes(atUs, afterUs, at)} ${[service, operation].filter((part) => part !== '').join(' ')}: ${text}`,
        url: evidence.url,
      })),
    },
    {
      title: 'Checklist',
      lines: checklist.map(({ title, minutes, items }) => ({
        text: `${title} (${minutes} min)`,
        url: '',
        below: items.map(({ text, done, evidence }) => ({
          text: `${done === '' ? '☐' : '☑'} ${text}${done === '' ? '' : `: ${done}`}`,
          url: evidence.find(({ url }) => url !== '')?.url ?? '',
        })),
      })),
    },
  ];
  return all.filter(({ lines }) => lines.length > 0).map((section) => ({ ...section, ordered: false }));
}

/** HTML pages show the picture below this section. */
export const FISHBONE_TITLE = 'Fishbone';

/** `+324 ms`, `+326 ms (+2 ms)` */
export function firstFailureTimes(atUs: number, afterUs: number, at: number): string {
  const from = atUs < 0 ? exactDuration(atUs) : `+${exactDuration(atUs)}`;
  return at === 0 ? from : `${from} (+${exactDuration(afterUs)})`;
}

function symptomLine({ symptom, evidence }: NonNullable<Methods['fiveWhys']>): Line {
  return { text: `Symptom: ${symptom}`, url: evidence[0]?.url ?? '' };
}

const STANDINGS: Readonly<Record<Why['standing'], string>> = {
  shown: '',
  suggested: 'Suggested, not proven: ',
  open: 'Open: ',
};

function whyLine({ number, standing, text, evidence, lookAt }: Why): Line {
  return {
    text: `Why ${number}: ${STANDINGS[standing]}${text}`,
    url: '',
    below: lookAt === '' ? shownBy(evidence) : [{ text: `Look at: ${lookAt}`, url: '' }],
  };
}

/** Leaves out citations that only name a finding or detector: the line above already says it. */
function shownBy(evidence: readonly Citation[]): Line[] {
  return evidence
    .filter(({ kind }) => kind !== 'finding' && kind !== 'detector')
    .map(({ kind, text, url }) => ({ text: `${KINDS[kind] ?? 'Shown by'}: ${text}`, url }));
}

const KINDS: Partial<Readonly<Record<Citation['kind'], string>>> = {
  span: 'Span',
  event: 'Event',
  log: 'Log line',
  metric: 'Metric',
  change: 'Change',
};

const STATES: Readonly<Record<FishboneCategory['state'], string>> = {
  found: '',
  'nothing-found': ': nothing found',
  'not-looked-at': ': not checked',
};

function categoryLine({ name, state, entries }: FishboneCategory): Line {
  const of = (standing: FishboneCategory['entries'][number]['standing']) =>
    entries.filter((entry) => entry.standing === standing);
  const names = (standing: 'ruled-out' | 'not-looked-at') =>
    of(standing)
      .flatMap(({ evidence }) => evidence.map(({ text }) => text))
      .join(', ');
  return {
    text: `${name}${STATES[state]}`,
    url: '',
    below: [
      ...of('found').map(({ text, evidence }) => ({ text: `Found: ${text}`, url: evidence[0]?.url ?? '' })),
      ...(of('ruled-out').length === 0 ? [] : [{ text: `Ruled out: ${names('ruled-out')}`, url: '' }]),
      ...(of('not-looked-at').length === 0 ? [] : [{ text: `Not checked: ${names('not-looked-at')}`, url: '' }]),
      ...of('question').map(({ text }) => ({ text: `Ask: ${text}`, url: '' })),
    ],
  };
}

function hypothesisLine({ id, state, claim, supports, contradicts, check, queries }: Hypothesis): Line {
  return {
    text: `${id} (${state}): ${claim}`,
    url: '',
    below: [
      ...supports.map(({ text, url }) => ({ text: `Supports it: ${text}`, url })),
      ...contradicts.map(({ text, url }) => ({ text: `Contradicts it: ${text}`, url })),
      ...(check === '' ? [] : [{ text: `Wrong if: ${check}`, url: '' }]),
      ...queries.map(({ language, text }) => ({ text: `${language}:`, url: '', code: text })),
    ],
  };
}
