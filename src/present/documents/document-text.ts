/** A document in parts as plain text, for a terminal or a ticket; redacted as a whole. */
import type { DocumentPart, Run, Runs } from '#model/incident/target-document.ts';
import { redact } from '#model/redaction/redaction.ts';
import { displayWidth, fitted, paragraph, wrapped } from '#present/words/display-width.ts';

/** `width`: in columns. Tables stay aligned: only the widest column of a table wraps. */
export function documentText(title: string, parts: readonly DocumentPart[], width: number): string {
  const blocks = [paragraph(title, width), ...parts.map((part) => partLines(part, width))];
  return redact(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

function partLines(part: DocumentPart, width: number): readonly string[] {
  switch (part.kind) {
    case 'heading':
      return paragraph(part.text, width);
    case 'notice':
      return part.lines.flatMap((line) => paragraph(line, width));
    case 'paragraph':
      return paragraph(runsText(part.runs), width);
    case 'list':
      return part.items.flatMap(({ runs }) => paragraph(`- ${runsText(runs)}`, width));
    case 'table':
      return tableLines([part.head, ...part.rows.map((cells) => cells.map(runsText))], width);
    case 'picture':
      return [];
  }
}

const GAP = '  ';
/** Even on a narrow terminal, a text has this much room. */
const LEAST_COLUMNS = 24;

/** A cell has one line or several: a piece `\n` begins a new one. */
function tableLines(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const natural = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.flatMap((cells) => linesOf(cells[at]).map(displayWidth))),
  );
  const widest = natural.indexOf(Math.max(...natural));
  const others = natural.reduce((sum, one, at) => sum + (at === widest ? 0 : one + GAP.length), 0);
  const widths = natural.map((one, at) =>
    at === widest ? Math.min(one, Math.max(LEAST_COLUMNS, width - others)) : one,
  );
  return rows.flatMap((cells) => {
    const columns = widths.map((room, at) => linesOf(cells[at]).flatMap((line) => wrapped(line, room)));
    const height = Math.max(1, ...columns.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) =>
      columns
        .map((lines, column) => fitted(lines[at] ?? '', widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    );
  });
}

function linesOf(cell = ''): readonly string[] {
  return cell.split('\n');
}

function runsText(runs: Runs): string {
  return runs.map(runText).join('');
}

/** Without Markdown, a colon sets a bold name apart. Words of our own on a link say nothing that its address does not. */
function runText({ text, url, isBold, isOwn }: Run): string {
  const words = isBold ? `${text}:` : text;
  if (url === undefined) return words;
  return isOwn || url === text ? url : `${words} ${url}`;
}
