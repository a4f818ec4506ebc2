/** The sections of a report in reading order, for text, Markdown and HTML. Gaps come last and are never left out. */

import type { Analysis } from '#model/finding/analysis.ts';
import { requestSections } from '#present/documents/request-timeline.ts';
import type { Line, Section } from '#present/documents/section.ts';
import { windowSections } from '#present/documents/window-sections.ts';
import type { Summary } from '#present/words/summary.ts';

/** Further findings explain less and less; the JSON has them all. */
const FINDINGS = 5;
const RULED_OUT = 6;

/** The course of events where the answer is not about one trace: of many requests, or of one reconstructed from log lines. */
export function storySections(analysis: Analysis): Section[] {
  const ofWindow = windowSections(analysis);
  // Where many requests were compared, a single request may have failed for another reason.
  return ofWindow.length > 0 ? ofWindow : requestSections(analysis);
}

/** `story`: see above. `more`: further sections near the end. */
export function sectionsOf(summary: Summary, more: readonly Section[] = [], story: readonly Section[] = []): Section[] {
  const { why, couldBe, wrongIf, doNow, runbook, chain, findings, ruledOut, attribution, work } = summary;
  const all: (Omit<Section, 'ordered'> & { ordered?: boolean })[] = [
    { title: 'Why', lines: why },
    { title: 'Could be', lines: plain(couldBe) },
    { title: 'Wrong if', lines: plain([wrongIf]) },
    { title: 'Do now', lines: [...plain([doNow]), ...runbookLine(runbook)] },
    { title: 'From cause to effect', lines: plain(chain), ordered: true },
    ...story,
    // A single finding is already the verdict.
    { title: 'All findings', lines: findings.length < 2 ? [] : findings.slice(0, FINDINGS).map(findingLine) },
    { title: 'Ruled out', lines: plain(firstOf(ruledOut, RULED_OUT)) },
    {
      title: 'Where the time went',
      lines: plain([
        ...attribution.map(({ label, duration, share }) => `${share} · ${duration} · ${label}`),
        work === '' ? '' : `By kind of work: ${work}`,
      ]),
    },
    { title: 'Log lines', lines: plain(summary.logs) },
    { title: 'Looked for', lines: plain([summary.lookedFor]) },
    { title: 'Not checked', lines: plain(summary.couldNotLook) },
    { title: 'Problems in the trace data', lines: plain(summary.repairs) },
    {
      title: 'Queries',
      lines: summary.queries.map(({ source, text, url }) => ({ text: `${source}: ${text}`, url })),
    },
    ...more.map(({ title, lines }) => ({ title, lines })),
    { title: 'Redacted', lines: plain([summary.takenOut]) },
    { title: 'Not seen', lines: plain(summary.gaps) },
  ];
  return all
    .map(({ title, lines, ordered = false }) => ({ title, lines: lines.filter(({ text }) => text !== ''), ordered }))
    .filter(({ lines }) => lines.length > 0);
}

/** Near misses come first. “Looked for” names everything that was checked. */
function firstOf(texts: readonly string[], most: number): readonly string[] {
  return texts.length <= most
    ? texts
    : [...texts.slice(0, most), `and ${texts.length - most} more, with their reasons in the JSON`];
}

function findingLine({ title, weight, url }: Summary['findings'][number]): Line {
  return { text: `${title} [${weight}]`, url };
}

function runbookLine({ name, url }: Summary['runbook']): readonly Line[] {
  return name === '' ? [] : [{ text: `Runbook: ${name}`, url }];
}

function plain(texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ text, url: '' }));
}
