/** A diagnosis for the terminal: the verdict first, the waterfall, then why, what to do, and what could not be seen. */
import type { Analysis } from '#model/analysis.ts';
import { displayWidth, wrapped } from '#present/display-width.ts';
import { type Section, sectionsOf } from '#present/sections.ts';
import { summaryOf } from '#present/summary.ts';
import { waterfallOf } from '#present/waterfall.ts';
import { NO_PAINT, type Paint, waterfallText } from '#present/waterfall-text.ts';

/** Narrower has no room for a bar, wider is no longer read as a line. */
const NARROWEST = 40;
const WIDEST = 200;
/** Prose is read best in lines of at most this length, however wide the terminal. */
const PROSE_WIDTH = 100;

export function textOf(analysis: Analysis, { width, colour }: Readonly<{ width: number; colour: boolean }>): string {
  const columns = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(width) || NARROWEST));
  const prose = Math.min(columns, PROSE_WIDTH);
  const paint = colour ? ANSI_PAINT : NO_PAINT;
  const summary = summaryOf(analysis);
  const waterfall = waterfallText(waterfallOf(analysis.trace, analysis.judgement), columns, paint);
  const lines = [
    ...wrapped(summary.verdict, prose).map(paint.bold),
    ...wrapped(summary.standing, prose),
    ...wrapped(`${summary.subject} · ${summary.began}`, prose).map(paint.dim),
    ...wrapped(`trace ${summary.traceId}${summary.traceUrl === '' ? '' : ` · ${summary.traceUrl}`}`, prose).map(
      paint.dim,
    ),
    '',
    ...waterfall,
    ...sectionsOf(summary).flatMap((section) => sectionLines(section, prose, paint)),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionLines({ title, lines, ordered }: Section, width: number, paint: Paint): string[] {
  const body = lines.flatMap(({ text, url }, at) => {
    const [first = '', ...more] = wrapped(ordered ? `${at + 1}. ${text}` : text, width - 4);
    return [
      `  ${first}`,
      ...more.map((line) => `    ${line}`),
      // An address is never broken: it would not open.
      ...(url === '' ? [] : [`    ${paint.dim(url)}`]),
    ];
  });
  return ['', paint.bold(title), ...body];
}

const ESCAPE = String.fromCharCode(0x1b);

const ANSI_PAINT: Paint = { bold: painted(1), dim: painted(2), red: painted(31), yellow: painted(33) };

function painted(code: number): (text: string) => string {
  return (text) => (displayWidth(text) === 0 ? text : `${ESCAPE}[${code}m${text}${ESCAPE}[0m`);
}
