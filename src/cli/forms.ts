/** The forms of one diagnosis: what to ask the session for, and what of its answer is printed. */
import type { Form, Output } from '#cli/output.ts';
import type { DiagnoseTraceRequest, DiagnosisStage } from '#workflows/diagnose-trace.ts';

type Forms = DiagnoseTraceRequest['forms'];
type AnalysedTrace = DiagnosisStage['analysed'];

export function formsFor({ form, text }: Output, { spans = false }: { spans?: boolean } = {}): Forms {
  switch (form) {
    case 'text':
      return { text };
    case 'json':
      return { spans };
    case 'md':
      return { markdown: true };
    case 'html':
      return { html: true };
    case 'png':
      return { png: true };
  }
}

export function shown(analysed: AnalysedTrace, form: Form): string | Uint8Array {
  const content = {
    text: analysed.text,
    json: JSON.stringify(analysed.report),
    md: analysed.markdown,
    html: analysed.html,
    png: analysed.png,
  }[form];
  if (content === undefined) throw new Error(`the analysis made no ${form}`);
  return typeof content === 'string' && !content.endsWith('\n') ? `${content}\n` : content;
}
