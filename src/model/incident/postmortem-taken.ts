/**
 * What people wrote in an exported postmortem: the lines that Spanhound did not write, the lines of ours that are gone, and which
 * answer such a line gives in other words. A place shows Markdown in a form of its own, so only letters, digits and the
 * signs of numbers are compared.
 *
 *   a line there ──► we wrote it, or the draft has it now: nothing · else: new in its section
 *   a line of the draft that we wrote, not there ──► struck · with a new line around it: an answer in other words
 */
import {
  answersIn,
  type QuestionAnswers,
  type QuestionId,
  saidOfAnswer,
} from '#model/incident/postmortem-questions.ts';
import { textNumber } from '#model/text/text-number.ts';

/** `title`: of its section; '' before the first. `linked`: the words with their addresses. `isSaid`: it is no heading and no question. */
type Line = Readonly<{ title: string; key: string; words: string; linked: string; isSaid: boolean }>;

/** As it can come into the record, without the marks of Markdown. */
export type TakenLines = Readonly<{
  /** By the title of their section as the draft shows it. */
  added: ReadonlyMap<string, readonly string[]>;
  struck: readonly Readonly<{ title: string; words: string }>[];
  /** Answers in other words. */
  changed: readonly Readonly<{ id: QuestionId; entryId: string; text: string }>[];
  /** The titles of sections in which people changed an answer here, too. */
  conflicts: readonly string[];
}>;

export type ComparedPlaces = Readonly<{
  there: string;
  /** The draft as it is now, in Markdown. */
  here: string;
  /** What `marksOf` gave when we wrote there. */
  marks: string;
  /** As the draft shows them; sections without content share a heading. */
  titles: readonly string[];
  entries: Parameters<typeof answersIn>[0];
}>;

const MARK_CHARS = 8;

/** The lines of a Markdown that we wrote, so that another one can be compared with it later. */
export function marksOf(markdown: string): string {
  return [...new Set(linesOf(markdown, []).map(({ key }) => textNumber(key)))].join('');
}

function marksIn(text: string): ReadonlySet<string> {
  const count = Math.floor(text.length / MARK_CHARS);
  return new Set(Array.from({ length: count }, (_, at) => text.slice(at * MARK_CHARS, (at + 1) * MARK_CHARS)));
}

export function takenLines({ there, here, marks, titles, entries }: ComparedPlaces): TakenLines {
  const [lines, own] = [linesOf(there, titles), linesOf(here, titles)];
  const written = marksIn(marks);
  const wasWritten = ({ key }: Line) => written.has(textNumber(key));
  const [keys, ownKeys] = [new Set(lines.map(({ key }) => key)), new Set(own.map(({ key }) => key))];
  const added = lines.filter((line) => !wasWritten(line) && !ownKeys.has(line.key));
  const struck = own.filter((line) => line.isSaid && wasWritten(line) && !keys.has(line.key));
  const answers = answersIn(entries);
  const changed = struck.flatMap((line) => changedAnswer(line, added, answers));
  const used = new Set<Line>(changed.flatMap(({ from, to }) => [from, to]));
  const touched = new Set(added.map(({ title }) => title));
  const newer = own.filter(
    (line) => touched.has(line.title) && !wasWritten(line) && answerIn(line, answers) !== undefined,
  );
  const left = Map.groupBy(
    added.filter((line) => !used.has(line)),
    ({ title }) => title || (titles[0] ?? ''),
  );
  return {
    added: new Map([...left].map(([title, all]) => [title, all.map(({ linked }) => linked)])),
    struck: struck.filter((line) => !used.has(line)).map(({ title, words }) => ({ title, words })),
    changed: changed.map(({ id, entryId, text }) => ({ id, entryId, text })),
    conflicts: [...new Set(newer.map(({ title }) => title))],
  };
}

type Answer = Readonly<{ id: QuestionId; entryId: string; said: string }>;

function answerIn({ words }: Line, answers: QuestionAnswers): Answer | undefined {
  for (const [id, { id: entryId, text }] of answers) {
    const said = saidOfAnswer(id, text).replace(/\s+/g, ' ').trim();
    if (said !== '' && words.includes(said)) return { id, entryId, said };
  }
  return undefined;
}

/** The new line of the section that has the same words before and after the answer. */
function changedAnswer(from: Line, added: readonly Line[], answers: QuestionAnswers) {
  const answer = answerIn(from, answers);
  if (answer === undefined) return [];
  const [before = '', after = ''] = [
    from.words.slice(0, from.words.indexOf(answer.said)),
    from.words.slice(from.words.indexOf(answer.said) + answer.said.length),
  ];
  const to = added.find(
    ({ title, words }) =>
      title === from.title &&
      words.length > before.length + after.length &&
      words.startsWith(before) &&
      words.endsWith(after),
  );
  if (to === undefined) return [];
  const text = to.words.slice(before.length, to.words.length - after.length).trim();
  return [{ from, to, id: answer.id, entryId: answer.entryId, text }];
}

const HEADING = /^#{1,6}\s+(?=\S)/;
/** The rows that a sentence of the draft rests on: they have other numbers in the next one. */
const CITES = / \([TFEA]\d{1,5}(?:, [TFEA]\d{1,5}){0,50}\)$/;
const QUESTION = /^[-*+]\s+\[[ xX]\]\s/;

/** Lines that say something. A heading of the draft begins a section; sections without content share one. */
function linesOf(markdown: string, titles: readonly string[]): readonly Line[] {
  const byKey = new Map(titles.map((title) => [keyOf(title), title]));
  const lines: Line[] = [];
  let title = '';
  for (const written of markdown.split(/\r?\n/)) {
    const text = written.trim();
    const words = wordsOf(text);
    const key = keyOf(words);
    if (key === '') continue;
    const isHeading = HEADING.test(text);
    if (isHeading) title = byKey.get(key) ?? byKey.get(key.split(',')[0] ?? '') ?? title;
    lines.push({
      title,
      key,
      words,
      linked: wordsOf(text, '$1 ($2)').replace(CITES, ''),
      isSaid: !isHeading && title !== '' && !QUESTION.test(text),
    });
  }
  return lines;
}

/** Without the sign of a list, a quotation, a heading or a table, and without escapes. `link`: what stands for a link. */
function wordsOf(line: string, link = '$1'): string {
  if (/^(?:!\[|<!--)/.test(line)) return '';
  const text = line.startsWith('|') ? cellsOf(line) : line.replace(/^(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,9}[.)]\s+)+/, '');
  return text
    .replace(/^\[[ xX]\]\s+/, '')
    .replace(/\[([TFEA]\d{1,5})\]\([^()\s]{0,2000}\)/g, '$1')
    .replace(/\[([^[\]]{1,500})\]\(([^()\s]{0,2000})\)/g, link)
    .replace(/\\([\\`*_{}[\]#~!|<>+=.():&-])/g, '$1')
    .replace(/\*\*|[\u200b\u2060\ufeff]/g, '')
    .replace(/<br\s?\/?>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&amp;/g, '&')
    .trim();
}

function cellsOf(line: string): string {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return cells.filter((cell) => cell !== '' && !/^:?-+:?$/.test(cell)).join(' · ');
}

/** What two forms of one line have in common. */
function keyOf(words: string): string {
  const letters = words
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.,:%]/gu, '');
  return /[\p{L}\p{N}]/u.test(letters) ? letters : '';
}
