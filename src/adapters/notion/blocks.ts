/**
 * A document as blocks of Notion, within its limits: 100 blocks in a list and 1,000 in a request, 2,000 characters in a
 * text, 100 texts in a line. https://developers.notion.com/reference/request-limits
 */
import type { DocumentPart, Run, Runs, TargetDocument } from '#model/incident/target-document.ts';

/** `size`: the blocks that count in a request. `rest`: more rows of a table, for requests of their own. */
export type NotionBlock = Readonly<{ body: object; size: number; rest: readonly (readonly object[])[] }>;

const MOST_IN_LIST = 100;
/** Some room below 1,000. */
const MOST_IN_REQUEST = 900;
const TEXT_CHARS = 2_000;
const MOST_TEXTS = 100;
const URL_CHARS = 2_000;

/** `uploads`: the ids of uploaded pictures, by their names. */
export function blocksOf(document: TargetDocument, uploads: ReadonlyMap<string, string>): readonly NotionBlock[] {
  return document.flatMap((part) => partBlocks(part, uploads));
}

/** Blocks that one request takes. */
export function inRequests(blocks: readonly NotionBlock[]): readonly (readonly NotionBlock[])[] {
  const requests: NotionBlock[][] = [];
  let size = 0;
  for (const block of blocks) {
    const last = requests.at(-1);
    if (last === undefined || last.length >= MOST_IN_LIST || size + block.size > MOST_IN_REQUEST) {
      requests.push([block]);
      size = block.size;
    } else {
      last.push(block);
      size += block.size;
    }
  }
  return requests;
}

function partBlocks(part: DocumentPart, uploads: ReadonlyMap<string, string>): readonly NotionBlock[] {
  switch (part.kind) {
    case 'heading':
      return [textBlock(`heading_${part.level}`, [{ text: part.text }])];
    case 'notice':
      return [
        textBlock(
          'quote',
          part.lines.flatMap((text, at) => (at === 0 ? [{ text }] : [{ text: '\n' }, { text }])),
        ),
      ];
    case 'paragraph':
      return [textBlock('paragraph', part.runs)];
    case 'list':
      return part.items.map(({ runs, isTask }) => textBlock(isTask ? 'to_do' : 'bulleted_list_item', runs));
    case 'table':
      return [tableBlock(part.head, part.rows)];
    case 'picture':
      return pictureBlocks(part, uploads.get(part.name));
  }
}

function textBlock(type: string, runs: Runs): NotionBlock {
  return { body: { type, [type]: { rich_text: textsOf(runs) } }, size: 1, rest: [] };
}

function tableBlock(head: readonly string[], rows: readonly (readonly Runs[])[]): NotionBlock {
  const all = [head.map((text): Runs => [{ text }]), ...rows].map((cells) => ({
    type: 'table_row',
    table_row: { cells: cells.map(textsOf) },
  }));
  const children = all.slice(0, MOST_IN_LIST);
  const rest: object[][] = [];
  for (let at = MOST_IN_LIST; at < all.length; at += MOST_IN_LIST) rest.push(all.slice(at, at + MOST_IN_LIST));
  const table = { table_width: head.length, has_column_header: true, has_row_header: false, children };
  return { body: { type: 'table', table }, size: 1 + children.length, rest };
}

type Picture = Extract<DocumentPart, { kind: 'picture' }>;

function pictureBlocks({ alt }: Picture, upload: string | undefined): readonly NotionBlock[] {
  if (upload === undefined) return [];
  const image = { type: 'file_upload', file_upload: { id: upload }, caption: textsOf([{ text: alt }]) };
  return [{ body: { type: 'image', image }, size: 1, rest: [] }];
}

function textsOf(runs: Runs): readonly object[] {
  return runs.flatMap(textsIn).slice(0, MOST_TEXTS);
}

function textsIn({ text, url, isBold }: Run): readonly object[] {
  const link = url === undefined || url.length > URL_CHARS ? null : { url };
  return cut(text.toWellFormed()).map((content) => ({
    type: 'text',
    text: { content, link },
    ...(isBold && { annotations: { bold: true } }),
  }));
}

/** Never within a character. */
function cut(text: string): readonly string[] {
  const parts: string[] = [];
  let left = text;
  while (left.length > TEXT_CHARS) {
    const isPair = /[\ud800-\udbff]/.test(left.charAt(TEXT_CHARS - 1));
    const end = isPair ? TEXT_CHARS - 1 : TEXT_CHARS;
    parts.push(left.slice(0, end));
    left = left.slice(end);
  }
  return left === '' ? parts : [...parts, left];
}
