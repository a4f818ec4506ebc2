/**
 * A timeline as a picture: a heading for each phase, and below it its entries, each with its clock time and the time
 * since the entry above.
 *
 *   Detected  2026-01-06 14:31:00, 9 min
 *   │ 14:31:00   Alert
 *   │            p95 of checkout over 2 s
 *   │ 14:32:10   Diagnosis
 *   │ +1 min 10 s  No index on users.email
 */
import { apartUs, incidentName, type TimelineEntry } from '#model/incident/incident.ts';
import { importantOf, PHASE_NAMES, type Phase, type PhaseId, phasesOf } from '#model/incident/phases.ts';
import { counted } from '#model/text/count-text.ts';
import { spanText } from '#model/text/duration.ts';
import type { TimelineDocument } from '#present/documents/timeline-documents.ts';
import { kindName } from '#present/slack/timeline.ts';
import { MARGIN } from '#present/svg/axis.ts';
import { INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, BOLD, cutToWidth, REGULAR, SMALL_SIZE, TEXT_SIZE, text, wrappedTo } from '#present/svg/text.ts';
import { drawnTitle } from '#present/svg/title.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { zonedSecond } from '#present/words/instant.ts';
import { withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';
import { UTC } from '#utilities/time-zone.ts';

/** More cannot be read on a phone. Of each phase, the most important ones are drawn. */
const MOST_ENTRIES = 24;
const LINES = 2;

/** Okabe and Ito’s colours, which people with any colour vision tell apart. */
const COLOURS: Readonly<Record<PhaseId, string>> = {
  before: '#999999',
  began: '#d55e00',
  detected: '#e69f00',
  again: '#cc79a7',
  confirmed: '#0072b2',
  mitigated: '#56b4e9',
  resolved: '#009e73',
};

const BAND = 5;
const CLOCK_X = MARGIN + BAND + 10;
const TEXT_X = CLOCK_X + 96;
const HEADING = 34;
const LINE = 21;
const ROW_GAP = 9;

type Drawn = Readonly<{ svg: string; bottom: number }>;

/** `title`, and the words of all drawn entries for readers who do not see the picture. */
export function timelineAlt(document: TimelineDocument): string {
  return `${titleOf(document)}. ${picturedPhases(document)
    .map(
      ({ phase, entries }) =>
        `${PHASE_NAMES[phase.id]}: ${entries.map((entry) => wordsOf(entry, document)).join('; ')}`,
    )
    .join('. ')}`;
}

export function timelineSvg(document: TimelineDocument, paper: Paper): string {
  const width = WIDTHS[paper];
  const title = drawnTitle(titleOf(document), width);
  const zone = `Times in ${shown((document.zone ?? UTC).name)}`;
  let y = title.bottom + 24;
  const parts = [title.svg, text(zone, { x: MARGIN, y, size: SMALL_SIZE, fill: QUIET })];
  y += 12;
  for (const { phase, entries } of picturedPhases(document)) {
    const drawn = drawnPhase({ document, phase, entries, width, top: y });
    parts.push(drawn.svg);
    y = drawn.bottom;
  }
  const bottom = at(y + 16);
  const own = `timeline-${paper}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom}" viewBox="0 0 ${width} ${bottom}" role="img" aria-labelledby="${own}-title ${own}-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="${own}-title">${escapeXml(titleOf(document))}</title>`,
    `<desc id="${own}-desc">${escapeXml(timelineAlt(document))}</desc>`,
    `<rect width="${width}" height="${bottom}" fill="${PAPER}"/>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

type Pictured = Readonly<{ phase: Phase; entries: readonly TimelineEntry[] }>;

function picturedPhases({ incident, entries }: TimelineDocument): readonly Pictured[] {
  const phases = phasesOf(incident, entries);
  if (entries.length <= MOST_ENTRIES) return phases.map((phase) => ({ phase, entries: phase.entries }));
  const newest = phases.slice(-MOST_ENTRIES);
  const each = Math.max(1, Math.floor(MOST_ENTRIES / newest.length));
  return newest.map((phase) => ({ phase, entries: importantOf(phase.entries, each) }));
}

function drawnPhase({
  document,
  phase,
  entries,
  width,
  top,
}: Pictured & Readonly<{ document: TimelineDocument; width: number; top: number }>): Drawn {
  const { id, atUs, untilUs } = phase;
  const span = untilUs === undefined ? '' : `, ${spanText(apartUs(untilUs, atUs))}`;
  const when = `${zonedSecond(atUs, document.zone ?? UTC)}${span}`;
  let y = top + HEADING;
  const parts = [
    text(PHASE_NAMES[id], { x: MARGIN, y: y - 6, size: TEXT_SIZE, weight: 700 }),
    text(when, { x: width - MARGIN, y: y - 6, size: SMALL_SIZE, fill: QUIET, anchor: 'end' }),
  ];
  const bandTop = y + 2;
  for (const entry of entries) {
    const drawn = drawnEntry(entry, document, { width, top: y });
    parts.push(drawn.svg);
    y = drawn.bottom;
  }
  const left = phase.entries.length - entries.length;
  if (left > 0) {
    parts.push(text(counted(left, 'more entry'), { x: TEXT_X, y: y + LINE, size: SMALL_SIZE, fill: QUIET }));
    y += LINE + ROW_GAP;
  }
  const band = `<rect x="${MARGIN}" y="${at(bandTop)}" width="${BAND}" height="${at(y - bandTop)}" rx="2" fill="${COLOURS[id]}"/>`;
  return { svg: [...parts, band].join('\n'), bottom: y };
}

function drawnEntry(
  entry: TimelineEntry,
  document: TimelineDocument,
  { width, top }: Readonly<{ width: number; top: number }>,
): Drawn {
  const room = width - TEXT_X - MARGIN;
  const clock = zonedSecond(entry.atUs, document.zone ?? UTC).slice(-8);
  const lines = wrappedTo(wordsOf(entry, document), room, TEXT_SIZE, REGULAR);
  const kept = lines.slice(0, LINES);
  const last = kept.at(-1);
  if (lines.length > kept.length && last !== undefined)
    kept[kept.length - 1] = cutToWidth(`${last} ${lines[LINES]}`, room, TEXT_SIZE, REGULAR);
  const first = top + LINE;
  const since = sinceAbove(entry, document);
  const svg = [
    text(clock, { x: CLOCK_X, y: first, size: SMALL_SIZE, weight: 600 }),
    text(cutToWidth(shown(kindName(entry)), room, SMALL_SIZE, BOLD), {
      x: TEXT_X,
      y: first,
      size: SMALL_SIZE,
      weight: 600,
      fill: QUIET,
    }),
    ...(since === '' ? [] : [text(since, { x: CLOCK_X, y: first + LINE, size: SMALL_SIZE, fill: QUIET })]),
    ...kept.map((line, index) => text(line, { x: TEXT_X, y: first + (index + 1) * LINE, size: TEXT_SIZE, fill: INK })),
  ];
  return { svg: svg.join(''), bottom: first + Math.max(1, kept.length) * LINE + ROW_GAP };
}

/** `+9 min`, since the entry before it in the record; '' for the first one. */
function sinceAbove(entry: TimelineEntry, { entries }: TimelineDocument): string {
  const before = entries[entries.indexOf(entry) - 1];
  return before === undefined ? '' : `+${spanText(apartUs(entry.atUs, before.atUs))}`;
}

function wordsOf({ text: words }: TimelineEntry, { names }: TimelineDocument): string {
  return shown(withNames(words, names));
}

function titleOf({ incident }: TimelineDocument): string {
  return `${incidentName(incident)} timeline: ${shown(incident.title)}`;
}
