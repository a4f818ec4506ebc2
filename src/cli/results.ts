/** Prints the diagnoses of several files or folders as they finish. A bad one does not affect the others. */

import type { Form } from '#cli/call.ts';
import { EXIT, exitCodeOfRecord } from '#cli/failure.ts';
import { jsonLine, shown } from '#cli/forms.ts';
import type { Content, Output } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { tell } from '#cli/tell.ts';
import { type ErrorRecord, UsageError } from '#core/errors.ts';
import type { DiagnosisStage } from '#workflows/diagnose-trace.ts';

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
  const unshown = briefCount(output);
  const reports = reportWriter(output, printing);
  let worst: number = EXIT.done;
  progress.say(`Reading ${inputs[0]}…`);
  try {
    for await (const result of results) {
      progress.end();
      const name = nameOf(result);
      await unshown.tellBefore(name);
      if ('error' in result) {
        await reports.end();
        worst = inputs.length > 1 ? EXIT.badInput : exitCodeOfRecord(result.error);
        await printFailure(output, result);
        continue;
      }
      const { analysed } = result;
      if (unshown.counts(analysed)) continue;
      await reports.add(name, analysed);
    }
    await unshown.tell();
  } finally {
    progress.end();
    await reports.end();
  }
  return reports.count() > 0 ? EXIT.done : worst;
}

/** In characters. A write takes longer than the report of a small trace, of which a file may hold thousands. */
const LEAST_WRITTEN = 16_384;

/** Writes the lines of JSON of one file together, and those of different files apart, as they finish. */
function reportWriter<R extends Result>({ form, write }: Output, { inputs, beside }: Printing<R>) {
  const several = inputs.length > 1;
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
      else await write(joined(shown(analysed, form), count, form, several ? name : ''));
      count += 1;
    },
  };
}

/** Counts the traces of a file that are only counted in text, because they are like ten before them. */
function briefCount({ form, write }: Output) {
  const isRead = form === 'text' || form === 'md';
  let current = '';
  const brief = new Map<string, number>();
  const tell = async () => {
    const lines = [...brief].map(([trouble, count]) => `${countedOnly(trouble, count)}\n`);
    if (lines.length > 0) await write(`\n${lines.join('')}`);
    brief.clear();
  };
  return {
    tell,
    async tellBefore(name: string) {
      if (name !== current) await tell();
      current = name;
    },
    counts(analysed: AnalysedTrace): boolean {
      if (analysed.brief === undefined || !isRead) return false;
      brief.set(analysed.brief, (brief.get(analysed.brief) ?? 0) + 1);
      return true;
    },
  };
}

function countedOnly(trouble: string, count: number): string {
  const more = `${count.toLocaleString('en')} more ${count === 1 ? 'trace' : 'traces'}`;
  const found = trouble === '' ? `Nothing wrong found in ${more}` : `The same as above in ${more} (${trouble})`;
  return `${found}: --json has a report of each`;
}

async function printFailure({ form, write }: Output, result: Readonly<{ error: ErrorRecord }>): Promise<void> {
  tell(result.error.message, result.error.advice);
  if (form === 'json') await write(`${JSON.stringify(result)}\n`);
}

/** Text and Markdown results follow one another, each with its source's name; the other forms hold one result. */
function joined(content: Content, before: number, form: Form, name: string): Content {
  if (typeof content !== 'string' || form === 'html') {
    if (before === 0) return content;
    throw new UsageError(
      `there are several traces, and one ${form} shows one: only the first was written`,
      'Name one file with one trace, or choose --format md or --json.',
    );
  }
  const gap = before > 0 ? '\n' : '';
  if (name === '') return gap + content;
  return form === 'md'
    ? `${gap}<!-- ${name.replaceAll('--', '- -')} -->\n\n${content}`
    : `${gap}── ${name}\n${content}`;
}
