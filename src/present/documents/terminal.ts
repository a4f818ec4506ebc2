/** A diagnosis for the terminal: verdict, waterfall, reasons, action, gaps. */
import type { Analysis, WindowAnalysis } from '#model/finding/analysis.ts';
import { methodSections } from '#present/documents/method-sections.ts';
import type { Section } from '#present/documents/section.ts';
import { sectionsOf, storySections } from '#present/documents/sections.ts';
import { reportedMethods } from '#present/json/reported-methods.ts';
import { requestLanesText } from '#present/pictures/request-lanes-text.ts';
import { windowText } from '#present/pictures/window-text.ts';
import { linesOf } from '#present/waterfall/lines.ts';
import { NO_PAINT, type Paint, waterfallText } from '#present/waterfall/text.ts';
import { waterfallOf } from '#present/waterfall/waterfall.ts';
import { displayWidth, hanging, paragraph } from '#present/words/display-width.ts';
import { summaryOf } from '#present/words/summary.ts';

/** A narrower terminal has no room for a bar; longer lines are hard to read. */
const NARROWEST = 40;
const WIDEST = 200;
/** Longer lines of prose are hard to read, however wide the terminal is. */
const PROSE_WIDTH = 100;

export type TextForm = Readonly<{
  width: number;
  colour: boolean;
  /** Appends the methods. They are long, and a terminal shows the end. */
  methods?: boolean;
}>;

export function textOf(analysis: Analysis, { width, colour, methods = false }: TextForm): string {
  const columns = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(width) || NARROWEST));
  const prose = Math.min(columns, PROSE_WIDTH);
  const paint = colour ? ANSI_PAINT : NO_PAINT;
  const summary = summaryOf(analysis);
  const waterfall =
    analysis.trace === undefined
      ? lanesOf(analysis, columns, paint)
      : [
          '',
          ...waterfallText(
            waterfallOf(analysis.trace, analysis.judgement, { lines: linesOf(analysis) }),
            columns,
            paint,
          ),
        ];
  const { traceId, traceUrl, idFrom } = summary;
  const where = `trace ${traceId}${idFrom === '' ? '' : ` (${idFrom})`}${traceUrl === '' ? '' : ` · ${traceUrl}`}`;
  const lines = [
    ...(summary.otherId === '' ? [] : [...paragraph(summary.otherId, prose), '']),
    ...paragraph(summary.verdict, prose).map(paint.bold),
    ...paragraph(summary.standing, prose),
    ...paragraph(`${summary.subject} · ${summary.began}`, prose).map(paint.dim),
    ...(analysis.trace === undefined ? [] : paragraph(where, prose).map(paint.dim)),
    ...waterfall,
    ...sectionsOf(summary, methods ? methodSections(reportedMethods(analysis)) : [], storySections(analysis)).flatMap(
      (section) => sectionLines(section, prose, paint),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function lanesOf(analysis: WindowAnalysis, width: number, paint: Paint): string[] {
  const { request, seen } = analysis;
  if (seen !== undefined) return ['', ...windowText(analysis)];
  return request === undefined ? [] : ['', ...requestLanesText(request.timeline, width, paint)];
}

export function sectionLines({ title, lines, ordered }: Section, width: number, paint: Paint): string[] {
  const all = ['', paint.bold(title)];
  const add = (text: string, url: string, indent: number) => {
    for (const line of hanging(text, width, indent)) all.push(line);
    // A broken address does not open.
    if (url !== '') all.push(`${' '.repeat(indent + 2)}${paint.dim(url)}`);
  };
  lines.forEach(({ text, url, below = [] }, at) => {
    add(ordered ? `${at + 1}. ${text}` : text, url, 2);
    for (const { text: said, url: place, code } of below) add(code === undefined ? said : `${said} ${code}`, place, 4);
  });
  return all;
}

const ESCAPE = String.fromCharCode(0x1b);

export const ANSI_PAINT: Paint = { bold: painted(1), dim: painted(2), red: painted(31), yellow: painted(33) };

function painted(code: number): (text: string) => string {
  return (text) => (displayWidth(text) === 0 ? text : `${ESCAPE}[${code}m${text}${ESCAPE}[0m`);
}
