/** A postmortem's draft as Markdown: for a repository, a wiki or a ticket, where people finish it; redacted as a whole. */

import type { Postmortem, PostmortemActionItem, PostmortemSection } from '#model/incident/postmortem.ts';
import { redact } from '#model/redaction/redaction.ts';
import { counted } from '#model/text/count-text.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import {
  answersText,
  citedText,
  diagnosedText,
  firstIn,
  itemStanding,
  moreToAsk,
  REWRITE_TITLE,
  rewritesShown,
  type ShownPostmortem,
  sinceText,
  spoken,
  stateLines,
  titleOf,
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

/** Pictures as files beside the Markdown. */
export type PictureFiles = ReadonlyMap<PictureId, Readonly<{ name: string; alt: string }>>;

export function postmortemMarkdown(shownPostmortem: ShownPostmortem, pictures: PictureFiles = new Map()): string {
  const { postmortem, names } = shownPostmortem;
  const page: Page = { postmortem, names, urls: urlsOf(postmortem), pictures };
  const parts = [
    `# ${escapeMarkdown(titleOf(shownPostmortem))}`,
    stateLines(shownPostmortem)
      .map((line) => `> ${escapeMarkdown(line)}`)
      .join('  \n'),
    ...postmortem.sections.map((section) => sectionText(page, section)),
    ...moreText(page),
    ...rewriteText(shownPostmortem),
  ];
  return redact(`${parts.join('\n\n')}\n`);
}

type Page = Readonly<{
  postmortem: Postmortem;
  names: Names;
  urls: ReadonlyMap<string, string>;
  pictures: PictureFiles;
}>;

function sectionText(page: Page, section: PostmortemSection): string {
  const { title, level, statements, table, missing } = section;
  const lines = [
    ...statements.map(({ words, cites }) => `- ${escapeMarkdown(wordsText(words, page.names))}${cited(page, cites)}`),
    ...missing.map((sentence) => `- ${escapeMarkdown(sentence)}`),
    // People tick off what they have answered.
    ...firstIn(page.postmortem, section).map((question) => `- [ ] ${escapeMarkdown(spoken(question, page.names))}`),
  ];
  const heading = `${'#'.repeat(level)} ${escapeMarkdown(title)}`;
  const parts = [heading, picture(page, section), table ? TABLES[table](page) : '', lines.join('\n')];
  return parts.filter((part) => part !== '').join('\n\n');
}

function picture({ pictures }: Page, section: PostmortemSection): string {
  const id = pictureIn(section);
  const file = id && pictures.get(id);
  return file === undefined ? '' : `![${escapeMarkdown(file.alt)}](${file.name})`;
}

/** At the end, behind the open questions. */
function moreText({ postmortem, names }: Page): readonly string[] {
  const more = moreToAsk(postmortem);
  if (more.length === 0) return [];
  const lines = more.map(
    ({ title, question }) => `- [ ] ${escapeMarkdown(title)}: ${escapeMarkdown(spoken(question, names))}`,
  );
  return [`**More to ask** · ${counted(more.length, 'question')} that can wait`, lines.join('\n')];
}

/** Below the draft: its readers see it too, until somebody accepts the draft. */
function rewriteText(shownPostmortem: ShownPostmortem): readonly string[] {
  const rewrites = rewritesShown(shownPostmortem);
  if (rewrites.length === 0) return [];
  const lines = rewrites.map(({ where, sentence, rule, advice }) => {
    const what = escapeMarkdown(`${where}: “${sentence}” ${rule}.`);
    return `- ${what}${escapeMarkdown(advice)}`;
  });
  return [`## ${REWRITE_TITLE}`, lines.join('\n')];
}

function cited({ urls }: Page, cites: readonly string[]): string {
  if (cites.length === 0) return '';
  const marks = cites.map((mark) => {
    const url = urls.get(mark);
    return url === undefined ? mark : `[${mark}](${url})`;
  });
  return ` (${marks.join(', ')})`;
}

const TABLES: Readonly<Record<NonNullable<PostmortemSection['table']>, (page: Page) => string>> = {
  metrics: (page) =>
    table(
      ['Metric', 'Time', 'Measured'],
      page.postmortem.metricRows.map(({ name, value, means, cites }) => [
        `**${name}**`,
        value ?? 'unknown',
        `${means}${cited(page, cites)}`,
      ]),
    ),

  timeline: (page) =>
    table(
      ['', 'When (UTC)', 'Since last', 'What', 'Source'],
      page.postmortem.timeline.map((row) => {
        const noted = whenNoted(row);
        return [
          cell(page, row.mark),
          `${readableSecond(row.atUs)}${noted === '' ? '' : `<br>${noted}`}`,
          sinceText(row),
          `**${kindName(row)}** ${said(page, row.text)}`,
          said(page, row.source),
        ];
      }),
    ),

  evidence: (page) =>
    [
      table(
        ['', 'Finding', 'In', 'Evidence'],
        page.postmortem.findings.map(({ mark, title, evidenceMark, evidence }) => [
          cell(page, mark),
          said(page, title),
          evidenceMark,
          evidence.map((item) => said(page, citedText(item))).join('<br>'),
        ]),
      ),
      table(
        ['', 'Diagnosed', 'Case', 'Seal', 'Was this right?'],
        page.postmortem.evidence.map((one) => [
          cell(page, one.mark),
          said(page, diagnosedText(one)),
          one.case === undefined ? 'not kept' : said(page, one.case.folder),
          one.case === undefined ? '' : said(page, one.case.seal),
          answersText(one),
        ]),
      ),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),

  links: (page) =>
    table(
      ['', 'Link', 'Address'],
      page.postmortem.links.map(({ mark, text, link }) => [cell(page, mark), said(page, text), said(page, link)]),
    ),

  'action-items': (page) =>
    table(
      ['', 'What', 'Owner', 'Due', 'State'],
      page.postmortem.actionItems.map((item) => [
        item.mark,
        said(page, typedText(item)),
        said(page, item.owner),
        said(page, item.due),
        `${said(page, itemStanding(item))}${issueOf(page, item)}`,
      ]),
    ),
};

function said({ names }: Page, text: string): string {
  return escapeMarkdown(spoken(text, names));
}

function cell({ urls }: Page, mark: string): string {
  const url = urls.get(mark);
  return url === undefined ? mark : `[${mark}](${url})`;
}

/** ` · [acme/shop#12](https://…)` */
function issueOf(page: Page, { issue }: PostmortemActionItem): string {
  if (issue === undefined || issue.key === '') return '';
  const name = said(page, issue.key);
  const url = openable(shown(issue.url));
  return ` · ${url === '' ? name : `[${name}](${url})`}`;
}

/** Empty without rows: the section then says that there are none. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
