/** A diagnosis as Markdown, for a ticket, a pull request or the postmortem. */
import type { Analysis } from '#model/analysis.ts';
import { type Section, sectionsOf } from '#present/sections.ts';
import { summaryOf } from '#present/summary.ts';
import { waterfallOf } from '#present/waterfall.ts';
import { NO_PAINT, waterfallText } from '#present/waterfall-text.ts';

/** What a code block shows without scrolling on GitHub and GitLab. */
const WATERFALL_WIDTH = 100;

export function markdownOf(analysis: Analysis): string {
  const summary = summaryOf(analysis);
  const waterfall = waterfallText(waterfallOf(analysis.trace, analysis.judgement), WATERFALL_WIDTH, NO_PAINT);
  const parts = [
    `# ${escapeMarkdown(summary.verdict)}`,
    summary.standing === '' ? '' : `**${escapeMarkdown(summary.standing)}**`,
    `${escapeMarkdown(`${summary.subject} · ${summary.began}`)} · trace ${linked(summary.traceId, summary.traceUrl)}`,
    waterfall.length === 0 ? '' : fenced(waterfall.join('\n')),
    ...sectionsOf(summary).map(section),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section({ title, lines, ordered }: Section): string {
  const items = lines.map(({ text, url }, at) => `${ordered ? `${at + 1}.` : '-'} ${linked(text, url)}`);
  return `## ${title}\n\n${items.join('\n')}`;
}

function linked(text: string, url: string): string {
  const words = escapeMarkdown(text);
  return url === '' ? words : `[${words}](${url})`;
}

/** A backslash before every ASCII mark that may mean something; `@` and `#` could mention people and tickets. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~$!&]/g, (char) => (char === '<' ? '&lt;' : char === '&' ? '&amp;' : `\\${char}`))
    .replace(/@(?=\w)/g, '@\u2060')
    .replace(/^(\d+)([.)])(?=\s)/, '$1\\$2')
    .replace(/^([-+=])/, '\\$1')
    .replace(/\b(https?|ftp):\/\//gi, '$1:\u2060//')
    .replace(/\bwww\./gi, 'www\u2060.');
}

/** A fence is longer than any run of backticks inside it. */
function fenced(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((most, run) => Math.max(most, run.length + 1), 3));
  return `${fence}text\n${text}\n${fence}`;
}
