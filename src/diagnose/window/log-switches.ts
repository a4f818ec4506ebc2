/**
 * What an operation's own log says differently: a line that each execution wrote stops, or one that none wrote comes with
 * nearly all. Rates move freely with what users ask for; that one goes from nothing to everything, or back, is code that
 * takes another way.
 */
import { type Counted, logBetaBinomial } from '#diagnose/window/samples.ts';
import { comparableId } from '#model/id-forms.ts';
import { severityOf } from '#model/log-level.ts';
import type { LogLine } from '#model/log-line.ts';
import type { Trace } from '#model/trace.ts';

/** Executions of each operation by what they wrote. */
export type SaidLines = Readonly<{
  /** By service and operation: how many executions are in traces of which any line came. */
  executions: ReadonlyMap<string, number>;
  /** By service, operation and call site: how many executions wrote it. */
  said: ReadonlyMap<string, Said>;
}>;

type Said = { readonly service: string; readonly operation: string; readonly example: LogLine; times: number };

export type LogSwitch = Readonly<{
  service: string;
  operation: string;
  change: 'stopped' | 'began';
  example: LogLine;
  before: Counted;
  now: Counted;
  /** How much more probable a switch is than two rates that have nothing to do with each other, as a logarithm. */
  nats: number;
}>;

/** A rate that is nearly none, nearly all, and one that may be anything. */
const NEVER = [0.1, 2] as const;
const ALWAYS = [2, 0.1] as const;
const ANY = [0.5, 0.5] as const;

const STEP = '\n';

/** Lines that name their span count, each call site once for each span. `siteOf` tells which statement of the code wrote a line. */
export function saidLines(
  traces: readonly Trace[],
  lines: readonly LogLine[],
  siteOf: (line: LogLine) => string,
): SaidLines {
  const named = lines.filter(({ traceId, spanId }) => traceId !== '' && spanId !== '');
  const heard = new Set(named.map(({ traceId }) => traceId));
  const bySpan = Map.groupBy(named, spanKey);
  const executions = new Map<string, number>();
  const said = new Map<string, Said>();
  for (const trace of traces) {
    const traceId = comparableId(trace.traceId);
    if (!heard.has(traceId)) continue;
    for (let span = 0; span < trace.spanCount; span += 1) {
      const done = { service: trace.service(span), operation: trace.operation(span) };
      const key = `${done.service}${STEP}${done.operation}`;
      executions.set(key, (executions.get(key) ?? 0) + 1);
      const own = bySpan.get(spanKey({ traceId, spanId: comparableId(trace.spanId(span)) })) ?? [];
      for (const [site, example] of new Map(own.map((line) => [siteOf(line), line])))
        count(said, `${key}${STEP}${site}`, { ...done, example });
    }
  }
  return { executions, said };
}

function count(said: Map<string, Said>, key: string, one: Omit<Said, 'times'>): void {
  const known = said.get(key);
  if (known === undefined) said.set(key, { ...one, times: 1 });
  else known.times += 1;
}

function spanKey({ traceId, spanId }: Pick<LogLine, 'traceId' | 'spanId'>): string {
  return `${traceId}${STEP}${spanId}`;
}

/** Those that point to a failure, the surest first: what is told when all goes well stops, what is told of trouble begins. */
export function logSwitches(before: SaidLines, now: SaidLines): readonly LogSwitch[] {
  const switches: LogSwitch[] = [];
  for (const key of new Set([...before.said.keys(), ...now.said.keys()])) {
    const one = switchOf(key, before, now);
    if (one !== undefined && one.nats > 0) switches.push(one);
  }
  return switches.sort((a, b) => b.nats - a.nats || (a.service < b.service ? -1 : 1));
}

function switchOf(key: string, before: SaidLines, now: SaidLines): LogSwitch | undefined {
  const said = now.said.get(key) ?? before.said.get(key);
  if (said === undefined) return undefined;
  const { service, operation, example } = said;
  const counted = (side: SaidLines): Counted => [
    side.said.get(key)?.times ?? 0,
    side.executions.get(`${service}${STEP}${operation}`) ?? 0,
  ];
  const [was, is] = [counted(before), counted(now)];
  if (was[1] === 0 || is[1] === 0) return undefined;
  const change = severityOf(example.level) >= severityOf('warn') ? 'began' : 'stopped';
  const [from, to] = change === 'began' ? [NEVER, ALWAYS] : [ALWAYS, NEVER];
  const switched = logBetaBinomial(was, from) + logBetaBinomial(is, to);
  const nats = switched - logBetaBinomial(was, ANY) - logBetaBinomial(is, ANY);
  return { service, operation, change, example, before: was, now: is, nats };
}
