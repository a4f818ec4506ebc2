/** The forms of one diagnosis: what to ask the session for, and what of its answer is printed. */
import type { Form } from '#cli/call.ts';
import type { Output } from '#cli/output.ts';
import { reportJson } from '#present/report-json.ts';
import type { DiagnoseTraceRequest, DiagnosisStage } from '#workflows/diagnose-trace.ts';

type Forms = DiagnoseTraceRequest['forms'];
type AnalysedTrace = DiagnosisStage['analysed'];

export type FormOptions = Readonly<{ spans?: boolean; methods?: boolean | undefined }>;

export function formsFor({ form, text }: Output, { spans = false, methods = false }: FormOptions = {}): Forms {
  switch (form) {
    case 'text':
      return { text: { ...text, methods } };
    case 'json':
      return { longLists: { spans } };
    case 'md':
      return { markdown: true };
    case 'html':
      return { html: true };
    case 'png':
      return { png: true };
  }
}

/** Ends with a new line, but for a picture. */
export function shown(analysed: AnalysedTrace, form: Form): string | Uint8Array | Iterable<string> {
  if (form === 'json') return jsonLine(analysed);
  const content = { text: analysed.text, md: analysed.markdown, html: analysed.html, png: analysed.png }[form];
  if (content === undefined) throw new Error(`the analysis made no ${form}`);
  return typeof content === 'string' && !content.endsWith('\n') ? `${content}\n` : content;
}

/** In pieces: the lists of a large trace make no string. `more` is put into the report. */
export function* jsonLine({ report, longLists }: AnalysedTrace, more: object = {}): Generator<string> {
  yield* reportJson({ ...more, ...report }, longLists);
  yield '\n';
}
