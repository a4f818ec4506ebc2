/** A comparison in words, for every form: the most telling difference first, then the others, then gaps. */

import type { Comparison } from '#model/requests/comparison.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { durationText } from '#model/text/duration.ts';
import type { Section } from '#present/documents/section.ts';
import { truncate } from '#present/slack/text.ts';
import {
  attributeText,
  callText,
  counted,
  durationChangeText,
  endText,
  logText,
  outcomeText,
  responseText,
  type SideNames,
  structureText,
  tellingText,
  timeChangeText,
  tracesText,
  wholeText,
} from '#present/words/comparison-words.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

export type ComparisonSummary = Readonly<{
  /** One sentence: the most telling difference. */
  verdict: string;
  /** The certainty, with its reason. */
  standing: string;
  /** The compared requests, one line each. */
  subject: readonly string[];
  /** The most telling differences besides the verdict, for a message. */
  top: readonly string[];
  topTitle: string;
  sections: readonly Section[];
  /** Missing evidence, and the consequence. */
  gaps: readonly string[];
}>;

/** Nobody reads more; the JSON has all. */
const LINES = 12;
const TOP = 4;

/**
 * `isSlower`: the verdict on a fix says already that the requests take longer. `isFewSaid`: what stands above the
 * differences says already that there are too few traces.
 */
export function comparisonSummary(
  comparison: Comparison,
  called: Pick<SideNames, 'first' | 'second'> = calledIn(comparison),
  { isSlower = false, isFewSaid = true }: Readonly<{ isSlower?: boolean; isFewSaid?: boolean }> = {},
): ComparisonSummary {
  const names = {
    ...called,
    firstTraces: comparison.periods ?? comparison.healthy.traces.length,
    ...(comparison.periods !== undefined && { noun: 'period' }),
  };
  const { few } = comparison;
  const gaps = gapTexts(few === undefined || isFewSaid ? comparison.gaps : [few, ...comparison.gaps]);
  const apart = apartOf(comparison, names);
  if (apart !== undefined) {
    const sections = [
      { title: 'Calls that fail', texts: apart.failures },
      { title: 'Not seen', texts: gaps },
    ];
    const { verdict, standing } = apart;
    return { verdict, standing, subject: apart.subject, top: [], topTitle: '', sections: listed(sections), gaps };
  }
  return {
    verdict: verdictOf(comparison, names),
    standing: standingOf(comparison, names),
    subject: subjectOf(comparison, names, isSlower),
    top: topOf(comparison, names),
    topTitle: 'Other differences',
    sections: sectionsOf(comparison, names, gaps),
    gaps,
  };
}

/**
 * The names of the sides. The first is “healthy” unless all of its traces failed or the sides seem swapped, the second
 * “failing” if one failed.
 */
export function calledIn(comparison: Comparison): Pick<SideNames, 'first' | 'second'> {
  const { healthy, failing, whole } = comparison;
  const isSlow = whole !== undefined && whole.failingUs.median > whole.healthyUs.median;
  const isFailing = failing.failed > 0 || failing.lines !== undefined;
  const haveAllFailed = healthy.traces.length > 0 && healthy.failed === healthy.traces.length;
  return {
    first: haveAllFailed || seemSwapped(comparison) ? 'reference' : 'healthy',
    second: isFailing ? 'failing' : isSlow ? 'slow' : 'compared',
  };
}

/** A request that takes half of the time is no slow one. */
const SWAPPED_RATIO = 2;

/** Whether the first side looks worse: it failed and the second did not, or neither failed and it took far longer. */
function seemSwapped({ healthy, failing, whole }: Comparison): boolean {
  if (healthy.traces.length === 0 || failing.failed > 0) return false;
  if (healthy.failed === healthy.traces.length) return true;
  return (
    healthy.failed === 0 && whole !== undefined && whole.healthyUs.median >= SWAPPED_RATIO * whole.failingUs.median
  );
}

type Apart = Pick<ComparisonSummary, 'verdict' | 'standing' | 'subject'> & Readonly<{ failures: readonly string[] }>;

/** Where the sides are no two traces of one request. A verification has its own verdict. */
function apartOf(comparison: Comparison, names: SideNames): Apart | undefined {
  const { relation, healthy, failing, structure } = comparison;
  if (relation === 'one-request' || names.first === 'before') return undefined;
  if (relation === 'same-traces') {
    const isOne = failing.traces.length === 1;
    return {
      verdict: `Both sides are the same ${isOne ? 'trace' : 'traces'}, so there is nothing to compare`,
      standing: 'Name a healthy trace of the same request first, and the failing one last.',
      subject: [`${shown(failing.request)}: ${ranText(failing)}`, `Both: ${sideText(failing)}`],
      failures: [],
    };
  }
  return {
    verdict: `These are different requests: ${shown(healthy.request)}, and ${shown(failing.request)}`,
    standing: 'A difference between them need not be a fault. Compare two traces of the same request.',
    subject: [healthy, failing].map((side) => `${shown(side.request)}: ${ranText(side)} (${sideText(side)})`),
    failures: structure
      .filter(({ change }) => change === 'failing')
      .map(
        ({ at, failure }) => `${callText(at)} fails${failure === '' ? '' : ` (${truncate(shown(failure), FAILURE)})`}`,
      ),
  };
}

const FAILURE = 200;

/** `failed with 504 and took 1.2 s` */
function ranText(side: Comparison['failing']): string {
  return `${endText(side)} and took ${durationText(side.durationUs.median)}`;
}

function verdictOf({ conclusion: { main, beside }, healthy, failing }: Comparison, names: SideNames): string {
  if (main === undefined && healthy.failed > 0 && failing.failed > 0)
    return `No difference explains the failure: ${healthy.failed} of ${tracesText(names.first, names.firstTraces)} fail as well`;
  if (main === undefined)
    return `No difference: nothing differs by more than ${names.first === 'healthy' ? 'healthy requests vary' : 'requests varied before'}`;
  const other = beside === undefined ? '' : `; also, ${tellingText(beside, names)}`;
  return `${main.kind === 'log' ? capitalised(tellingText(main, names)) : tellingText(main, names)}${other}`;
}

function standingOf(comparison: Comparison, { first, firstTraces, noun = 'trace' }: SideNames): string {
  const { conclusion, failing, few } = comparison;
  const { told, main } = conclusion;
  if (first === 'reference' && seemSwapped(comparison)) return swappedText(comparison);
  const others = tracesText(first, firstTraces, noun);
  if (told === 'clear') {
    return `The difference is larger than any among ${others}. A difference is not yet a cause: change it back, or look for a healthy request that has it too.`;
  }
  if (told === 'uncertain') {
    const isRecorded = main?.kind === 'structure' && main.change.change === 'failing';
    const recorded = `The ${failing.traces.length === 1 ? 'trace itself records' : 'traces themselves record'} this failure`;
    const chance = isRecorded ? `${recorded}. Other differences may be chance` : 'This may be chance';
    const why =
      few === undefined
        ? `nothing else differs clearly from ${others}`
        : `${others} ${firstTraces === 1 ? 'is' : 'are'} too few to show how much such requests vary`;
    return `${chance}: ${why}. Compare with more.`;
  }
  return few !== undefined
    ? `Compared with ${others}: too few to show small differences.`
    : `Compared with ${others}. The cause may be something that traces do not record.`;
}

function swappedText({ healthy: { failed, traces } }: Comparison): string {
  const why = failed > 0 ? 'failed, and the last did not' : 'is the slower one';
  const first = traces.length === 1 ? 'trace' : 'side';
  return `The first ${first} ${why}. If the order is swapped, name the healthy trace first and the failing one last.`;
}

function subjectOf(comparison: Comparison, names: SideNames, isSlower: boolean): string[] {
  const { healthy, failing, whole, periods } = comparison;
  const sides = [
    `${capitalised(names.second)}: ${sideText(failing)}`,
    `${capitalised(names.first)}: ${sideText(healthy)}${periods === undefined ? '' : ` in ${counted(periods, 'period')}`}`,
  ];
  if (periods !== undefined) return sides;
  const outcome = outcomeText(comparison, names);
  const took =
    whole === undefined
      ? `took ${durationText(failing.durationUs.median)} (${names.first}: ${durationText(healthy.durationUs.median)})${isSlower ? '' : ', no clear difference'}`
      : `took ${wholeText(whole)}`;
  return [`${shown(failing.request)}: ${[outcome, took].filter((part) => part !== '').join(' and ')}`, ...sides];
}

function sideText({ traces, chosen, lines }: Comparison['failing']): string {
  const [first] = traces;
  if (lines !== undefined) return counted(lines, 'log line');
  if (first === undefined) return '';
  const named =
    traces.length === 1
      ? `trace ${shown(first.traceId)}, ${readableSecond(first.startUs)}`
      : counted(traces.length, 'trace');
  return chosen === '' ? named : `${named} (${shown(chosen)})`;
}

function topOf(comparison: Comparison, names: SideNames): string[] {
  const { structure, durations, attributes, responses, logs = [], conclusion } = comparison;
  const inVerdict = [conclusion.main, conclusion.beside]
    .filter((one) => one !== undefined)
    .map((one) => tellingText(one, names));
  const all = [
    ...structure
      .filter(({ afterFailure }) => !afterFailure)
      .slice(0, TOP)
      .map((change) => structureText(change, names)),
    ...durations.slice(0, 2).map((change) => durationChangeText(change, names)),
    ...attributes
      .filter(({ role }) => role !== 'instance')
      .slice(0, TOP)
      .map((change) => attributeText(change, names)),
    ...responses.slice(0, 2).map((change) => responseText(change, names)),
    ...logs.slice(0, 2).map((change) => logText(change, names)),
  ];
  return [...new Set([...inVerdict, ...all])].slice(inVerdict.length, inVerdict.length + TOP);
}

function sectionsOf(comparison: Comparison, names: SideNames, gaps: readonly string[]): Section[] {
  const { structure, times, attributes, responses, logs } = comparison;
  const all: readonly Readonly<{ title: string; texts: readonly string[] }>[] = [
    { title: 'Calls that differ', texts: structure.map((change) => structureText(change, names)) },
    {
      title: 'Where the time differs, the critical path first',
      texts: times.map((one) => timeChangeText(one, names)),
    },
    {
      title: 'Attributes and headers that differ',
      texts: attributes.filter(({ isEmptied }) => !isEmptied).map((change) => attributeText(change, names)),
    },
    {
      title: 'Responses that differ',
      texts: [
        ...responses.map((change) => responseText(change, names)),
        ...attributes.filter(({ isEmptied }) => isEmptied).map((change) => attributeText(change, names)),
      ],
    },
    { title: 'Log lines that differ', texts: (logs ?? []).map((change) => logText(change, names)) },
    { title: 'Not seen', texts: gaps },
  ];
  return listed(all);
}

function listed(all: readonly Readonly<{ title: string; texts: readonly string[] }>[]): Section[] {
  return all
    .filter(({ texts }) => texts.length > 0)
    .map(({ title, texts }) => ({ title, lines: firstOf(texts).map((text) => ({ text, url: '' })), ordered: false }));
}

function gapTexts(gaps: Comparison['gaps']): string[] {
  return gaps.map(({ source, problem, consequence }) => shown(`${source}: ${problem}; ${consequence}`));
}

function firstOf(texts: readonly string[]): readonly string[] {
  return texts.length <= LINES ? texts : [...texts.slice(0, LINES), `and ${texts.length - LINES} more, in the JSON`];
}
