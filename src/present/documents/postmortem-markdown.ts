/** A postmortem's draft as Markdown: for a repository, a wiki or a ticket, where people finish it; redacted as a whole. */
import type { DocumentPart, Run, Runs } from '#model/incident/target-document.ts';
import { redact } from '#model/redaction/redaction.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import { type PictureFiles, postmortemParts } from '#present/documents/postmortem-parts.ts';
import { type ShownPostmortem, titleOf } from '#present/documents/postmortem-text.ts';

export function postmortemMarkdown(shownPostmortem: ShownPostmortem, pictures: PictureFiles = new Map()): string {
  return documentMarkdown(titleOf(shownPostmortem), postmortemParts(shownPostmortem, pictures));
}

/** Redacted as a whole. */
export function documentMarkdown(title: string, parts: readonly DocumentPart[]): string {
  const texts = [`# ${escapeMarkdown(title)}`, ...parts.map(partText)];
  return redact(`${texts.join('\n\n')}\n`);
}

function partText(part: DocumentPart): string {
  switch (part.kind) {
    case 'heading':
      return `${'#'.repeat(part.level)} ${escapeMarkdown(part.text)}`;
    case 'notice':
      return part.lines.map((line) => `> ${escapeMarkdown(line)}`).join('  \n');
    case 'paragraph':
      return runsText(part.runs);
    case 'list':
      return part.items.map(({ runs, isTask }) => `- ${isTask ? '[ ] ' : ''}${runsText(runs)}`).join('\n');
    case 'table':
      return tableText(part.head, part.rows);
    case 'picture':
      return `![${escapeMarkdown(part.alt)}](${part.name})`;
  }
}

function tableText(head: readonly string[], rows: readonly (readonly Runs[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((cells) => cells.map(runsText))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function runsText(runs: Runs): string {
  return runs.map(runText).join('');
}

function runText({ text, url, isBold, isOwn }: Run): string {
  if (text === '\n') return '<br>';
  const words = isOwn ? text : escapeMarkdown(text);
  const written = isBold ? `**${words}**` : words;
  return url === undefined ? written : `[${written}](${url})`;
}
