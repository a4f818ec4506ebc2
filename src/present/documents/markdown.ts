/** A diagnosis as Markdown, for a ticket, a pull request or the postmortem. */
import type { Analysis, WindowAnalysis } from '#model/finding/analysis.ts';
import { sealed } from '#model/redaction/sealed.ts';
import { methodSections } from '#present/documents/method-sections.ts';
import type { Section } from '#present/documents/section.ts';
import { detailSections, firstSections, isList, labelOf, storySections } from '#present/documents/sections.ts';
import { reportedMethods } from '#present/json/reported-methods.ts';
import { requestLanesText } from '#present/pictures/request-lanes-text.ts';
import { windowText } from '#present/pictures/window-text.ts';
import { linesOf } from '#present/waterfall/lines.ts';
import { NO_PAINT, waterfallText } from '#present/waterfall/text.ts';
import { waterfallOf } from '#present/waterfall/waterfall.ts';
import { secondLine } from '#present/words/first-message.ts';
import { summaryOf } from '#present/words/summary.ts';

/** The width of a code block without scrolling on GitHub and GitLab. */
const WATERFALL_WIDTH = 100;

export function markdownOf(analysis: Analysis): string {
  const summary = summaryOf(analysis);
  const { first } = summary;
  const picture =
    analysis.trace === undefined
      ? lanes(analysis)
      : waterfallText(
          waterfallOf(analysis.trace, analysis.judgement, { lines: linesOf(analysis) }),
          WATERFALL_WIDTH,
          NO_PAINT,
        );
  const parts = [
    `# ${withCode(first.headline)}`,
    escapeMarkdown(first.status === undefined ? first.lookedAt : secondLine(first)),
    escapeMarkdown(first.otherId),
    picture.length === 0 ? '' : `${escapeMarkdown(first.pictureTitle)}\n\n${fenced(picture.join('\n'))}`,
    ...firstSections(summary).map(labelled),
    ...detailSections(summary, methodSections(reportedMethods(analysis)), storySections(analysis)).map(section),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A part of the first message: a label in italics, not a heading. */
function labelled(section: Section): string {
  const label = `*${labelOf(section)}*`;
  const lines = section.lines.map(({ text, url }) => linked(text, url));
  return isList(section) ? `${label}\n\n- ${lines.join('\n- ')}` : `${label} ${lines.join('. ')}`;
}

/** Names between backticks become code. */
export function withCode(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? escapeMarkdown(part) : `\`${part}\``))
    .join('');
}

function lanes(analysis: WindowAnalysis): string[] {
  const { request, seen } = analysis;
  if (seen !== undefined) return windowText(analysis);
  return request === undefined ? [] : requestLanesText(request.timeline, WATERFALL_WIDTH, NO_PAINT);
}

export function section({ title, lines, ordered }: Section): string {
  const items = lines.flatMap(({ text, url, below = [] }, at) => [
    `${ordered ? `${at + 1}.` : '-'} ${linked(text, url)}`,
    ...below.map(
      ({ text, url, code }) => `  - ${linked(text, url)}${code === undefined ? '' : ` ${inlineCode(code)}`}`,
    ),
  ]);
  return `## ${title}\n\n${items.join('\n')}`;
}

function linked(text: string, url: string): string {
  const words = escapeMarkdown(text);
  return url === '' ? words : `[${words}](${url})`;
}

/**
 * A backslash before every ASCII mark that may mean something; `@` and `#` could mention people and tickets. Redacted
 * before, because an escaped secret looks like none.
 */
export function escapeMarkdown(text: string): string {
  return onOneLine(sealed(text))
    .replace(/[\\`*_{}[\]<>#|~$!&]/g, (char) => (char === '<' ? '&lt;' : char === '&' ? '&amp;' : `\\${char}`))
    .replace(/@(?=\w)/g, '@\u2060')
    .replace(/^(\d+)([.)])(?=\s)/, '$1\\$2')
    .replace(/^([-+=])/, '\\$1')
    .replace(/\b(https?|ftp):\/\//gi, '$1:\u2060//')
    .replace(/\bwww\./gi, 'www\u2060.');
}

function inlineCode(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  return `${fence} ${onOneLine(text)} ${fence}`;
}

/** A name with a line break could begin a new line, heading or list. */
function onOneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** The longest run of backticks. */
function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}

/** A fence is longer than any run of backticks inside it. */
export function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text}\n${fence}`;
}
