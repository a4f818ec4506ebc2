/** A comparison for the terminal, as Markdown and as a page. */

import { section as htmlSection, STYLE } from '#present/documents/html.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import { drawnTwice } from '#present/documents/html-picture.ts';
import { escapeMarkdown, fenced, section as markdownSection } from '#present/documents/markdown.ts';
import { ANSI_PAINT, sectionLines } from '#present/documents/terminal.ts';
import { type AlignedRow, alignedRows } from '#present/pictures/aligned-rows.ts';
import { comparisonSvg } from '#present/pictures/comparison-svg.ts';
import type { ShownComparison } from '#present/shown-comparison.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { NO_PAINT } from '#present/waterfall/text.ts';
import { cutTo, displayWidth, paragraph } from '#present/words/display-width.ts';

const MAX_ROWS = 40;
const NARROWEST = 60;
const WIDEST = 160;
const PROSE_WIDTH = 100;
/** The width of a code block without scrolling on GitHub and GitLab. */
const CODE_WIDTH = 100;

export function comparisonText(
  shownOne: ShownComparison,
  { width, colour }: Readonly<{ width: number; colour: boolean }>,
): string {
  const columns = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(width) || NARROWEST));
  const prose = Math.min(columns, PROSE_WIDTH);
  const paint = colour ? ANSI_PAINT : NO_PAINT;
  const { verdict, standing, subject, sections } = shownOne.summary;
  const table = tableOf(shownOne, columns);
  const lines = [
    ...paragraph(verdict, prose).map(paint.bold),
    ...paragraph(standing, prose),
    ...subject.flatMap((line) => paragraph(line, prose)).map(paint.dim),
    ...(table.length === 0 ? [] : ['', ...table]),
    ...sections.flatMap((section) => sectionLines(section, prose, paint)),
  ];
  return `${lines.join('\n')}\n`;
}

export function comparisonMarkdown(shownOne: ShownComparison): string {
  const { verdict, standing, subject, sections } = shownOne.summary;
  const table = tableOf(shownOne, CODE_WIDTH);
  const parts = [
    `# ${escapeMarkdown(verdict)}`,
    standing === '' ? '' : `**${escapeMarkdown(standing)}**`,
    subject.map((line) => `- ${escapeMarkdown(line)}`).join('\n'),
    table.length === 0 ? '' : fenced(table.join('\n')),
    ...sections.map(markdownSection),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function comparisonHtml(shownOne: ShownComparison): string {
  const { verdict, standing, subject, sections } = shownOne.summary;
  return htmlPage({
    title: verdict,
    style: STYLE,
    main: [
      `<p><strong>${escapeXml(standing)}</strong></p>`,
      ...subject.map((line) => `<p class="quiet">${escapeXml(line)}</p>`),
      drawnTwice((paper) => comparisonSvg(shownOne, { headline: false, paper })),
      ...sections.map(htmlSection),
    ].join('\n'),
  });
}

/** The calls of both traces with their times side by side. */
function tableOf({ comparison, drawn }: ShownComparison, width: number): string[] {
  if (drawn === undefined) return [];
  const rows = alignedRows(drawn, comparison, MAX_ROWS);
  const ends = rows.map(({ times, ratio, mark }) => [mark, times, ratio].filter((part) => part !== '').join('  '));
  const endWidth = Math.min(Math.floor(width / 2), Math.max(0, ...ends.map(displayWidth)));
  return rows.map((row, at) => {
    const end = cutTo(ends[at] ?? '', endWidth);
    const start = cutTo(`${SIGN[row.kind]} ${nameOf(row)}`, width - endWidth - 2);
    const gap = ' '.repeat(Math.max(2, width - displayWidth(start) - displayWidth(end)));
    return `${start}${gap}${end}`.trimEnd();
  });
}

const SIGN: Readonly<Record<AlignedRow['kind'], string>> = { both: ' ', added: '+', missing: '−' };
const MOST_INDENT = 12;

function nameOf({ depth, fails, service, operation, hidden }: AlignedRow): string {
  const more = hidden === 0 ? '' : ` (+${hidden})`;
  return `${'  '.repeat(Math.min(depth, MOST_INDENT))}${fails ? '✗ ' : ''}${service} ${operation}${more}`;
}
