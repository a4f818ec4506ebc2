/**
 * The complaints of a log: templates whose lines report a failure, by service. Lines within 100 ms are one event: the
 * first of them stands for it, and the others are listed with their numbers.
 */
import { type Association, associations } from '#model/logs/log-associations.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { LogTemplate, LogTemplates } from '#model/logs/log-templates.ts';
import { logTimes } from '#model/logs/log-times.ts';
import { compareTexts } from '#model/text/compare-texts.ts';

/** Lines of one template in one service, by their positions, ascending. */
export type LogKind = Readonly<{ service: string; template: LogTemplate; lines: readonly number[]; fails: boolean }>;

export type LogEvent = LogKind &
  Readonly<{
    /** What occurs with it, and by which rule. */
    with: readonly (LogKind & Readonly<{ rule: Association }>)[];
  }>;

/**
 * How many kinds of failures are examined, the most frequent first, and kinds of other lines that may occur with them.
 */
const FAILING_AT_MOST = 80;
const BESIDE_AT_MOST = 40;
/** A companion of a failure occurs about as often as the failure. */
const ABOUT_AS_OFTEN = 2;
/** A line without a failure has to occur with it more often than by accident. */
const SEEN_TOGETHER = 3;
/** A kind is explained by a kind before it when this share of its lines is. */
const MOST = 0.8;

/** In order of their first lines. */
export function logEvents(logs: readonly LogLine[], templates: LogTemplates): LogEvent[] {
  const kinds = kindsOf(logs, templates);
  const failing = kinds.filter(({ fails }) => fails).slice(0, FAILING_AT_MOST);
  const beside = kinds
    .filter((kind) => !kind.fails && failing.some((failure) => isAboutAsFrequent(failure, kind)))
    .slice(0, BESIDE_AT_MOST);
  const looked = [...failing, ...beside].sort((a, b) => (a.lines[0] ?? 0) - (b.lines[0] ?? 0));
  const { at, lengthMs } = logTimes(logs);
  const rules = associations(
    looked.map(({ lines }) => lines),
    at,
    lengthMs,
  );
  const leaders = new Set<number>();
  looked.forEach((kind, number) => {
    if (kind.fails && !isExplained(kind, number, rules, leaders)) leaders.add(number);
  });
  return looked.flatMap((kind, number) => {
    if (!leaders.has(number)) return [];
    return { ...kind, with: companions(looked, number, rules, leaders) };
  });
}

/** The kinds of the log's own lines, the most frequent first. */
function kindsOf(logs: readonly LogLine[], templates: LogTemplates): LogKind[] {
  const kinds: LogKind[] = [];
  for (const template of templates.all) {
    const own = templates.linesOf(template).filter((place) => place < logs.length);
    for (const [service, lines] of Map.groupBy(own, (place) => logs[place]?.service ?? '')) {
      const failed = lines.filter((place) => isFailure(logs[place])).length;
      kinds.push({ service, template, lines, fails: failed * 2 > lines.length });
    }
  }
  return kinds.sort(
    (a, b) =>
      b.lines.length - a.lines.length || (a.lines[0] ?? 0) - (b.lines[0] ?? 0) || compareTexts(a.service, b.service),
  );
}

function isFailure(line: LogLine | undefined): boolean {
  return line !== undefined && tellsOfFailure(line);
}

function isAboutAsFrequent(failure: LogKind, kind: LogKind): boolean {
  const most = Math.max(failure.lines.length, kind.lines.length);
  return failure.service === kind.service && most <= ABOUT_AS_OFTEN * Math.min(failure.lines.length, kind.lines.length);
}

function isExplained(
  { lines }: LogKind,
  number: number,
  rules: readonly Association[],
  leaders: ReadonlySet<number>,
): boolean {
  const explained = rules
    .filter(({ first, then }) => then === number && leaders.has(first))
    .reduce((sum, { support }) => sum + support, 0);
  return explained >= MOST * lines.length;
}

/** Its followers, and its predecessors that report no failure. */
function companions(
  looked: readonly LogKind[],
  number: number,
  rules: readonly Association[],
  leaders: ReadonlySet<number>,
): LogEvent['with'] {
  const seen = new Set([number]);
  return rules.flatMap((rule) => {
    const other = rule.first === number ? rule.then : rule.then === number ? rule.first : number;
    const kind = looked[other];
    if (
      kind === undefined ||
      seen.has(other) ||
      leaders.has(other) ||
      (kind.fails ? rule.first !== number : rule.support < SEEN_TOGETHER)
    )
      return [];
    seen.add(other);
    return { ...kind, rule };
  });
}
