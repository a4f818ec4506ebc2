/** The drawn windows of logs, and requests of which there are only lines, as they are judged. */
import { type DrawnRequest, type DrawnWindow, drawnRequests, drawnWindows, INJECTED } from '#test/log-corpus.ts';
import { windowReport } from '#test/window.ts';

export type JudgedLogs = Readonly<{
  windows: readonly (DrawnWindow & Readonly<{ found: ReadonlySet<string>; verdict: string }>)[];
  requests: readonly (DrawnRequest & Readonly<{ verdict: string; service: string }>)[];
}>;

const SEED = 1;
const PER_KIND = 40;
const REQUESTS = 240;

/** A quarter of them, with as many of each kind. Every other window has a healthy time: four apart, none would lack it. */
const isInQuarter = (number: number) => number % 8 === 0 || number % 8 === 3;

/**
 * The same at every call: the calibration of log verdicts is counted on all of these. `part`: the quarter is for the gate,
 * where all of them take half a minute.
 */
export async function judgedLogs(part: 'all' | 'quarter' = 'all'): Promise<JudgedLogs> {
  const isAsked = (_: unknown, number: number) => part === 'all' || isInQuarter(number);
  const windows: JudgedLogs['windows'][number][] = [];
  for (const window of drawnWindows(SEED, PER_KIND).filter(isAsked)) {
    const { findings, diagnosis } = await windowReport(window.lines, { baseline: window.baseline });
    const found = new Set(findings.map(({ detector }) => detector));
    windows.push({ ...window, found, verdict: diagnosis?.kind ?? '' });
  }
  const requests: JudgedLogs['requests'][number][] = [];
  for (const request of drawnRequests(SEED, REQUESTS).filter(isAsked)) {
    const { diagnosis } = await windowReport(request.lines, { requestId: request.id });
    requests.push({ ...request, verdict: diagnosis?.kind ?? '', service: diagnosis?.service ?? '' });
  }
  return { windows, requests };
}

/** How many verdicts of each kind there are, and how many of them are right. */
export function verdictCounts({ windows, requests }: JudgedLogs): Record<string, { of: number; right: number }> {
  const counts = INJECTED.map((kind) => {
    const of = windows.filter(({ verdict }) => verdict === kind);
    return [kind, { of: of.length, right: of.filter((window) => window.kind === kind).length }] as const;
  });
  // Who failed first in a request without a trace.
  const byOrder = requests.filter(({ verdict }) => verdict === 'error-origin');
  const right = byOrder.filter(({ origin, service }) => service === origin).length;
  return { ...Object.fromEntries(counts), 'error-origin': { of: byOrder.length, right } };
}
