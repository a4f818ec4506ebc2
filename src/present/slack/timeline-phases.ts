/**
 * A long timeline in Slack, folded by phase: each finished phase is one line with its count, its span and its most
 * important entry. The last phase is open.
 */
import type { RichTextElement, RichTextSection } from '@slack/types';
import { apartUs, incidentName, isOver, type TimelineEntry } from '#model/incident/incident.ts';
import { mostImportant, PHASE_NAMES, type Phase, phasesOf } from '#model/incident/phases.ts';
import { counted } from '#model/text/count-text.ts';
import { spanText } from '#model/text/duration.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, italic, minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import {
  charsOf,
  correctMenu,
  entryLine,
  isLong,
  PAGE_CHARS,
  pageButton,
  type Timeline,
  timelineButtons,
  timelinePage,
  titleLines,
} from '#present/slack/timeline.ts';

/** The lines of finished phases take at most half of the message: people look for the running one. */
const FINISHED_CHARS = PAGE_CHARS / 2;
/** Name, span and count of a phase, with the fallback texts of its times. */
const PHASE_FRAME_CHARS = 200;
/** Nobody reads more at once. */
const OPEN_ENTRIES = 12;

/** A short timeline is shown whole. */
export function timelineByPhase(timeline: Timeline): SlackMessage {
  const { incident, entries } = timeline;
  const phases = phasesOf(incident, entries);
  const last = phases.at(-1);
  if (last === undefined || !isLong(entries)) return timelinePage(timeline, 1);
  const finished = phases.slice(0, -1);
  const { lines, chars } = finishedLines(timeline, finished);
  const open = newestThatFit(last.entries, PAGE_CHARS - chars);
  const title = `${incidentName(incident)} timeline by phase`;
  const all = `Show all ${entries.length}`;
  return {
    text: escapeMrkdwn(`${title}: ${phases.map(phaseName).join(', ')}`),
    blocks: [
      richText(
        titleLines(timeline, title),
        ...(lines.length === 0 ? [] : [bullets(lines)]),
        openHeading(timeline, last, open.length),
        bullets(open.map((entry) => entryLine(entry, timeline.names))),
      ),
      ...correctMenu(timeline, open),
      ...timelineButtons(incident.id, [pageButton(incident.id, 1, all, 'Show all entries of the timeline')]),
    ],
  };
}

function phaseName({ id, entries }: Phase): string {
  return `${PHASE_NAMES[id].toLowerCase()} (${entries.length})`;
}

/** The newest that fit; one line counts those before them. `chars`: how much of the message they take. */
function finishedLines(
  timeline: Timeline,
  finished: readonly Phase[],
): Readonly<{ lines: readonly RichTextSection[]; chars: number }> {
  let chars = PHASE_FRAME_CHARS;
  let first = finished.length;
  for (const [at, { entries }] of [...finished.entries()].toReversed()) {
    const entry = mostImportant(entries);
    const taken = PHASE_FRAME_CHARS + (entry === undefined ? 0 : charsOf(entry));
    if (chars + taken > FINISHED_CHARS) break;
    chars += taken;
    first = at;
  }
  const earlier = finished.slice(0, first);
  const count = earlier.reduce((sum, { entries }) => sum + entries.length, 0);
  const rest = `${counted(earlier.length, 'earlier phase')}, ${counted(count, 'entry')}`;
  const lines = [
    ...(earlier.length === 0 ? [] : [paragraph(italic(rest))]),
    ...finished.slice(first).map((phase) => finishedLine(timeline, phase)),
  ];
  return { lines, chars };
}

function finishedLine({ names }: Timeline, { id, atUs, untilUs = atUs, entries }: Phase): RichTextSection {
  const span = spanText(apartUs(untilUs, atUs));
  const lines: RichTextElement[] = [
    bold(PHASE_NAMES[id]),
    words(' '),
    minute(atUs),
    words(`, ${span}, ${counted(entries.length, 'entry')}`),
  ];
  const entry = mostImportant(entries);
  return paragraph(...lines, ...(entry === undefined ? [] : [words(': '), ...entryLine(entry, names).elements]));
}

function openHeading({ incident }: Timeline, { id, atUs, entries }: Phase, count: number): RichTextSection {
  const isRunning = !isOver(incident);
  const cut = count < entries.length ? `, the newest ${count} of ${counted(entries.length, 'entry')}` : '';
  return paragraph(
    bold(PHASE_NAMES[id]),
    words(isRunning ? ', since ' : ' '),
    minute(atUs),
    ...(cut === '' ? [] : [words(cut)]),
  );
}

function newestThatFit(entries: readonly TimelineEntry[], mostChars: number): readonly TimelineEntry[] {
  let chars = 0;
  const newest = entries.slice(-OPEN_ENTRIES);
  const first = newest.findLastIndex((entry) => {
    chars += charsOf(entry);
    return chars > mostChars;
  });
  return newest.slice(first + 1);
}
