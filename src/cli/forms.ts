/** The output forms of a diagnosis: what to request from the session, and what to print. */
import type { UsualForm } from '#cli/call.ts';
import type { Output } from '#cli/output.ts';
import { UsageError } from '#core/errors.ts';
import { reportJson } from '#present/json/report-json.ts';
import type { DiagnoseTraceRequest, DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';

type Forms = DiagnoseTraceRequest['forms'];
type AnalysedTrace = DiagnosisStage['analysed'];

/** What a command's options add to a diagnosis. */
export type DiagnosisOptions = Readonly<{ spans?: true; full?: true; methods?: true }>;

/** @throws {UsageError} if an option adds to the JSON and another form is written */
export function formsFor({ form, text }: Output, { spans, full, methods }: DiagnosisOptions): Forms {
  for (const [option, isSet] of Object.entries({ spans, full })) {
    if (isSet && form !== 'json') {
      throw new UsageError(`--${option} adds to the JSON`, `Add --json, or leave --${option} out.`);
    }
  }
  switch (form) {
    case 'text':
      return { text: { ...text, methods: methods === true }, row: true };
    case 'json':
      return { longLists: { spans: spans === true, full: full === true } };
    case 'md':
      return { markdown: true, row: true };
    case 'html':
      return { html: true };
    case 'png':
      return { png: true };
  }
}

/** Ends with a newline, except for a picture. */
export function shown(analysed: AnalysedTrace, form: UsualForm): string | Uint8Array | Iterable<string> {
  if (form === 'json') return jsonLine(analysed);
  const content = { text: analysed.text, md: analysed.markdown, html: analysed.html, png: analysed.png }[form];
  if (content === undefined) throw new Error(`the analysis made no ${form}`);
  return typeof content === 'string' && !content.endsWith('\n') ? `${content}\n` : content;
}

/** In pieces: the lists of a large trace would exceed the maximum string length. `more` is added to the report. */
export function* jsonLine({ report, longLists }: AnalysedTrace, more: object = {}): Generator<string> {
  yield* reportJson({ ...more, ...report }, longLists);
  yield '\n';
}
