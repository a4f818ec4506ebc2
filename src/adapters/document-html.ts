/** A document as simple HTML, in which only our own elements have a meaning: for places that take it. */
import type { DocumentPart, Run, Runs, TargetDocument } from '#model/incident/target-document.ts';

type Picture = Extract<DocumentPart, { kind: 'picture' }>;

/** What each place writes in its own way. */
export type OwnHtml = Readonly<{
  picture(picture: Picture): string;
  /** `items`: the HTML of each. People tick them off. */
  tasks(items: readonly string[]): string;
}>;

export function documentHtml(document: TargetDocument, own: OwnHtml): string {
  return document.map((part) => partOf(part, own)).join('');
}

function partOf(part: DocumentPart, own: OwnHtml): string {
  switch (part.kind) {
    case 'heading':
      return `<h${part.level}>${escapedHtml(part.text)}</h${part.level}>`;
    case 'notice':
      return `<blockquote>${part.lines.map((line) => `<p>${escapedHtml(line)}</p>`).join('')}</blockquote>`;
    case 'paragraph':
      return `<p>${lineOf(part.runs)}</p>`;
    case 'list':
      return listOf(part.items, own);
    case 'table':
      return tableOf(part.head, part.rows);
    case 'picture':
      return own.picture(part);
  }
}

type Items = Extract<DocumentPart, { kind: 'list' }>['items'];

/** Tasks have a list of their own. */
function listOf(items: Items, own: OwnHtml): string {
  const plain = items.filter(({ isTask }) => !isTask).map(({ runs }) => `<li>${lineOf(runs)}</li>`);
  const tasks = items.filter(({ isTask }) => isTask).map(({ runs }) => lineOf(runs));
  return [plain.length === 0 ? '' : `<ul>${plain.join('')}</ul>`, tasks.length === 0 ? '' : own.tasks(tasks)].join('');
}

function tableOf(head: readonly string[], rows: readonly (readonly Runs[])[]): string {
  const heads = head.map((text) => `<th><p>${escapedHtml(text)}</p></th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td><p>${lineOf(cell)}</p></td>`).join('')}</tr>`);
  return `<table><tbody><tr>${heads}</tr>${body.join('')}</tbody></table>`;
}

function lineOf(runs: Runs): string {
  return runs.map(runOf).join('');
}

function runOf({ text, url, isBold }: Run): string {
  if (text === '\n') return '<br />';
  const words = isBold ? `<strong>${escapedHtml(text)}</strong>` : escapedHtml(text);
  return url === undefined ? words : `<a href="${escapedHtml(url)}">${words}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For a text, and for the value of an attribute in double quotes. */
export function escapedHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"]/g, (char) => ENTITIES[char] ?? '');
}
