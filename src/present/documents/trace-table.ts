/**
 * The traces of one file as a table: those with one problem in one row, the worst first, the healthy ones last. A row
 * shows the first line of its worst trace.
 */
import { withLazyProperties } from '#core/lazy-properties.ts';
import type { Analysis } from '#model/finding/analysis.ts';
import { kindOfTrouble, type Symptom } from '#model/finding/diagnosis.ts';
import { redact } from '#model/redaction/redaction.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { withCode } from '#present/documents/markdown.ts';
import { displayWidth, wrapped } from '#present/words/display-width.ts';
import { type StatusWord, statusWord } from '#present/words/first-message.ts';
import { shown } from '#present/words/plain-text.ts';
import { shownDiagnosis, summaryOf } from '#present/words/summary.ts';

/** One trace in the table. */
export type TraceRow = Readonly<{
  traceId: string;
  symptom: Symptom['kind'];
  /** Equal for traces with the same problem; empty where nothing is wrong. */
  trouble: string;
  /** Made when it is asked for: of thousands of traces, the table shows a few. */
  headline: string;
  /** Undefined where nothing is wrong. */
  status: StatusWord | undefined;
  tookUs: number;
}>;

/** Rows of one problem. `headline` is that of the worst. */
type Group = Readonly<{ worst: TraceRow; headline: string; traces: number }>;

export function rowOf(analysis: Analysis): TraceRow {
  const { trace, judgement, missing } = analysis;
  const status = statusWord(shownDiagnosis(analysis));
  const row = {
    traceId: shown(trace?.traceId ?? ''),
    symptom: status === undefined ? 'none' : judgement.symptom.kind,
    trouble: `${status === undefined ? '' : kindOfTrouble(judgement)}${missing === undefined ? '' : `, ${missing} cut`}`,
    status,
    tookUs: trace === undefined ? 0 : trace.durationOfUs(trace.root),
  };
  return withLazyProperties<typeof row, Pick<TraceRow, 'headline'>>(row, {
    headline: () => summaryOf(analysis).first.headline,
  });
}

const WORST_FIRST: readonly Symptom['kind'][] = ['failed', 'degraded', 'slow', 'none'];

/** Failures come before slowness, and longer requests first. */
export function compareRows(a: TraceRow, b: TraceRow): number {
  return WORST_FIRST.indexOf(a.symptom) - WORST_FIRST.indexOf(b.symptom) || b.tookUs - a.tookUs;
}

/** What more requests suffer from comes first. */
function compareGroups(a: Group, b: Group): number {
  const bySymptom = WORST_FIRST.indexOf(a.worst.symptom) - WORST_FIRST.indexOf(b.worst.symptom);
  return bySymptom || b.traces - a.traces || compareRows(a.worst, b.worst);
}

/** Collects rows one by one; of thousands of traces, it holds one row for each problem. */
export function traceTable() {
  const groups = new Map<string, Group>();
  let traces = 0;
  const inOrder = () => [...groups.values()].sort(compareGroups);
  return {
    count: () => traces,
    add(row: TraceRow): void {
      traces += 1;
      const known = groups.get(row.trouble);
      const worst =
        known === undefined || compareRows(row, known.worst) < 0 ? { worst: row, headline: row.headline } : known;
      groups.set(row.trouble, { ...worst, traces: (known?.traces ?? 0) + 1 });
    },
    text: (width: number): string => redact(textOf(rowsOf(inOrder()), titleOf(inOrder(), traces), width)),
    markdown: (): string => redact(markdownOf(rowsOf(inOrder()), titleOf(inOrder(), traces))),
  };
}

export type TraceTable = ReturnType<typeof traceTable>;

function titleOf(groups: readonly Group[], traces: number): string {
  const wrong = groups.reduce((sum, { worst, traces: alike }) => sum + (worst.status === undefined ? 0 : alike), 0);
  if (wrong === 0) return `Nothing wrong found in ${counted(traces, 'trace')}`;
  return `${countText(wrong)} of ${counted(traces, 'trace')} ${wrong === 1 ? 'has' : 'have'} a problem, the worst first`;
}

/** Of healthy traces alone, the title says all. */
function rowsOf(groups: readonly Group[]): readonly Group[] {
  return groups.every(({ worst }) => worst.trouble === '') ? [] : groups;
}

const HEALTHY = 'Nothing wrong found';

function headlineOf({ worst: { trouble }, headline, traces }: Group): string {
  return trouble === '' && traces > 1 ? HEALTHY : headline;
}

const REST = '--json has a report of each trace.';

function cellsOf(group: Group): readonly [traces: string, took: string, status: string] {
  const { worst, traces } = group;
  const upTo = traces > 1 ? 'up to ' : '';
  return [`${countText(traces)} ×`, `${upTo}${durationText(worst.tookUs)}`, worst.status ?? ''];
}

const INDENT = 2;
/** In a narrower column, a sentence is hard to read. */
const LEAST_WORDS = 30;

function textOf(groups: readonly Group[], title: string, width: number): string {
  const cells = groups.map(cellsOf);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))));
  const beside = INDENT + widths.reduce((sum, one) => sum + one + INDENT, 0);
  const indent = width - beside < LEAST_WORDS ? INDENT * 2 : beside;
  const lines = groups.flatMap((group, at) => {
    const [count = '', took = '', status = ''] = cells[at] ?? [];
    const before = [padStart(count, widths[0]), padStart(took, widths[1]), padEnd(status, widths[2])].join('  ');
    const words = wrapped(headlineOf(group), Math.max(LEAST_WORDS, width - indent));
    const id = group.worst.status === undefined ? [] : [`trace ${group.worst.traceId}`];
    const [first = '', ...more] = [...words, ...id];
    const start = `${' '.repeat(INDENT)}${before}`;
    if (indent < beside) return [start.trimEnd(), ...[first, ...more].map((line) => `${' '.repeat(indent)}${line}`)];
    return [`${start}  ${first}`, ...more.map((line) => `${' '.repeat(indent)}${line}`)];
  });
  return [title, '', ...lines, ...(lines.length > 0 ? [''] : []), REST, ''].join('\n');
}

function padStart(text: string, width = 0): string {
  return `${' '.repeat(Math.max(0, width - displayWidth(text)))}${text}`;
}

function padEnd(text: string, width = 0): string {
  return `${text}${' '.repeat(Math.max(0, width - displayWidth(text)))}`;
}

function markdownOf(groups: readonly Group[], title: string): string {
  const rows = groups.map((group) => {
    const { traceId, status } = group.worst;
    const cells = [...cellsOf(group), headlineOf(group), status === undefined ? '' : traceId];
    return `| ${cells.map((cell) => withCode(cell).replaceAll(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  });
  const head = ['| traces | took | sure | what | worst trace |', '|---|---|---|---|---|'];
  return [`# ${title}`, '', ...(rows.length === 0 ? [] : [...head, ...rows, '']), REST, ''].join('\n');
}
