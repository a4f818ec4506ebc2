/** The sections of a report in reading order, for text, Markdown and HTML: the first message, then the detail. */

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

/** What people read first, after the picture: one line each. */
export function firstSections({ first, runbook }: Summary): Section[] {
  const { reasons, couldBe, toTellThemApart, wrongIf, doNow, notSeen } = first;
  return filled([
    { title: 'Why', lines: reasons },
    { title: 'Could be', lines: plain(couldBe) },
    { title: 'To tell them apart', lines: plain(toTellThemApart) },
    { title: 'Wrong if', lines: plain([wrongIf]) },
    { title: 'Do now', lines: [...plain([doNow]), ...runbookLine(runbook)] },
    { title: 'Not seen', lines: plain([notSeen]) },
  ]);
}

/** A part of the first message that stands below its label. The others follow it on the same line. */
export function isList({ title, lines }: Section): boolean {
  return title === 'Why' || (lines.length > 1 && title !== 'Do now');
}

/** `Wrong if` continues in its line, `Not seen: ` does not. */
export function labelOf({ title }: Section): string {
  return title === 'Not seen' ? `${title}:` : title;
}

/** The detail. `story`: see above. `more`: further sections near the end. */
export function detailSections(
  summary: Summary,
  more: readonly Section[] = [],
  story: readonly Section[] = [],
): Section[] {
  const { healthy, verdict, standing, why, couldBe, wrongIf, doNow, chain, findings, ruledOut } = summary;
  const { attribution, work, subject, began, otherId } = summary;
  return filled([
    { title: 'In detail', lines: plain([healthy ? '' : verdict, standing, `${subject} · ${began}`, otherId]) },
    traceSection(summary),
    { title: 'Evidence', lines: why },
    { title: 'All that it could be', lines: plain(couldBe) },
    { title: 'What would prove it wrong', lines: plain([wrongIf]) },
    { title: 'What to do', lines: plain([doNow]) },
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
    { title: 'All that was not seen', lines: plain(summary.gaps) },
  ]);
}

function traceSection({ traceId, traceUrl, idFrom }: Summary): Unfilled {
  const text = traceId === '' ? '' : `trace ${traceId}${idFrom === '' ? '' : ` (${idFrom})`}`;
  return { title: 'Trace', lines: [{ text, url: traceUrl }] };
}

type Unfilled = Omit<Section, 'ordered'> & { ordered?: boolean };

function filled(sections: readonly Unfilled[]): Section[] {
  return sections
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
