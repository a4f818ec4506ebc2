/**
 * Makes the requested forms of an analysis. The code of each form is loaded on first use. Each form is redacted as a
 * whole, last: whatever built it. Messages to Slack are redacted in the outbox.
 */

import { withLazyProperties } from '#core/lazy-properties.ts';
import { once } from '#core/memoize.ts';
import type { Analysis } from '#model/finding/analysis.ts';
import type { Symptom } from '#model/finding/diagnosis.ts';
import { redact } from '#model/redaction/redaction.ts';
import { sealed } from '#model/redaction/sealed.ts';
import type { TextForm } from '#present/documents/terminal.ts';
import type { TraceRow } from '#present/documents/trace-table.ts';
import { type Report, reportOf } from '#present/json/report.ts';
import type { LongLists, LongListsAsked } from '#present/json/report-json.ts';
import type { SlackAnswer } from '#present/slack/answer.ts';
import type { Paper } from '#present/svg/paper.ts';
import { shown } from '#present/words/plain-text.ts';

export type PresentedForms = Readonly<{
  text?: TextForm;
  markdown?: boolean;
  html?: boolean;
  svg?: boolean;
  png?: boolean;
  slack?: boolean;
  logs?: boolean;
  /** The trace in a table of many. */
  row?: boolean;
  /** Leaves out the methods, for a trace like many before it. The text is the problem; empty where nothing is wrong. */
  brief?: string;
  /** Additions to the JSON report: full lists, every span. Not passed between threads. */
  longLists?: LongListsAsked;
}>;

export type Presented = Readonly<{
  file: string;
  traceId: string;
  symptom: Symptom['kind'];
  /** Set for a later trace of a file with the same problem as earlier ones: the problem; empty where nothing is wrong. */
  brief?: string;
  /** For a window: the trace that shows the verdict best; missing where no single request shows it. */
  shownBy?: string;
  /** Made on first access, like text and Markdown. */
  report: Report;
  text?: string;
  markdown?: string;
  html?: string;
  svg?: string;
  png?: Uint8Array;
  slack?: SlackAnswer;
  logs?: string;
  /** Made on first access. */
  row?: TraceRow;
  longLists?: LongLists;
}>;

export async function present(
  analysis: Analysis,
  forms: PresentedForms,
  /** Draws an SVG as a PNG. A parameter, so that an unchanged picture is drawn only once. */
  draw: (svg: string) => Promise<Uint8Array>,
): Promise<Presented> {
  const { trace } = analysis;
  const svg = forms.svg || forms.png ? redact(await pictureOf(analysis, lookIn(forms))) : '';
  const isDrawn = svg !== '';
  const textForm = forms.text;
  const textOf = textForm && (await loadText()).textOf;
  const markdownOf = forms.markdown && (await loadMarkdown()).markdownOf;
  const inTable = await rowIn(analysis, forms);
  const presented = {
    file: analysis.file,
    traceId: trace?.traceId ?? '',
    symptom: analysis.judgement.symptom.kind,
    ...(forms.brief !== undefined && { brief: shown(forms.brief) }),
    ...(analysis.trace === undefined && analysis.shownBy !== undefined && { shownBy: analysis.shownBy }),
    ...(forms.html && { html: redact((await import('#present/documents/html.ts')).htmlOf(analysis)) }),
    ...(isDrawn && forms.svg && { svg }),
    ...(isDrawn && forms.png && { png: await draw(svg) }),
    ...(forms.slack && { slack: (await import('#present/slack/diagnosis-message.ts')).slackAnswer(analysis) }),
    ...(forms.logs && { logs: redact((await import('#present/documents/log-text.ts')).logText(analysis.logs)) }),
    ...(trace &&
      forms.longLists && {
        longLists: sealed((await loadReportJson()).longLists(trace, forms.longLists)),
      }),
  };
  return withLazyProperties<typeof presented, Pick<Presented, 'report' | 'text' | 'markdown' | 'row'>>(presented, {
    report: () => reportOf(analysis, { brief: forms.brief !== undefined }),
    ...(textOf && { text: () => redact(textOf(analysis, textForm)) }),
    ...(markdownOf && { markdown: () => redact(markdownOf(analysis)) }),
    ...inTable,
  });
}

async function rowIn(analysis: Analysis, { row }: PresentedForms) {
  if (row !== true) return {};
  const { rowOf } = await loadTraceTable();
  return { row: () => rowOf(analysis) };
}

/** Calls the loader once: for thousands of traces, repeated calls take longer than a small trace. */
const loadText = once(() => import('#present/documents/terminal.ts'));
const loadMarkdown = once(() => import('#present/documents/markdown.ts'));
const loadTraceTable = once(() => import('#present/documents/trace-table.ts'));
const loadReportJson = once(() => import('#present/json/report-json.ts'));

type Look = Readonly<{ title: boolean; paper: Paper }>;

/** In Slack the title stands above the picture. */
function lookIn({ slack }: PresentedForms): Look {
  return slack ? { title: false, paper: 'thread' } : { title: true, paper: 'page' };
}

/** Empty where there is nothing to draw: log lines without a request. */
async function pictureOf(analysis: Analysis, look: Look): Promise<string> {
  if (analysis.trace !== undefined) return (await import('#present/waterfall/svg.ts')).waterfallSvg(analysis, look);
  if (analysis.seen !== undefined) return (await import('#present/pictures/window-svg.ts')).windowSvg(analysis, look);
  if (analysis.request === undefined) return '';
  const [{ requestLanesSvg }, { summaryOf }] = await Promise.all([
    import('#present/pictures/request-lanes-svg.ts'),
    import('#present/words/summary.ts'),
  ]);
  return requestLanesSvg(analysis.request.timeline, summaryOf(analysis).first.pictureTitle, look);
}
