/** The steps of a runbook below the checklist, with who ticked them, and their commands with the incident's names. */
import type { RichTextElement } from '@slack/types';
import { type FilledStep, filledStep, type Runbook } from '#model/incident/runbook.ts';
import {
  bold,
  bullets,
  code,
  italic,
  link,
  type Part,
  paragraph,
  preformatted,
  words,
} from '#present/slack/rich-text.ts';
import { truncate } from '#present/slack/text.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

/** The checklist takes the rest of what Slack allows for a message. */
const ALL_CHARS = 3_500;
const LINKS = 2;
const URL_CHARS = 500;

/** `said`: who ticked a step, and when; undefined for an open one. */
type Said = (id: string) => readonly RichTextElement[] | undefined;

type RunbookShown = Readonly<{ parts: readonly Part[]; steps: readonly FilledStep[] }>;

/** `steps` are those that the message shows: only they can be ticked there. */
export function runbookParts({ service, links, names, steps, more }: Runbook, said: Said): RunbookShown {
  const all = steps.map((step) => filledStep(step, names));
  const fitting = fittingSteps(all);
  const done = all.filter(({ id }) => said(id) !== undefined).length;
  const left = more + all.length - fitting.length;
  const pages = links.filter((url) => url.length <= URL_CHARS).slice(0, LINKS);
  const title = paragraph(
    bold(`\nRunbook of ${truncate(shown(service), 100)}`),
    words(all.length === 0 ? '' : ` · ${done} of ${all.length + more} done`),
    ...pages.flatMap((url, at) => [words(' · '), link(url, at === 0 ? 'open it' : `page ${at + 1}`)]),
    words(left === 0 ? '' : ` · ${left} more in the runbook`),
  );
  return { parts: [title, ...fitting.flatMap((step) => stepParts(step, said(step.id)))], steps: fitting };
}

function fittingSteps(steps: readonly FilledStep[]): readonly FilledStep[] {
  let chars = 0;
  return steps.filter(({ parts, commands }) => {
    chars += [...parts.map(({ text }) => text), ...commands].join('').length;
    return chars <= ALL_CHARS;
  });
}

function stepParts({ parts, commands, open }: FilledStep, said: readonly RichTextElement[] | undefined): Part[] {
  const line = [
    words(said === undefined ? '☐ ' : '☑ '),
    ...parts.map(({ text, isCode }) => (isCode ? code(shown(text)) : words(spaced(text)))),
    ...(said === undefined ? [] : [words(' '), ...said]),
    ...(open.length === 0 ? [] : [italic(` (fill in: ${open.join(', ')})`)]),
  ];
  return [bullets([paragraph(...line)]), ...commands.map((command) => preformatted(shownLines(command)))];
}

/** The spaces around code stay. */
function spaced(text: string): string {
  return `${text.startsWith(' ') ? ' ' : ''}${shown(text)}${text.endsWith(' ') ? ' ' : ''}`;
}
