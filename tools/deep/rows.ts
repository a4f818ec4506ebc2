/** The table of docs/deep-run.md: a row for each part, renewed alone. */
import { lastLine, type Part } from './parts.ts';
import type { Ran } from './run-commands.ts';

export type Row = Readonly<{ part: string; date: string; commit: string; seconds: string; result: string }>;

export const LIMIT_MINUTES = 25;

/** A reason is a line of some program's output. */
const MOST_CHARACTERS = 200;

/** The page with this row in place of the part's old one, or as the last one. */
export function withRow(page: string, { part, date, commit, seconds, result }: Row): string {
  const cells = [nameOf(part), date, commit, seconds, result].map((cell) => cell.replaceAll('|', '\\|'));
  const row = `| ${cells.join(' | ')} |`;
  const lines = page.split('\n');
  const own = lines.findIndex((line) => line.startsWith(`| ${nameOf(part)} |`));
  if (own >= 0) lines[own] = row;
  else lines.splice(lines.findLastIndex((line) => line.startsWith('|')) + 1, 0, row);
  return lines.join('\n');
}

function nameOf(part: string): string {
  return `\`${part}\``;
}

export type Result = Readonly<{ state: 'green' | 'red' | 'not run' | 'stopped'; shown: string }>;

export function resultOf({ fault, figure }: Pick<Part, 'fault' | 'figure'>, { output, end }: Ran): Result {
  const found = fault?.exec(output)?.[1];
  switch (end) {
    case 'stopped':
      return { state: 'stopped', shown: 'stopped' };
    case 'missing':
      return notRun(lastLine(output));
    case 'late':
      return red(`ended after ${LIMIT_MINUTES} minutes`, found, figure(output));
    case 'failed':
      return red(found ?? lastLine(output), figure(output));
    case 'passed':
      return found === undefined
        ? { state: 'green', shown: withDetail('green', figure(output)) }
        : red(found, figure(output));
  }
}

export function notRun(reason: string): Result {
  return { state: 'not run', shown: withDetail('not run', reason) };
}

function red(...details: readonly (string | undefined)[]): Result {
  return { state: 'red', shown: withDetail('red', details.filter((each) => each).join('; ')) };
}

/** Output is shown as code: it is no prose of ours, and its names and links lead nowhere. */
function withDetail(state: Result['state'], detail: string): string {
  const line = detail.replaceAll('`', "'").replace(/\s+/g, ' ').trim();
  if (line === '') return state;
  return `${state}: \`${line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line}\``;
}
