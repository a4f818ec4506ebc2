/** Every form of one analysis that was asked for. What makes a form is loaded when somebody asks for it. */

import { withLazyProperties } from '#core/lazy-properties.ts';
import type { Analysis } from '#model/finding/analysis.ts';
import type { Symptom } from '#model/finding/diagnosis.ts';
import { shown } from '#present/plain-text.ts';
import { type Report, reportOf } from '#present/report.ts';
import type { LongLists, LongListsAsked } from '#present/report-json.ts';
import type { SlackAnswer } from '#present/slack-answer.ts';
import type { TextForm } from '#present/text.ts';

export type PresentedForms = Readonly<{
  text?: TextForm;
  markdown?: boolean;
  html?: boolean;
  svg?: boolean;
  png?: boolean;
  slack?: boolean;
  logs?: boolean;
  /** The same is wrong in many that were told before, or nothing: without the methods. What is wrong; empty where nothing is. */
  brief?: string;
  /** What the JSON has beyond the report: lists in full, every span. Not handed from thread to thread. */
  longLists?: LongListsAsked;
}>;

export type Presented = Readonly<{
  file: string;
  traceId: string;
  symptom: Symptom['kind'];
  /** Of many traces of a file in which the same is wrong it is none of the first: what is wrong in them; empty where nothing is. */
  brief?: string;
  /** Made when it is first read, as are text and Markdown: who prints the one needs none of the others. */
  report: Report;
  text?: string;
  markdown?: string;
  html?: string;
  svg?: string;
  png?: Uint8Array;
  slack?: SlackAnswer;
  logs?: string;
  longLists?: LongLists;
}>;

export async function present(
  analysis: Analysis,
  forms: PresentedForms,
  /** Draws an SVG as a PNG. Handed in, so that a picture that did not change is drawn once. */
  draw: (svg: string) => Promise<Uint8Array>,
): Promise<Presented> {
  const { trace } = analysis;
  const svg = forms.svg || forms.png ? await pictureOf(analysis) : '';
  const isDrawn = svg !== '';
  const textForm = forms.text;
  const textOf = textForm && (await loadText()).textOf;
  const markdownOf = forms.markdown && (await loadMarkdown()).markdownOf;
  const presented = {
    file: analysis.file,
    traceId: trace?.traceId ?? '',
    symptom: analysis.judgement.symptom.kind,
    ...(forms.brief !== undefined && { brief: shown(forms.brief) }),
    ...(forms.html && { html: (await import('#present/html.ts')).htmlOf(analysis) }),
    ...(isDrawn && forms.svg && { svg }),
    ...(isDrawn && forms.png && { png: await draw(svg) }),
    ...(forms.slack && { slack: (await import('#present/slack-message.ts')).slackAnswer(analysis) }),
    ...(forms.logs && { logs: (await import('#present/log-text.ts')).logText(analysis.logs) }),
    ...(trace &&
      forms.longLists && {
        longLists: (await loadReportJson()).longLists(trace, forms.longLists),
      }),
  };
  return withLazyProperties<typeof presented, Pick<Presented, 'report' | 'text' | 'markdown'>>(presented, {
    report: () => reportOf(analysis, { brief: forms.brief !== undefined }),
    ...(textOf && { text: () => textOf(analysis, textForm) }),
    ...(markdownOf && { markdown: () => markdownOf(analysis) }),
  });
}

/** The loader is asked once: asked for each of thousands of traces it takes longer than a small one. */
const loadText = once(() => import('#present/text.ts'));
const loadMarkdown = once(() => import('#present/markdown.ts'));
const loadReportJson = once(() => import('#present/report-json.ts'));

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

/** Empty where there is nothing to draw: lines of which none says whose they are. */
async function pictureOf(analysis: Analysis): Promise<string> {
  if (analysis.trace !== undefined) return (await import('#present/waterfall-svg.ts')).waterfallSvg(analysis);
  if (analysis.seen !== undefined) return (await import('#present/window-svg.ts')).windowSvg(analysis);
  if (analysis.request === undefined) return '';
  const [{ requestLanesSvg }, { summaryOf }] = await Promise.all([
    import('#present/request-lanes-svg.ts'),
    import('#present/summary.ts'),
  ]);
  return requestLanesSvg(analysis.request.timeline, summaryOf(analysis));
}
