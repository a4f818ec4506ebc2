/** The hypotheses of an incident in one message: what is suspected, by whom, how it stands, and what was tried. */
import type { KnownBlock } from '@slack/types';
import {
  type BoardRow,
  type BoardState,
  hypothesisStep,
  stepWord,
  wordsOfStep,
} from '#model/incident/hypothesis-board.ts';
import { type Incident, incidentName, type TimelineEntry } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button, menu } from '#present/slack/button.ts';
import { bold, bullets, date, italic, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

/** The hypotheses of another incident, which was merged into this one. The board shows them without buttons. */
export type MergedBoard = Readonly<{ incident: Incident; rows: readonly BoardRow[] }>;

type HypothesisBoard = Readonly<{
  incident: Incident;
  rows: readonly BoardRow[];
  merged: readonly MergedBoard[];
  names: Names;
}>;

/** The timeline has all. */
const ROWS = 10;
/** The most hypotheses that the board shows of all merged incidents together. */
const MERGED_ROWS = 5;
/** Of one hypothesis, the newest. */
const STEPS = 2;
/** Together below the 12,000 characters of a message. */
const CLAIM_CHARS = 220;
const STEP_CHARS = 160;
const NAME_CHARS = 40;
/** Slack takes 75 characters for an option. */
const OPTION_CHARS = 75;

export function hypothesisBoard({ incident, rows, merged, names }: HypothesisBoard): SlackMessage {
  const name = incidentName(incident);
  const onBoard = rows.slice(0, ROWS);
  const more = rows.length - onBoard.length;
  const counts = countsOf(rows) || 'none of its own';
  return {
    text: escapeMrkdwn(`Hypotheses of ${name}: ${counts}`),
    blocks: [
      richText(
        paragraph(bold(`Hypotheses of ${name}`), words(` · ${counts}`)),
        ...onBoard.flatMap((row) => rowParts(row, names)),
        ...(more === 0 ? [] : [paragraph(words(`${more} more in the timeline`))]),
        ...mergedParts(merged, names),
      ),
      actions(incident, onBoard),
    ],
  };
}

const STATE_WORDS: Readonly<Record<BoardState, string>> = {
  confirmed: 'confirmed',
  supported: 'supported by the evidence',
  tested: 'tested',
  open: 'open',
  refuted: 'refuted',
};

/** `1 confirmed, 2 open, 1 refuted` */
function countsOf(rows: readonly BoardRow[]): string {
  const states = ['confirmed', 'supported', 'tested', 'open', 'refuted'] as const;
  const counts = states.map((state) => [rows.filter((row) => row.state === state).length, state] as const);
  return counts.flatMap(([count, state]) => (count === 0 ? [] : [`${count} ${state}`])).join(', ');
}

/** `INC-7 S1 · refuted the cache was flushed (by Kim)`, with its newest steps. */
function mergedParts(merged: readonly MergedBoard[], names: Names): Part[] {
  const all = merged.flatMap(({ incident, rows }) =>
    rows.map((row) => ({ ...row, id: `${incidentName(incident)} ${row.id}` })),
  );
  const more = all.length - MERGED_ROWS;
  return [
    ...all.slice(0, MERGED_ROWS).flatMap((row) => rowParts(row, names)),
    ...(more > 0 ? [paragraph(words(`${more} more of merged incidents in the timeline`))] : []),
  ];
}

function rowParts(row: BoardRow, names: Names): Part[] {
  const { id, state, claim, source, suspectedUs, steps } = row;
  const by = source === 'spanhound' ? 'by Spanhound' : `by ${named(source, names)}`;
  const since = suspectedUs === undefined ? [] : [words(', '), date(suspectedUs)];
  const said = steps.slice(-STEPS).map((step) => stepLine(row, step, names));
  const earlier = steps.length - said.length;
  return [
    paragraph(
      bold(`\n${id} · ${STATE_WORDS[state]}`),
      words(` ${truncate(spoken(claim, names), CLAIM_CHARS)} `),
      italic(`(${by}`),
      ...since,
      italic(')'),
    ),
    ...(said.length === 0 ? [] : [bullets(said)]),
    ...(earlier === 0 ? [] : [paragraph(italic(`${earlier} earlier in the timeline`))]),
  ];
}

/** `14:20 tested: one node flushed, no effect (Kim)` */
function stepLine(row: BoardRow, step: TimelineEntry, names: Names) {
  const state = hypothesisStep(step)?.state ?? 'open';
  const said = truncate(spoken(wordsOfStep(row, step), names), STEP_CHARS);
  return paragraph(
    date(step.atUs),
    words(` ${stepWord(state)}${said === '' ? '' : `: ${said}`} `),
    italic(`(${named(step.source, names)})`),
  );
}

function actions({ id }: Incident, rows: readonly BoardRow[]): KnownBlock {
  const claims = new Map(rows.map((row) => [row.id, row.claim]));
  const option = (one: string) => truncate(`${one}: ${shown(claims.get(one) ?? '')}`, OPTION_CHARS);
  return {
    type: 'actions',
    // Another one after each step, so that Slack resets the menu.
    block_id: `incident:${id}:hypotheses:${rows.reduce((sum, { steps }) => sum + 1 + steps.length, 0)}`,
    elements: [
      button('hypothesis_add', 'Suspect something', 'Add a hypothesis: opens a form', id),
      ...(claims.size === 0
        ? []
        : [menu('hypothesis_change', 'Tested, confirmed, refuted…', [...claims.keys()], option)]),
    ],
  };
}

function named(userId: string, names: Names): string {
  return truncate(spoken(userId, names), NAME_CHARS);
}

function spoken(text: string, names: Names): string {
  return shown(withNames(text, names));
}
