/**
 * A document in the Markdown of Slack's canvases: headings of three levels, tables of 300 cells, no lists in quotes. Other
 * marks make Slack refuse the whole canvas. https://docs.slack.dev/surfaces/canvases
 */
import type { DocumentPart, Run, Runs, TargetDocument } from '#model/incident/target-document.ts';

const MOST_CELLS = 300;

/** `closing`: our own line at the end. */
export function canvasMarkdown(document: TargetDocument, closing: string): string {
  const parts = document.map(partText).filter((text) => text !== '');
  return `${[...parts, '---', closing].join('\n\n')}\n`;
}

/** A canvas takes pictures only from files that its readers may see. */
function partText(part: DocumentPart): string {
  switch (part.kind) {
    case 'heading':
      return `${'#'.repeat(part.level)} ${escaped(part.text)}`;
    case 'notice':
      return part.lines.map(escaped).join('\n\n');
    case 'paragraph':
      return lineOf(part.runs);
    case 'list':
      return part.items.map(({ runs, isTask }) => `- ${isTask ? '[ ] ' : ''}${lineOf(runs)}`).join('\n');
    case 'table':
      return tablesOf(part.head, part.rows).join('\n\n');
    case 'picture':
      return '';
  }
}

/** A long table becomes several, each with the head. */
function tablesOf(head: readonly string[], rows: readonly (readonly Runs[])[]): readonly string[] {
  const most = Math.max(1, Math.floor(MOST_CELLS / head.length) - 1);
  const tables: string[] = [];
  for (let at = 0; at < rows.length; at += most) {
    const cells = rows.slice(at, at + most).map((row) => row.map(lineOf));
    const lines = [head, head.map(() => '---'), ...cells];
    tables.push(lines.map((line) => `| ${line.join(' | ')} |`).join('\n'));
  }
  return tables;
}

function lineOf(runs: Runs): string {
  return runs.map(runOf).join('');
}

function runOf({ text, url, isBold }: Run): string {
  if (text === '\n') return ' · ';
  const words = escaped(text);
  const written = isBold && words.trim() !== '' ? `**${words}**` : words;
  return url === undefined ? written : `[${written}](${url})`;
}

/** Slack refuses a canvas with `|` in a line, and with `<…>`: other characters that look alike stand there. */
const ALIKE: Readonly<Record<string, string>> = { '|': '¦', '<': '‹', '>': '›' };

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\r\n\u2028\u2029]+/g, ' ')
    .replace(/[|<>]/g, (char) => ALIKE[char] ?? '')
    .replace(/[\\`*_{}[\]#~!]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u2060')
    .replace(/^(\d+)([.)])(?=\s)/, '$1\\$2')
    .replace(/^([-+=])/, '\\$1')
    .replace(/:(?=[\w+-]+:)/g, ':\u2060')
    .replace(/\b(https?|ftp):\/\//gi, '$1:\u2060//')
    .replace(/\bwww\./gi, 'www\u2060.');
}
