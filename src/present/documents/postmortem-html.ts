/** A postmortem's draft as one self-contained HTML page: no script, no external picture, readable on a phone. */

import type { Postmortem, PostmortemActionItem, PostmortemSection } from '#model/incident/postmortem.ts';
import { redact } from '#model/redaction/redaction.ts';
import { counted } from '#model/text/count-text.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import { drawnTwice, PICTURE_STYLE } from '#present/documents/html-picture.ts';
import { htmlTable, TABLE_STYLE } from '#present/documents/html-table.ts';
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
  titleOf,
  typedText,
  urlsOf,
  whenNoted,
  wordsText,
} from '#present/documents/postmortem-text.ts';
import { pathSvg, pathTitle } from '#present/pictures/path-svg.ts';
import {
  diagnosedWithPath,
  onsetPicture,
  onsetTitle,
  pictureIn,
  STEPS_TITLE,
  stepsSvg,
} from '#present/pictures/postmortem-pictures.ts';
import { kindName } from '#present/slack/timeline.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { isoInstant, readableSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import type { Names } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

const STYLE = `
body { max-width: 820px; }
h2 { font-size: 1.2rem; margin: 2em 0 0.3em; padding-top: 0.6em; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.4em 0 0.2em; }
ul { margin: 0.3em 0; padding-left: 1.3em; }
.state { margin: 0; padding: 0.6em 0.9em; background: var(--notice); border-left: 4px solid var(--notice-edge); }
.state p { margin: 0.2em 0; }
.missing { color: var(--quiet); }
.question { list-style: "?  "; color: var(--ask); }
.cites, .noted { color: var(--quiet); font-size: 0.85rem; }
${TABLE_STYLE}
${PICTURE_STYLE}
figure { margin: 0.6em 0; }
figcaption { color: var(--quiet); font-size: 0.9rem; }
h1, h2, h3, caption, figcaption, thead { break-after: avoid; }
tr, li, figure { break-inside: avoid; }
@media print { .state { border: 1px solid var(--notice-edge); } details::details-content { content-visibility: visible; height: auto; } }
`;

export function postmortemHtml(shownPostmortem: ShownPostmortem): string {
  const { postmortem, names } = shownPostmortem;
  const page: Page = { postmortem, names, urls: urlsOf(postmortem) };
  const state = stateLines(shownPostmortem).map((line) => `<p>${prose(line)}</p>`);
  const html = htmlPage({
    title: titleOf(shownPostmortem),
    style: STYLE,
    main: `<div class="state">${state.join('')}</div>
${[...shownSections(postmortem).shown.map((section) => sectionHtml(page, section)), moreHtml(page), emptyHtml(postmortem), rewriteHtml(shownPostmortem)].join('\n')}`,
  });
  return redact(html);
}

type Page = Readonly<{ postmortem: Postmortem; names: Names; urls: ReadonlyMap<string, string> }>;

function sectionHtml(page: Page, section: PostmortemSection): string {
  const { title, level, statements, table, missing } = section;
  const items = [
    ...statements.map(({ words, cites }) => `<li>${prose(wordsText(words, page.names))}${cited(cites)}</li>`),
    ...missing.map((sentence) => `<li class="missing">${prose(sentence)}</li>`),
    ...firstIn(page.postmortem, section).map(
      (question) => `<li class="question">${prose(spoken(question, page.names))}</li>`,
    ),
  ];
  const list = items.length === 0 ? '' : `<ul>${items.join('')}</ul>`;
  return `<section><h${level}>${escapeXml(title)}</h${level}>${picture(page.postmortem, section)}${table ? TABLES[table](page) : ''}${list}</section>`;
}

function emptyHtml(postmortem: Postmortem): string {
  const { emptyTitle } = shownSections(postmortem);
  const list = `<ul><li class="missing">${NOTHING_NOTED}</li></ul>`;
  return emptyTitle === '' ? '' : `<section><h2>${escapeXml(shown(emptyTitle))}</h2>${list}</section>`;
}

function picture(postmortem: Postmortem, section: PostmortemSection): string {
  const id = pictureIn(section);
  if (id === 'onset') {
    const drawn = drawnTwice((paper) => onsetPicture(postmortem, paper));
    return figure(onsetTitle(postmortem), drawn);
  }
  if (id === 'steps') {
    const drawn = drawnTwice((paper) => stepsSvg(postmortem, paper));
    return figure(STEPS_TITLE, drawn);
  }
  const diagnosed = id === 'path' ? diagnosedWithPath(postmortem) : undefined;
  if (diagnosed === undefined) return '';
  const drawn = drawnTwice((paper) => pathSvg(diagnosed, paper));
  return figure(pathTitle(diagnosed), drawn);
}

function figure(caption: string, drawn: string): string {
  return drawn === '' ? '' : `<figure><figcaption>${escapeXml(caption)}</figcaption>${drawn}</figure>`;
}

function moreHtml({ postmortem, names }: Page): string {
  const more = moreToAsk(postmortem);
  if (more.length === 0) return '';
  const items = more.map(
    ({ title, question }) => `<li class="question">${escapeXml(title)}: ${prose(spoken(question, names))}</li>`,
  );
  const summary = `<summary>More to ask: ${counted(more.length, 'question')} that can wait</summary>`;
  return `<details>${summary}<ul>${items.join('')}</ul></details>`;
}

function rewriteHtml(shownPostmortem: ShownPostmortem): string {
  const rewrites = rewritesShown(shownPostmortem);
  if (rewrites.length === 0) return '';
  const items = rewrites.map(({ where, sentence, rule, advice }) => {
    const place = MARK.test(where) ? `<a href="#${where}">${where}</a>` : escapeXml(where);
    return `<li>${place}: “${prose(sentence)}” ${rule}.<span class="cites">${escapeXml(advice)}</span></li>`;
  });
  return `<section><h2>${REWRITE_TITLE}</h2><ul>${items.join('')}</ul></section>`;
}

function cited(cites: readonly string[]): string {
  if (cites.length === 0) return '';
  const marks = cites.map((mark) => (MARK.test(mark) ? `<a href="#${mark}">${mark}</a>` : escapeXml(mark)));
  return ` <span class="cites">(${marks.join(', ')})</span>`;
}

/** Marks with an anchor on this page. */
const MARK = /^[TFEA]\d+$/;

const TABLES: Readonly<Record<NonNullable<PostmortemSection['table']>, (page: Page) => string>> = {
  metrics: ({ postmortem }) =>
    htmlTable(
      ['Metric', 'Time', 'Measured'],
      postmortem.metricRows.map(({ name, value, means, cites }) => ({
        id: '',
        cells: [`<strong>${name}</strong>`, value ?? 'unknown', `${escapeXml(means)}${cited(cites)}`],
      })),
    ),

  timeline: (page) =>
    htmlTable(
      ['', 'When (UTC)', 'Since last', 'What', 'Source'],
      page.postmortem.timeline.map((row) => {
        const noted = whenNoted(row);
        const when = `<time datetime="${isoInstant(row.atUs)}">${prose(readableSecond(row.atUs))}</time>`;
        return {
          id: row.mark,
          cells: [
            opened(page, row.mark),
            `${when}${noted === '' ? '' : `<br><span class="noted">${prose(noted)}</span>`}`,
            sinceText(row),
            `<strong>${kindName(row)}</strong> ${said(page, rowText(row))}`,
            said(page, row.source),
          ],
        };
      }),
    ),

  evidence: (page) =>
    htmlTable(
      ['', 'Finding', 'In', 'Evidence'],
      page.postmortem.findings.map(({ mark, title, evidenceMark, evidence }) => ({
        id: mark,
        cells: [
          opened(page, mark),
          said(page, title),
          `<a href="#${evidenceMark}">${evidenceMark}</a>`,
          evidence.map((item) => said(page, citedText(item))).join('<br>'),
        ],
      })),
    ) +
    htmlTable(
      ['', 'Diagnosed', 'Case', 'Seal', 'Was this right?'],
      page.postmortem.evidence.map((one) => ({
        id: one.mark,
        cells: [
          opened(page, one.mark),
          said(page, diagnosedText(one)),
          one.case === undefined ? 'not kept' : said(page, one.case.folder),
          one.case === undefined ? '' : said(page, one.case.seal),
          answersText(one),
        ],
      })),
    ),

  links: (page) =>
    htmlTable(
      ['', 'Link', 'Address'],
      page.postmortem.links.map(({ mark, text, link }) => ({
        id: '',
        cells: [opened(page, mark), said(page, text), said(page, link)],
      })),
    ),

  'action-items': (page) =>
    htmlTable(
      ['', 'What', 'Owner', 'Due', 'State'],
      page.postmortem.actionItems.map((item) => ({
        id: item.mark,
        cells: [
          item.mark,
          said(page, typedText(item)),
          said(page, item.owner),
          said(page, item.due),
          `${said(page, itemStanding(item))}${issueOf(page, item)}`,
        ],
      })),
    ),
};

function said({ names }: Page, text: string): string {
  return prose(spoken(text, names));
}

/** Escaped, with each date in one line. */
function prose(text: string): string {
  return escapeXml(text).replace(DATE, '<span class="date">$&</span>');
}

/** `2026-01-06`; none within an address or an id. */
const DATE = /(?<![\w./-])\d{4}-\d{2}-\d{2}(?![\w/-])/g;

/** ` · acme/shop#12`, with a link. */
function issueOf(page: Page, { issue }: PostmortemActionItem): string {
  if (issue === undefined || issue.key === '') return '';
  const name = said(page, issue.key);
  const url = openable(shown(issue.url));
  return ` · ${url === '' ? name : `<a href="${escapeXml(url)}" rel="noreferrer">${name} ↗</a>`}`;
}

/** The mark, with a link to its source. */
function opened({ urls }: Page, mark: string): string {
  const url = urls.get(mark);
  return url === undefined ? mark : `<a href="${escapeXml(url)}" rel="noreferrer">${mark} ↗</a>`;
}
