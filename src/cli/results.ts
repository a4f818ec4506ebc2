/** Prints the diagnoses of several files or folders as they finish. A bad one does not affect the others. */

import type { Form } from '#cli/call.ts';
import { EXIT, exitCodeOfRecord } from '#cli/failure.ts';
import { jsonLine, shown } from '#cli/forms.ts';
import type { Content, Output } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { tell } from '#cli/tell.ts';
import { type ErrorRecord, UsageError } from '#core/errors.ts';
import { compareRows, type TraceRow, type TraceTable, traceTable } from '#present/documents/trace-table.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';

type AnalysedTrace = DiagnosisStage['analysed'];
type Result = Readonly<{ analysed: AnalysedTrace } | { error: ErrorRecord }>;

export type Printing<R extends Result> = Readonly<{
  /** As they were named on the command line. */
  inputs: readonly string[];
  results: AsyncIterable<R>;
  nameOf(result: R): string;
  /** Additional fields of the JSON. */
  beside?(name: string): object;
}>;

/** Resolves with the exit code: success if there is at least one report. */
export async function printResults<R extends Result>(output: Output, printing: Printing<R>): Promise<number> {
  const { inputs, results, nameOf } = printing;
  const progress = openProgress();
  const reports = isRead(output) ? readReports(output, printing) : reportWriter(output, printing);
  let worst: number = EXIT.done;
  progress.say(`Reading ${inputs[0]}…`);
  try {
    for await (const result of results) {
      progress.end();
      const name = nameOf(result);
      if ('error' in result) {
        await reports.end();
        worst = inputs.length > 1 ? EXIT.badInput : exitCodeOfRecord(result.error);
        await printFailure(output, result);
        continue;
      }
      await reports.add(name, result.analysed);
    }
  } finally {
    progress.end();
    await reports.end();
  }
  return reports.count() > 0 ? EXIT.done : worst;
}

/** People read these forms from top to bottom. */
function isRead({ form }: Output): boolean {
  return form === 'text' || form === 'md';
}

/** One trace of a file in full, or several as a table and the worst of them in full. */
function readReports<R extends Result>({ form, text, write }: Output, { inputs }: Printing<R>) {
  const several = inputs.length > 1;
  let count = 0;
  let written = 0;
  let current = '';
  let table = traceTable();
  let worst: Readonly<{ row: TraceRow; content: string }> | undefined;
  const end = async () => {
    if (worst === undefined) return;
    const { row, content } = worst;
    const isWrong = row.status !== undefined;
    const all = table.count() === 1 ? [content] : [tableIn(table, form, text.width), ...(isWrong ? [content] : [])];
    const name = several ? current : '';
    table = traceTable();
    worst = undefined;
    await write(joined(all.join('\n'), written, form, name));
    written += 1;
  };
  return {
    count: () => count,
    end,
    async add(name: string, analysed: AnalysedTrace) {
      if (name !== current) await end();
      current = name;
      count += 1;
      const { row } = analysed;
      if (row === undefined) throw new Error('the analysis made no row of the table');
      table.add(row);
      // Its trace is dropped after this.
      if (worst === undefined || compareRows(row, worst.row) < 0)
        worst = { row, content: String(shown(analysed, form)) };
    },
  };
}

function tableIn(table: TraceTable, form: Form, width: number): string {
  return form === 'md' ? table.markdown() : table.text(width);
}

/** In characters. A write takes longer than the report of a small trace, of which a file may hold thousands. */
const LEAST_WRITTEN = 16_384;

/** Writes the lines of JSON of one file together, and those of different files apart, as they finish. */
function reportWriter<R extends Result>({ form, write }: Output, { beside }: Printing<R>) {
  let count = 0;
  let current = '';
  let lines = '';
  const end = async () => {
    const written = lines;
    lines = '';
    if (written !== '') await write(written);
  };
  const addLine = async (name: string, line: Iterable<string>) => {
    if (name !== current) await end();
    current = name;
    for (const piece of line) {
      lines += piece;
      if (lines.length >= LEAST_WRITTEN) await end();
    }
  };
  return {
    count: () => count,
    end,
    async add(name: string, analysed: AnalysedTrace) {
      if (form === 'json') await addLine(name, jsonLine(analysed, beside?.(name)));
      else await write(alone(shown(analysed, form), count, form));
      count += 1;
    },
  };
}

async function printFailure({ form, write }: Output, result: Readonly<{ error: ErrorRecord }>): Promise<void> {
  tell(result.error.message, result.error.advice);
  if (form === 'json') await write(`${JSON.stringify(result)}\n`);
}

/** A page or a picture holds one result. */
function alone(content: Content, before: number, form: Form): Content {
  if (before === 0) return content;
  throw new UsageError(
    `there are several traces, and one ${form} shows one: only the first was written`,
    'Name one file with one trace, or choose --format md or --json.',
  );
}

/** Results of text and Markdown follow one another, each with its source's name. */
function joined(content: string, before: number, form: Form, name: string): string {
  const gap = before > 0 ? '\n' : '';
  if (name === '') return gap + content;
  return form === 'md'
    ? `${gap}<!-- ${name.replaceAll('--', '- -')} -->\n\n${content}`
    : `${gap}── ${name}\n${content}`;
}
