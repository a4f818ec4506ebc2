/**
 * A document in Confluence's storage format: XHTML, in which only our own elements have a meaning.
 * https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
 */
import { documentHtml, escapedHtml, type OwnHtml } from '#adapters/document-html.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';

/** `mark`: stands in the page as an anchor, which nobody sees. */
export function storageOf(document: TargetDocument, mark: string): string {
  return `${anchorOf(mark)}${documentHtml(document, OWN)}`;
}

export function anchorOf(mark: string): string {
  return `<p><ac:structured-macro ac:name="anchor"><ac:parameter ac:name="">spanhound-${mark}</ac:parameter></ac:structured-macro></p>`;
}

const OWN: OwnHtml = {
  picture: ({ name, alt }) =>
    `<ac:image ac:alt="${escapedHtml(alt)}"><ri:attachment ri:filename="${escapedHtml(name)}" /></ac:image>`,
  tasks(items) {
    const tasks = items.map(
      (item) => `<ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>${item}</ac:task-body></ac:task>`,
    );
    return `<ac:task-list>${tasks.join('')}</ac:task-list>`;
  },
};
