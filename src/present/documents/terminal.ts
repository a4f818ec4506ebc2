/** A diagnosis for the terminal: the first message with its waterfall, then the detail. Only the first line is bold. */
import type { Analysis, WindowAnalysis } from '#model/finding/analysis.ts';
import { methodSections } from '#present/documents/method-sections.ts';
import type { Section } from '#present/documents/section.ts';
import { detailSections, firstSections, isList, labelOf, storySections } from '#present/documents/sections.ts';
import { reportedMethods } from '#present/json/reported-methods.ts';
import { requestLanesText } from '#present/pictures/request-lanes-text.ts';
import { windowText } from '#present/pictures/window-text.ts';
import { linesOf } from '#present/waterfall/lines.ts';
import { NO_PAINT, type Paint, waterfallText } from '#present/waterfall/text.ts';
import { waterfallOf } from '#present/waterfall/waterfall.ts';
import { displayWidth, hanging, paragraph } from '#present/words/display-width.ts';
import { secondLine } from '#present/words/first-message.ts';
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
  const { first } = summary;
  const methodsAsked = methods ? methodSections(reportedMethods(analysis)) : [];
  const second = first.status === undefined ? first.lookedAt : secondLine(first);
  const lines = [
    ...paragraph(first.headline, prose).map(paint.bold),
    ...paragraph(second, prose),
    ...(first.otherId === '' ? [] : paragraph(first.otherId, prose)),
    ...pictureOf(analysis, first.pictureTitle, columns, paint),
    ...firstSections(summary).flatMap((section) => firstLines(section, prose, paint)),
    ...detailSections(summary, methodsAsked, storySections(analysis)).flatMap((section) =>
      sectionLines(section, prose, paint),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function pictureOf(analysis: Analysis, title: string, width: number, paint: Paint): string[] {
  const picture =
    analysis.trace === undefined
      ? lanesOf(analysis, width, paint)
      : waterfallText(waterfallOf(analysis.trace, analysis.judgement, { lines: linesOf(analysis) }), width, paint);
  return picture.length === 0 ? [] : ['', ...paragraph(title, width).map(paint.dim), ...picture];
}

/** A label before its line, or above its list. */
function firstLines(section: Section, width: number, paint: Paint): string[] {
  const { title, lines } = section;
  const [first, ...others] = lines;
  if (first === undefined || isList(section)) return sectionLines(section, width, paint);
  const [line = '', ...more] = hanging(`${labelOf(section)} ${first.text}`, width, 0);
  const rest = others.length === 0 ? [] : sectionLines({ ...section, lines: others }, width, paint).slice(2);
  return ['', line.replace(title, paint.dim(title)), ...more, ...rest];
}

function lanesOf(analysis: WindowAnalysis, width: number, paint: Paint): string[] {
  const { request, seen } = analysis;
  if (seen !== undefined) return windowText(analysis);
  return request === undefined ? [] : requestLanesText(request.timeline, width, paint);
}

export function sectionLines({ title, lines, ordered }: Section, width: number, paint: Paint): string[] {
  const all = ['', paint.dim(title)];
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
