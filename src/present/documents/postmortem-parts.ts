/** A postmortem's draft in parts, which the Markdown and the places outside write in their own forms. */
import type { Postmortem, PostmortemActionItem, PostmortemSection } from '#model/incident/postmortem.ts';
import type { DocumentPart, Run, Runs, TargetDocument } from '#model/incident/target-document.ts';
import { counted } from '#model/text/count-text.ts';
import {
  answersText,
  citedText,
  diagnosedText,
  firstIn,
  itemStanding,
  moreToAsk,
  NOTHING_NOTED,
  REWRITE_TITLE,
  rewritesShown,
  rowText,
  type ShownPostmortem,
  shownSections,
  sinceText,
  spoken,
  stateLines,
  typedText,
  urlsOf,
  whenNoted,
  wordsText,
} from '#present/documents/postmortem-text.ts';
import { type PictureId, pictureIn } from '#present/pictures/postmortem-pictures.ts';
import { kindName } from '#present/slack/timeline.ts';
import { readableSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import type { Names } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

/** Pictures as files, beside the document or attached to it. */
export type PictureFiles = ReadonlyMap<PictureId, Readonly<{ name: string; alt: string }>>;

export function postmortemParts(shownPostmortem: ShownPostmortem, pictures: PictureFiles): TargetDocument {
  const { postmortem, names } = shownPostmortem;
  const page: Page = { postmortem, names, urls: urlsOf(postmortem), pictures };
  return [
    { kind: 'notice', lines: stateLines(shownPostmortem) },
    ...shownSections(postmortem).shown.flatMap((section) => sectionParts(page, section)),
    ...moreParts(page),
    ...emptyParts(postmortem),
    ...rewriteParts(shownPostmortem),
  ];
}

type Page = Readonly<{
  postmortem: Postmortem;
  names: Names;
  urls: ReadonlyMap<string, string>;
  pictures: PictureFiles;
}>;

function sectionParts(page: Page, section: PostmortemSection): TargetDocument {
  const { title, level, statements, table, missing } = section;
  const items = [
    ...statements.map(({ words, cites }) => item([text(wordsText(words, page.names)), ...cited(page, cites)])),
    ...missing.map((sentence) => item([text(shown(sentence))])),
    ...firstIn(page.postmortem, section).map((question) => task(spoken(question, page.names))),
  ];
  return [
    { kind: 'heading', level, text: shown(title) },
    ...picture(page, section),
    ...(table ? TABLES[table](page) : []),
    ...list(items),
  ];
}

function text(words: string): Run {
  return { text: words };
}

function own(words: string): Run {
  return { text: words, isOwn: true };
}

type Item = Extract<DocumentPart, { kind: 'list' }>['items'][number];

function item(runs: Runs): Item {
  return { runs, isTask: false };
}

function task(question: string): Item {
  return { runs: [text(question)], isTask: true };
}

function list(items: readonly Item[]): TargetDocument {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function picture({ pictures }: Page, section: PostmortemSection): TargetDocument {
  const id = pictureIn(section);
  const file = id && pictures.get(id);
  return file === undefined ? [] : [{ kind: 'picture', ...file }];
}

function emptyParts(postmortem: Postmortem): TargetDocument {
  const { emptyTitle } = shownSections(postmortem);
  if (emptyTitle === '') return [];
  return [{ kind: 'heading', level: 2, text: shown(emptyTitle) }, ...list([item([own(NOTHING_NOTED)])])];
}

/** At the end, behind the open questions. */
function moreParts({ postmortem, names }: Page): TargetDocument {
  const more = moreToAsk(postmortem);
  if (more.length === 0) return [];
  const head: Runs = [
    { text: 'More to ask', isBold: true, isOwn: true },
    own(` · ${counted(more.length, 'question')} that can wait`),
  ];
  const tasks = more.map(({ title, question }): Item => {
    return { runs: [text(shown(title)), own(': '), text(spoken(question, names))], isTask: true };
  });
  return [{ kind: 'paragraph', runs: head }, ...list(tasks)];
}

/** Below the draft: its readers see it too, until somebody accepts the draft. */
function rewriteParts(shownPostmortem: ShownPostmortem): TargetDocument {
  const items = rewritesShown(shownPostmortem).map(({ where, sentence, rule, advice }) =>
    item([text(`${where}: “${sentence}” ${rule}.`), text(advice)]),
  );
  return items.length === 0 ? [] : [{ kind: 'heading', level: 2, text: REWRITE_TITLE }, ...list(items)];
}

function cited(page: Page, cites: readonly string[]): Runs {
  if (cites.length === 0) return [];
  return [own(' ('), ...cites.flatMap((mark, at) => [...(at === 0 ? [] : [own(', ')]), marked(page, mark)]), own(')')];
}

/** The mark, with a link to its source. */
function marked({ urls }: Page, mark: string): Run {
  const url = urls.get(mark);
  return { text: mark, isOwn: true, ...(url !== undefined && { url }) };
}

const BREAK: Run = { text: '\n' };

const TABLES: Readonly<Record<NonNullable<PostmortemSection['table']>, (page: Page) => TargetDocument>> = {
  metrics: (page) =>
    table(
      ['Metric', 'Time', 'Measured'],
      page.postmortem.metricRows.map(({ name, value, means, cites }) => [
        [{ text: name, isBold: true, isOwn: true }],
        [own(value ?? 'unknown')],
        [own(means), ...cited(page, cites)],
      ]),
    ),

  timeline: (page) =>
    table(
      ['', 'When (UTC)', 'Since last', 'What', 'Source'],
      page.postmortem.timeline.map((row) => {
        const noted = whenNoted(row);
        return [
          [marked(page, row.mark)],
          [own(readableSecond(row.atUs)), ...(noted === '' ? [] : [BREAK, own(noted)])],
          [own(sinceText(row))],
          [{ text: kindName(row), isBold: true, isOwn: true }, own(' '), said(page, rowText(row))],
          [said(page, row.source)],
        ];
      }),
    ),

  evidence: (page) => [
    ...table(
      ['', 'Finding', 'In', 'Evidence'],
      page.postmortem.findings.map(({ mark, title, evidenceMark, evidence }) => [
        [marked(page, mark)],
        [said(page, title)],
        [own(evidenceMark)],
        evidence.flatMap((one, at) => [...(at === 0 ? [] : [BREAK]), said(page, citedText(one))]),
      ]),
    ),
    ...table(
      ['', 'Diagnosed', 'Case', 'Seal', 'Was this right?'],
      page.postmortem.evidence.map((one) => [
        [marked(page, one.mark)],
        [said(page, diagnosedText(one))],
        [one.case === undefined ? own('not kept') : said(page, one.case.folder)],
        [one.case === undefined ? own('') : said(page, one.case.seal)],
        [own(answersText(one))],
      ]),
    ),
  ],

  links: (page) =>
    table(
      ['', 'Link', 'Address'],
      page.postmortem.links.map(({ mark, text: words, link }) => [
        [marked(page, mark)],
        [said(page, words)],
        [said(page, link)],
      ]),
    ),

  'action-items': (page) =>
    table(
      ['', 'What', 'Owner', 'Due', 'State'],
      page.postmortem.actionItems.map((one) => [
        [own(one.mark)],
        [said(page, typedText(one))],
        [said(page, one.owner)],
        [said(page, one.due)],
        [said(page, itemStanding(one)), ...issueOf(page, one)],
      ]),
    ),
};

function said({ names }: Page, words: string): Run {
  return text(spoken(words, names));
}

/** ` · acme/shop#12`, with a link. */
function issueOf(page: Page, { issue }: PostmortemActionItem): Runs {
  if (issue === undefined || issue.key === '') return [];
  const name = said(page, issue.key);
  const url = openable(shown(issue.url));
  return [own(' · '), url === '' ? name : { ...name, url }];
}

/** Empty without rows: the section then says that there are none. */
function table(head: readonly string[], rows: readonly (readonly Runs[])[]): TargetDocument {
  return rows.length === 0 ? [] : [{ kind: 'table', head, rows }];
}
