/**
 * A document in Confluence's storage format: XHTML, in which only our own elements have a meaning.
 * https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
 */
import type { DocumentPart, Run, Runs, TargetDocument } from '#model/incident/target-document.ts';

/** `mark`: stands in the page as an anchor, which nobody sees. */
export function storageOf(document: TargetDocument, mark: string): string {
  return `${anchorOf(mark)}${document.map(partOf).join('')}`;
}

export function anchorOf(mark: string): string {
  return `<p><ac:structured-macro ac:name="anchor"><ac:parameter ac:name="">spanhound-${mark}</ac:parameter></ac:structured-macro></p>`;
}

function partOf(part: DocumentPart): string {
  switch (part.kind) {
    case 'heading':
      return `<h${part.level}>${escaped(part.text)}</h${part.level}>`;
    case 'notice':
      return `<blockquote>${part.lines.map((line) => `<p>${escaped(line)}</p>`).join('')}</blockquote>`;
    case 'paragraph':
      return `<p>${lineOf(part.runs)}</p>`;
    case 'list':
      return listOf(part.items);
    case 'table':
      return tableOf(part.head, part.rows);
    case 'picture':
      return `<ac:image ac:alt="${escaped(part.alt)}"><ri:attachment ri:filename="${escaped(part.name)}" /></ac:image>`;
  }
}

type Items = Extract<DocumentPart, { kind: 'list' }>['items'];

/** Tasks have a list of their own. */
function listOf(items: Items): string {
  const plain = items.filter(({ isTask }) => !isTask).map(({ runs }) => `<li>${lineOf(runs)}</li>`);
  const tasks = items
    .filter(({ isTask }) => isTask)
    .map(
      ({ runs }) =>
        `<ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>${lineOf(runs)}</ac:task-body></ac:task>`,
    );
  return [
    plain.length === 0 ? '' : `<ul>${plain.join('')}</ul>`,
    tasks.length === 0 ? '' : `<ac:task-list>${tasks.join('')}</ac:task-list>`,
  ].join('');
}

function tableOf(head: readonly string[], rows: readonly (readonly Runs[])[]): string {
  const heads = head.map((text) => `<th><p>${escaped(text)}</p></th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td><p>${lineOf(cell)}</p></td>`).join('')}</tr>`);
  return `<table><tbody><tr>${heads}</tr>${body.join('')}</tbody></table>`;
}

function lineOf(runs: Runs): string {
  return runs.map(runOf).join('');
}

function runOf({ text, url, isBold }: Run): string {
  if (text === '\n') return '<br />';
  const words = isBold ? `<strong>${escaped(text)}</strong>` : escaped(text);
  return url === undefined ? words : `<a href="${escaped(url)}">${words}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.toWellFormed().replace(/[&<>"]/g, (char) => ENTITIES[char] ?? '');
}
